"""The service: SPARQL 1.1 Protocol, linked data, files and pages over a release or a store, safe
for strangers.

server         the command's entry: settings in, a running HTTP server out
├ http_limits  what a client may make us hold, and for how long
├ clients      who a request comes from
└ application  the parts put together: all routes, in order
  ├ monitoring              what is noted of each request
  ├ notices                 robots.txt and security.txt
  ├ compression             pages, lists and documents, compressed
  ├ response_headers        what every response carries: CORS, the policy of HTML
  ├ negotiation             which media type, coding and language a request accepts
  ├ protocol, description   SPARQL 1.1 Protocol and Service Description
  ├ resources, things       linked data: from an IRI to what is known of it
  ├ vocabulary, ontology    documents that a release's files make; the vocabulary to read
  ├ representations, rdf_documents, term_display   a document in each format; terms in it
  ├ files                   the release's files; what pages load
  ├ reconciling             the Reconciliation Service API
  └ pages/, querying/       what people see
service      what is served, whatever is behind it
├ sparql_client             asks it from inside
├ read_model                the records of its merged view, read once a release
├ release_service, release_folder   a release in memory; reload without dropping a request
└ store_service             a store elsewhere
"""
