"""Whole entities of Wikidata, with dates, ranks and references: the head of a dump, one answer."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from twingraph.errors import UsageError
from twingraph.model.records import Text
from twingraph.sources.wikidata import entities, twinning
from twingraph.sources.wikidata.dump import slim
from twingraph.sources.wikidata.harvest import from_dump
from twingraph.sources.wikidata.known import CuratedKeys
from twingraph.sources.wikidata.links import Items

DUMP: Final = replace(
    # The newest date in it; it was published on 30 March.
    twinning.wikidata_source("2017-03-01", key="wikidata-2017-dump", rank=89),
    titles=(Text("Seven towns in a dump of Wikidata, March 2017", "en"),),
    url="https://github.com/maxlath/wikibase-dump-filter",
    complete=False,
    rank_reason="a snapshot of 2017; many statements have no reference",
    note=(
        "github.com/maxlath/wikibase-dump-filter at b25ec8a, tests/fixtures/entities: the head of a"
        " dump made between the newest date in it, 1 March 2017, and 30 March 2017. Partial:"
        " Berlin, London, Modena, Poznań, Rome, São Paulo and Tours."
    ),
)
ANSWER: Final = replace(
    twinning.wikidata_source("2018-01-12", key="wikidata-2018-karlsruhe", rank=86),
    titles=(Text("Karlsruhe in Wikidata, 12 January 2018", "en"),),
    url="https://github.com/Wikidata/Wikidata-Toolkit",
    complete=False,
    rank_reason="a snapshot of 2018; many statements have no reference",
    note=(
        "github.com/Wikidata/Wikidata-Toolkit at 149d33f, an answer of wbgetentities kept for its"
        " tests. Partial: Karlsruhe (Q1040) alone."
    ),
)


def harvest_dump(dump: Path, named: Collection[str]) -> twinning.Harvest:
    """The twinning in a dump. `named` are items that have a name elsewhere. Raises UsageError."""
    with tempfile.TemporaryDirectory() as work:
        return from_dump(dump, Path(work), known=_known(named), source=DUMP)[0]


def harvest_answer(answer: Path, named: Collection[str]) -> twinning.Harvest:
    """The twinning in an answer of wbgetentities. Raises UsageError."""
    try:
        documents = json.loads(answer.read_text(encoding="utf-8"))["entities"].values()
        found = [entities.read(slim(document)) for document in documents]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"{answer} cannot be read: {error}") from error
    items = Items({entity.id: entity for entity in found})
    return twinning.harvest(items, ANSWER, known=_known(named))


def _known(named: Collection[str]) -> CuratedKeys:
    """Items under their own keys: what has a name elsewhere is not named by its id here."""
    return CuratedKeys({item: item for item in named})
