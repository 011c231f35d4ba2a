"""What stands outside, read into records: one module or package an origin.

curated     what curators write: registers and source files
interreg    projects and their partners, from registers and lists
wikidata    Wikidata's twinning, from its services or a dump
harvested   what a harvest wrote: data/harvest/*.jsonl
report      what was skipped while reading, counted by kind
"""
