"""RDF: terms, mapping of records, provenance, and the formats that graphs are written in."""
