"""The service: SPARQL 1.1 Protocol, linked data, files and pages over a release or a store, safe
for strangers.

server       the command's entry: settings in, a running HTTP server out
├ http_limits  what a client may make us hold, and for how long
├ assembly   the parts put together: all routes, in order
└ app        ASGI: the route table, and what all answers have in common
  ├ messages                a request and a response, free of any server
  ├ negotiate, conditional, ranges   which form is wanted, whether, and which bytes of it
  ├ security                headers of every HTML response
  ├ access_log, metrics     what is noted of each request
  ├ protocol, description   SPARQL 1.1 Protocol and Service Description
  ├ resources, things       linked data: from an IRI to what is known of it
  ├ vocabulary, ontology    documents that a release's files make; the vocabulary to read
  ├ representations, rdf_documents, shown   a document in each format; terms in it
  ├ files, assets, outlines  the release's files; what pages load
  ├ reconciling             the Reconciliation Service API
  └ pages/, querying/       what people see
service      what is served, whatever is behind it
├ sparql_client             asks it from inside
├ read_model                the records of its merged view, read once a release
├ release_service, folder   a release in memory; reload without dropping a request
└ store_service             a store elsewhere
"""
