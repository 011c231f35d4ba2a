"""One project in several sources is one project, and two are two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from twingraph import dates
from twingraph.identifiers import Ref
from twingraph.model.project_identity import joined, number_key, participation_key, title_key
from twingraph.model.records import (
    Claims,
    Evidence,
    Origin,
    Participation,
    Partnership,
    Programme,
    Project,
    Record,
    Source,
    Text,
)

TITLE = (Text("Dedičstvo starých mám bez hraníc", "sk"),)


def claims(key: str, rank: int, *records: Record, evidence: tuple[Evidence, ...] = ()) -> Claims:
    origins = {record.ref: Origin(f"{key}.jsonl", n) for n, record in enumerate(records)}
    return Claims(Source(key, (), "register", rank), records, evidence, origins)


def keys(*of: Claims) -> list[set[str]]:
    """The keys of each source's projects."""
    return [{r.key for r in c.records if isinstance(r, Project)} for c in joined(of)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"keep_id": "17853"}, {"keep_id": "17853"}),
        ({"number": "PLSK.01.01.00-SK-0164/17-01", "programme": "p"},
         {"number": "PLSK.01.01.00-SK-0164/17-00", "programme": "p"}),
        ({"number": "INT/EB/ZA/l/V/B/0195", "programme": "p"},
         {"number": "INT/EB/ZA/I/V/B/0195", "programme": "p"}),
        ({"number": "A/12", "programme": "p", "partners": ("a",)},
         {"number": "A/12", "partners": ("a", "b")}),
        ({"titles": TITLE, "partners": ("a", "b")}, {"titles": TITLE, "partners": ("b", "c")}),
        ({"titles": TITLE, "programme": "p", "partners": ("a",)},
         {"titles": (*TITLE, Text("Something else here", "en")), "programme": "p"}),
        ({"titles": TITLE, "partners": ("a",), "start": dates.parse("2018-07")},
         {"titles": TITLE, "partners": ("a",), "start": dates.parse("2018")}),
    ],
)  # fmt: skip
def test_one_project_of_two_sources(one: dict[str, Any], other: dict[str, Any]) -> None:
    better, worse = claims("a", 1, Project("x", **one)), claims("b", 2, Project("y", **other))
    assert keys(better, worse) == [{"x"}, {"x"}]
    assert keys(worse, better) == [{"x"}, {"x"}], "the better source's key, in any order"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"keep_id": "1", "titles": TITLE, "partners": ("a",)},
         {"keep_id": "2", "titles": TITLE, "partners": ("a",)}),
        ({"number": "A/12", "programme": "p"}, {"number": "A/12", "programme": "q"}),
        ({"number": "A/12"}, {"number": "A/12"}),
        ({"titles": TITLE, "partners": ("a",)}, {"titles": TITLE, "partners": ("b",)}),
        ({"titles": (Text("Bridges", "en"),), "partners": ("a",)},
         {"titles": (Text("Bridges", "en"),), "partners": ("a",)}),
        ({"titles": TITLE, "partners": ("a",), "start": dates.parse("2018")},
         {"titles": TITLE, "partners": ("a",), "start": dates.parse("2011")}),
        ({"titles": TITLE, "partners": ("a",), "number": "A/1"},
         {"titles": TITLE, "partners": ("a",), "number": "A/2"}),
    ],
)  # fmt: skip
def test_two_projects(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert keys(claims("a", 1, Project("x", **one)), claims("b", 2, Project("y", **other))) == [
        {"x"},
        {"y"},
    ]


def test_two_keys_of_one_source_are_two_projects() -> None:
    same = {"titles": TITLE, "partners": ("a",), "programme": "p", "number": "A/1"}
    two = claims("a", 1, Project("x", **same), Project("y", **same))  # type: ignore[arg-type]
    other = claims("b", 2, Project("z", **same))  # type: ignore[arg-type]
    assert keys(two, other) == [{"x", "y"}, {"x"}]


def test_what_belongs_to_a_project_goes_with_it() -> None:
    part = Participation("y_pl-b", "y", authority="pl-b")
    town = Partnership("pl-a--pl-b", ("pl-a", "pl-b"), projects=("y",))
    words = Evidence(Ref("project", "y"), "titles"), Evidence(part.ref, "authority")
    stated = Project("y", TITLE, partners=("pl-b",))
    one = claims("a", 1, Project("x", TITLE, partners=("pl-b",)))
    _, moved = joined([one, claims("b", 2, stated, part, town, evidence=words)])
    project = next(r for r in moved.records if isinstance(r, Project))
    partnership = next(r for r in moved.records if isinstance(r, Partnership))
    participation = next(r for r in moved.records if isinstance(r, Participation))
    assert project.key == "x" and partnership.projects == ("x",)
    assert (participation.key, participation.project) == ("x_pl-b", "x")
    assert [e.subject.key for e in moved.evidence] == ["x", "x_pl-b"]
    assert set(moved.origins) == {r.ref for r in moved.records}


def test_programmes_are_one_by_their_cci() -> None:
    curated = claims("a", 1, Programme("pl-sk", cci="2014TC16RFCB012"))
    listed = claims(
        "b", 2, Programme("other", cci="2014tc16rfcb012"), Project("x", programme="other")
    )
    _, found = joined([curated, listed])
    assert {r.ref for r in found.records} == {Ref("programme", "pl-sk"), Ref("project", "x")}
    assert next(r for r in found.records if isinstance(r, Project)).programme == "pl-sk"


def test_claims_that_nothing_touches_stay_the_same_objects() -> None:
    one = claims("a", 1, Project("x", TITLE))
    other = replace(one, source=Source("b", (), "register", 2), records=())
    assert joined([one, other])[0] is one


def test_keys_to_compare_by() -> None:
    assert number_key("INT/EK/KAR/1/I/A/0022") == number_key("INT EK KAR 1 I A 0022")
    assert title_key("Duchovné hodnoty") == title_key("DUCHOVNE-HODNOTY")
    assert title_key("Bridges") == ""
    assert participation_key("x", "Q64") == "x_q64"
