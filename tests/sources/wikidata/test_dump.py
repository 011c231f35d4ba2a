"""Dumps in every packing: what is found, what is skipped, how they end, how they go on."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from tests.conftest import ROOT
from twingraph.errors import UsageError
from twingraph.sources.wikidata import dump, entities, extract, twinning
from twingraph.sources.wikidata.dump import Ending, Progress, WikidataDump
from twingraph.sources.wikidata.links import Items
from twingraph.sources.wikidata.report import Findings

from .samples import item, twin

ITEMS = [
    item("Q1"),
    item("Q2", twinned=(twin("Q2", "Q3"),)),
    item("Q3", labels={"ja": "町" * 200}),
    item("Q4", twinned=(twin("Q4", "Q2"),), P1653="3064011"),
]

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "json": bytes,
    "json.gz": gzip.compress,
    "json.bz2": bz2.compress,
    "json.zst": zstandard.ZstdCompressor().compress,
    "two-members.gz": lambda data: gzip.compress(data[:300]) + gzip.compress(data[300:]),
    "two-frames.zst": lambda data: zstandard.compress(data[:300]) + zstandard.compress(data[300:]),
}


def lines(documents: list[Any], end: str = "\n") -> str:
    texts = [d if isinstance(d, str) else json.dumps(d, separators=(",", ":")) for d in documents]
    return f"[{end}" + f",{end}".join(texts) + f"{end}]{end}"


def written(tmp_path: Path, text: str | bytes, name: str = "dump.json") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def found(path: Path, **more: Any) -> tuple[list[str], WikidataDump]:
    report = more.pop("report", Findings())
    reader = WikidataDump(path, report, **more)
    return [str(document["id"]) for document in reader], reader


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("block", [1 << 20, 100, 7])
def test_every_packing_gives_the_same_items(tmp_path: Path, packing: str, block: int) -> None:
    path = written(tmp_path, PACKINGS[packing](lines(ITEMS).encode()), packing)
    names, reader = found(path, block=block)
    assert names == ["Q2", "Q4"]
    assert (reader.ending, reader.why) == (Ending.FINISHED, "")


def test_what_is_kept_is_what_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, lines(ITEMS, end="\r\n"))
    kept = list(WikidataDump(path, Findings()))
    assert [entities.read(d) for d in kept] == [entities.read(ITEMS[1]), entities.read(ITEMS[3])]
    assert "sitelinks" not in kept[0]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_breaks_off_is_told(tmp_path: Path, packing: str, share: float) -> None:
    whole = PACKINGS[packing](lines(ITEMS).encode())
    path = written(tmp_path, whole[: int(len(whole) * share)], packing)
    names, reader = found(path)
    assert reader.ending is Ending.CUT_OFF and reader.why
    assert names in ([], ["Q2"], ["Q2", "Q4"])
    assert reader.report.counts == {}, "the end of a cut-off file is not a broken line"


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(lines(ITEMS).encode()))
    packed[len(packed) // 2] ^= 0xFF
    _, reader = found(written(tmp_path, bytes(packed)))
    assert reader.ending is Ending.CUT_OFF and "damaged" in reader.why


@pytest.mark.parametrize(
    ("text", "names", "ending"),
    [
        ("[\n]\n", [], Ending.FINISHED),
        ("[\n]", [], Ending.FINISHED),
        ("", [], Ending.CUT_OFF),
        ("[\n", [], Ending.CUT_OFF),
        (lines(ITEMS).rstrip(), ["Q2", "Q4"], Ending.FINISHED),
        (lines(ITEMS)[:-3], ["Q2", "Q4"], Ending.CUT_OFF),
        (lines(ITEMS)[:-4], ["Q2"], Ending.CUT_OFF),
        (lines(ITEMS)[2:-3].replace("},\n{", "}\n{"), ["Q2", "Q4"], Ending.FINISHED),
        (lines(ITEMS)[2:-2].replace("},\n{", "}\n{"), ["Q2", "Q4"], Ending.FINISHED),
        (lines(ITEMS)[2:-9].replace("},\n{", "}\n{"), ["Q2"], Ending.CUT_OFF),
    ],
)
def test_an_array_ends_with_its_bracket_and_lines_with_a_whole_one(
    tmp_path: Path, text: str, names: list[str], ending: Ending
) -> None:
    assert found(written(tmp_path, text))[0] == names
    assert found(written(tmp_path, text))[1].ending is ending


def test_broken_lines_are_counted_and_skipped(tmp_path: Path) -> None:
    bad = [
        '{"P190": {"id": "Q7", ',
        '["P190"]',
        '{"id": "P190", "x": "P190"}',
        '{"P190": "\udcff"}',
    ]
    text = lines([ITEMS[1], *bad, ITEMS[3]]).encode("utf-8", "surrogateescape")
    names, reader = found(written(tmp_path, text))
    assert names == ["Q2", "Q4"] and reader.ending is Ending.FINISHED
    assert reader.report.counts == {"broken-entity": 1, "not-an-item": 1, "broken-line": 2}
    assert reader.report.examples("broken-line")[0].startswith("dump.json: byte ")


@pytest.mark.parametrize("block", [64, 1000, 1 << 20])
def test_a_line_beyond_all_measure_is_skipped(tmp_path: Path, block: int) -> None:
    huge = item("Q9", labels={"en": "x" * 5000}, twinned=(twin("Q9", "Q2"),))
    path = written(tmp_path, lines([ITEMS[1], huge, ITEMS[3]]))
    names, reader = found(path, block=block, longest=2000)
    # A line that lies whole in one block costs no more memory than the block.
    assert [name for name in names if name != "Q9"] == ["Q2", "Q4"]
    assert reader.report["long-line"] == (0 if "Q9" in names else 1)
    assert reader.position == path.stat().st_size and reader.ending is Ending.FINISHED


def test_a_second_pass_finds_named_items(tmp_path: Path) -> None:
    path = written(tmp_path, lines(ITEMS))
    assert found(path, select=dump.named({"Q3", "Q1", "Q44"}))[0] == ["Q1", "Q3"]


@pytest.mark.parametrize("start", ["[\n", "[", ""])
def test_answers_of_the_api_row_by_row(tmp_path: Path, start: str) -> None:
    rows = [{"entities": {d["id"]: d for d in some}} for some in (ITEMS[:3], ITEMS[3:])]
    end = "\n]\n" if start else "\n"
    text = start + (",\n" if start else "\n").join(map(json.dumps, rows)) + end
    path = written(tmp_path, text)
    assert {"Q2", "Q4"} <= set(found(path)[0])
    names, reader = found(path, select=dump.named({"Q3"}))
    assert "Q3" in names and reader.ending is Ending.FINISHED and not reader.report.counts


@pytest.mark.parametrize("packing", PACKINGS)
def test_reading_goes_on_at_a_position(tmp_path: Path, packing: str) -> None:
    path = written(tmp_path, PACKINGS[packing](lines(ITEMS).encode()), packing)
    after = lines(ITEMS).encode().index(b'{"type":"item","id":"Q3"')
    names, reader = found(path, position=after)
    assert names == ["Q4"] and reader.ending is Ending.FINISHED
    names, reader = found(path, position=len(lines(ITEMS).encode()))
    assert names == [] and reader.ending is Ending.FINISHED, "all had been read before the kill"


def test_progress_tells_how_long_it_will_take(tmp_path: Path) -> None:
    told: list[Progress] = []
    path = written(tmp_path, lines(ITEMS))
    found(path, on_block=told.append, block=200)
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert told[-1].done == told[-1].size == path.stat().st_size
    assert told[-1].found == 2 and told[-1].remaining == 0
    assert Progress(100, 1000, 0, 2.0).remaining == 18
    assert Progress(500, 1000, 0, 2.0, begun=400).remaining == 10
    assert Progress(0, 1000, 0, 0.0).remaining is None


def test_no_such_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        found(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be used"):
        extract.extract(tmp_path / "none.json", tmp_path / "out")
    with pytest.raises(UsageError, match="cannot be read"):
        list(extract.read(tmp_path / "none", Findings()))


def test_an_extract_is_made_once(tmp_path: Path) -> None:
    path, out = written(tmp_path, lines(ITEMS)), tmp_path / "deep" / "items.jsonl"
    first = extract.extract(path, out)
    assert (first.found, first.ending) == (2, Ending.FINISHED)
    content = out.read_bytes()
    again = extract.extract(path, out, select=lambda block: iter([(0, 1 << 40)]))
    assert again.found == 2 and out.read_bytes() == content, "it was not read again"
    written(tmp_path, lines(ITEMS[:2]))
    assert extract.extract(path, out).found == 1, "another dump under the name is"


@pytest.mark.parametrize("packing", PACKINGS)
def test_an_extract_goes_on_after_a_kill(tmp_path: Path, packing: str) -> None:
    many = [item(f"Q{n}", twinned=(twin(f"Q{n}", "Q2"),)) for n in range(10, 3000)]
    many.insert(5, {"id": "P190", "about": "P190"})
    path = written(tmp_path, PACKINGS[packing](lines(many).encode()), packing)
    out = tmp_path / "items.jsonl"
    whole = extract.extract(path, tmp_path / "whole.jsonl")

    class Killed(Exception):
        pass

    blocks = 0

    def stop(progress: Progress) -> None:
        nonlocal blocks
        blocks += 1
        if blocks == 2:
            raise Killed

    with pytest.raises(Killed):
        extract.extract(path, out, progress=stop, every=0, block=40_000)
    checkpoint = json.loads(out.with_name("items.jsonl.checkpoint").read_text())
    assert 0 < checkpoint["found"] < whole.found
    # What was written after the checkpoint is of no account.
    with out.open("ab") as file:
        file.write(b'{"id": "Q10", "half a li')
    result = extract.extract(path, out)
    assert out.read_bytes() == whole.out.read_bytes()
    assert (result.found, result.ending) == (whole.found, Ending.FINISHED)
    assert result.report.counts == whole.report.counts == {"not-an-item": 1}


def test_a_killed_process_leaves_what_can_go_on(tmp_path: Path) -> None:
    many = [item(f"Q{n}", twinned=(twin(f"Q{n}", "Q2"),)) for n in range(10, 4000)]
    path = written(tmp_path, gzip.compress(lines(many).encode()), "dump.json.gz")
    out = tmp_path / "items.jsonl"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from twingraph.sources.wikidata import extract\n"
        "slow = lambda progress: (print('.', flush=True), time.sleep(0.2))\n"
        "dump, out = map(Path, sys.argv[1:])\n"
        "extract.extract(dump, out, progress=slow, every=0, block=40_000)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(path), str(out)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout
    with process.stdout as told:
        told.readline()
        told.readline()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert out.with_name("items.jsonl.checkpoint").exists()
    assert extract.extract(path, out).found == len(many)
    assert len(out.read_bytes().splitlines()) == len(many)


def test_items_of_an_extract_give_the_same_claims(tmp_path: Path) -> None:
    extracted = extract.extract(written(tmp_path, lines(ITEMS)), tmp_path / "out")
    report = Findings()
    items = {entity.id: entity for entity in extract.read(extracted.out, report)}
    direct = {document["id"]: entities.read(document) for document in (ITEMS[1], ITEMS[3])}
    source = twinning.wikidata_source("2026-11-23")
    from_dump = twinning.harvest(Items(items), source)
    assert from_dump.claims == twinning.harvest(Items(direct), source).claims
    assert report.counts == {}
    extracted.out.write_text('{"id": "P1"}\nnonsense\n')
    assert list(extract.read(extracted.out, report)) == [] and report["broken-entity"] == 2


def test_the_real_head_of_a_dump_is_cut_off(shared: Path) -> None:
    names, reader = found(shared / "wikidata-json" / "entities.json")
    assert names == ["Q64", "Q84", "Q175", "Q220", "Q268", "Q279", "Q288"]
    assert reader.ending is Ending.CUT_OFF and "no ]" in reader.why
    assert reader.report.counts == {}


@pytest.mark.parametrize("name", ["for-long-testing", "with-bugs"])
def test_the_real_mock_dumps_are_finished(shared: Path, name: str) -> None:
    path = shared / "wikidata-json" / f"wdtk-mock-dump-{name}.json"
    every = dump.mentioning(b'"id":')
    names, reader = found(path, select=every)
    assert reader.ending is Ending.FINISHED
    assert (len(names), reader.report["not-an-item"]) == (55, 46)
    assert set(reader.report.counts) <= {"not-an-item", "broken-line"}


def test_memory_stays_flat(tmp_path: Path) -> None:
    body = lines([item(f"Q{n}", labels={"en": "x" * 3000}) for n in range(1, 2000)])[2:-3]
    path = tmp_path / "big.json.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b"[\n")
        for _ in range(40):  # 250 MB
            file.write(body.encode() + b",\n")
        file.write(json.dumps(ITEMS[1], separators=(",", ":")).encode() + b"\n]\n")
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from twingraph.sources.wikidata.dump import WikidataDump\n"
        "from twingraph.sources.wikidata.report import Findings\n"
        "assert len(list(WikidataDump(Path(sys.argv[1]), Findings()))) == 1\n"
        # getrusage would tell the parent's peak as well: Linux keeps it across exec.
        "status = Path('/proc/self/status').read_text()\n"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert int(run.stdout) < 200
