"""The figures of the quality report, on small views whose every number can be counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from twingraph.dates import parse
from twingraph.errors import UsageError
from twingraph.model.lookup import Lookup
from twingraph.model.merge import merge
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Dataset,
    Evidence,
    Partnership,
    Record,
    Signature,
    Source,
    Text,
    View,
)
from twingraph.quality.completeness import Share, by_country, by_source, precisions, shares
from twingraph.quality.conflicts import REASONS, conflicts
from twingraph.quality.history import QUALITY, earlier
from twingraph.quality.sides import OneSided, sides
from twingraph.quality.stale import Stale, age

DATASET = Dataset(
    titles=(Text("A test", "en"),),
    descriptions=(),
    publisher_name=(),
    publisher_url="https://example.org/",
    publisher_type=None,
    contact_name="",
    contact_email=None,
    contact_url=None,
    licence="",
    base="https://example.org/",
    languages=("en",),
    version="1.10",
    modified="2026-06-30",
)
A = Authority("pl-a", country="POL", wikidata="Q1", national_code="1")
B = Authority("sk-b", country="SVK", wikidata_close="Q2")
AB = Partnership("pl-a--sk-b", partners=("pl-a", "sk-b"), since=parse("2010-05"))
DEED = Agreement("pl-a--sk-b_1", AB.key, signed_on=parse("2010-05-03"), kind="agreement")
LETTER = Agreement("pl-a--sk-b_2", AB.key)
SIGNED_A = Signature("pl-a--sk-b_1_a", DEED.key, signatory="p", on_behalf_of="pl-a")
SIGNED_B = Signature("pl-a--sk-b_1_b", DEED.key, signatory="q", on_behalf_of="sk-b")


def source(key: str, rank: int = 30, **more: str | None) -> Source:
    return Source(key, (Text(key, "en"),), "municipal", rank, **more)  # type: ignore[arg-type]


def view(*claims: Claims, dataset: Dataset = DATASET) -> View:
    return merge(dataset, claims)


def stated(by: Source, *records: Record, evidence: tuple[Evidence, ...] = ()) -> Claims:
    return Claims(by, records, evidence)


def quote(record: Record, about: str | None = "signatory", derived: bool = False) -> Evidence:
    return Evidence(record.ref, about, Text("words", "pl"), derived)


def test_words_of_a_mention_or_that_something_was_derived_from_are_for_no_claim() -> None:
    evidence = (quote(SIGNED_A, None), quote(SIGNED_B, derived=True))
    known = Lookup.of_view(
        view(stated(source("t"), AB, DEED, SIGNED_A, SIGNED_B, evidence=evidence))
    )
    assert (known.quoted, known.quoted_sources) == (frozenset(), frozenset())


def test_each_share_counts_what_its_definition_says() -> None:
    known = Lookup.of_view(
        view(
            stated(source("s", url="https://example.org/", retrieved="2026-01-01"), A, B, AB, DEED),
            stated(source("t"), LETTER, SIGNED_A, SIGNED_B, evidence=(quote(SIGNED_A),)),
        )
    )
    assert shares(known) == {
        "authority-wikidata": Share(1, 2),  # an entry of the settlement is none of the body
        "authority-point": Share(0, 2),
        "authority-code": Share(1, 2),
        "partnership-date": Share(1, 1),
        "partnership-status": Share(0, 1),
        "partnership-document": Share(1, 1),
        "partnership-evidence": Share(1, 1),  # by the signature's document
        "agreement-date": Share(1, 2),
        "agreement-day": Share(1, 2),
        "agreement-signatory": Share(1, 2),
        "agreement-signatories": Share(1, 2),
        "agreement-evidence": Share(1, 2),
        "source-address": Share(1, 2),
        "source-retrieved": Share(1, 2),
        "source-rights": Share(0, 2),
        "source-quoted": Share(1, 2),
    }
    assert precisions(known) == {
        "since": {"day": 0, "month": 1, "year": 0, "bounds": 0, "none": 0},
        "signed_on": {"day": 1, "month": 0, "year": 0, "bounds": 0, "none": 1},
    }


def test_a_document_signed_for_one_side_lacks_the_other() -> None:
    known = Lookup.of_view(view(stated(source("s"), A, B, AB, DEED, SIGNED_A)))
    assert shares(known)["agreement-signatory"] == Share(1, 1)
    assert shares(known)["agreement-signatories"] == Share(0, 1)
    nobody = replace(SIGNED_A, signatory=None)
    known = Lookup.of_view(view(stated(source("s"), A, B, AB, DEED, nobody)))
    assert shares(known)["agreement-signatory"] == Share(0, 1)


def test_a_partnership_is_of_the_country_of_each_partner() -> None:
    c = Authority("sk-c", country="SVK")
    bc = Partnership("sk-b--sk-c", partners=("sk-b", "sk-c"))
    found = by_country(Lookup.of_view(view(stated(source("s"), A, B, c, AB, bc, DEED))))
    assert list(found) == ["POL", "SVK"]
    assert found["POL"]["partnership-date"] == Share(1, 1)
    assert found["SVK"]["partnership-date"] == Share(1, 2)
    assert found["SVK"]["agreement-date"] == Share(1, 1)
    assert "source-address" not in found["POL"]


def test_a_source_is_measured_by_what_it_states_itself() -> None:
    bare = replace(AB, since=None)
    found = by_source(view(stated(source("s"), A, B, AB), stated(source("t"), bare)))
    assert found["s"]["partnership-date"] == Share(1, 1)
    assert found["t"] == {
        "partnership-date": Share(0, 1),
        "partnership-status": Share(0, 1),
        "partnership-document": Share(0, 1),
        "partnership-evidence": Share(0, 1),
    }


def test_a_share_of_nothing_is_whole() -> None:
    assert Share(0, 0).value == 1.0
    assert Share(1, 3).value == 0.3333


def dated(by: Source, date: str) -> Claims:
    return stated(by, Agreement("x_1", "x", signed_on=parse(date)))


@pytest.mark.parametrize(
    ("claims", "reason", "fits"),
    [
        ([dated(source("s", 1), "2018"), dated(source("t", 2), "2019")], "rank", False),
        (
            [
                dated(source("s", retrieved="2026-01-01"), "2018"),
                dated(source("t", retrieved="2026-01-02"), "2019"),
            ],
            "read-later",
            False,
        ),
        ([dated(source("s"), "2018"), dated(source("t"), "2019")], "key", False),
        ([dated(source("s", 1), "2018"), dated(source("t", 2), "2018-04")], "precise", True),
        (
            [
                dated(source("s", 1), "2018"),
                dated(source("t", 2), "2017"),
                dated(source("u", 3), "2018-04"),
            ],
            "refines",
            False,
        ),
    ],
)
def test_why_a_date_is_shown(claims: list[Claims], reason: str, fits: bool) -> None:
    (found,) = conflicts(view(*claims))
    assert (found.reason, found.fits) == (reason, fits)
    assert found.reason in REASONS
    assert {q.source for q in (found.shown, *found.others)} == {c.source.key for c in claims}


def test_a_newer_status_and_another_wording() -> None:
    active, ended = (replace(AB, status=status) for status in ("active", "ended"))
    named = replace(A, labels=(Text("Ah", "pl"),))
    found = conflicts(
        view(
            stated(source("old", retrieved="2020-01-01"), A, B, active, named),
            stated(
                source("new", retrieved="2026-01-01"), ended, replace(A, labels=(Text("A", "pl"),))
            ),
        )
    )
    by_field = {c.field: c for c in found}
    assert by_field["status"].reason == "newest" and by_field["status"].shown.value == "ended"
    assert by_field["labels"].reason == "wording"
    assert by_field["labels"].others[0].value == [{"value": "Ah", "language": "pl"}]


def test_contradictions_come_first() -> None:
    found = conflicts(
        view(
            stated(
                source("s", 1), Agreement("x_1", "x", signed_on=parse("2018"), kind="agreement")
            ),
            stated(
                source("t", 2), Agreement("x_1", "x", signed_on=parse("2018-04"), kind="renewal")
            ),
        )
    )
    assert [(c.field, c.fits) for c in found] == [("kind", False), ("signed_on", True)]


def test_who_confirms_a_partnership() -> None:
    page = source("page-of-a", publisher_authority="pl-a")
    bare = replace(AB, since=None)
    by_a, by_b = replace(AB, stated_by=("pl-a",)), replace(bare, stated_by=("sk-b",))
    both = view(stated(page, A, B, by_a), stated(source("b", publisher_authority="sk-b"), by_b))
    assert sides(both).confirmed_by == {"all": 1, "some": 0, "none": 0}
    one = sides(view(stated(page, A, B, by_a), stated(source("press"), bare)))
    assert one.confirmed_by == {"all": 0, "some": 1, "none": 0}
    assert one.documents == (OneSided(AB.key, ("pl-a",), ("sk-b",), ("page-of-a",)),)
    nobody = sides(view(stated(source("press"), A, B, AB)))
    assert nobody.confirmed_by == {"all": 0, "some": 0, "none": 1}


def test_a_link_that_one_wikidata_entry_has_alone() -> None:
    one_sided = replace(AB, stated_by=("pl-a",), not_stated_by=("sk-b",))
    unchecked = Partnership("pl-a--x", partners=("pl-a", "x"), stated_by=("pl-a",))
    found = sides(view(stated(source("wikidata"), A, B, one_sided, unchecked)))
    assert found.wikidata == (OneSided(AB.key, ("pl-a",), ("sk-b",), ("wikidata",)),)
    # An entry is no page of the town's own.
    assert found.confirmed_by == {"all": 0, "some": 0, "none": 2}


def test_age_is_counted_from_the_day_of_the_dataset() -> None:
    read = view(
        stated(source("old", retrieved="2025-06-29"), A),
        stated(source("year", retrieved="2025-06-30"), B),
        stated(source("never"), AB),
    )
    assert age(read).stale == (Stale("old", "2025-06-29", 366),)
    assert age(read).undated == ("never",)
    newest = age(replace(read, dataset=replace(DATASET, modified=None)))
    assert (newest.as_of, newest.stale) == ("2025-06-30", ())
    assert (
        age(view(stated(source("never"), A), dataset=replace(DATASET, modified=None))).as_of is None
    )


def summary(modified: str | None, version: str | None) -> dict[str, object]:
    return {"modified": modified, "version": version, "counts": {"x": 1}, "shares": {"y": 1.0}}


def test_the_past_is_what_is_older(tmp_path: Path) -> None:
    assert earlier(tmp_path / "none", DATASET) == []
    told = [
        summary("2026-06-30", "1.9"),
        summary("2025-01-01", "1.10"),
        summary("2026-06-30", "1.10"),  # this very release
        summary("2026-06-30", "1.11"),
        summary(None, None),
    ]
    (tmp_path / QUALITY).write_text(json.dumps({"history": told}), "utf-8")
    found = [(s["modified"], s["version"]) for s in earlier(tmp_path, DATASET)]
    assert found == [(None, None), ("2025-01-01", "1.10"), ("2026-06-30", "1.9")]


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"history": [{}]}', '{"history": 1}', "\xff"])
def test_a_broken_past_is_told_in_words(broken: str, tmp_path: Path) -> None:
    (tmp_path / QUALITY).write_bytes(broken.encode("latin-1"))
    with pytest.raises(UsageError, match=r"quality\.json cannot be read.*bring that release back"):
        earlier(tmp_path, DATASET)
