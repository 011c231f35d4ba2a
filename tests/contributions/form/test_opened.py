"""A source of the data opened in the form: nothing is lost, and only what changed is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FOUNDING, ROOT
from tests.contributions.conftest import TODAY
from tests.contributions.form.conftest import PAGE
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.finders import Registered
from twingraph.contributions.form.page import Typed
from twingraph.contributions.form.typed import pairs
from twingraph.contributions.known import Known
from twingraph.contributions.seals import rows_in
from twingraph.contributions.writing import plan
from twingraph.errors import UsageError
from twingraph.web.locale import locale_of

KEY = "sieniawa-partner-towns"
A = "partnerships.0.agreements.0"
J = "partnerships.1.projects.0"


@pytest.fixture(scope="module")
def opening(desk: Desk) -> Desk:
    """The form over the founding data, where its sources can be opened."""
    return replace(desk, opens=True)


@pytest.fixture(scope="module")
def shipped() -> Desk:
    """The same over the data as it ships."""
    known = Known.of(ROOT / "data")
    return Desk(known, Registered(known, TODAY), locale_of("en"), "somebody", opens=True)


def posted(desk: Desk, key: str, **changes: str) -> Typed:
    """A source that was opened, and sent with some changes."""
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    page = [one for one in pairs(Typed.open(desk, key).root) if one[0] not in changed]
    return Typed.of([*page, *changed.items()], desk)


def test_what_the_page_states_is_filled_in(opening: Desk) -> None:
    root = Typed.open(opening, KEY).root
    filled = dict(pairs(root))
    assert filled["source.0.publisher_authority.0.key"] == "pl-sieniawa"
    assert filled["partnerships.0.partners.0.name"] == "Tremelo"
    assert filled["partnerships.0.since"] == "2008-07"
    assert filled["partnerships.0.words.since"] == "rozpoczęła się w lipcu 2008 r."
    assert filled[f"{A}.signatures.1.signatory"] == "Vital Van Dessel"
    assert filled[f"{A}.signatures.1.person"] == "vital-van-dessel"
    assert filled[f"{A}.signatures.1.on_behalf_of"] == "0"


def test_every_source_comes_back_as_it_was(shipped: Desk) -> None:
    for key in shipped.known.sources:
        typed = posted(shipped, key)
        assert typed.opened and typed.checked.is_good, (key, typed.checked.faults)
        assert typed.made.content["source"] == typed.opened.content, key


def test_what_has_no_field_is_told(opening: Desk) -> None:
    kept = dict(posted(opening, KEY).values()["kept"])
    assert "each_partnership" in "".join(kept) and "status: active" in "".join(kept.values())


def test_only_what_changed_is_written(opening: Desk, data: Path) -> None:
    typed = posted(opening, KEY, **{f"{A.replace('.', '__')}__signed_on": "2010-07-04"})
    assert typed.opened and typed.checked.contribution
    made = plan(data, typed.checked.contribution, TODAY, opened=typed.opened.sum)
    made.write()
    before = (FOUNDING / "sources" / f"{KEY}.yaml").read_text("utf-8").splitlines()
    after = made.source.read_text("utf-8").splitlines()
    assert [line for line in after if line not in before] == ["        signed_on: 2010-07-04"]
    assert [line for line in before if line not in after] == []
    with pytest.raises(UsageError, match="open it again"):
        plan(data, typed.checked.contribution, TODAY, opened=typed.opened.sum)


def test_nothing_changed_writes_nothing(opening: Desk, data: Path) -> None:
    typed = posted(opening, KEY)
    assert typed.opened and typed.checked.contribution
    assert not plan(data, typed.checked.contribution, TODAY, opened=typed.opened.sum).texts


def test_a_file_that_changed_meanwhile_is_told(opening: Desk) -> None:
    typed = posted(opening, KEY, source__0__opened="0" * 64)
    assert [fault.input for fault in typed.checked.faults] == [""]
    assert "changed by somebody else" in typed.checked.faults[0].message


def test_a_source_that_there_is_not(opening: Desk, desk: Desk) -> None:
    for key in ("nobody-has-this", "../municipalities", ""):
        with pytest.raises(UsageError, match="there is no source"):
            Typed.open(opening, key)
    # A public service opens nothing.
    assert posted(desk, KEY).opened is None


def test_a_town_is_corrected_twice_and_leaves_nothing_behind(data: Path) -> None:
    """The partnership is one of other towns: its key follows, its documents and all else stay."""
    before = (data / "sources" / f"{KEY}.yaml").read_text("utf-8").splitlines()
    for name, key in (("Leuven", "be-leuven"), ("Lier", "be-lier")):
        known = Known.of(data)
        desk = Desk(known, Registered(known, TODAY), locale_of("en"), "somebody", opens=True)
        typed = posted(desk, KEY, partnerships__0__partners__0__name=name)
        assert typed.checked.is_good and typed.checked.contribution and typed.opened
        made = plan(data, typed.checked.contribution, TODAY, opened=typed.opened.sum)
        made.write()
        assert not made.kept
        text = made.source.read_text("utf-8")
        assert f"key: {key}--pl-sieniawa" in text and list(rows_in(text)) == [
            ("municipalities", key)
        ]
        after = [line for line in text.splitlines() if line not in before]
        assert len(after) == 4, after  # The row, the key, the partners, and who signed for it.
    towns = (data / "municipalities.csv").read_text("utf-8")
    assert "be-lier" in towns and "be-leuven" not in towns


def test_a_project_is_of_the_corrected_town(data: Path, desk: Desk) -> None:
    typed = Typed.of([*PAGE.items(), (f"{J}.partners", "0"), (f"{J}.partners", "1")], desk)
    assert typed.checked.contribution
    plan(data, typed.checked.contribution, TODAY).write()
    known = Known.of(data)
    again = Desk(known, Registered(known, TODAY), locale_of("en"), "somebody", opens=True)
    corrected = posted(again, typed.checked.contribution.key, **{
        f"{J.partition('.projects')[0]}.partners.1.name": "Lier",
    })  # fmt: skip
    (project,) = corrected.made.content["source"]["projects"]
    assert project["partners"] == ["pl-sieniawa", "be-lier"]


def test_who_joins_a_partnership_leaves_it_the_same_one(opening: Desk) -> None:
    third = "partnerships__0__partners__2"
    more = {f"{third}__name": "Abda", f"{third}__country": "HU"}
    key = posted(opening, KEY).made.content["source"]["partnerships"][0]["key"]
    typed = posted(opening, KEY, **more)
    assert list(typed.made.rekeyed) == [key]
    joined = {"partnerships__0__status_changes__0__concerns": "2"}
    assert not posted(opening, KEY, **more, **joined).made.rekeyed


def test_other_pages_that_state_the_same_are_told(opening: Desk) -> None:
    """At the town's field: a doubt, or a fault where they refer to its key."""
    key = posted(opening, KEY).made.content["source"]["partnerships"][0]["key"]
    changed = {"partnerships__0__partners__0__name": "Leuven"}
    stated = replace(opening.known, stated_by={"another": frozenset([key])}, referred={})
    (doubt,) = posted(replace(opening, known=stated), KEY, **changed).made.doubts
    assert doubt.input == "partnerships.0.partners.0.name" and "another" in doubt.message
    referred = replace(stated, referred={key: frozenset(["another"])})
    faulty = posted(replace(opening, known=referred), KEY, **changed)
    assert [fault.input for fault in faulty.checked.faults] == [doubt.input]
