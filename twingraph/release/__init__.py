"""Write a release: dumps, tables, catalogue and what goes with them.

content          what a release says, ready to be walked
exporter         the exporter protocol: begin, feed, finish over one walk
exports          every file that is offered: the one list
├ dumps          Turtle, JSON-LD, N-Triples, N-Quads, TriG
├ csv_zip, datapackage   the tables as CSV, with what each column is
├ parquet        the tables as Parquet and GeoParquet
├ geojson, antimeridian  towns and partnerships on a map
├ graphml        the network of towns
└ sssom          names of project partners and their Wikidata items
tables, columns  which tables there are, column by column
parallel         a job in a forked child
files            what was written: size, media type, checksum
void             void.ttl: counts of the graph
coverage         which countries, which area, which years
outline          what the release as a whole says, without its things
catalogue, dcat  DCAT-AP 3.0.1
research_metadata  Croissant, RO-Crate, DataCite
measures         the quality figures in the catalogue (DQV)
shacl_reports    the report of the check, in short and whole
documents        a document for each thing, for plain web servers
pages/           landing page, quality report, changes
line             releases.json: where each release is, and the changes between them
history          the line of releases
version_naming   a release's name and its place in that line
identity         what became of the things of the release before
dataset_guard    refuses one dataset in the place of another
loss_guard       refuses a release that lost too much
takedown         a source that may be published no more, nor kept
changes, summary  what is new, gone or different; told to people
feed             feed.atom
event_stream     every change of every thing (LDES), release after release
stream_pages     its members and pages
publish          staging, then one move
signing          a signature over the checksums
"""
