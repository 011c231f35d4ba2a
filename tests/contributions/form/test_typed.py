"""The names of a form's fields, as rows within rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contributions.form.conftest import PAGE
from twingraph.contributions.form.fields import form
from twingraph.contributions.form.typed import (
    MOST_FIELDS,
    TypedRow,
    add_row,
    blank,
    find,
    pairs,
    read,
    remove_row,
)


def row_of(root: TypedRow, name: str) -> TypedRow:
    found = find(root, name)
    assert found is not None
    return found


def test_what_is_read_is_given_back() -> None:
    assert dict(pairs(read(PAGE.items()))) == dict(PAGE)
    assert dict(pairs(read(pairs(read(PAGE.items()))))) == dict(PAGE)


def test_a_blank_form_has_a_partnership_of_two_towns() -> None:
    root = blank(form())
    assert [row.name for row in root.of("partnerships")] == ["partnerships.0"]
    assert len(root.of("partnerships")[0].of("partners")) == 2
    assert root.is_blank and not list(pairs(root))


def test_rows_are_added_and_taken_away() -> None:
    root = read(PAGE.items())
    added = add_row(root, "partnerships.0.agreements.0.signatures")
    assert added is not None and added.name == "partnerships.0.agreements.0.signatures.2"
    remove_row(root, "partnerships.0.agreements.0.signatures.0")
    left = row_of(root, "partnerships.0.agreements.0").of("signatures")
    assert [row.get("signatory") for row in left] == ["Zsolt Szabó", ""]
    remove_row(root, "partnerships.0")
    assert row_of(root, "partnerships.0").of("partners")[1].get("name") == "Tremelo"
    assert find(root, "partnerships.1") is None
    remove_row(root, "partnerships.0")
    assert len(root.of("partnerships")) == 1 and root.of("partnerships")[0].is_blank
    assert add_row(root, "nothing") is None and add_row(root, "partnerships.7.agreements") is None


def test_a_further_partnership_begins_with_the_town_of_the_page() -> None:
    root = read(PAGE.items())
    added = add_row(root, "partnerships")
    assert added is not None and added.of("partners")[0].get("name") == "Sieniawa"


def test_of_too_many_rows_the_first_are_kept() -> None:
    most = form().part("partnerships").most  # type: ignore[union-attr]
    root = read((f"partnerships.{n}.since", str(2000 + n)) for n in range(most + 5))
    assert len(root.of("partnerships")) == most and root.left_out
    while add_row(root, "partnerships"):
        pass
    assert len(root.of("partnerships")) == most


_STEPS = st.sampled_from(
    [
        "partnerships",
        "0",
        "1",
        "99999",
        "²",
        "partners",
        "name",
        "words",
        "since",
        "",
        "source",
        "x",
    ]
)
_NAMES = st.one_of(st.lists(_STEPS, max_size=10).map(".".join), st.text(max_size=20))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.text(max_size=30)), max_size=30))
def test_whatever_is_posted_becomes_rows(posted: list[tuple[str, str]]) -> None:
    root = read(posted)
    again = read(pairs(root))
    assert list(pairs(again)) == list(pairs(root))
    for name, _ in posted:
        remove_row(root, name)
        add_row(root, name)


def test_a_form_of_the_most_fields_is_read_at_once() -> None:
    root = read((f"partnerships.{n % 40}.words.since", "x" * 50) for n in range(MOST_FIELDS))
    assert len(root.of("partnerships")) == 40
