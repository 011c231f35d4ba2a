"""By partition it is the same: statements, numbers and the verdict, however many there are."""

from __future__ import annotations

import random
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import synthetic
from tests.conftest import FOUNDING, ROOT
from tests.shacl.test_check import ntriples as ntriples_of
from tests.spark import in_memory
from twingraph import identifiers as ids
from twingraph import resources
from twingraph.build import check_view, read_view
from twingraph.errors import DataError, UsageError
from twingraph.model.records import (
    Authority,
    Claims,
    Organization,
    Participation,
    Partnership,
    Project,
    Record,
    StatusChange,
    Text,
    View,
)
from twingraph.namespaces import BASE
from twingraph.rdf import ntriples
from twingraph.rdf.terms import Description, Term
from twingraph.release.content import Content
from twingraph.release.void import statistics
from twingraph.shacl import shapes
from twingraph.shacl.check import check, described
from twingraph.sources.curated import folder as curated
from twingraph.sources.curated.folder import Curated
from twingraph.sources.harvested import write_claims
from twingraph.spark import checking
from twingraph.spark.plan import BuildPlan
from twingraph.spark.rows import PackedRow, home_of_term, pack, spread

DATA = ROOT / "tests" / "data"
CASES = ROOT / "tests" / "shapes"
BAD = sorted(CASES.glob("*/bad-*.ttl"))


def quads(view: View) -> list[str]:
    """The lines of a view's N-Quads, sorted."""
    content = Content(view)
    found = list(ntriples.lines(content.default()))
    for graph, said in content.graphs():
        found += ntriples.lines(said, graph)
    return sorted(line.rstrip("\n") for line in found)


def assert_same(data: Path, job: in_memory.Job) -> None:
    view = read_view(data)
    assert job.quads == quads(view)
    counted = statistics(Content(view).default())
    for name in ("entities", "links", "examples", "subjects", "properties"):
        assert getattr(job.statistics, name) == getattr(counted, name), name
    assert job.results == list(check_view(view).results)
    assert job.known.conflicts == sum(not d.fits for d in view.disagreements)


