"""How good the data is: what is complete, what contradicts, what is old, and how that changed.

Nothing here depends on the clock: ages are counted back from the day the dataset says it was last
modified, so that the same data and the same earlier releases give the same report.

report         all figures of a merged view, as a record and as JSON
queries        SPARQL for lists of which quality.json has the first entries
completeness   how much of what could be known is known
money          which budgets do not add up
conflicts      where sources disagree, which claim is shown, by which rule
doubles        towns and people that may stand in the graph twice
sides          which partners confirm a partnership, and which are silent
stale          which sources were read too long ago
wikidata       where Wikidata falls short, and what we can add
history        what earlier releases said of their quality
"""
