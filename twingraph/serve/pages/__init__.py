"""Pages for people: every thing of the graph, lists, search and figures, in six languages.

pages         requests in, responses out; `Pages` is what the service mounts
├ site        the frame all pages share; `render` makes a page of a template
├ reader      names, dates and values of the read model's records, in a reader's language
├ attribution who states a fact, in which words, and why one of several values is shown
├ towns, partnerships, projects, sources, concepts, things    one kind of thing each
├ front       home, lists, search, figures
│ ├ lists, list_queries, paging, search
│ └ figures, svg, geography
"""

from twingraph.serve.pages.pages import Pages

__all__ = ["Pages"]
