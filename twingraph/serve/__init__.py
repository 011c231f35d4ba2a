"""The service: SPARQL 1.1 Protocol over a release or a store, safe for strangers.

server     the command's entry: settings in, a running HTTP server out
├ assembly the parts put together: all routes, in order
└ app      ASGI: the route table, and what all answers have in common
  ├ resources, vocabulary   linked data: from an IRI to a document about it
  │ └ things, documents     what is known of a thing, in each format
  ├ files                   the release's files, whole or in part
  ├ protocol, description   SPARQL 1.1 Protocol and Service Description, as functions of a request
  ├ service                 what is served, whatever is behind it:
  │ ├ release_service       a release in memory; reload without dropping a request
  │ └ store_service         a store elsewhere: remote_store, vetting
  └ workers                 the pool: lanes, time limits, what is killed when
    ├ keeper                the process that holds the store and forks the workers
    └ worker, sandbox, results   one query at a time, with no way out
"""
