"""A whole harvest over a real SPARQL server, with and without a service that misbehaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from twingraph.errors import ServiceError
from twingraph.model.records import Authority, Partnership
from twingraph.sources.wikidata import live, twinning
from twingraph.sources.wikidata.cache import Cache
from twingraph.sources.wikidata.client import WikibaseClient

from .conftest import REDIRECTS
from .service import FAULTS, FastClock, Watch, Wikibase, running


def pairs(world: dict[str, Any]) -> set[tuple[str, ...]]:
    """The links there are, read off the JSON in the plainest way."""
    found = set()
    for subject, document in world.items():
        for claim in document["claims"].get("P190", ()):
            if claim["mainsnak"]["snaktype"] == "value" and claim["rank"] != "deprecated":
                target = f"Q{claim['mainsnak']['datavalue']['value']['numeric-id']}"
                target = REDIRECTS.get(target, target)
                if target in world:
                    found.add(tuple(sorted((subject, target), key=lambda q: int(q[1:]))))
    return found


def harvested(
    world: dict[str, Any],
    sparql: str,
    settings: dict[str, Any] | None = None,
    cache: Cache | None = None,
    towns: tuple[str, ...] = (),
    countries: tuple[str, ...] = (),
    **server: Any,
) -> tuple[twinning.Harvest, Watch]:
    clock = FastClock()
    watch = Watch(clock, (settings or {}).get("at_once", 1))
    base = Wikibase(world, watch, redirects=REDIRECTS, sparql=sparql, **server)
    with running(base), WikibaseClient(base.settings(**(settings or {})), cache, clock) as client:
        made = live.harvest(client, towns=towns, countries=countries, today="2026-11-23")
    return made, watch


@pytest.fixture(scope="module")
def quiet(world: dict[str, Any], sparql: str) -> twinning.Harvest:
    """The harvest of the whole world without a fault."""
    made, watch = harvested(world, sparql)
    assert not watch.violations
    return made


def test_the_world_is_harvested(world: dict[str, Any], quiet: twinning.Harvest) -> None:
    links = {link.pair: link for link in quiet.links}
    assert set(links) == pairs(world) and len(links) >= 404
    assert links["Q5", "Q6"].stated_by == ("Q5", "Q6"), "one side names a redirect"
    assert quiet.report["deleted"] >= 1 and quiet.report["redirected"] == 1
    partnership = next(r for r in quiet.claims.records if r.key == "Q5--Q6")
    assert isinstance(partnership, Partnership)
    assert partnership.status == "ended" and str(partnership.since and partnership.since.value)
    revisions = [e for e in quiet.claims.evidence if e.property == "wikidata"]
    read = [e.revision for e in revisions if e.revision]
    assert len(read) == len(revisions) >= 404
    assert str(read[0].retrieved).startswith("2026-11-23T12:")


@pytest.mark.parametrize("seed", range(3))
def test_faults_change_nothing_and_no_rule_is_broken(
    world: dict[str, Any], sparql: str, quiet: twinning.Harvest, seed: int
) -> None:
    settings = {"batch": 4, "attempts": 12}
    made, watch = harvested(world, sparql, settings, rate=0.3, seed=seed)
    assert watch.violations == []
    assert sum(watch.faults.values()) > 10
    assert without_times(made) == without_times(quiet)
    assert made.links == quiet.links and made.report.counts == quiet.report.counts


def test_faults_of_every_kind_were_met(
    world: dict[str, Any], sparql: str, quiet: twinning.Harvest
) -> None:
    script = tuple(f for kind in FAULTS for f in (kind, ""))
    made, watch = harvested(world, sparql, {"batch": 4}, script=script)
    assert set(watch.faults) == set(FAULTS) and watch.violations == []
    assert without_times(made) == without_times(quiet)


def test_three_at_once_under_faults(
    world: dict[str, Any], sparql: str, quiet: twinning.Harvest
) -> None:
    settings = {"batch": 4, "attempts": 12, "at_once": 3}
    made, watch = harvested(world, sparql, settings, rate=0.3, seed=9)
    # With several under way, one may have set out just before another was told to wait.
    assert [v for v in watch.violations if not v.startswith("did not wait")] == []
    assert without_times(made) == without_times(quiet)


def without_times(made: twinning.Harvest) -> tuple[Any, ...]:
    evidence = [
        replace(e, revision=replace(e.revision, retrieved=None)) if e.revision else e
        for e in made.claims.evidence
    ]
    return made.claims.records, evidence


def test_a_broken_run_goes_on_from_its_cache(
    world: dict[str, Any], sparql: str, quiet: twinning.Harvest, tmp_path: Path
) -> None:
    clock = FastClock()
    watch = Watch(clock)
    script = ("",) * 9 + ("ban",)
    base = Wikibase(world, watch, redirects=REDIRECTS, sparql=sparql, script=script)
    path = tmp_path / "cache.sqlite"

    def run() -> twinning.Harvest:
        watch.seen.clear()
        watch.banned = False
        with WikibaseClient(base.settings(batch=20), Cache(path), clock) as client:
            return live.harvest(client, today="2026-11-23")

    with running(base):
        with pytest.raises(ServiceError, match="banned"):
            run()
        assert len(watch.seen) == 10
        assert without_times(run()) == without_times(quiet)
        assert not any("sparql" in key for key in watch.seen), "the query's answer was kept"
        assert without_times(run()) == without_times(quiet)
        assert watch.seen == [], "all of it is on disk"
    assert not watch.violations


def test_a_query_that_takes_too_long_is_split(
    world: dict[str, Any], sparql: str, quiet: twinning.Harvest
) -> None:
    made, watch = harvested(world, sparql, too_long=r'STRENDS\(STR\(\?item\), "\w\w')
    assert watch.violations == [] and len(watch.refused) == 11
    assert ("Q5", "Q7") in {link.pair for link in made.links}
    assert made.links == quiet.links, "one-digit items are not lost"


def test_a_list_of_towns_brings_what_others_say_of_them(world: dict[str, Any], sparql: str) -> None:
    made, watch = harvested(world, sparql, towns=("Q6", "Q999"))
    assert [link.pair for link in made.links] == [("Q5", "Q6"), ("Q6", "Q7"), ("Q6", "Q8")]
    assert not watch.violations


def test_a_country_is_its_towns_whoever_states_the_link(world: dict[str, Any], sparql: str) -> None:
    made, _ = harvested(world, sparql, countries=("Q31",))
    pairs = {link.pair for link in made.links}
    assert ("Q5", "Q7") in pairs and ("Q6", "Q8") in pairs and ("Q7000000", "Q7000001") in pairs
    assert ("Q5", "Q6") not in pairs
    countries = {r.key: r.country for r in made.claims.records if isinstance(r, Authority)}
    assert countries["Q7"] == "BEL" and countries["Q5"] == "POL"
