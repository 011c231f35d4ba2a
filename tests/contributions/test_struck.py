"""What is left of a contribution without its faulty parts, and where each fault of that was."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from twingraph.contributions.contribution import Fault, format_faults
from twingraph.contributions.struck import without

AT = ("source", "partnerships", 0)


def test_what_is_sound_is_left_as_it_is(content: dict[str, Any]) -> None:
    before = deepcopy(content)
    rest = without(content, [])
    assert rest and rest.contribution.content["source"]["partnerships"]
    assert content == before


def test_a_faulty_value_goes_alone_and_a_block_without_what_it_needs(
    content: dict[str, Any],
) -> None:
    document = content["source"]["partnerships"][0]["agreements"][0]
    content["source"]["partnerships"][0]["agreements"] = [
        {name: one for name, one in document.items() if name != "key"},
        {**document, "key": "2", "signed_on": "summer"},
    ]
    rest = without(content, list(format_faults(content)))
    assert rest is not None
    (left,) = rest.contribution.source["partnerships"][0]["agreements"]
    assert left["key"] == "2" and "signed_on" not in left
    fault = rest.whole(Fault((*AT, "agreements", 0, "signatures", 1), "is wrong"))
    assert fault.place == (*AT, "agreements", 1, "signatures", 1)


def test_a_partnership_goes_with_its_partners(content: dict[str, Any]) -> None:
    rest = without(content, [Fault((*AT, "partners", 1), "is wrong")])
    assert rest and "partnerships" not in rest.contribution.source


def test_what_the_source_lacks_has_something_in_its_stead(content: dict[str, Any]) -> None:
    for name in ("title", "kind", "language"):
        del content["source"][name]
    rest = without(content, list(format_faults(content)))
    assert rest and rest.contribution.source["kind"] == "other"


def test_a_register_is_not_checked_in_parts(content: dict[str, Any]) -> None:
    assert without(content, [Fault(("registers", "people", 0, "name"), "is wrong")]) is None
