"""Wikidata as a source: the polite client, the dump reader, and the way from items to claims.

A leaf that knows no RDF of ours. Entities come from the live services (`client`), from a JSON dump
(`dump`); `twinning` makes one source's claims of them.

settings, pacing      which Wikibase is asked, by whom, and how hard
transport, answers    one polite request at a time; what an answer means
client, cache         items, searches, queries; all kept on disk
entities              items and their twinning statements, from JSON
properties, times     which properties are read; time values as EDTF
countries, levels     which country, and which level of administration
places, links         items that are one place; statements as pairs of places
authorities           the items on either side as records
twinning              all of it as the claims of one source
known                 keys that curators have given, now or since
live, harvest         a harvest from the services; the job as a whole
dump, extract         a dump as a stream; a file of its twinned items
compressed            a file as bytes, whatever it is packed with
report                what did not become a record, and why
quickstatements       what we can add to Wikidata, for a human to send
"""
