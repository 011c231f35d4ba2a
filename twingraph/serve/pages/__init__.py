"""Pages for people: every thing of the graph, lists, search and pictures, in six languages.

pages         requests in, responses out; `Pages` is what the service mounts
├ site        the frame all pages share; `render` makes a page of a template
├ reader      the things of a release as one reader meets them: names, dates, values
├ attribution  who states a fact: what stands behind its mark
├ towns, partnerships, projects, sources, concepts, things    one kind of thing each
├ front       home, lists, search, pictures
│ ├ lists, list_queries, paging   lists with filters, as query, in pages
│ ├ search                        by name, forgiving
│ └ figures, svg, geography       what is drawn, and how

release_pages   the pages of the release, under the same head
"""

from twingraph.serve.pages.pages import Pages

__all__ = ["Pages"]
