"""Wikidata as a source: the polite client, the dump reader, and the way from items to claims.

A leaf that knows no RDF of ours. Entities come from the live services (`client`), from a JSON dump
(`dump`); `twinning` makes one source's claims of them.
"""
