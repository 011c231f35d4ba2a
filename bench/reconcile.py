"""How well and how fast towns are found in the gazetteer: the gold list, and a list of our own.

    python -m bench.reconcile [SHARED]     the folder with reconcile-gold/ and gazetteer/ in data/
    python -m bench.reconcile --misses     what of the gold list is missed or wrong, and why

The gold list is scored three ways: of all its rows, of those in the gazetteer's countries, and of
those whose item the gazetteer holds (no other can be found). The list of our own is made of the
gazetteer: its names, without marks, with a word for the body, and names taken out of it before.
"""

from __future__ import annotations

import csv
import os
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from bench.rows import Row, at_most
from twingraph.reconcile.batch import reconcile_file
from twingraph.reconcile.bodies import Body
from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Outcome, TownDecision, decide
from twingraph.reconcile.entries import ListEntry, spot
from twingraph.reconcile.exonyms import installed_exonyms
from twingraph.reconcile.gazetteer import Gazetteer, read_gazetteer
from twingraph.reconcile.index import Index
from twingraph.reconcile.names import folded, romanised

SEED: Final = 20_260_101
SAMPLE: Final = 1_000
WORDS: Final = {
    "AT": ("Gemeinde {}", "Marktgemeinde {}"),
    "BE": ("Commune de {}", "Gmina {}"),
    "CZ": ("Obec {}", "Město {}"),
    "HU": ("{} község", "{} város"),
    "IT": ("Comune di {}", "Gmina {}"),
    "SK": ("Obec {}", "Mesto {}"),
}


class Case(NamedTuple):
    """A name to find, and the item it is of ("" where the list has none)."""

    kind: str
    query: Query
    wikidata: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases there are, can be found, were matched, and were matched rightly."""

    cases: int = 0
    reachable: int = 0
    matched: int = 0
    right: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.cases + other.cases,
            self.reachable + other.reachable,
            self.matched + other.matched,
            self.right + other.right,
        )

    @property
    def precision(self) -> float:
        """Of what was matched, the share that is right."""
        return self.right / self.matched if self.matched else 1.0

    @property
    def recall(self) -> float:
        """Of what can be found, the share that was matched rightly."""
        return self.right / self.reachable if self.reachable else 1.0

    def __str__(self) -> str:
        return (
            f"{self.cases:5} cases {self.reachable:5} reachable {self.matched:5} matched "
            f"{self.right:5} right  precision {self.precision:6.1%}  recall {self.recall:6.1%}"
        )


def shared_folder() -> Path:
    """Where the real data lies: TWINGRAPH_SHARED, or ../shared beside the repository."""
    return Path(os.environ.get("TWINGRAPH_SHARED", Path(__file__).parents[2] / "shared"))


NO_SPOTS: Final = frozenset[str]()
HOMONYMS: Final = frozenset({"homonym"})
ALL_KINDS: Final = frozenset({"unambiguous", "homonym", "variant", "absent"})


def gold_cases(path: Path, *, spots_of: frozenset[str] = NO_SPOTS) -> Iterator[Case]:
    """The gold list's rows; with coordinates where the list has them, of some kinds of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            use = row["kind"] in spots_of and row["lat"]
            place = spot(row["lat"], row["lon"]) if use else None
            countries = frozenset(filter(None, [row["query_country"]]))
            yield Case(row["kind"], Query(row["query_name"], countries, place), row["qid"])


Find = Callable[[Query], TownDecision]


def measure(cases: Iterable[Case], find: Find, known: frozenset[str]) -> dict[str, Tally]:
    """The tally of every kind of case."""
    found: dict[str, Tally] = {}
    for case in cases:
        found[case.kind] = found.get(case.kind, Tally()) + tally(case, find(case.query), known)
    return found


def tally(case: Case, decision: TownDecision, known: frozenset[str]) -> Tally:
    """One case's tally."""
    matched = decision.outcome is Outcome.MATCHED
    right = decision.match is not None and decision.match.wikidata == case.wikidata
    return Tally(1, case.wikidata in known, matched, right)


def own_cases(gazetteer: Gazetteer) -> tuple[list[Case], Index]:
    """Cases made of the gazetteer, and an index without the entries of the absent ones."""
    rng = random.Random(SEED)
    unique = _unique(gazetteer.entries)
    rng.shuffle(unique)
    sample, absent = unique[:SAMPLE], unique[SAMPLE : 2 * SAMPLE]
    cases = [case for entry in sample for case in _variants(entry, rng)]
    cases += [Case("absent", _query(entry, entry.name), "") for entry in absent]
    gone = {id(entry) for entry in absent}
    kept = replace(gazetteer, entries=[e for e in gazetteer.entries if id(e) not in gone])
    return cases, kept.index(installed_exonyms())


def _unique(entries: Sequence[ListEntry]) -> list[ListEntry]:
    """Entries with an item whose name no other entry of the country bears."""
    bearers: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        for name in entry.names:
            bearers.setdefault((entry.country, folded(name)), set()).add(entry.id)
    return [
        e
        for e in entries
        if e.wikidata and e.body is not Body.RURAL_AREA and len(e.names) == 1
        and len(bearers[e.country, folded(e.name)]) == 1
    ]  # fmt: skip


