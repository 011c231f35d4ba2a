"""Pages for people: every thing of the graph, lists, search and pictures, in four languages.

site        the frame all pages share; `render` makes a page of a template
├ languages, tongue     which language a reader gets, and how it is spoken
"""
