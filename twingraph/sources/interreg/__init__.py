"""Interreg projects and their partners, from the lists that say who took part and with what money.

keep        keep.eu: its JSON, of a file or of its service
kohesio     Kohesio: its CSV, and the EU Knowledge Graph by SPARQL
graph_dump  the same from a dump of the EU Knowledge Graph
operations, mapping  lists of operations, and which of their columns is which: mappings/
plain       a table of ours: projects.csv, partners.csv, source.yaml
list_source  what a list is as a source, and what a source.yaml says of it
rows        a project and its partners as any list has them
values      amounts, dates, rates as lists write them
tables      CSV in any usual form, .xlsx, .ods, .xls: sheets of cells
bodies      which body a partner is: what is asked, and what is answered
claims      rows → the claims of a source, with keys, checks and counts
report      what was skipped, and why
"""
