"""Find the Wikidata item of a town: by its name in any language, its place, code and kind of body.

names, bodies, forms     what a page writes as a name, made comparable and taken apart
countries                which country is meant
entries, codes           what a town is compared with
index, exonyms           entries by name; names in other languages
candidates, places       which entries a name may mean, put together by place
decide                   matched, candidates or none, and why
gazetteer, live          the lists to look in: a local file, or Wikidata
batch, text              a list of towns, or one at a prompt
ours                     the towns of our registers, as towns to find
register, verify         decisions written down; whether those written down still hold
towns, service           our own towns, for others to match their lists against
"""

from twingraph.reconcile.batch import Summary, as_query, finder, reconcile_file, reconcile_one
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Candidate, Decision, Outcome, decide
from twingraph.reconcile.text import told

__all__ = [
    "Candidate",
    "Decision",
    "Outcome",
    "Query",
    "Summary",
    "as_query",
    "decide",
    "finder",
    "reconcile_file",
    "reconcile_one",
    "told",
]
