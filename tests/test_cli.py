"""The command line as a user meets it: run as a process, in a folder of its own."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import rdflib

from tests.conftest import FOUNDING, ROOT
from twingraph.cli import cli

TWINS = "SELECT ?town { ?town tg:twinnedWith municipality:pl-sieniawa } ORDER BY ?town"
KEYS = ["be-tremelo", "sk-cervena-voda", "sk-lutina", "sk-pecovska-nova-ves"]
TOWNS = [f"https://w3id.org/twingraph/municipality/{key}" for key in KEYS]


def run(*args: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    code = "from twingraph.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.run(command, cwd=cwd or ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a copy of the founding data, to break."""
    shutil.copytree(FOUNDING, tmp_path / "data")
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_build_says_what_it_made_and_where(project: Path) -> None:
    done = run("build", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "public: version 0.1.0, 6 sources" in done.stdout
    assert "twingraph.ttl" in done.stdout
    assert "1 conflict" in done.stdout
    assert "writing twingraph.ttl, twingraph.jsonld, " in done.stderr
    assert (project / "public" / "twingraph.jsonld").exists()


def test_quiet_is_quiet(project: Path) -> None:
    assert run("build", "--quiet", cwd=project).stderr == ""


def test_a_fault_in_the_data_publishes_nothing(project: Path) -> None:
    run("build", cwd=project)
    before = (project / "public").resolve()
    file = project / "data" / "sources" / "sieniawa-partner-towns.yaml"
    edit(file, "    since: 2008-07", "    sinse: 2008-07")
    edit(file, "signed_on: 2016-08", "signed_on: 2016-13")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "data/sources/sieniawa-partner-towns.yaml" in done.stderr
    assert "unknown field 'sinse'" in done.stderr
    assert "did you mean 'since'?" in done.stderr
    assert "no month 13" in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "public").resolve() == before


def test_a_violation_of_a_shape_publishes_nothing(project: Path) -> None:
    file = project / "data" / "sources" / "pecovska-cross-border-cooperation.yaml"
    edit(file, "grant: 28781.55", "grant: 99999.99")
    done = run("build", cwd=project)
    assert done.returncode == 1
    assert "grant" in done.stderr
    assert "data/sources/pecovska-cross-border-cooperation.yaml" in done.stderr
    assert not (project / "public").exists()


def test_check_in_three_formats(project: Path) -> None:
    text = run("check", "--quiet", cwd=project)
    assert text.returncode == 0
    as_json = json.loads(run("check", "--quiet", "--format", "json", cwd=project).stdout)
    assert as_json["conforms"] is True
    turtle = run("check", "--quiet", "--format", "turtle", cwd=project).stdout
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    (report,) = graph.subjects(rdflib.RDF.type, sh.ValidationReport)
    assert graph.value(report, sh.conforms).toPython() is True  # type: ignore[union-attr]
    assert not [s for s in graph.subjects() if isinstance(s, rdflib.BNode)]


def test_query_in_every_format(release: Path) -> None:
    def answer(form: str) -> str:
        done = run("query", TWINS, "--release", release, "--format", form)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert [row[0] for row in csv.reader(io.StringIO(answer("csv")))] == ["town", *TOWNS]
    assert answer("tsv").split() == ["?town", *(f"<{t}>" for t in TOWNS)]
    bindings = json.loads(answer("json"))["results"]["bindings"]
    assert [b["town"]["value"] for b in bindings] == TOWNS
    uris = ET.fromstring(answer("xml")).iter("{http://www.w3.org/2005/sparql-results#}uri")
    assert [u.text for u in uris] == TOWNS
    assert all(town in answer("table") for town in TOWNS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_a_graph_as_turtle_and_json_ld(release: Path) -> None:
    construct = "CONSTRUCT WHERE { partnership:be-tremelo--pl-sieniawa ?p ?o }"
    graphs = []
    for form, name in (("turtle", "turtle"), ("jsonld", "json-ld")):
        done = run("query", construct, "--release", release, "--format", form)
        graphs.append(set(rdflib.Graph().parse(data=done.stdout, format=name)))
    assert graphs[0] == graphs[1]
    assert len(graphs[0]) > 10


def test_a_query_from_a_file(release: Path, tmp_path: Path) -> None:
    file = tmp_path / "twins.rq"
    # As Windows' editor saves it.
    file.write_text(TWINS, "utf-8-sig")
    assert TOWNS[0] in run("query", file, "--release", release, "--format", "csv").stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["query", "SELECT ?x { ?x tg: }"], "no SPARQL query"),
        (["query", "SELECT (<x:f>(1) AS ?x) {}"], "The custom function <x:f> is not supported"),
        (["query", "SELECT * { SERVICE ?x {} }"], "the query failed while it ran"),
        (["query", "nowhere.rq"], "nowhere.rq cannot be read: No such file"),
        (["query", "ASK {}", "--release", "nowhere"], "nowhere holds no release"),
        (["query", "ASK {}", "--format", "csv"], "choose json or xml"),
        (["query", "SELECT * {}", "--format", "turtle"], "choose csv or tsv or json or xml"),
        (["query", "DESCRIBE <x:y>", "--format", "csv"], "choose turtle or jsonld"),
        (["build", "--data", "nowhere"], "there is no folder nowhere"),
        (["build", "--nonsense"], "No such option"),
        (["bild"], "No such command"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(
    args: list[str], words: str, release: Path, tmp_path: Path
) -> None:
    if args[0] == "query" and "--release" not in args:
        args = [*args, "--release", str(release)]
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_release_is_told_in_words(tmp_path: Path, release: Path) -> None:
    broken = tmp_path / "public"
    broken.mkdir()
    whole = (release / "twingraph.nq.gz").read_bytes()
    (broken / "twingraph.nq.gz").write_bytes(whole[: len(whole) // 2])
    done = run("query", "ASK {}", "--release", broken)
    assert done.returncode == 2
    assert "build the release again" in done.stderr


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words it is called with."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(cli))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    done = run(*name.split(), "--help")
    assert done.returncode == 0
    # `reconcile NAME` and `reconcile --input` leave the second word out.
    examples = done.stdout.partition("Examples")[2]
    assert f"twingraph {name}" in examples or f"twingraph {name.split()[0]} " in examples


# Of `serve` they are the settings of a service, each of its own.
@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"serve"}))
def test_no_command_has_more_options_than_a_reader_takes_in(name: str) -> None:
    options = [p for p in COMMANDS[name].params if isinstance(p, click.Option)]
    assert len(options) <= 8, [option.name for option in options]


