"""What pages are made of, those of a release and of the service.

languages       which languages there are, and which stands in for another
messages        what is said in them, from translations/
locale          how dates, numbers, names of countries and quotes are written in one
environment     templates/ in one language, and the frame around each page
style           the one style sheet
static          what browsers load beside it, bundled at set-up
assets          both by the names under which they are served
outlines        borders of the world's countries, to draw maps on
geography       where things lie on a map
cookbook        recipes for other tools, with the service's own address
sitemap         which pages there are, for search engines
svg             pictures: maps, networks, bars
network_layout  where towns stand in a network, and which belong together
graph_data      towns and partnerships as scripts draw them
exonyms         names of towns in other languages, to search by
"""
