"""Screening a graph and looking at all of it come to the same verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shacl.test_check import BAD, GOOD, named, ntriples
from tests.shacl.test_listing_queries import listed
from twingraph import namespaces as ns
from twingraph import resources
from twingraph.shacl import prefilter as screen
from twingraph.shacl.check import check
from twingraph.shacl.report import Result
from twingraph.shacl.shapes import Shapes, load

WHOLE = 1_000_000
SHAPES = load(resources.folder("shapes"))


def both(data: bytes, shapes: Shapes = SHAPES) -> tuple[Sequence[Result], Sequence[Result]]:
    """The results of looking at the whole graph, and of screening it.

    Both see numbers as the store keeps them: -1.00 as -1.
    """
    data = "".join(f"{quad.triple} .\n" for quad in screen.load([data])).encode()
    return check(data, shapes, whole=WHOLE).results, check(data, shapes, whole=0).results


@pytest.mark.parametrize("file", [*GOOD, *BAD], ids=named)
def test_every_case_gets_the_same_results_both_ways(file: Path) -> None:
    whole, screened = both(ntriples(file))
    assert whole == screened


LINES = tuple(
    sorted({line for file in (*GOOD, *BAD) for line in ntriples(file).decode().splitlines()})
)
WORLD = tuple(ntriples().decode().splitlines())
SUBJECTS = tuple(sorted({line.split(" ", 1)[0] for line in LINES}))
PREDICATES = tuple(sorted({line.split(" ", 2)[1] for line in LINES}))
OBJECTS = (
    *sorted({line.removesuffix(" .").split(" ", 2)[2] for line in LINES}),
    '""',
    '" "',
    '"new\\nline"',
    '"x"@en',
    '"X"@EN',
    f'"0001-01-01"^^<{ns.XSD}date>',
    f'"10000-01-01"^^<{ns.XSD}date>',
    f'"2010-01-01Z"^^<{ns.XSD}date>',
    f'"2010-W01-1"^^<{ns.XSD}date>',
    f'"2010-02-30"^^<{ns.XSD}date>',
    f'"20"^^<{ns.XSD}gYear>',
    f'"+7"^^<{ns.XSD}integer>',
    f'"1e3"^^<{ns.XSD}decimal>',
    f'"12345678901234567890.5"^^<{ns.XSD}decimal>',
    f'"12.5"^^<{ns.XSD}double>',
    f'"maybe"^^<{ns.XSD}boolean>',
)
KNOWN = st.sampled_from(LINES)
MADE = st.builds(
    "{} {} {} .".format,
    st.sampled_from(SUBJECTS),
    st.sampled_from(PREDICATES),
    st.sampled_from(OBJECTS),
)


@given(
    st.sets(st.sampled_from(WORLD), max_size=6),
    st.sets(st.one_of(KNOWN, MADE), max_size=8),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_graph_gets_the_same_results_both_ways(taken: set[str], added: set[str]) -> None:
    data = "".join(f"{line}\n" for line in sorted({*WORLD, *added} - taken)).encode()
    whole, screened = both(data)
    assert whole == screened
    report = check(data, SHAPES)
    results = Counter(result.shape for result in report.results)
    assert listed(data, report) == {shape: results[shape] for shape in report.queries}
