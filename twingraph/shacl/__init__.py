"""SHACL: shapes, the prefilter, pySHACL's verdict and the report.

shapes               the shapes of a folder, read into records
constraint_queries   constraints as SPARQL: who may break them
prefilter            who may break a rule, found for all nodes at once
listing_queries      queries for people: what breaks a shape, all of it
check                the verdict, by pySHACL, on those nodes
report               what was found: to read, as JSON, as RDF
"""
