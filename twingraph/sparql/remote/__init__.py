"""A SPARQL 1.1 store elsewhere: any server that speaks the protocols.

endpoints      the addresses of a store, and who we are there
layout         how a release stands in a store: which graphs, and what says which release it is
client         queries, updates and uploads over HTTP; every failure named
async_client   queries from a running service
results        what a store answered, in the format that was asked for
discovery      where the endpoints of a store are, and which dataset it holds
release_quads  a release's quads, graph by graph
workspace      what a push writes down in the store while it works
push           loads a release beside the one that is there, and switches in one step
"""
