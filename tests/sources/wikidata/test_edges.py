"""The crawl of 2016 and the gazetteer, as files and as they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from twingraph.errors import UsageError
from twingraph.model.records import Authority, Partnership, Point, Text
from twingraph.sources.wikidata import edges, gazetteer, twinning
from twingraph.sources.wikidata.known import Known
from twingraph.sources.wikidata.report import Report

HEADER = "wof_id\tqid\tgeonames_id\tlat\tlon\tcountry\tlau_or_nuts\tis_current\n"


def crawl(tmp_path: Path, relations: str, names: str) -> tuple[Path, Path]:
    one, two = tmp_path / "relations.tsv", tmp_path / "names.tsv"
    one.write_text(relations, encoding="utf-8")
    two.write_text(names, encoding="utf-8")
    return one, two


def test_edges_are_items_that_state_their_partners(tmp_path: Path) -> None:
    report = Report()
    files = crawl(
        tmp_path,
        "Q1\tQ2\nQ2\tQ1\nQ1\tQ2\nQ1\tQ3\nQ4\tQ4\nQ5\nQ6\tx\nP7\tQ1\n",
        "Q1\tOne\r\nQ2\tTwo\nQ3\nnone\tName\n\nQ1\tUno\n",
    )
    made = twinning.harvest(edges.read(*files, report), edges.CRAWL_2016, report=report)
    partnerships = [r for r in made.claims.records if isinstance(r, Partnership)]
    assert [p.key for p in partnerships] == ["Q1--Q2", "Q1--Q3"]
    one = made.claims.records[0]
    assert one == Authority("Q1", labels=(Text("One", "und"),), wikidata="Q1")
    assert report.counts == {
        "self-link": 1, "not-fetched": 1, "one-sided-unchecked": 1, "bad-row": 2, "bad-id": 3,
        "repeated-row": 2,
    }  # fmt: skip
    assert report.examples("bad-id")[0] == "names.tsv:4: 'none'"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "names.tsv"
    bad.write_bytes(b"Q1\t\xff\n")
    with pytest.raises(UsageError, match="names.tsv cannot be read"):
        edges.read(bad, bad, Report())
    with pytest.raises(UsageError, match="cannot be read"):
        gazetteer.read(tmp_path / "none.tsv", (), Report())
    with pytest.raises(UsageError, match="cannot be read"):
        gazetteer.read(bad, (), Report())
    bad.write_text("qid\tlat\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has no column country, geonames_id"):
        gazetteer.read(bad, (), Report())


def test_the_real_crawl_counts_as_its_notes_say(shared: Path) -> None:
    report = Report()
    folder = shared / "wikidata-p190-2016"
    items = edges.read(folder / "relations.tsv", folder / "names.tsv", report)
    made = twinning.harvest(items, edges.CRAWL_2016, report=report)
    assert sum(len(entity.twinnings) for entity in items.entities.values()) == 34_178
    assert len(items.entities) == 10_055
    assert len(made.links) == 17_401
    assert report["one-sided"] == 624
    assert report["repeated-row"] == 4
    partnerships = [r for r in made.claims.records if isinstance(r, Partnership)]
    assert sum(bool(p.not_stated_by) for p in partnerships) == 624
    assert all(set(p.stated_by) | set(p.not_stated_by) == set(p.partners) for p in partnerships)


def test_gazetteer_rows_become_a_source_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv"
    rows = (
        "1\tQ1\t100\t49.5\t15.25\tCZ\tCZ_554782\t1",
        "2\tQ1\t101\t49.6\t15.25\tCZ\t\t0",
        "3\tQ2\t\t91\t15\tSK\tSK041\t1",
        "4\tQ3\tx9\tabc\t15\tXX\t\t1",
        "5\tQ4\t\t10\t10\tPL\t\t1",
        "6\tQ4\t\t20\t10\tPL\t\t1",
        "7\tq5\t\t10\t10\tPL\t\t1",
        "8\tQ6\t\t0\t0\tPL\t\t1",
        "9\tQ7\t\tnan\t0\tPL\t\t1",
        "10\tQ8\t\t10\t10\tPL\t\t1",
        "11\t\t\t10",
    )
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    report = Report()
    wanted = [f"Q{number}" for number in range(1, 8)]
    claims = gazetteer.read(path, wanted, report, Known({"Q1": "cz-humpolec"}))
    by_key = {record.key: record for record in claims.records}
    assert sorted(by_key) == ["Q2", "Q3", "Q6", "Q7", "cz-humpolec"]
    assert by_key["cz-humpolec"] == Authority(
        "cz-humpolec", country="CZE", lau="CZ_554782", geonames="100",
        point=Point(Decimal("15.25"), Decimal("49.5")),
    )  # fmt: skip
    assert by_key["Q2"] == Authority("Q2", country="SVK", nuts3="SK041")
    assert by_key["Q3"] == Authority("Q3")
    assert report.counts == {
        "bad-coordinates": 4, "unknown-country": 1, "bad-id": 2, "ambiguous-place": 1,
    }  # fmt: skip
    known = Known({"Q1": "cz-humpolec"}, close={"Q1"})
    (close,) = gazetteer.read(path, ["Q1"], Report(), known).records
    assert close == Authority("cz-humpolec", geonames_close="100")
    assert "credit" in (claims.source.rights or "")


def test_the_real_gazetteer_places_a_fifth_of_the_crawl(shared: Path) -> None:
    report = Report()
    folder = shared / "wikidata-p190-2016"
    items = edges.read(folder / "relations.tsv", folder / "names.tsv", report)
    claims = gazetteer.read(shared / "gazetteer" / "places.tsv", items.entities.keys(), report)
    assert len(claims.records) == 2210
    assert all(record.point for record in claims.records if isinstance(record, Authority))
    assert report.counts == {"repeated-row": 4, "ambiguous-place": 13}