@pytest.mark.parametrize("named", [["--engine", "spark"], ["--engine=spark"]])
def test_another_engine_has_options_of_its_own(named: list[str]) -> None:
    done = run("build", "--quiet", *named, "--help")
    assert done.returncode == 0 and "--partitions" in done.stdout
    assert "--partitions" not in run("build", "--help").stdout


def test_an_engine_that_is_not_known_is_told() -> None:
    for named in (["--engine", "flink"], ["--engine"]):
        done = run("build", *named)
        assert done.returncode == 2 and "local, spark" in done.stderr


def test_the_local_engine_may_be_named(project: Path) -> None:
    done = run("build", "--engine", "local", "--quiet", cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / "public" / "twingraph.ttl").exists()


def test_the_version() -> None:
    assert run("--version").stdout.strip().endswith("0.1.0")


def test_a_query_by_its_name_alone_is_told_its_file(release: Path) -> None:
    done = run("query", "circles-of-towns", "--release", release)
    assert done.returncode == 2
    file = "ontology/queries/circles-of-towns.rq"
    assert done.stderr == f"twingraph: 'circles-of-towns' is no query\n    → its file is {file}\n"
    assert run("query", file, "--release", release).returncode == 0
    slip = run("query", "circle-of-towns", "--release", release).stderr
    assert (
        slip == "twingraph: 'circle-of-towns' is no query\n    → did you mean 'circles-of-towns'?\n"
    )


def committed(project: Path) -> None:
    for command in (
        ["init", "-q"],
        ["add", "data"],
        ["-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)


PAGE = "data/sources/sieniawa-partner-towns.yaml"


def test_check_of_a_file_tells_what_concerns_it(project: Path) -> None:
    whole = json.loads(run("check", "--format", "json", cwd=project).stdout)
    own = json.loads(run("check", PAGE, "--format", "json", cwd=project).stdout)
    wanted = [r for r in whole["results"] if PAGE in {w["file"] for w in r["where"]}]
    assert own["results"] == wanted != whole["results"]
    assert run("check", "pyproject.toml", cwd=ROOT).returncode == 2
    assert run("check", "data/sources/no.yaml", cwd=project).returncode == 2


def test_check_of_a_file_tells_its_own_faults(project: Path) -> None:
    edit(project / PAGE, "    since: 2008-07", "    sinse: 2008-07")
    edit(project / "data/sources/founding-verification.yaml", "kind: register", "kind: registry")
    both, own = run("check", cwd=project), run("check", PAGE, cwd=project)
    assert (both.returncode, own.returncode) == (1, 1)
    assert "registry" in both.stderr and "registry" not in own.stderr
    assert "unknown field 'sinse'" in own.stderr


def test_check_of_what_changed(project: Path) -> None:
    assert "is in no checkout" in run("check", "--changed", cwd=project).stderr
    committed(project)
    assert run("check", "--changed", cwd=project).stdout.startswith("nothing in data has changed")
    people = project / "data/people.csv"
    people.write_text(people.read_text("utf-8") + "wos,ADAM WOŚ,,sieniawa-partner-towns\n", "utf-8")
    told = run("check", "--changed", "--quiet", cwd=project).stdout
    assert told.startswith("DOUBT: data/people.csv:5: 'wos' may be 'adam-wos' (data/people.csv:2)")
    assert told.splitlines()[-3:] == [
        "    → write it as people write names: 'Adam Woś'",
        "      2 × doubt",
        "The graph conforms to all shapes; there are no warnings.",
    ]
    as_json = json.loads(run("check", "--changed", "--format", "json", cwd=project).stdout)
    assert [(one["file"], one["line"]) for one in as_json["doubts"]] == [("data/people.csv", 5)] * 2
    (project / "data/sources/new.yaml").write_text("title: x\n", "utf-8")
    assert (
        "data/sources/new.yaml:1: 'kind' is missing"
        in run("check", "--changed", cwd=project).stderr
    )


def test_ones_own_page_is_checked_in_the_world() -> None:
    page = "data/sources/pages/pl-pisz-mustvee.yaml"
    told = run("check", "--quiet", page).stdout
    assert told.count(page) == 2 and "0 violations, 2 warnings" in told
