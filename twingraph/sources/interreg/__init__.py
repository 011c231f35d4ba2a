"""Interreg projects and their partners, from the lists that say who took part and with what money.

plain       a table of ours: projects.csv, partners.csv, source.yaml
rows        a project and its partners as any list has them
values      amounts, dates, rates as lists write them
tables      CSV in any usual form, .xlsx, .ods, .xls: sheets of cells
bodies      which body a partner is: what is asked, and what is answered
claims      rows → the claims of a source, with keys, checks and counts
report      what was skipped, and why
"""
