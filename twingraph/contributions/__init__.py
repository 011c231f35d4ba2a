"""What people enter without writing files: contributions, checked and put into a data folder.

contribution   what one source states, and the rows that the registers lack
known          what a data folder has already
minting        keys for what a contribution names
towns          a town by its name: one of the registers', or a row for it
sayings        sentences in English that can be said in the reader's language
told           what a check says, in the reader's language
columns        the tables of a sheet, and what their columns are called
cells          what a cell means, and what stands in it for a value
date_formats   how much of a date a cell shows
sheet          a filled-in sheet as it stands in its file
several        a sheet of several sources as one for each
naming         what it calls by name, by its key
numbering      which partnership its tables mean by a number
already        what other sources state of its partnerships and documents
entry          its rows as a contribution
quoted         a day that the words quoted for it say otherwise
struck         a contribution without its faulty parts
listing        a contribution as rows
template       sheets written: to be filled in, and filled in
given          a file that somebody gives: a sheet, a contribution, a source of the data
three_way      what somebody changed, put into what is there
text_edit      a file's text changed in places
form           the form by which people enter a page in a browser
register_rows  rows put into a register's text, or taken out of it
seals          the head of a source file that was imported
superseded     rows that the same source needed before, and needs no more
writing        a contribution into a data folder: checked, then written whole or not at all
"""
