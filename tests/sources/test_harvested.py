"""Harvested claims: written, read back the same, and every fault told with its line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twingraph.errors import Problem
from twingraph.identifiers import Ref
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Partnership,
    Source,
    Text,
    View,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.sources.harvested import read_claims, read_harvest, write_claims


def test_every_source_of_the_founding_data_reads_back(view: View, tmp_path: Path) -> None:
    for claims in view.claims:
        path = tmp_path / "harvest" / f"{claims.source.key}.jsonl"
        write_claims(claims, path)
        problems: list[Problem] = []
        found = read_claims(path, problems)
        assert problems == []
        assert found is not None
        expected = replace(claims, records=tuple(sorted(claims.records, key=lambda r: r.ref)))
        assert replace(found, origins={}) == replace(expected, origins={})
    assert len(read_harvest(tmp_path, [])) == len(view.claims)


def test_the_same_claims_give_the_same_bytes(view: View, tmp_path: Path) -> None:
    claims = view.claims[0]
    write_claims(claims, tmp_path / "a.jsonl")
    write_claims(replace(claims, records=claims.records[::-1]), tmp_path / "b.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_what_stands_in_wikidata_reads_back(tmp_path: Path) -> None:
    statement = WikidataStatement("Q1$a", "Q1", "Q2", "preferred", ("https://e.org/",), ("Q5",))
    revision = WikidataRevision("Q1", 7, "2026-01-01T00:00:00Z", in_part=True)
    twinned = Partnership("Q1--Q2", ("Q1", "Q2"), stated_by=("Q1",), not_stated_by=("Q2",))
    evidence = (
        Evidence(twinned.ref, "partners", statement=statement),
        Evidence(Ref("municipality", "Q1"), "wikidata", revision=revision),
    )
    source = Source("wikidata", (Text("Wikidata", "en"),), "register", 80)
    write_claims(Claims(source, (twinned,), evidence), tmp_path / "wikidata.jsonl")
    problems: list[Problem] = []
    found = read_claims(tmp_path / "wikidata.jsonl", problems)
    assert problems == []
    assert found and found.evidence == evidence and found.records == (twinned,)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            '{"evidence": {"subject": ["a", "b"], "property": "c", "statement": {"idd": "x"}}}',
            "did you mean 'id'",
        ),
        ("{", "unexpected end of data"),
        ('{"Partnerhsip": {}}', "did you mean 'Partnership'"),
        ('{"Partnership": {"key": "a--b", "sinse": "2010"}}', "did you mean 'since'"),
        ('{"Partnership": {"key": "a--b", "since": "2010-13"}}', "no month 13"),
        ('{"Partnership": {"key": 7}}', "7 stands where str is expected"),
        ('{"Partnership": {}}', "key"),
        ('{"Authority": {"key": "a", "point": ["x", "1"]}}', "is no claim"),
        ("[]", "is no claim"),
        ('{"Authority": {"key": "a b"}}', "key: 'a b' is not of the form"),
        ('{"Authority": {"key": "a", "geonames": "75 <1>"}}', "geonames: '75 <1>' is not"),
        ('{"Authority": {"key": "a", "wikidata": "Q1>"}}', "wikidata: 'Q1>' is not"),
        ('{"Authority": {"key": "a", "country": "PL"}}', "country: 'PL' is not"),
    ],
)
def test_a_broken_line_is_told_with_its_number(line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    source = '{"source": {"key": "s", "titles": [], "kind": "register", "rank": 50}}'
    path.write_text(f"{source}\n{line}\n", "utf-8")
    problems: list[Problem] = []
    assert read_claims(path, problems) is not None
    (problem,) = problems
    assert problem.line == 2
    assert words in str(problem)


ODD = "\u2028", "\u2029", "\x85", "\x7f", "\x9f", "\ufffe", "\x00", "\x0b", "\x1b", "\ud800"


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_what_cannot_be_published_is_left_out_and_told(odd: str, tmp_path: Path) -> None:
    source = Source("s", (Text("S", "en"),), "register", 50)
    labels = (Text(odd, "de"), Text(f"Säv{odd}sjö", "sv"))
    town = Authority("Q1", labels=labels, alt_labels=(Text("fit", "en"),))
    odd_texts = write_claims(Claims(source, (town,)), tmp_path / "s.jsonl")
    shown = f"U+{ord(odd):04X}"
    assert len(odd_texts) == 2 and all(f"Authority: {shown} in '" in text for text in odd_texts)
    problems: list[Problem] = []
    found = read_claims(tmp_path / "s.jsonl", problems)
    assert problems == [] and found is not None
    (read,) = found.records
    assert isinstance(read, Authority)
    assert [text.value.replace(" ", "") for text in read.labels] == ["Sävsjö"]
    assert read.alt_labels == town.alt_labels


def test_a_character_that_cannot_be_published_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(
        '{"source": {"key": "s", "titles": [], "kind": "register", "rank": 50}}\n'
        '{"Authority": {"key": "a", "labels": [["A\\u0000", "en"]]}}\n'
        '{"Authority": {"key": "b", "labels": [["B\u2028B", "en"]]}}\n',
        "utf-8",
    )
    problems: list[Problem] = []
    found = read_claims(path, problems)
    assert [(problem.line, "U+0000" in str(problem)) for problem in problems] == [(2, True)]
    assert found and [record.key for record in found.records] == ["b"], "a line ends at a line feed"


def test_a_file_without_a_source(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("", "utf-8")
    problems: list[Problem] = []
    assert read_claims(path, problems) is None
    assert "names no source" in str(problems[0])
