"""SHACL: shapes, the evaluator, pySHACL's verdict and the report.

shapes               the shapes of a folder, read into records
term_tests           constraints on a term alone, as functions
links                what a walk gathers of other things, and paths over it
compiler             what a shape asks of its values, as functions
rules                a rule compiled: what is asked of things of a kind
kinds                what is done with each thing of a kind, as one function
evaluator            who may break a rule, found in one walk
excerpt              what pySHACL must see of a graph to judge them
check                the verdict, by pySHACL
constraint_queries   constraints as SPARQL
listing_queries      queries for people: what breaks a shape, all of it
report               what was found: to read, as JSON, as RDF
"""
