"""Days that the words quoted for them say otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from twingraph.contributions.contribution import Contribution
from twingraph.contributions.quoted import differing_days


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ([{"quote": "umowę podpisano 21 września 2009 r. w Abdzie"}], "2009-09-21"),
        ([{"quote": "podpísali dňa 21. septembra 2009"}], "2009-09-21"),
        ([{"quote": "21.9.2009"}, {"quote": "(12. 9. 2009)", "for": ["title"]}], "2009-09-21"),
        ([{"quote": "podpisano 12 września 2009 r., odnowiono 5 maja 2019"}], ""),
        ([{"quote": "od 12.09.2009 r."}], ""),
        ([{"quote": "we wrześniu 2009"}, {"quote": "projekt nr 21 9 20091"}], ""),
        ("w dniu 3 maja 2012", "2012-05-03"),
    ],
)
def test_a_day_that_the_words_say_otherwise(evidence: Any, said: str) -> None:
    document = {"key": "1", "kind": "agreement", "signed_on": "2009-09-12", "evidence": evidence}
    partnership = {"key": "a--b", "partners": ["a", "b"], "since": "2009", "agreements": [document]}
    made = Contribution({"key": "page", "language": ["pl", "sk"], "partnerships": [partnership]})
    found = list(differing_days(made))
    assert [one.place for one in found] == [
        ("source", "partnerships", 0, "agreements", 0, "signed_on")
    ] * bool(said)
    assert all(said in one.message for one in found)
