"""What curators write, read into records: the registers and the source files.

folder        the data folder as a whole: in, a view's claims out
registers     the CSV files, one thing a line
editors       what the registers add that no source states
statements    one source file: records, evidence, references
redirects     redirects.csv: keys that were changed
doubts        what can be, but hardly is: told, not refused
manual        all of it as docs/curator.md tells it
row_merge     a register that two branches changed
references    what needs several files to be seen: dangling keys
format        what may stand in each file, and the JSON Schema of it
values        the values a field may hold
codes         languages, countries, currencies
authorities   licences, themes, frequencies, publisher types
yaml_reader   YAML as plain strings, with the line of everything
yaml_writer   plain strings as YAML
syntax        a broken file, told to its writer
validation    a wrong field or value, told to its writer
"""
