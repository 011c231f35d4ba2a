"""The query page: ask in SPARQL, with an editor where scripts run and a plain form where not.

page        the routes: the page, its downloads, the examples, the terms to complete with, recipes
├ table     an answer as a table, for readers without scripts
├ examples  the competency questions, and the same as sh:SPARQLExecutable
└ terms     classes and properties, to complete with
"""
