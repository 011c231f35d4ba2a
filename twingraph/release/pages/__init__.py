"""The pages of a release, in the languages of its dataset.

editions        which pages and languages there are, and the frame around a page
landing         index.html: downloads, how to load and cite them
recipes         how the data is loaded in Python, R, Gephi and QGIS
quality_page    quality.html, quality-wikidata.html
changes_page    changes/: what is new against the release before
embedding       a page as a service shows it, under the service's own head
"""
