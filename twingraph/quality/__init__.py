"""How good the data is: what is complete, what contradicts, what is old, and how that changed.

Nothing here depends on the clock: ages are counted back from the day the dataset says it was last
modified, so that the same data and the same earlier releases give the same report.
"""
