"""A source of the data opened in the form: nothing is lost, and only what changed is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FOUNDING, ROOT
from tests.contributions.conftest import TODAY
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.finders import Registered
from twingraph.contributions.form.page import Typed
from twingraph.contributions.form.typed import pairs
from twingraph.contributions.known import Known
from twingraph.contributions.writing import plan
from twingraph.errors import UsageError
from twingraph.web.locale import locale_of

KEY = "sieniawa-partner-towns"
A = "partnerships.0.agreements.0"


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
    page = dict(pairs(Typed.open(desk, key).root))
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    return Typed.of([*{**page, **changed}.items()], desk)


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
