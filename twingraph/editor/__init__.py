"""The form over a data folder, on this machine alone: `twingraph edit`.

application  its pages, put together; a running server
├ guard      its own pages alone may write: Host and Origin
├ desk       the data folder as the form is filled in against it
├ sources    what the folder has, to be found, opened and looked at
└ preview    a town's page as it will be
"""
