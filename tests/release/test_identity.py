"""What became of the things of the release before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.release.towns import BASE, agreement, partnership, signature, town, view, written
from twingraph.errors import UsageError
from twingraph.model.records import Gone, Record, View
from twingraph.release.identity import Succession, follow, past
from twingraph.release.publish import seal

OLD: list[Record] = [
    town("a"),
    town("b"),
    town("Q1", wikidata="Q1"),
    partnership("a", "b"),
    partnership("Q1", "a"),
    agreement("Q1--a", "2001"),
    signature("Q1--a_1"),
]


def after(tmp_path: Path, old: View, new: View) -> Succession:
    return follow(new, written(tmp_path / f"old-{len(list(tmp_path.iterdir()))}", old))


def gone(followed: Succession) -> dict[str, str | None]:
    def short(iri: str | None) -> str | None:
        return iri and iri.removeprefix(BASE)

    return {str(short(thing.iri)): short(thing.replaced_by) for thing in followed.view.gone}


def test_nothing_is_gone_of_what_is_there(tmp_path: Path) -> None:
    followed = after(tmp_path, view(OLD), view([*OLD, town("c")]))
    assert (followed.view.gone, followed.lost) == ((), {})
    assert followed.before["municipality"] == 3 and followed.before["partnership"] == 2


def test_what_is_removed_is_gone_with_all_its_parts(tmp_path: Path) -> None:
    followed = after(tmp_path, view(OLD), view(OLD[:4]))
    assert gone(followed) == {
        "agreement/Q1--a_1": None,
        "partnership/Q1--a": None,
        "signature/Q1--a_1_1": None,
    }
    assert followed.lost["partnership"] == [f"{BASE}partnership/Q1--a"]
    assert "municipality" not in followed.lost


def test_a_source_leaves_a_tombstone_too(tmp_path: Path) -> None:
    followed = after(tmp_path, view(OLD, {"yy": [town("a")]}), view(OLD))
    assert gone(followed) == {"source/yy": None}


def test_a_town_that_was_curated_takes_its_parts_along(tmp_path: Path) -> None:
    new = view(
        [
            *OLD[:2],
            town("c", wikidata="Q1"),
            partnership("a", "b"),
            partnership("a", "c"),
            agreement("a--c", "2001"),
            signature("a--c_1"),
        ]
    )
    followed = after(tmp_path, view(OLD), new)
    assert gone(followed) == {
        "municipality/Q1": "municipality/c",
        "partnership/Q1--a": "partnership/a--c",
        "agreement/Q1--a_1": "agreement/a--c_1",
        "signature/Q1--a_1_1": "signature/a--c_1_1",
    }
    assert not followed.lost


def test_two_towns_with_one_entry_replace_nothing(tmp_path: Path) -> None:
    new = view([*OLD[:2], town("c", wikidata="Q1"), town("d", wikidata="Q1"), OLD[3]])
    assert gone(after(tmp_path, view(OLD), new))["municipality/Q1"] is None


def test_what_a_curator_declares_goes_before_what_is_recognised(tmp_path: Path) -> None:
    new = view([*OLD[:2], town("c", wikidata="Q1"), town("d"), OLD[3], partnership("a", "d")])
    declared = Gone(f"{BASE}municipality/Q1", f"{BASE}municipality/d")
    followed = after(tmp_path, view(OLD), replace(new, gone=(declared,)))
    assert gone(followed)["municipality/Q1"] == "municipality/d"
    # The partnership goes along with the town.
    assert gone(followed)["partnership/Q1--a"] == "partnership/a--d"


def test_what_is_gone_stays_gone_and_leads_to_where_the_thing_is_now(tmp_path: Path) -> None:
    first = view([*OLD, town("z")])
    second = after(tmp_path, first, view([*OLD[:2], town("c", wikidata="Q1"), OLD[3]])).view
    assert gone(after(tmp_path, second, view(OLD[:4])))["municipality/z"] is None
    third = after(tmp_path, second, view([*OLD[:2], town("d", wikidata="Q1"), OLD[3]]))
    assert gone(third)["municipality/c"] == "municipality/d"
    assert gone(third)["municipality/Q1"] == "municipality/d"
    fourth = after(tmp_path, third.view, view([*OLD[:2], OLD[3]]))
    assert gone(fourth)["municipality/Q1"] is None and gone(fourth)["municipality/d"] is None
    # It was gone long before, so that it is not lost now.
    assert fourth.lost["municipality"] == [f"{BASE}municipality/d"]


def test_what_is_back_is_not_gone(tmp_path: Path) -> None:
    second = after(tmp_path, view(OLD), view(OLD[:4])).view
    assert second.gone
    third = after(tmp_path, second, view(OLD))
    assert third.view.gone == () and not third.lost


def test_another_base_loses_everything(tmp_path: Path) -> None:
    new = view(OLD)
    moved = replace(new, dataset=replace(new.dataset, base="https://other.example/"))
    followed = after(tmp_path, new, moved)
    assert followed.lost["municipality"] == [f"{BASE}municipality/a", f"{BASE}municipality/b"]
    # This one is known by its Wikidata entry.
    assert gone(followed)["municipality/Q1"] == "https://other.example/municipality/Q1"


def test_a_release_that_cannot_be_read(tmp_path: Path) -> None:
    folder = written(tmp_path / "old", view(OLD))
    dump = folder / "twingraph.nt.gz"
    dump.write_bytes(dump.read_bytes()[:200])
    seal(folder)
    with pytest.raises(UsageError, match=r"twingraph\.nt\.gz cannot be read"):
        past(folder)
    dump.unlink()
    with pytest.raises(UsageError, match="holds no release"):
        past(folder)