def _variants(entry: ListEntry, rng: random.Random) -> Iterator[Case]:
    wikidata = entry.wikidata or ""
    yield Case("as written", _query(entry, entry.name), wikidata)
    if not entry.name.isascii():
        yield Case("without marks", _query(entry, romanised(entry.name)), wikidata)
    if entry.country in WORDS:
        word = rng.choice(WORDS[entry.country])
        yield Case("with a word", _query(entry, word.format(entry.name)), wikidata)
    if entry.country == "PL":
        yield Case("gmina", _query(entry, f"Gmina {entry.name}"), "")
    yield Case("misspelt", _query(entry, _misspelt(entry.name, rng)), wikidata)


def _misspelt(name: str, rng: random.Random) -> str:
    at = rng.randrange(len(name))
    return name[:at] + rng.choice("aeioustrln") + name[at + 1 :]


def _query(entry: ListEntry, name: str) -> Query:
    return Query(name, frozenset([entry.country]))


def speed(gazetteer: Gazetteer, path: Path) -> float:
    """Seconds for 10,000 names from a file, a third of them misspelt, all loading included."""
    rng = random.Random(SEED)
    with TemporaryDirectory() as folder:
        names = Path(folder) / "names.csv"
        with names.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", "country"])
            for entry in rng.sample(list(gazetteer.entries), 10_000):
                name = entry.name if rng.random() < 2 / 3 else _misspelt(entry.name, rng)
                writer.writerow([name, entry.country])
        start = time.perf_counter()
        reconcile_file(names, Path(folder) / "out.csv", path)
        return time.perf_counter() - start


def rows(data: Path) -> list[Row]:
    """What is promised of the gold list and of our own, and the seconds for 10,000 names."""
    path = data / "gazetteer" / "places.tsv"
    gazetteer = read_gazetteer(path)
    known = frozenset(e.wikidata for e in gazetteer.entries if e.wikidata)
    index = gazetteer.index(installed_exonyms())
    gold = data / "reconcile-gold" / "gold.csv"
    own, without_absent = own_cases(gazetteer)
    return [
        *_promises("gold", measure(gold_cases(gold), lambda q: decide(q, index), known)),
        *_promises(
            "gold, coordinates given",
            measure(gold_cases(gold, spots_of=ALL_KINDS), lambda q: decide(q, index), known),
        ),
        *_promises("own list", measure(own, lambda q: decide(q, without_absent), known)),
        at_most("reconcile 10,000 names", speed(gazetteer, path), 60),
    ]


def _promises(name: str, found: Mapping[str, Tally]) -> Iterator[Row]:
    """What is promised of a list, as far as it has such rows."""
    every = sum(found.values(), Tally())
    yield _at_least(f"reconcile, {name}: right", every.precision, 99)
    for kind, least in (("unambiguous", 90), ("as written", 90), ("variant", 75)):
        if kind in found:
            yield _at_least(f"reconcile, {name}: {kind} matched", found[kind].recall, least)
    absent = found["absent"]
    share = 100 * absent.matched / absent.cases
    yield at_most(f"reconcile, {name}: absent matched", share, 2, "%")


def _at_least(name: str, share: float, least: float) -> Row:
    percent = 100 * share
    return Row(name, percent, None, None, f"≥ {least:g} %", percent >= least, "%")


def _print(title: str, found: dict[str, Tally]) -> None:
    print(title)
    for kind, counts in found.items():
        print(f"  {kind:14} {counts}")
    print(f"  {'all':14} {sum(found.values(), Tally())}")


def misses(cases: Iterable[Case], find: Find, known: frozenset[str]) -> Iterator[str]:
    """What can be found and was not, and what was matched wrongly, with the reason given."""
    for case in cases:
        decision = find(case.query)
        counts = tally(case, decision, known)
        if counts.matched > counts.right or (counts.reachable and not counts.right):
            item = decision.match.wikidata if decision.match else decision.outcome.value
            where = " ".join(sorted(case.query.countries)) or "--"
            found = f"{case.kind:12} {where} {case.query.name}: {item}"
            yield f"{found}, gold {case.wikidata or 'none'}: {decision.reason}"


def main() -> None:
    """Measure and print."""
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    data = (folders[0] if folders else shared_folder()) / "data"
    path = data / "gazetteer" / "places.tsv"
    gazetteer = read_gazetteer(path)
    known = frozenset(e.wikidata for e in gazetteer.entries if e.wikidata)
    index = gazetteer.index(installed_exonyms())
    print(f"gazetteer: {gazetteer.summary()}")
    gold = data / "reconcile-gold" / "gold.csv"
    if "--misses" in sys.argv:
        print("\n".join(misses(gold_cases(gold), lambda query: decide(query, index), known)))
        return
    for title, spots_of in (
        ("gold list without coordinates", NO_SPOTS),
        ("gold list, homonyms with coordinates", HOMONYMS),
        ("gold list with coordinates", ALL_KINDS),
    ):
        cases = list(gold_cases(gold, spots_of=spots_of))
        _print(title, measure(cases, lambda query: decide(query, index), known))
        here = [c for c in cases if c.query.countries & index.countries]
        _print(
            title + ", the gazetteer's countries, all of them counted as reachable",
            measure(here, lambda query: decide(query, index), known | {c.wikidata for c in here}),
        )
    _print(
        "gold list, a bare name taken for the settlement where it and the commune are apart",
        measure(gold_cases(gold), lambda query: decide(query, index, settlements=True), known),
    )
    cases, without_absent = own_cases(gazetteer)
    _print("our own list", measure(cases, lambda query: decide(query, without_absent), known))
    print(f"10,000 names: {speed(gazetteer, path):.1f} s")


if __name__ == "__main__":
    main()