@pytest.mark.parametrize("partitions", [1, 3, 16])
@pytest.mark.parametrize("data", [FOUNDING, DATA / "pages", DATA / "made-up"], ids=lambda p: p.name)
def test_curated_data(data: Path, partitions: int) -> None:
    assert_same(data, in_memory.run(curated.read(data), [], partitions, seed=partitions))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data that ships, and of its harvests one partnership in twenty, with the towns that are
    named anywhere: registers of several days, projects of several sources, places. A key was
    changed."""
    data = tmp_path_factory.mktemp("mixed") / "data"
    shutil.copytree(ROOT / "data", data)
    found = [_thinned(claims) for claims in curated.read(data).harvested]
    named = {key for claims in found for r in claims.records for key in _towns(r)}
    for claims in found:
        records = [r for r in claims.records if not isinstance(r, Authority) or r.key in named]
        there = {r.ref for r in records}
        evidence = tuple(e for e in claims.evidence if e.subject in there)
        kept = replace(claims, records=tuple(records), evidence=evidence)
        write_claims(kept, data / "harvest" / f"{claims.source.key}.jsonl")
    (data / "redirects.csv").write_text(
        "path,old,new,note\nmunicipality,pl-gone,pl-sieniawa,renamed\n", "utf-8"
    )
    return data


def _thinned(claims: Claims) -> Claims:
    few = len(claims.records) < 1000
    kept = {
        r.key
        for r in claims.records
        if isinstance(r, Partnership) and (few or spread(r.key, 20) == 0)
    }
    records = (
        r
        for r in claims.records
        if not isinstance(r, Partnership | StatusChange)
        or (r.partnership if isinstance(r, StatusChange) else r.key) in kept
    )
    return replace(claims, records=tuple(records))


def _towns(record: Record) -> Iterator[str]:
    match record:
        case Partnership() | Project():
            yield from record.partners
        case Participation(authority=str(key)) | Organization(seat=str(key)):
            yield key


@pytest.mark.parametrize(("partitions", "hot"), [(2, 50_000), (7, 2)])
def test_harvests(mixed: Path, partitions: int, hot: int) -> None:
    """Also where each thing that two pieces of evidence are about is salted."""
    lines = in_memory.lines_of(sorted((mixed / "harvest").glob("*.jsonl")))
    read = curated.read(mixed, harvested=False)
    job = in_memory.run(read, lines, partitions, hot=hot)
    assert bool(job.plan.hot) == (hot < 10)
    assert job.plan.touched and any(job.plan.renamed.values())
    assert_same(mixed, job)


def made(folder: Path, claims: list[Claims]) -> Path:
    """A data folder of harvests alone."""
    (folder / "harvest").mkdir(parents=True)
    shutil.copyfile(FOUNDING / "dataset.yaml", folder / "dataset.yaml")
    for one in claims:
        write_claims(one, folder / "harvest" / f"{one.source.key}.jsonl")
    return folder


@settings(max_examples=8)
@given(seed=st.integers(0, 1000), partitions=st.integers(1, 12), more=st.integers(0, 3))
def test_sources_that_disagree(
    tmp_path_factory: pytest.TempPathFactory, seed: int, partitions: int, more: int
) -> None:
    """The same things stated again by other sources, in part and otherwise."""
    chance = random.Random(seed)
    first = synthetic.claims(30, seed)
    claims = list(first)
    for number in range(more):
        several: list[object] = []
        for record in first[chance.randrange(len(first))].records:
            if chance.random() < 0.6:
                several.append(_changed(record, chance))
        base = synthetic.claims(1)[0].source
        source = type(base)(
            f"again-{number}", base.titles, base.kind, chance.randrange(1, 4),
            retrieved=f"2026-02-0{number + 1}", complete=chance.choice([None, True, False]),
            publisher=chance.choice(["One", "Two"]),
        )  # fmt: skip
        claims.append(Claims(source, tuple(several)))  # type: ignore[arg-type]
    data = made(tmp_path_factory.mktemp("claims") / "data", claims)
    lines = in_memory.lines_of(sorted((data / "harvest").glob("*.jsonl")))
    read = Curated(curated.read(data).dataset, ())
    assert_same(data, in_memory.run(read, lines, partitions, seed=seed))


def _changed(record: object, chance: random.Random) -> object:
    if isinstance(record, Authority):
        return Authority(record.key, labels=(Text(f"Other {chance.random():.2}", "de"),))
    if isinstance(record, Partnership):
        status = chance.choice([None, "ended", "active"])
        return Partnership(record.key, partners=record.partners, status=status)
    return record


# --- the verdict ----------------------------------------------------------------------------------


def verdict(graph: Sequence[Description], partitions: int, seed: int = 0) -> list[object]:
    """The results of a check of a graph whose descriptions lie in partitions."""
    plan = BuildPlan(curated.read(FOUNDING).dataset, {}, partitions)
    of: dict[int, list[Description]] = defaultdict(list)
    for subject, statements in graph:
        of[home_of_term(subject, plan.base, partitions)].append((subject, statements))
    chance = random.Random(seed)
    parts = [PackedRow(to, "own", pack(held)) for to, held in of.items()]
    parts += [PackedRow(to, "own", pack([])) for to in range(partitions) if to not in of]
    # What the driver describes: no more of it than a few links is told.
    driver = tuple(f"<{plan.base}{path}/" for path in (ids.SOURCE, ids.GRAPH, ids.CONCEPT))
    common = tuple(one for one in of[0] if one[0].startswith(driver))
    return list(in_memory.checked(parts, plan, common, chance)[2])


@pytest.mark.parametrize("partitions", [5])
def test_every_rule_is_broken_by_its_file(partitions: int) -> None:
    """Each bad file in a world of its own, all of them in one graph."""
    data = b"".join(_apart(ntriples_of(file), number) for number, file in enumerate(BAD, 1))
    graph = [(subject, list(dict.fromkeys(of))) for subject, of in described(data)]
    known = shapes.load(resources.folder("shapes"), BASE)
    wanted = list(check(lambda: graph, known).results)
    # Concepts are of all worlds: what one file leaves out another says.
    left = set(known.by_iri) - {result.shape for result in wanted}
    assert left == {f"{shapes.SHAPES}concept-{name}" for name in ("label", "scheme")}
    assert verdict(graph, partitions) == wanted


def _apart(data: bytes, number: int) -> bytes:
    """A world whose things have keys of their own: only the concepts are of all. What belongs to
    the partnership has a key that begins with its own."""
    parts = rb"/(agreement|signature|status-change)/xx_"
    data = re.sub(parts, rb"/\1/xx-one--xx-two_", data)
    start = b"<" + BASE.encode()
    thing = rb"(?!ns#)(?!concept/)([a-z-]+/)"
    data = re.sub(start + thing, rb"%b\1w%d-" % (start, number), data)
    return re.sub(rb"(entity/Q|geonames\.org/)([1-9])", rb"\g<1>%d\2" % number, data)


@settings(max_examples=8)
@given(drop=st.sets(st.integers(0, 600), max_size=12), partitions=st.integers(2, 9))
def test_a_graph_that_lacks_statements(
    founding: list[Description], drop: set[int], partitions: int
) -> None:
    """Inverses that are missing, classes that are not stated, values without a description."""
    number, graph = 0, []
    for subject, statements in founding:
        kept = []
        for statement in statements:
            number += 1
            if number % 601 not in drop:
                kept.append(statement)
        if kept:
            graph.append((subject, kept))
    known = shapes.load(resources.folder("shapes"), BASE)
    assert verdict(graph, partitions, number) == list(check(lambda: graph, known).results)


@pytest.fixture(scope="module")
def founding() -> list[Description]:
    return [(s, list(of)) for s, of in Content(read_view(FOUNDING)).default()]


def test_shapes_that_need_the_whole_graph_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "shapes"
    rules.mkdir()
    (rules / "far.ttl").write_text(
        """@prefix sh: <http://www.w3.org/ns/shacl#> .
        @prefix tg: <https://w3id.org/twingraph/ns#> .
        @prefix shape: <https://w3id.org/twingraph/shapes#> .
        shape:Far a sh:NodeShape ; sh:targetClass tg:Partnership ; sh:property shape:far .
        shape:far a sh:PropertyShape ; sh:name "far"@en ; sh:message "Far: mend it."@en ;
            sh:path ( tg:partner tg:partnerIn tg:partner ) ; sh:maxCount 9 ;
            sh:severity sh:Violation .""",
        "utf-8",
    )
    monkeypatch.setattr(resources, "folder", lambda _: rules)
    checking.loaded.cache_clear()
    try:
        with pytest.raises(UsageError, match="these shapes need the whole graph.*#far"):
            checking.loaded(BASE)
    finally:
        checking.loaded.cache_clear()


# --- faults of harvests ---------------------------------------------------------------------------


def test_a_line_that_states_nothing_is_counted_and_named(tmp_path: Path) -> None:
    data = made(tmp_path / "data", synthetic.claims(20))
    path = data / "harvest" / "synthetic-0.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines.insert(3, b'{"Partnership":{"key":"a--b","partnrs":["a","b"]}}\n')
    lines.insert(9, b"{broken\n")
    path.write_bytes(b"".join(lines))
    read = Curated(curated.read(FOUNDING).dataset, ())
    job = in_memory.run(read, in_memory.lines_of([*sorted(data.glob("harvest/*.jsonl"))]), 3)
    assert len(job.bad) == 2
    told = sorted(map(str, job.bad))
    assert "synthetic-0.jsonl, line 4: ValueError: unknown field 'partnrs'" in told[1]
    assert "synthetic-0.jsonl, line 10: JSONDecodeError" in told[0]
    assert sum('"a--b"' in line for line in job.quads) == 0


def test_two_files_of_one_source_are_refused(tmp_path: Path) -> None:
    data = made(tmp_path / "data", synthetic.claims(5))
    path = data / "harvest" / "synthetic-0.jsonl"
    shutil.copyfile(path, path.with_name("again.jsonl"))
    lines = in_memory.lines_of(sorted(data.glob("harvest/*.jsonl")))
    with pytest.raises(DataError, match="'synthetic-0' is there twice"):
        in_memory.run(Curated(curated.read(FOUNDING).dataset, ()), lines, 2)


def test_a_thing_stated_twice_is_told(tmp_path: Path) -> None:
    data = made(tmp_path / "data", synthetic.claims(5))
    path = data / "harvest" / "synthetic-0.jsonl"
    text = path.read_bytes()
    line = next(one for one in text.splitlines() if one.startswith(b'{"Partnership"'))
    path.write_bytes(text + line + b"\n")
    lines = in_memory.lines_of(sorted(data.glob("harvest/*.jsonl")))
    job = in_memory.run(Curated(curated.read(FOUNDING).dataset, ()), lines, 4)
    (twice,) = job.known.twice
    assert twice[0] == "synthetic-0"


def test_a_term_has_one_home() -> None:
    base = BASE
    partnership = Term(f"<{base}partnership/a--b>")
    for part in ("agreement/a--b_1", "signature/a--b_1_x", "status-change/a--b_2"):
        assert home_of_term(Term(f"<{base}{part}>"), base, 97) == home_of_term(
            partnership, base, 97
        )
    assert home_of_term(Term(f"<{base}source/x>"), base, 97) == 0
