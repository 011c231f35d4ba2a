"""SPARQL: queries read, answered from a release or by a store elsewhere, and their results.

lexer                 the tokens of a query
query_syntax          what a query says of itself: its form, its prologue, its dataset …
query_rewriting       a stranger's query, written anew for a store elsewhere
datasets              which graphs a query is about
limits                what a stranger's query may cost
turns                 turns between clients, and what each has used
query_engine          what answers queries, whatever is behind it
├ engine/             a pool of processes over a release
├ answer_cache        answers remembered as long as their release is served
├ remote_engine       a store elsewhere
└ remote/             how such a store is asked, and loaded with a release
bounded_results       a result, written within its limits
result_formats        the media types of results
result_writers        solutions as text, row by row
query_results         whole results, in the formats that people load
store                 a release opened in this process
readback              records read from its graph
competency_questions  the queries of ontology/queries/
"""
