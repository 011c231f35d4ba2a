"""Compact JSON-LD, written line by line.

context      a JSON-LD context, read: which term stands for which property
compaction   properties of the graph as keys
values       terms of the graph as values
nodes        descriptions as node objects
writer       the document: the context, one flat @graph, a node a line
"""
