"""Synthetic partnerships in our own shape, for benchmarks and load tests.

Nothing here can be mistaken for a fact: every name says "synthetic", and every town lies in the
Atlantic. Some 27 triples a partnership in the merged view; the same arguments give the same data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import isqrt
from random import Random

from twingraph import dates
from twingraph.identifiers import PARTNERSHIP, Ref, nested_key, partnership_key
from twingraph.model.merge import merge
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Dataset,
    Evidence,
    Partnership,
    Person,
    Point,
    Programme,
    Project,
    Record,
    Signature,
    Source,
    StatusChange,
    Text,
    View,
)
from twingraph.namespaces import BASE
from twingraph.rdf.mapping import describe_claims
from twingraph.rdf.terms import Description

_SOURCE_HOLDS = 5000
_CHUNK = 500
_COUNTRIES = ("POL", "SVK", "BEL", "DEU", "FRA")
_FIELDS = ("culture", "education", "sport", "tourism", "youth")
_PROGRAMME = "synthetic-programme"


def claims(size: int, seed: int = 0) -> list[Claims]:
    """So many partnerships, with their towns and all, as the claims of some sources.

    A register states the towns, people and projects; one further source the partnerships of each
    5,000.
    """
    random = Random(seed)
    pairs = _pairs(size, random)
    towns = sorted({town for pair in pairs for town in pair})
    registered = [*_register(towns, random), *_projects(pairs)]
    parts = [pairs[i : i + _SOURCE_HOLDS] for i in range(0, size, _SOURCE_HOLDS)]
    return [
        Claims(_source("synthetic-register", 1), tuple(registered)),
        *(_partnership_claims(number, part, random) for number, part in enumerate(parts)),
    ]


def partnerships(size: int, seed: int = 0) -> Iterator[Record]:
    """The records of `claims`, one after another."""
    for of_source in claims(size, seed):
        yield from of_source.records


def view(size: int, seed: int = 0) -> View:
    """The merged view of `claims`."""
    return merge(dataset(), claims(size, seed))


def descriptions(size: int, seed: int = 0) -> Iterator[Description]:
    """So many partnerships as descriptions, made in chunks so that memory stays flat."""
    for start in range(0, size, _CHUNK):
        for of_source in claims(min(_CHUNK, size - start), seed + start):
            yield from describe_claims(of_source, f"{BASE}synthetic/{start}/")


def dataset() -> Dataset:
    """What data/dataset.yaml would say of it."""
    return Dataset(
        titles=(Text("Synthetic partnerships", "en"),),
        descriptions=(Text("Made up by a program, to measure and to test with.", "en"),),
        publisher_name=(Text("Synthetic publisher", "en"),),
        publisher_url="https://example.org/",
        publisher_type=None,
        contact_name="Synthetic contact",
        contact_email="synthetic@example.org",
        contact_url=None,
        licence="http://publications.europa.eu/resource/authority/licence/CC0",
        base=BASE,
        languages=("en",),
    )


def _town(number: int) -> str:
    return f"xx-synthetic-{number:06}"


def _pairs(size: int, random: Random) -> list[tuple[str, str]]:
    """Distinct pairs of about a third as many towns; a few towns have very many partners."""
    count = max(isqrt(4 * size) + 4, size // 3)
    found: dict[tuple[str, str], None] = {}
    while len(found) < size:
        one, other = int(count * random.random() ** 2), random.randrange(count)
        if one != other:
            found[_town(min(one, other)), _town(max(one, other))] = None
    return list(found)


def _source(key: str, rank: int) -> Source:
    return Source(
        key=key,
        titles=(Text(f"Synthetic source {key}", "en"),),
        kind="register" if rank == 1 else "association",
        rank=rank,
        url=f"https://example.org/{key}",
        publisher="Synthetic publisher",
        languages=("en",),
        retrieved="2026-01-01",
    )


def _register(towns: Iterable[str], random: Random) -> Iterator[Record]:
    for town in towns:
        number = int(town.rpartition("-")[2])
        yield Authority(
            key=town,
            labels=(Text(f"Synthetic town {number}", "en"), Text(f"Próbowo {number}", "pl")),
            country=random.choice(_COUNTRIES),
            level="municipality",
            national_code=f"{number:07}",
            point=Point(_degrees(random, -40, -20), _degrees(random, 30, 50)),
        )
        yield Person(key=_mayor(town), name=f"Synthetic Person {number}")


def _mayor(town: str) -> str:
    return f"{town}-mayor"


def _degrees(random: Random, least: int, greatest: int) -> Decimal:
    return Decimal(random.randrange(least * 10000, greatest * 10000)) / 10000


def _projects(pairs: Iterable[tuple[str, str]]) -> Iterator[Record]:
    yield Programme(key=_PROGRAMME, titles=(Text("Synthetic programme", "en"),), cci="0000XX00XX")
    for number, pair in enumerate(pairs):
        if number % 20 == 0:
            yield Project(
                key=_project(number),
                titles=(Text(f"Synthetic project {number}", "en"),),
                programme=_PROGRAMME,
                number=f"SYN/{number:06}",
                partners=pair,
                lead=pair[0],
                start=dates.parse("2018-07"),
                end=dates.parse("2019-06-30"),
                total_budget=Decimal(number).scaleb(-2) + 10000,
                currency="EUR",
            )


def _project(number: int) -> str:
    return f"synthetic-project-{number:06}"


def _partnership_claims(number: int, pairs: list[tuple[str, str]], random: Random) -> Claims:
    records: list[Record] = []
    evidence: list[Evidence] = []
    for position, pair in enumerate(pairs, number * _SOURCE_HOLDS):
        key, since = partnership_key(pair), random.randrange(1950, 2026)
        records.append(_partnership(position, key, pair, since, random))
        if position % 4 == 0:
            records += _agreement(key, pair, since + 1, random)
        if position % 10 == 0:
            records.append(_ended(key, since + 20))
        quote = Text(f"synthetic partners since {since}", "en")
        evidence.append(Evidence(Ref(PARTNERSHIP, key), "since", quote))
    return Claims(_source(f"synthetic-{number}", 2), tuple(records), tuple(evidence))


def _partnership(
    number: int, key: str, pair: tuple[str, str], since: int, random: Random
) -> Partnership:
    return Partnership(
        key=key,
        partners=pair,
        since=dates.parse(str(since)),
        status="ended" if number % 10 == 0 else "active",
        fields=tuple(sorted(random.sample(_FIELDS, 1))),
        projects=(_project(number),) if number % 20 == 0 else (),
    )


def _agreement(
    partnership: str, pair: tuple[str, str], year: int, random: Random
) -> Iterator[Record]:
    day = f"{year}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
    key = nested_key(partnership, "1")
    yield Agreement(key, partnership, kind="agreement", signed_on=dates.parse(day))
    for town in pair:
        yield Signature(
            key=nested_key(key, town),
            agreement=key,
            signatory=_mayor(town),
            roles=(Text("synthetic mayor", "en"),),
            office="mayor",
            on_behalf_of=town,
            basis="signed",
        )


def _ended(partnership: str, year: int) -> StatusChange:
    return StatusChange(
        key=nested_key(partnership, "1"),
        partnership=partnership,
        new_status="ended",
        changed_on=dates.parse(str(year)),
    )
