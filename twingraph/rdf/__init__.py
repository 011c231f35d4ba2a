"""RDF: terms, mapping of records, provenance, and the formats that graphs are written in.

terms          RDF terms as canonical N-Triples strings; a thing's description
mapping        records to RDF: one table for the fields of every record
provenance     sources, their graphs (PROV-O) and evidence (Web Annotation)
concepts       the concept schemes of ontology/concepts.ttl
shown_names    what a description calls its thing
tombstones     what is gone: an IRI that was published once stays known
chunks         a graph to a file piece by piece, in flat memory
ntriples       N-Triples and N-Quads
turtle         Turtle and TriG
jsonld         compact JSON-LD
rdfxml         RDF/XML
triples        the default graph of a release folder, read line by line
rdflib_terms   our terms and rdflib's, one made of the other
"""
