"""The evaluator overlooks nothing: what it leaves to pySHACL gives what pySHACL finds by itself."""

from __future__ import annotations

import re
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
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.rdf.terms import Description, Term
from twingraph.shacl.check import Check, check, validate
from twingraph.shacl.check import described as walked
from twingraph.shacl.evaluator import Evaluator
from twingraph.shacl.report import Result
from twingraph.shacl.shapes import Shapes, load

SHAPES = load(resources.folder("shapes"))
SLOW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


UNORDERED = (TypeError, DeprecationWarning)
"""What rdflib ends with, pySHACL alone too, where it puts some ill-typed literals in order."""


def plain(data: bytes, shapes: Shapes = SHAPES) -> set[Result]:
    """What pySHACL finds by itself."""
    return validate(graph_of(data), shapes)


def checked(data: bytes, shapes: Shapes = SHAPES) -> set[Result]:
    """What a check finds; nothing twice."""
    results = check(data, shapes).results
    assert len(results) == len(set(results))
    return set(results)


def described(lines: Sequence[str]) -> list[Description]:
    """Lines of N-Triples as they are, each a description of its own."""
    parts = (line.removesuffix(" .").split(" ", 2) for line in lines)
    return [(Term(s), [(Term(p), Term(o))]) for s, p, o in parts]


READ_OFF = {
    shape.iri
    for shape in SHAPES.by_iri.values()
    if shape.severity != "violation"
    and shape.local
    not in {
        *("quality-agreement-order", "quality-name-formula", "quality-participation-zero"),
        "quality-partnership-absent",
    }
}
"""The warnings but for those on values that are there."""


def test_every_constraint_of_our_shapes_is_compiled() -> None:
    assert Evaluator(SHAPES).unknown == []


@pytest.mark.parametrize("file", [*GOOD, *BAD], ids=named)
def test_every_case_gets_the_results_of_pyshacl(file: Path) -> None:
    assert checked(ntriples(file)) == plain(ntriples(file))


LINES = tuple(
    sorted({line for file in (*GOOD, *BAD) for line in ntriples(file).decode().splitlines()})
)
WORLD = tuple(ntriples().decode().splitlines())
SUBJECTS = tuple(sorted({line.split(" ", 1)[0] for line in LINES}))
PREDICATES = tuple(sorted({line.split(" ", 2)[1] for line in LINES}))
STRANGE = (
    *('""', '" "', '"new\\nline"', '"\\u0007"', '"x"@en', '"X"@EN', '"x"@En-gb', '"x"@en-GB'),
    *(
        f'"{lexical}"^^<{ns.XSD}{datatype}>'
        for datatype, lexicals in {
            "date": (
                *("0001-01-01", "10000-01-01", "2010-01-01Z", "2010-W01-1", "2010-02-30"),
                *("2010-02-28", "2010-03-01", "20100301", "2010-3-1", " 2010-03-01"),
            ),
            "gYear": ("20", "2010", "0000", "2010Z"),
            "gYearMonth": ("2010-12", "2010-13", "2010"),
            "gMonthDay": ("--02-28", "--02-30"),
            "dateTime": ("2010-01-01T00:00:00", "2010-01-01T00:00:00Z"),
            "integer": ("+7", "0", "-0", "1", "01", "1.0", "-1", "", "9" * 30),
            "decimal": (
                *("1e3", "12345678901234567890.5", "1.5", "1.50", "-0.0", "0", ".5", "5."),
                *("10000", "10000.00", "9999.99", "INF"),
            ),
            "double": ("12.5", "1e1", "NaN"),
            "boolean": ("maybe", "true", "1", "TRUE", "0"),
            "string": ("x",),
            "anyURI": ("x", "http://[x"),
        }.items()
        for lexical in lexicals
    ),
)
OBJECTS = (*sorted({line.removesuffix(" .").split(" ", 2)[2] for line in LINES}), *STRANGE)
KNOWN = st.sampled_from(LINES)
MADE = st.builds(
    "{} {} {} .".format,
    st.sampled_from(SUBJECTS),
    st.sampled_from(PREDICATES),
    st.sampled_from(OBJECTS),
)


@st.composite
def altered(draw: st.DrawFn) -> str:
    """A statement of the world with one of its terms changed."""
    subject, predicate, value = draw(st.sampled_from(WORLD)).removesuffix(" .").split(" ", 2)
    match draw(st.sampled_from(("subject", "predicate", "value", "form"))):
        case "subject":
            subject = draw(st.sampled_from(SUBJECTS))
        case "predicate":
            predicate = draw(st.sampled_from(PREDICATES))
        case "value":
            value = draw(st.sampled_from(OBJECTS))
        case _:
            value = draw(st.sampled_from(_forms(value)))
    return f"{subject} {predicate} {value} ."


