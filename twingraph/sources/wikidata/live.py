"""A harvest from the live services: which items, the items, their partners, their countries.

The query service says which items take part; the items themselves, with every statement, rank,
qualifier and reference, come from the API with their revision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from twingraph.errors import UsageError
from twingraph.sources.wikidata import entities, twinning
from twingraph.sources.wikidata.answers import QueryTimeout
from twingraph.sources.wikidata.client import WikibaseClient
from twingraph.sources.wikidata.countries import same as same_country
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items, number

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: not known)."""

_DEEPEST = 4
"""How many last digits a query is split by, at most: into ten thousand parts."""

_PREFIXES = """\
PREFIX wd: <{base}entity/>
PREFIX wdt: <{base}prop/direct/>
PREFIX p: <{base}prop/>
PREFIX ps: <{base}prop/statement/>
"""
_ALL = "SELECT DISTINCT ?item WHERE {{ ?item p:P190 ?statement . {split} }}"
_OF_COUNTRY = """\
SELECT DISTINCT ?item WHERE {{
  {{ ?item p:P190 ?statement }} UNION {{ ?statement ps:P190 ?item }}
  ?item wdt:P17 ?country .
  VALUES ?country {{ {countries} }}
  {split}
}}"""
_STATING = """\
SELECT DISTINCT ?item WHERE {{
  ?item p:P190/ps:P190 ?partner .
  VALUES ?partner {{ {partners} }}
}}"""


def harvest(
    client: WikibaseClient,
    *,
    countries: Collection[str] = (),
    towns: Collection[str] = (),
    known: CuratedKeys | None = None,
    source_key: str = "wikidata",
    progress: Progress = lambda *_: None,
    today: str | None = None,
) -> twinning.Harvest:
    """The twinning of some countries (their items), of a list of towns (items), or of the world.

    Of countries or a list, links are kept that touch it, whichever side states them. What has come
    is in the client's cache: after a failure the same call goes on. Raises UsageError for ids that
    are none, and ServiceError.
    """
    wrong = [item for item in (*towns, *countries) if not is_item(item)]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is no item id such as Q36")
    found = Items()
    progress("asking which items are twinned", 0, None)
    scope = list(dict.fromkeys(towns)) if towns else twinned(client, countries)
    wanted = list(chain(scope, stating(client, scope) if countries or towns else ()))
    _fetch(client, found, wanted, "items", progress)
    # What was asked for may be redirects: the links name where they lead.
    inside = {found.redirects.get(item, item) for item in scope}
    partners = [s.target for e in found.entities.values() for s in e.twinnings if s.target]
    _fetch(client, found, partners, "partners", progress)
    named = sorted({item for e in found.entities.values() for item in e.countries})
    _fetch(client, found, named, "countries", progress)
    return twinning.harvest(
        found,
        twinning.wikidata_source(
            today or datetime.now(UTC).date().isoformat(),
            key=source_key,
            complete=not (countries or towns),
        ),
        known=known,
        scope=inside if countries or towns else None,
    )


def twinned(client: WikibaseClient, countries: Collection[str] = ()) -> list[str]:
    """The items that have P190, or in some countries also those that others name, by number.

    A query that takes the service too long is split by the last digits of the item ids.
    """
    template = _OF_COUNTRY if countries else _ALL
    named = " ".join(f"wd:{same}" for item in countries for same in same_country(item))
    base = client.settings.entity_base

    def ask(suffix: str) -> set[str]:
        split = f'FILTER(STRENDS(STR(?item), "{suffix}"))' if suffix else ""
        text = _prefixes(base) + template.format(split=split, countries=named)
        try:
            return set(_items(client.query(text)))
        except QueryTimeout:
            if len(suffix) >= _DEEPEST or suffix.startswith("Q"):
                raise
        # Split by a second digit, the one-digit items are a part of their own: Q7 ends in no "07".
        digits = "0123456789Q" if suffix else "0123456789"
        return set().union(*(ask(f"{digit}{suffix}") for digit in digits))

    return sorted(ask(""), key=number)


def _prefixes(entity_base: str) -> str:
    return _PREFIXES.format(base=entity_base.removesuffix("entity/"))


def stating(client: WikibaseClient, partners: Sequence[str]) -> list[str]:
    """The items that name one of the given items as their partner, by number."""
    base = client.settings.entity_base
    found: set[str] = set()
    for start in range(0, len(partners), 200):
        names = " ".join(f"wd:{item}" for item in partners[start : start + 200])
        text = _prefixes(base) + _STATING.format(partners=names)
        found.update(_items(client.query(text)))
    return sorted(found, key=number)


def _items(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        item = row["item"]["value"].rpartition("/")[2]
        if is_item(item):
            yield item


def _fetch(
    client: WikibaseClient, found: Items, ids: Iterable[str], what: str, progress: Progress
) -> None:
    seen = found.entities.keys() | found.redirects.keys() | found.missing
    wanted = [item for item in dict.fromkeys(ids) if item not in seen]
    for done, fetched in enumerate(client.items(wanted), start=1):
        if fetched.document is None:
            found.missing.add(fetched.asked)
        else:
            found.entities[fetched.id] = entities.read(fetched.document)
            found.retrieved[fetched.id] = fetched.retrieved
            if fetched.asked != fetched.id:
                found.redirects[fetched.asked] = fetched.id
        progress(f"fetching {what}", done, len(wanted))
