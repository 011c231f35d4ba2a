"""Keys, slugs and the IRIs made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph import identifiers as ids
from twingraph.identifiers import Ref, is_key, nested_key, partnership_key, slug


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sieniawa", "sieniawa"),
        ("Pečovská Nová Ves", "pecovska-nova-ves"),
        ("Ľutina", "lutina"),
        ("Łódź", "lodz"),
        ("Červená Voda", "cervena-voda"),
        ("Großenkneten", "grossenkneten"),
        ("Sankt Pölten", "sankt-polten"),
        ("Tromsø", "tromso"),
        ("Đakovo", "dakovo"),
        ("L'Aquila", "l-aquila"),
        ("Villeneuve-d’Ascq", "villeneuve-d-ascq"),
        ("Þorlákshöfn", "thorlakshofn"),
        ("Œting", "oeting"),
        ("Iași", "iasi"),
        ("  Two   spaces -- and (brackets) ", "two-spaces-and-brackets"),
        ("2. obvod", "2-obvod"),
        ("Київ", ""),
        ("", ""),
    ],
)
def test_slug(name: str, key: str) -> None:
    assert slug(name) == key


@given(st.text())
def test_every_slug_is_a_key_or_nothing(name: str) -> None:
    made = slug(name)
    assert made == "" or is_key(made)
    assert slug(made) == made


@pytest.mark.parametrize("key", ["a", "1", "pl-sieniawa", "be-tremelo-24109"])
def test_keys(key: str) -> None:
    assert is_key(key)


@pytest.mark.parametrize(
    "text",
    ["", "-", "a-", "-a", "a--b", "A", "ą", "a b", "a_b", "a.b", "a/b", "a\n", "pl-sieniawa\u200b"],
)
def test_what_is_no_key(text: str) -> None:
    assert not is_key(text)
    assert not is_key(text, ids.AUTHORITY_KEY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Q3809", True), ("pl-sieniawa", True), ("Q0", False), ("q3809", True), ("Q38x", False)],
)
def test_an_authority_may_be_named_by_its_wikidata_item(text: str, expected: bool) -> None:
    assert is_key(text, ids.AUTHORITY_KEY) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("be-tremelo--pl-sieniawa", True),
        ("Q1--pl-sieniawa", True),
        ("a--b--c", True),
        ("pl-sieniawa", False),
        ("a---b", False),
        ("a--", False),
        ("a--b_1", False),
    ],
)
def test_a_partnership_is_named_by_two_authorities_or_more(text: str, expected: bool) -> None:
    assert is_key(text, ids.PARTNERSHIP_KEY) is expected


keys = st.from_regex(ids.KEY, fullmatch=True)
authorities = st.from_regex(ids.AUTHORITY_KEY, fullmatch=True)


@given(st.lists(authorities, min_size=2, max_size=4))
def test_a_partnership_key_does_not_depend_on_who_is_named_first(partners: list[str]) -> None:
    key = partnership_key(partners)
    assert is_key(key, ids.PARTNERSHIP_KEY)
    assert key == partnership_key(reversed(partners))
    assert sorted(key.split("--")) == sorted(partners)


@given(authorities, authorities, keys, keys)
def test_a_nested_key_tells_its_parent(a: str, b: str, agreement: str, signature: str) -> None:
    partnership = partnership_key([a, b])
    nested = nested_key(nested_key(partnership, agreement), signature)
    assert nested.split("_") == [partnership, agreement, signature]


def test_the_iri_of_a_thing() -> None:
    ref = Ref(ids.MUNICIPALITY, "pl-sieniawa")
    assert ref.iri("https://w3id.org/twingraph/") == (
        "https://w3id.org/twingraph/municipality/pl-sieniawa"
    )


def test_every_path_is_its_own_and_fit_for_an_iri() -> None:
    assert len(set(ids.PATHS)) == len(ids.PATHS)
    assert all(is_key(path) for path in ids.PATHS)
