"""`twingraph harvest wikidata` as its user meets it: files, exit status, words."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import command
from tests.conftest import FOUNDING
from twingraph.build import check_view, read_view
from twingraph.errors import Problem
from twingraph.model.records import Authority, Partnership
from twingraph.sources.harvested import read_claims

from .conftest import REDIRECTS
from .samples import item, twin
from .service import FastClock, Watch, Wikibase, running

CONTACT = "operator@example.org"


def run(cwd: Path, *args: str | Path, **env: str) -> command.Done:
    return command.run(cwd, "harvest", "wikidata", *args, **env)


def run_dump(cwd: Path, *args: str | Path) -> command.Done:
    return command.run(cwd, "harvest", "wikidata-dump", *args)


def at(server: Wikibase) -> list[str]:
    """The options for another Wikibase."""
    return [
        *("--wikibase", f"api={server.address}/w/api.php", "--contact", CONTACT),
        *("--wikibase", f"sparql={server.address}/sparql"),
        *("--wikibase", f"entity-data={server.address}/wiki/Special:EntityData/"),
    ]


def pairs(path: Path) -> list[str]:
    problems: list[Problem] = []
    claims = read_claims(path, problems)
    assert claims and not problems
    return [record.key for record in claims.records if isinstance(record, Partnership)]


def dump_of(path: Path, *documents: Any, end: str = "]\n") -> Path:
    lines = ",\n".join(json.dumps(d, separators=(",", ":")) for d in documents)
    path.write_bytes(gzip.compress(f"[\n{lines}\n{end}".encode()))
    return path


def towns() -> list[dict[str, Any]]:
    return [
        item("Q1", labels={"en": "One"}, twinned=(twin("Q1", "Q2"), twin("Q1", "Q3", 2))),
        item("Q2", labels={"en": "Two"}, country="Q31", twinned=(twin("Q2", "Q1"),)),
        item("Q3", labels={"en": "Three"}, country="Q31"),
        item("Q4", labels={"en": "Four"}, twinned=(twin("Q4", "Q1"),)),
        item("Q36", country=None, P298="POL"),
    ]


# Asked of the services


def test_without_a_contact_it_does_not_ask(tmp_path: Path) -> None:
    done = run(tmp_path, "Q64")
    assert done.returncode == 2
    assert "name its operator" in done.stderr and "TWINGRAPH_CONTACT" in done.stderr
    wrong = run(tmp_path, "Q64", TWINGRAPH_CONTACT="me")
    assert wrong.returncode == 2 and "'me' is no contact" in wrong.stderr
    assert not any(tmp_path.rglob("*.jsonl"))


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "say what is wanted"),
        (("Q1", "--everything"), "one of them"),
        (("--country", "Atlantis"), "'Atlantis' is not known"),
        (("--contact", CONTACT, "Berlin"), "'Berlin' is no item id"),
        (("--ours",), "name no item"),
        (("@nowhere.txt",), "cannot be read"),
        (("Q1", "--wikibase", "at-once=9", "--contact", CONTACT), "is not between 1 and 3"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, args: tuple[str, ...], told: str) -> None:
    done = run(tmp_path, *args)
    assert done.returncode == 2 and told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dump_that_is_not_there(tmp_path: Path) -> None:
    done = run_dump(tmp_path, "nowhere.json")
    assert done.returncode == 2 and "nowhere.json cannot be read" in done.stderr
    both = run_dump(tmp_path, "nowhere.json", "Q1", "--country", "PL")
    assert both.returncode == 2 and "one of them" in both.stderr


def test_towns_of_a_list_are_asked_for(world: dict[str, Any], sparql: str, tmp_path: Path) -> None:
    watch = Watch(FastClock())
    listed = tmp_path / "towns.txt"
    listed.write_text("# towns\nQ6 Sixth\n\nQ999\n", encoding="utf-8")
    server = Wikibase(world, watch, redirects=REDIRECTS, sparql=sparql)
    with running(server):
        done = run(tmp_path, f"@{listed}", *at(server))
    assert done.returncode == 0, done.stderr
    assert not watch.violations
    path = tmp_path / "data" / "harvest" / "wikidata-towns.jsonl"
    assert pairs(path) == ["Q5--Q6", "Q6--Q7", "Q6--Q8"]
    assert "fetching partners" in done.stderr and "3 partnerships" in done.stdout
    assert "redirected: a link to a redirect" in done.stdout


def test_a_country_by_its_code(world: dict[str, Any], sparql: str, tmp_path: Path) -> None:
    watch = Watch(FastClock())
    server = Wikibase(world, watch, redirects=REDIRECTS, sparql=sparql)
    with running(server):
        done = run(tmp_path, "--country", "BE", "--quiet", *at(server))
    assert (done.returncode, done.stderr) == (0, "")
    found = pairs(tmp_path / "data" / "harvest" / "wikidata-bel.jsonl")
    assert "Q5--Q7" in found and "Q5--Q6" not in found


def test_a_service_that_fails_is_told_and_the_run_goes_on(
    world: dict[str, Any], sparql: str, tmp_path: Path
) -> None:
    watch = Watch(FastClock())
    script = ("",) * 6 + ("ban",)
    server = Wikibase(world, watch, redirects=REDIRECTS, sparql=sparql, script=script)
    with running(server):
        failed = run(tmp_path, "--everything", *at(server))
        assert failed.returncode == 3
        assert "banned until" in failed.stderr and "the same command to go on" in failed.stderr
        assert not (tmp_path / "data").exists(), "half a harvest is none"
        watch.banned = False
        watch.seen.clear()
        done = run(tmp_path, "--everything", *at(server))
        assert done.returncode == 0, done.stderr
        assert not any("sparql" in key for key in watch.seen), "the query's answer was kept"
    found = pairs(tmp_path / "data" / "harvest" / "wikidata.jsonl")
    assert "Q5--Q6" in found and "Q7000398--Q7000399" in found


# From a dump


def test_a_dump_gives_partners_that_state_nothing_their_names(tmp_path: Path) -> None:
    dump = dump_of(tmp_path / "wikidata-20261116-all.json.gz", *towns())
    done = run_dump(tmp_path, dump)
    assert done.returncode == 0, done.stderr
    path = tmp_path / "data" / "harvest" / "wikidata.jsonl"
    assert pairs(path) == ["Q1--Q2", "Q1--Q3", "Q1--Q4"]
    claims = read_claims(path, [])
    assert claims and claims.source.retrieved == "2026-11-16"
    three = next(r for r in claims.records if r.key == "Q3")
    assert isinstance(three, Authority) and three.country == "BEL" and three.labels
    report = tmp_path / "build" / "harvest" / "wikidata-report.json"
    assert json.loads(report.read_text("utf-8"))["one-sided"][0] == 2


def test_a_dump_of_one_country(tmp_path: Path) -> None:
    dump = dump_of(tmp_path / "all.json.gz", *towns())
    done = run_dump(tmp_path, dump, "--country", "Belgium")
    assert done.returncode == 0, done.stderr
    path = tmp_path / "data" / "harvest" / "wikidata-bel.jsonl"
    assert pairs(path) == ["Q1--Q2", "Q1--Q3"]


def test_a_dump_that_is_cut_off_is_told_apart(tmp_path: Path) -> None:
    dump = dump_of(tmp_path / "all.json.gz", *towns(), end="")
    done = run_dump(tmp_path, dump)
    assert done.returncode == 2
    assert "is cut off (the array is not closed: no ] at the end)" in done.stderr
    assert not (tmp_path / "data").exists()
    done = run_dump(tmp_path, dump, "--cut-off")
    assert done.returncode == 0 and "is cut off" in done.stderr
    claims = read_claims(tmp_path / "data" / "harvest" / "wikidata.jsonl", [])
    assert claims and "cut off" in (claims.source.note or "")


def test_the_towns_of_the_registers(world: dict[str, Any], sparql: str, tmp_path: Path) -> None:
    """Harvested facts about curated towns come under the curated keys."""
    shutil.copytree(FOUNDING, tmp_path / "data")
    more = {
        "Q3809": item("Q3809", twinned=(twin("Q3809", "Q926110"),)),
        "Q926110": item("Q926110", country="Q31"),
        "Q36": item("Q36", country=None, P298="POL"),
        "Q31": item("Q31", country=None, P298="BEL"),
    }
    watch = Watch(FastClock())
    server = Wikibase({**world, **more}, watch, sparql=sparql)
    with running(server):
        done = run(tmp_path, "--ours", "--key", "wikidata-ours", *at(server))
    assert done.returncode == 0, done.stderr
    path = tmp_path / "data" / "harvest" / "wikidata-ours.jsonl"
    assert pairs(path) == ["be-tremelo--pl-sieniawa"]


@pytest.mark.parametrize(
    "odd", ["\u2028", "\u2029", "\x85", "\x7f", "\x9f", "\ufffe", "\x00"], ids=ascii
)
def test_what_a_harvest_wrote_a_build_takes(odd: str, tmp_path: Path) -> None:
    labels = {"en": f"One{odd}", "de": f"{odd}Eins", "pl": odd}
    one = item("Q1", labels=labels, aliases={"en": [f"a{odd}b"]}, twinned=(twin("Q1", "Q2"),))
    dump = dump_of(tmp_path / "wikidata-20261116-all.json.gz", one, item("Q2"), item("Q36"))
    shutil.copytree(FOUNDING, tmp_path / "data")
    done = run_dump(tmp_path, dump)
    assert done.returncode == 0, done.stderr
    assert "4  odd-text: " in done.stdout and f"U+{ord(odd):04X}" in done.stdout
    view = read_view(tmp_path / "data")
    names = view.all(Authority)["Q1"].labels
    assert [(text.language, text.value) for text in names] == [("de", "Eins"), ("en", "One")]


def test_what_is_not_of_its_form_is_ignored_and_told(tmp_path: Path) -> None:
    one = item("Q1", twinned=(twin("Q1", "Q2"), twin("Q1", "Q3", 2)), P1566="75 9301<>")
    one["modified"] = "yester <day>"
    first, second = one["claims"]["P190"]
    first["id"], second["rank"] = "Q1$ <bad> id", "very > good"
    dump = dump_of(tmp_path / "wikidata-20261116-all.json.gz", one, item("Q2"), item("Q3"))
    shutil.copytree(FOUNDING, tmp_path / "data")
    done = run_dump(tmp_path, dump)
    assert done.returncode == 0 and "4  odd-value: " in done.stdout
    view = read_view(tmp_path / "data")
    assert check_view(view).conforms
    assert view.all(Authority)["Q1"].geonames is None
    assert {"Q1--Q2", "Q1--Q3"} <= set(view.all(Partnership))


FORMS = {
    "spaces": lambda items: "[\n" + ",\n".join(map(json.dumps, items)) + "\n]\n",
    "page first": lambda items: "".join(
        _compact({"pageid": 7, "ns": 0, **one}) + "\n" for one in items
    ),
    "no array": lambda items: "".join(_compact(one) + "\n" for one in items),
    "one line": lambda items: _compact(items),
    "many lines": lambda items: json.dumps(items, indent=2),
    "first in the array's line": lambda items: "[" + ",\n".join(map(_compact, items)) + "]",
    "claims first": lambda items: "".join(
        _compact(dict(reversed(one.items()))) + "\n" for one in items
    ),
    "an answer": lambda items: json.dumps({"entities": {one["id"]: one for one in items}}),
}


def _compact(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))


@pytest.mark.parametrize("form", FORMS)
def test_a_dump_in_another_form_gives_the_same(form: str, tmp_path: Path) -> None:
    usual = dump_of(tmp_path / "usual-20261116.json.gz", *towns())
    other = tmp_path / "other-20261116.json"
    other.write_text(FORMS[form](towns()), "utf-8")
    results = []
    for dump in (usual, other):
        data = tmp_path / dump.stem
        done = run_dump(tmp_path, dump, "--data", data)
        assert done.returncode == 0, done.stderr
        results.append((data / "harvest" / "wikidata.jsonl").read_bytes())
        assert "not-fetched" not in done.stdout
    assert results[0] == results[1] and b'"One"' in results[0] and b'"Three"' in results[0]


@pytest.mark.parametrize("content", ["<html>", "Q1\tQ2\n", "\x89PNG"])
def test_what_is_no_dump_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "towns.json").write_text(content, "utf-8")
    done = run_dump(tmp_path, "towns.json")
    assert done.returncode == 2 and "is no JSON of Wikidata's: it begins with" in done.stderr
