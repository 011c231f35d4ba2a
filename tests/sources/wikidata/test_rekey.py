"""A data folder with a harvest: read, put under curated keys, and merged."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from twingraph.build import read_view
from twingraph.errors import DataError
from twingraph.model.records import Authority, Claims, Partnership
from twingraph.sources.harvested import write_claims
from twingraph.sources.wikidata import twinning

AUTHORITIES = tuple(Authority(q, wikidata=q) for q in ("Q3809", "Q377994", "Q926110"))


def folder(tmp_path: Path, *records: Authority | Partnership) -> Path:
    data = tmp_path / "data"
    shutil.copytree(FOUNDING, data)
    claims = Claims(twinning.wikidata_source("2026-11-23"), records)
    write_claims(claims, data / "harvest" / "wikidata.jsonl")
    return data


def test_a_town_curated_after_the_harvest_takes_its_key(tmp_path: Path) -> None:
    pairs = [("Q3809", "Q926110"), ("Q377994", "Q926110"), ("Q3809", "Q377994")]
    linked = [
        Partnership("--".join(pair), partners=pair, stated_by=pair[:1], not_stated_by=pair[1:])
        for pair in pairs
    ]
    linked[1] = replace(linked[1], stated_by=pairs[1][1:], not_stated_by=pairs[1][:1])
    view = read_view(folder(tmp_path, *AUTHORITIES, *linked))
    (harvest,) = (c for c in view.claims if c.source.key == "wikidata")
    keys = {record.key for record in harvest.records}
    assert keys == {"be-tremelo", "pl-sieniawa", "be-tremelo--pl-sieniawa"}
    assert not any(key.startswith("Q") for key in view.all(Partnership))
    (twinned,) = (record for record in harvest.records if isinstance(record, Partnership))
    assert twinned.stated_by == twinned.partners and not twinned.not_stated_by


def test_an_unknown_partner_is_told(tmp_path: Path) -> None:
    linked = Partnership("Q1--Q3809", partners=("Q1", "Q3809"))
    with pytest.raises(DataError, match="neither a register nor a harvest knows 'Q1'"):
        read_view(folder(tmp_path, *AUTHORITIES, linked))


def test_a_folder_may_hold_a_harvest_alone(tmp_path: Path) -> None:
    data = folder(tmp_path, *AUTHORITIES)
    for path in data.iterdir():
        if path.name == "sources":
            shutil.rmtree(path)
        elif path.suffix == ".csv":
            path.unlink()
    assert set(read_view(data).all(Authority)) == {"Q3809", "Q377994", "Q926110"}


def test_a_close_entry_that_is_exact_elsewhere_is_dropped(tmp_path: Path) -> None:
    close = Authority("pl-sieniawa", wikidata_close="Q377994", geonames_close="759301")
    town = read_view(folder(tmp_path, close)).all(Authority)["pl-sieniawa"]
    assert town.geonames == "759301" != town.geonames_close

    other = Authority("be-tremelo", wikidata_close="Q926110", geonames_close="2785294")
    town = read_view(folder(tmp_path / "other", other)).all(Authority)["be-tremelo"]
    assert (town.wikidata_close, town.geonames_close) == (None, None)
