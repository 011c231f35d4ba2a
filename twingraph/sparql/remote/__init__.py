"""A SPARQL 1.1 store elsewhere: any server that speaks the protocols.

layout       how a release stands in a store: which graphs, and what says which release it is
endpoints    the addresses of a store, and who we are there
client       queries, updates and uploads over HTTP; every failure named
dump         a release's quads, graph by graph
push         loads a release beside the one that is there, and switches in one step
"""
