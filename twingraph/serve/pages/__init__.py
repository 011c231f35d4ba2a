"""Pages for people: every thing of the graph, lists, search and pictures, in six languages.

pages       requests in, responses out; `Pages` is what the service mounts
├ site      the frame all pages share; `render` makes a page of a template
├ index     what lists and names need of the whole graph, read once a release
├ extract   what one page needs: some things, who states what of them, in which words
├ facts     values and the sources behind them, told to one reader
├ towns, partnerships, projects, sources, concepts, things    one kind of thing each
├ front     home, lists, search, pictures
│ ├ lists, paging, finding
│ └ drawing, pictures, geography
"""

from twingraph.serve.pages.pages import Pages

__all__ = ["Pages"]
