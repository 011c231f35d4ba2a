"""What stands outside, read into records: one module or package an origin.

curated     what curators write: registers and source files
wikidata    Wikidata's twinning, from its services or a dump
harvested   what a harvest wrote: data/harvest/*.jsonl
"""
