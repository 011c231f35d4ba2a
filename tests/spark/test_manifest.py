"""What a manifest says is read again as it was."""

from __future__ import annotations

import json

from bench import synthetic
from tests.conftest import FOUNDING
from twingraph.build import read_view
from twingraph.model.records import View
from twingraph.release.content import Content
from twingraph.release.coverage import coverage
from twingraph.release.void import statistics
from twingraph.spark.manifest import Manifest


def test_it_is_read_again() -> None:
    for view in (read_view(FOUNDING), synthetic.view(5)):
        _same(view)


def _same(view: View) -> None:
    counted = statistics(Content(view).default())
    sources, covered = tuple(view.sources.values()), coverage(view)
    made = Manifest(view.dataset, sources, {"partnership": 3}, covered, counted)
    said = json.loads(json.dumps({"format": 1, "folder": "x", "files": [], **made.json()}))
    again = Manifest.of(said)
    assert (again.dataset, again.sources) == (made.dataset, made.sources)
    assert (again.counts, again.covered) == (made.counts, made.covered)
    assert again.statistics.json() == counted.json()
