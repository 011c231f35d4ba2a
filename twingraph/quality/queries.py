"""SPARQL that lists on a release, whole, what quality.json shows the first of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from twingraph.namespaces import DCT, FOAF, PROV, TG
from twingraph.sources.wikidata.twinning import PUBLISHER

_PREFIXES: Final = {"dct": DCT, "foaf": FOAF, "prov": PROV, "tg": TG}

_DISAGREEMENTS = """\
SELECT DISTINCT ?subject ?property WHERE {
  GRAPH ?graph { ?subject ?property ?stated }
  FILTER NOT EXISTS { ?subject ?property ?stated }
}"""

_ONE_SIDED_DOCUMENTS = """\
SELECT DISTINCT ?partnership WHERE {
  GRAPH ?graph { ?partnership tg:statedBy ?stating }
  ?graph prov:wasDerivedFrom/dct:publisher/a tg:LocalAuthority .
  ?partnership tg:partner ?silent .
  FILTER NOT EXISTS {
    GRAPH ?other { ?partnership tg:statedBy ?silent }
    ?other prov:wasDerivedFrom/dct:publisher/a tg:LocalAuthority .
  }
}"""

_ONE_SIDED_WIKIDATA = """\
SELECT DISTINCT ?partnership ?graph WHERE {
  GRAPH ?graph { ?partnership tg:notStatedBy ?silent }
}"""

_UNDATED = f"""\
SELECT DISTINCT ?partnership WHERE {{
  ?graph prov:wasDerivedFrom/dct:publisher/foaf:name "{PUBLISHER}" .
  GRAPH ?graph {{ ?partnership a tg:Partnership }}
  MINUS {{
    ?dated prov:wasDerivedFrom/dct:publisher/foaf:name "{PUBLISHER}" .
    GRAPH ?dated {{ ?partnership tg:since|tg:sinceEarliest|tg:sinceLatest ?start }}
  }}
}}"""


_SUMS = """\
SELECT ?project ?total ?sum WHERE {
  { SELECT ?project (COUNT(?part) AS ?parts) (SUM(?budget) AS ?sum) WHERE {
      ?project tg:participation ?part . ?part tg:totalBudget ?budget } GROUP BY ?project }
  ?project tg:totalBudget ?total .
  FILTER NOT EXISTS { ?project tg:participation ?other .
    FILTER NOT EXISTS { ?other tg:totalBudget ?any } }
  FILTER(ABS(?sum - ?total) >= 0.01 * ?parts)
}"""


def _complete(query: str) -> str:
    used = {name: iri for name, iri in _PREFIXES.items() if f"{name}:" in query}
    return "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in used.items()) + query


QUERIES: Final[Mapping[str, str]] = {
    "disagreements": _complete(_DISAGREEMENTS),
    "money.sums_that_differ": _complete(_SUMS),
    "sides.one_sided_documents": _complete(_ONE_SIDED_DOCUMENTS),
    "sides.one_sided_wikidata": _complete(_ONE_SIDED_WIKIDATA),
    "wikidata.undated": _complete(_UNDATED),
}
"""By the place of the list in quality.json. Each gives the things of its list; that of the
disagreements every property of which a source states what the merged view does not show: of a date
the value and its bounds, and a place that is only near by as well."""
