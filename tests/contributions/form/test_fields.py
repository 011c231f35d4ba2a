"""The form asks for what the format has, as the format has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from twingraph.contributions.form.fields import (
    ASKED,
    EVIDENCE,
    HIDDEN,
    OPENED,
    PERSON,
    FormPart,
    form,
    longest_quote,
)
from twingraph.contributions.form.view import concept_labels
from twingraph.sources.curated.values import MAX_QUOTE
from twingraph.web.languages import LANGUAGES

_LEFT_OUT = {
    "source": {"each_partnership", "each_agreement", "mentions", "rank", "rank_reason"},
    "partnerships": {"partner_unnamed", "involves"},
    "agreements": {"concluded_by", "replaces"},
    "status_changes": {"agreement"},
    "authorities": {"label", "alt_label", "country", "replaces", "memberships", "key"},
}
"""What the form does not ask for: it is written by hand, or follows from what is asked."""
_TOWN = {"name", "country", "level", "key", ASKED}


def _within(part: FormPart) -> Iterator[FormPart]:
    for below in part.parts:
        yield below
        yield from _within(below)


PARTS = list(_within(form()))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_field_of_the_format_is_asked_for_or_left_out_on_purpose(part: FormPart) -> None:
    asked = {one.name for one in part.fields} | {below.name for below in part.parts}
    if part.model.__name__ == "AuthorityRow":
        assert asked == _TOWN
        return
    wanted = set(part.model.model_fields) - _LEFT_OUT.get(part.name, set())
    # The source's key is no field of its file, and its partnerships stand beside it in the form.
    assert asked - {"key", "town", "projects", OPENED, PERSON, ASKED} == wanted - {
        "key",
        "partnerships",
        "projects",
        "authorities",
    }


def test_what_a_field_holds_is_the_formats() -> None:
    fields = {(part.name, one.name): one for part in PARTS for one in part.fields}
    assert fields["agreements", "kind"].scheme == "agreement-kind"
    assert fields["signatures", "basis"].scheme == "signature-basis"
    assert fields["partnerships", "fields"].entry == "choices"
    assert fields["agreements", "signed_on"].entry == "date"
    assert fields["source", "retrieved"].entry == "day"
    assert fields["source", "url"].entry == "address"
    assert fields["source", "title"].required and not fields["source", "url"].required
    assert fields["partners", "country"].entry == "country"
    assert fields["partners", "country"].required
    assert not fields["publisher_authority", "country"].required
    assert fields["projects", "currency"].entry == "currency"
    assert fields["agreements", EVIDENCE].longest == longest_quote() == MAX_QUOTE


def test_all_that_is_seen_has_a_name() -> None:
    for part in PARTS:
        assert part.title
        assert part.add or part.most == max(part.least, 1)
        for one in part.fields:
            assert one.label or one.entry == HIDDEN, one


@pytest.mark.parametrize("language", LANGUAGES)
def test_choices_are_called_as_elsewhere_on_the_pages(language: str) -> None:
    labels = dict(concept_labels("office", language))
    assert all(labels.values())
    assert language == "en" or labels != dict(concept_labels("office", "en"))
