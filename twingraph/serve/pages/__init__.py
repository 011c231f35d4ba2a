"""Pages for people: every thing of the graph, lists, search and pictures, in six languages.

pages         requests in, responses out; `Pages` is what the service mounts
├ site        what all pages share: the frame, addresses, long lists in pages
├ reader      the things of a release as one reader meets them: names, dates, values
├ attribution  who states a fact: what stands behind its mark
├ towns, partnerships, sources, concepts, things    one kind of thing each
├ front       home, lists, search, pictures
│ ├ lists, list_filters, list_queries    lists, what narrows them, and as query
│ ├ search                        by name, forgiving
│ └ figures                       what is drawn

release_pages   the pages of the release, under the same head
"""

from twingraph.serve.pages.pages import Pages

__all__ = ["Pages"]
