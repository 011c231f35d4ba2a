"""Contributions made up at random: whatever the format allows, and what a cell may hold."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st

from twingraph.contributions.contribution import Contribution
from twingraph.rdf import concepts

_LETTERS = st.characters(
    blacklist_categories=["Cs", "Cc", "Cn", "Co", "Zl", "Zp"],
    blacklist_characters="\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    "\u00ad\u200b\u2060",
)
_TRAPS = ["=1+1", "'s", "''x", "{a", "[b]", "-3", "@x", "+1", "12.0", "2010", "TRUE", "a; b", "a,b",
          'say "no"', "a: b", "#N", "sep=;", "1e5", "007", "'{x", "_x000D_", "null"]  # fmt: skip


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


names = (st.text(_LETTERS, max_size=20) | st.sampled_from(_TRAPS)).map(_tidy).filter(bool)
words = names | st.lists(names, min_size=2, max_size=3).map("\n".join)
keys = st.from_regex(r"[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
towns = st.tuples(st.sampled_from(["pl", "sk", "hu"]), keys).map("-".join) | st.just("Q42")
local_keys = st.from_regex("[1-9]|[a-z]{1,5}", fullmatch=True)
languages = st.sampled_from(["pl", "sk", "en", "sr-latn"])
dates = st.sampled_from(["2010", "2010-07", "2010-07-01", "197X", "2004~", "2010/2012", "../2012",
                         "[2010,2012]", "XXXX-07-04", "2010-21"])  # fmt: skip
days = st.dates().map(lambda day: day.replace(year=2000 + day.year % 100).isoformat())
money = st.builds(
    lambda amount, about: f"{amount:f}{about}",
    st.decimals(0, 10**9, places=2), st.sampled_from(["", "~"]),
)  # fmt: skip
texts = names | st.dictionaries(languages, names, min_size=1, max_size=2)
addresses = st.sampled_from(["https://example.org/a?b=c;d", "http://example.org/ż"])


def concept(scheme: str) -> st.SearchStrategy[str]:
    return st.deferred(lambda: st.sampled_from(sorted(concepts.schemes()[scheme])))


def some(scheme: str) -> st.SearchStrategy[list[str]]:
    return st.lists(concept(scheme), max_size=3, unique=True)


def block(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


quotes = st.lists(
    block({"quote": names}, **{"for": st.just(["since"]), "derived": st.just("true"),
                               "note": words, "language": languages}),
    min_size=1, max_size=2,
)  # fmt: skip
evidence = words | quotes
descriptions = st.dictionaries(languages, words, min_size=1, max_size=2)


def signatures(partners: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Of partners: who signs for another body is refused."""
    return block(
        {}, key=keys, signatory=keys, role=texts, office=concept("office"),
        on_behalf_of=st.sampled_from(partners), basis=concept("signature-basis"),
        evidence=evidence,
    ).filter(bool)  # fmt: skip


agreement = {
    "title": texts, "kind": concept("agreement-kind"), "signed_on": dates, "valid_until": dates,
    "description": descriptions, "evidence": evidence, "signed_again_on": dates,
    "planned_for": dates, "place": texts, "decided_by": towns,
    "concluded_by": st.lists(keys, min_size=1, max_size=2),
    "replaces": st.lists(local_keys, min_size=1, max_size=2),
}  # fmt: skip