def _forms(value: str) -> list[str]:
    """A value a little otherwise: another form, longer, shorter, at the other side of a bound."""
    if value.startswith("<"):
        return [f"{value[:-1]}x>", f"{value[:-2]}>", f'"{value[1:-1]}"', value.upper()]
    text, _, rest = value[1:].rpartition('"')
    texts = (f"{text}0", f"0{text}", f"+{text}", f"-{text}", text[:-1], f"{text}.0", "x" * 301, "")
    kinds = ("", "@en", "@EN", "@pl", f"^^<{ns.XSD}string>", f"^^<{ns.XSD}date>", rest.upper())
    return [f'"{t}"{rest}' for t in texts] + [f'"{text}"{kind}' for kind in kinds[:-1]]


@given(
    st.sets(st.sampled_from(WORLD), max_size=6),
    st.sets(st.one_of(KNOWN, MADE, altered(), altered()), max_size=10),
)
@SLOW
def test_any_graph_gets_the_results_of_pyshacl(taken: set[str], added: set[str]) -> None:
    lines = sorted({*WORLD, *added} - taken)
    data = "".join(f"{line}\n" for line in lines).encode()
    try:
        expected = plain(data)
    except UNORDERED:
        with pytest.raises(UNORDERED):
            check(data, SHAPES)
        return
    report = check(data, SHAPES)
    assert set(report.results) == expected
    results = Counter(result.shape for result in report.results)
    assert listed(data, report) == {shape: results[shape] for shape in report.queries}
    assert set(check(lambda: described(lines), SHAPES).results) == set(report.results)


@pytest.mark.parametrize("shape", sorted(READ_OFF), ids=lambda iri: iri.partition("#")[2])
def test_what_whole_countries_lack_needs_no_second_walk(shape: str) -> None:
    (file,) = (file for file in BAD if file.stem == f"bad-{shape.partition('#')[2]}")
    checking = Check(SHAPES)
    checking.add(walked(ntriples(file)))
    report = checking.report(lambda: pytest.fail("the graph is walked again"))
    assert set(report.results) == plain(ntriples(file))
    assert shape in report.queries


def test_each_violation_among_thousands_of_things_is_found() -> None:
    """Each bad file in a world of its own, all of them in one graph."""
    data = b"".join(_apart(ntriples(file), number) for number, file in enumerate(BAD, 1))
    found = checked(data)
    assert {result.shape for result in found} == set(SHAPES.by_iri)
    assert found == plain(data)


CONCEPTS = frozenset(re.findall(rb"<[^>]+/concept/[^>]+>", ntriples()))


def _apart(data: bytes, number: int) -> bytes:
    """A world with names of its own: only the vocabulary and the usual concepts are of all."""

    def renamed(match: re.Match[bytes]) -> bytes:
        return match[0] if match[0] in CONCEPTS else b"<%s%d/%s>" % (base, number, match[1])

    base = ns.BASE.encode()
    data = re.sub(rb"<" + base + rb"(?!ns#)([^>]*)>", renamed, data)
    return re.sub(rb"(entity/Q|geonames\.org/)([1-9])", rb"\g<1>%d\2" % number, data)


def test_a_link_that_lacks_its_other_side_has_the_graph_walked_again() -> None:
    (file,) = (file for file in BAD if file.stem == "bad-partnership-partner-inverse")
    for data, again in ((ntriples(), False), (ntriples(file), True)):
        evaluator = Evaluator(SHAPES)
        evaluator.add(walked(data))
        assert evaluator.twice == again


def test_statements_of_one_property_need_not_stand_together() -> None:
    """Nor in the order that others of the kind have."""
    for file in (f for f in BAD if f.parent.name in ("Partnership", "LocalAuthority")):
        said = dict(walked(ntriples(file)))
        apart = [(s, [*st[::2], *st[1::2]]) for s, st in said.items()]
        assert set(check(apart.copy, SHAPES).results) == checked(ntriples(file))


def test_equal_numbers_in_other_forms_are_two_values() -> None:
    budget = f"<{ns.BASE}project/xx> <{ns.TG}totalBudget> "
    data = (
        ntriples()
        + "".join(f'{budget}"{form}"^^<{ns.XSD}decimal> .\n' for form in ("1.5", "1.50")).encode()
    )
    one = f"{ns.BASE}shapes#project-one-budget"
    assert one in {result.shape for result in checked(data)}
    assert checked(data) == plain(data)


def test_a_thing_described_in_two_places_is_one_thing() -> None:
    """What the parts would break, the whole does not; and what it breaks is found."""
    lines = ntriples(next(f for f in BAD if f.stem == "bad-partnership-two-partners")).decode()
    data = lines.splitlines()
    assert set(check(lambda: described(data), SHAPES).results) == plain(lines.encode())
    assert check(lambda: described(WORLD), SHAPES).results == ()


def test_a_class_below_another_is_found_wherever_it_stands() -> None:
    sub = f"<{ns.TG}Commune> <{ns.RDFS}subClassOf> <{ns.TG}LocalAuthority> ."
    town = f"<{ns.BASE}municipality/xx-three>"
    other = [line for line in WORLD if not line.startswith(f"{town} <{ns.RDF_TYPE}>")]
    typed = f"{town} <{ns.RDF_TYPE}> <{ns.TG}Commune> ."
    for lines in ([sub, *other, typed], [*other, typed, sub]):
        data = "\n".join(lines).encode()
        assert checked(data) == plain(data) != set()
