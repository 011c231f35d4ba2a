"""What was chosen is dropped where its grounds have changed."""

from __future__ import annotations

from tests.contributions.form.conftest import PAGE, typed
from twingraph.contributions.form.desk import Desk


def test_a_chosen_town_is_looked_for_anew_where_its_name_or_country_changes(desk: Desk) -> None:
    name = "partnerships.1.partners.1"
    asked = dict(typed(desk, {**PAGE, f"{name}.key": "be-tremelo"}).hidden())
    for other in ({f"{name}.country": "NL"}, {f"{name}.name": "Tremello"}):
        found = typed(desk, {**asked, **other}).made.towns[name]
        assert not found.key and found.row["wikidata_status"] == "unresolved"
    # One that is chosen with its country goes with that, whatever it was asked on.
    sent = {**PAGE, f"{name}.key": "be-tremelo", f"{name}.country": "NL"}
    assert not typed(desk, sent).made.towns[name].key
    item = dict(typed(desk, {**PAGE, f"{name}.name": "Nowhere", f"{name}.key": "Q1"}).hidden())
    assert "wikidata" in typed(desk, item).made.towns[name].row
    assert "wikidata" not in typed(desk, {**item, f"{name}.name": "Where"}).made.towns[name].row