def agreements(partners: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    signed = st.lists(signatures(partners), max_size=3)
    return block({"key": local_keys}, **agreement, signatures=signed)


changes = block(
    {"key": local_keys, "new_status": concept("partnership-status")},
    changed_on=dates, concerns=towns, decided_by=towns, agreement=local_keys, evidence=evidence,
)  # fmt: skip
statement = {
    "since": dates, "first_contact": dates, "status": concept("partnership-status"),
    "fields": some("field"), "methods": some("method"), "purposes": some("purpose"),
    "projects": st.lists(keys, max_size=2, unique=True),
    "involves": st.lists(keys, max_size=2, unique=True), "involves_unnamed": texts,
    "description": descriptions, "evidence": evidence,
}  # fmt: skip


def unique(blocks: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(blocks, max_size=most, unique_by=lambda one: str(one["key"]))


partnerships = st.lists(towns, min_size=2, max_size=4, unique=True).flatmap(
    lambda partners: block(
        {"key": st.just("--".join(sorted(partners))), "partners": st.just(partners)},
        partner_unnamed=texts, agreements=unique(agreements(partners), 2),
        status_changes=unique(changes, 2), **statement,
    )
)  # fmt: skip
projects = block(
    {"key": keys}, title=texts, programme=keys, number=words, partners=st.lists(towns, max_size=3),
    lead=towns, start=dates, end=dates, total_budget=money, grant=money,
    currency=st.just("EUR"), evidence=evidence,
)  # fmt: skip
memberships = block({"network": keys, "key": keys}, since=dates, until=dates, evidence=evidence)
authorities = block(
    {"key": towns}, label=st.dictionaries(languages, names, min_size=1, max_size=2),
    alt_label=st.dictionaries(languages, st.lists(names, min_size=1, max_size=2), max_size=2),
    country=st.just("PL"), level=concept("authority-level"),
    replaces=st.lists(towns, min_size=1, max_size=2), formed_on=dates, evidence=evidence,
    memberships=st.lists(memberships, min_size=1, max_size=2, unique_by=lambda m: m["key"]),
)  # fmt: skip
mentions = block(
    {"about": st.sampled_from([{"person": "adam-wos"}, {"authority": "pl-sieniawa"}]),
     "note": words},
    date=dates, quote=names, language=languages,
)  # fmt: skip
sources = block(
    {"key": keys, "title": texts, "kind": concept("source-kind"),
     "language": st.lists(languages, min_size=1, max_size=2, unique=True)},
    url=addresses, publisher=words, publisher_authority=towns, retrieved=days, rights=words,
    rank=st.integers(1, 100).map(str), rank_reason=words, note=words,
    each_partnership=block({}, **statement),
    each_agreement=block({}, title=texts, kind=concept("agreement-kind"), signed_on=dates,
                         description=descriptions, evidence=evidence),
    partnerships=unique(partnerships, 3), projects=unique(projects, 2),
    authorities=unique(authorities, 2), mentions=st.lists(mentions, max_size=2),
)  # fmt: skip
registers = block(
    {},
    people=unique(block({"key": keys, "name": names}, wikidata=st.just("Q42")), 3),
    municipalities=unique(
        block({"key": towns, "name": names, "language": languages, "country": st.just("SK"),
               "level": concept("authority-level"), "wikidata_status": st.just("unresolved")},
              wikidata_note=words, other_names=st.just("de: Alt; en: Old"),
              latitude=st.just("50.10"), national_code=st.just("0524824"),
              replaces=st.just("pl-a pl-b"), wikidata_on=days), 2),
    organizations=unique(block({"key": keys, "name": names, "language": languages}), 2),
    programmes=unique(block({"key": keys, "title": names, "language": languages},
                            cci=st.just("2014TC16RFCB012"), start=dates), 2),
    projects=unique(block({"key": keys, "title": names, "language": languages}), 2),
)  # fmt: skip

contributions = st.builds(
    lambda source, rows: Contribution.of({"source": source, "registers": rows}), sources, registers
)
"""Contributions of the format; keys in them may be those of nothing."""

odd_cells = st.one_of(
    st.none(), st.booleans(), st.integers(-10, 80_000), st.floats(), st.text(max_size=12), names,
    st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.sampled_from(["#REF!", "2008 r.", "12 maja 2019", "05/04/2018", "Abda (HU)", "{", "[1",
                     "[[[[[[", '{"pl": 3}', "starosta", "pl-sieniawa", "1.234", "2010–2012"]),
)  # fmt: skip
"""What a cell may hold that nobody meant it to."""
