"""The shipped snapshots: how they were made, on a few lines of what they were made of."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import FOUNDING, ROOT
from twingraph.build import build
from twingraph.errors import Problem, UsageError
from twingraph.model.records import Authority, Claims, Partnership, Point, Text
from twingraph.sources.harvested import read_harvest
from twingraph.sources.wikidata.report import Findings
from twingraph.sources.wikidata.twinning import Harvest
from world import crawl_2016, entities, query_2017, query_2022, tables, towns, whos_on_first
from world.__main__ import main

SAMPLE = ROOT / "tests" / "data" / "world"
KEYS = (
    *("cldr-exemplar-cities", "whosonfirst"),
    *("wikidata-2016", "wikidata-2017", "wikidata-2017-dump"),
    *("wikidata-2018-karlsruhe", "wikidata-2022"),
)


def arguments(folders: tuple[Path, ...], out: Path) -> list[str]:
    names = ("crawl-2016", "query-2017", "query-2022", "dump", "answer", "gazetteer", "zones")
    given = [f"--{name}={path}" for name, path in zip(names, folders, strict=True)]
    return [*given, f"--out={out}"]


def sample() -> tuple[Path, ...]:
    names = ("crawl-2016", "query-2017", "query-2022", "entities.json", "wbgetentities.json")
    return (*(SAMPLE / name for name in names), SAMPLE / "whosonfirst.tsv", SAMPLE / "zone.tab")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "harvest").iterdir())}


def authorities(claims: Claims) -> dict[str, Authority]:
    return {record.key: record for record in claims.records if isinstance(record, Authority)}


def partnerships(claims: Claims) -> dict[str, Partnership]:
    return {record.key: record for record in claims.records if isinstance(record, Partnership)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    main(arguments(sample(), out))
    return out


@pytest.fixture(scope="module")
def read(made: Path) -> dict[str, Claims]:
    problems: list[Problem] = []
    found = {claims.source.key: claims for claims in read_harvest(made, problems)}
    assert not problems
    return found


def test_the_same_files_give_the_same_bytes(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(arguments(sample(), tmp_path))
    assert files(tmp_path) == files(made)
    assert files(made).keys() == {f"{key}.jsonl" for key in KEYS}
    told = capsys.readouterr().out
    assert "1  elsewhere: " in told and "1  ambiguous-place: " in told
    assert "1  unknown-country: " in told and "'Mandatory Palestine'" in told


def test_each_snapshot_is_a_source_with_day_rights_and_rank(read: dict[str, Claims]) -> None:
    sources = [read[key].source for key in KEYS]
    assert all(source.url and source.rights and source.rank_reason for source in sources)
    snapshots = [source for source in sources if source.publisher == "Wikidata"]
    assert len(snapshots) == 5
    assert all(source.complete is False for source in snapshots)
    by_rank = sorted(snapshots, key=lambda source: source.rank)
    assert by_rank == sorted(snapshots, key=lambda source: source.retrieved or "", reverse=True)
    assert len({source.rank for source in snapshots}) == 5
    assert "mapzen.com#License" in (read["whosonfirst"].source.rights or "")


def test_the_crawl_says_who_states_a_link(read: dict[str, Claims]) -> None:
    claims = read["wikidata-2016"]
    assert authorities(claims)["Q839796"] == Authority(
        "Q839796", labels=(Text("Bad Borseck", "und"),), wikidata="Q839796"
    )
    assert "Q1040--Q2814" in partnerships(claims)
    one_sided = partnerships(claims)["Q1009405--Q27846"]
    assert (one_sided.stated_by, one_sided.not_stated_by) == (("Q1009405",), ("Q27846",))
    assert partnerships(claims)["Q1040--Q2814"].stated_by == ("Q1040", "Q2814")


def test_rows_of_the_crawl_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    relations = "Q1\tQ2\nQ2\tQ1\nQ1\tQ2\nQ1\tQ3\nQ4\tQ4\nQ5\nQ6\tx\nP7\tQ1\n"
    (tmp_path / "relations.tsv").write_text(relations, encoding="utf-8")
    names = "Q1\tOne\r\nQ2\tTwo\nQ3\nnone\tName\n\nQ1\tUno\n"
    (tmp_path / "names.tsv").write_text(names, encoding="utf-8")
    found = crawl_2016.harvest(tmp_path)
    assert list(partnerships(found.claims)) == ["Q1--Q2", "Q1--Q3"]
    assert found.report.counts == {
        "self-link": 1, "not-fetched": 1, "one-sided-unchecked": 1, "bad-row": 2, "bad-id": 3,
        "repeated-row": 2,
    }  # fmt: skip
    assert found.report.examples("bad-id")[0] == "names.tsv:4: 'none'"


def test_what_the_list_of_2017_says_is_its_own(read: dict[str, Claims]) -> None:
    found = authorities(read["wikidata-2017"])
    assert found["Q839796"] == Authority(
        "Q839796",
        labels=(Text("Borsec", "en"),),
        country="ROU",
        point=Point(Decimal("25.57"), Decimal("46.966666666667")),
    )
    assert found["Q842925"] == Authority("Q842925", labels=(Text("Edelény", "en"),))
    assert "Q1040" not in found, "name and place are those of the list of 2022"
    assert found["Q12245"].country == "FLK"
    (note,) = (e for e in read["wikidata-2017"].evidence if e.subject.key == "Q839796")
    assert note.derived and note.property == "point" and "8 partners" in (note.note or "")
    pair = partnerships(read["wikidata-2017"])["Q1040--Q2814"]
    assert not pair.stated_by and not pair.not_stated_by, "the list names pairs, not who says so"


def test_a_swedish_town_that_was_asked_for_as_danish(read: dict[str, Claims]) -> None:
    sunne = authorities(read["wikidata-2017"])["Q501205"]
    assert (sunne.country, sunne.level) == ("SWE", "municipality")


def test_names_of_countries_in_the_list_of_2022(read: dict[str, Claims]) -> None:
    found = authorities(read["wikidata-2022"])
    assert found["Q152406"].country == "ISR", "its label had flags in it that day"
    assert found["Q152567"].country is None and found["Q152567"].point, "Mandatory Palestine"
    assert found["Q2814"] == Authority(
        "Q2814",
        labels=(Text("Halle (Saale)", "en"),),
        country="DEU",
        wikidata="Q2814",
        point=Point(Decimal("11.969722222"), Decimal("51.482777777")),
    )
    assert len(partnerships(read["wikidata-2022"])) == 8


def test_whole_entities_bring_dates_and_statements(read: dict[str, Claims]) -> None:
    claims = read["wikidata-2018-karlsruhe"]
    found = partnerships(claims)
    assert {key: p.since and p.since.edtf for key, p in found.items()} == {
        "Q1040--Q2814": "1987", "Q1040--Q3646": "1998", "Q1040--Q40898": "1955",
        "Q1040--Q41262": "1969",
    }  # fmt: skip
    stated = [evidence.statement for evidence in claims.evidence if evidence.statement]
    assert {(s.item, s.value) for s in stated} >= {("Q1040", "Q2814"), ("Q1040", "Q40898")}
    assert authorities(claims)["Q2814"] == Authority("Q2814", wikidata="Q2814")
    modena = authorities(read["wikidata-2017-dump"])["Q279"]
    assert modena.national_code == "036023" and modena.country == "ITA"
    assert modena.level is None, "a label in Cebuano calls it a province"


def test_who_s_on_first_is_believed_where_it_fits(read: dict[str, Claims]) -> None:
    found = authorities(read["whosonfirst"])
    assert found["Q842925"].country == "HUN" and found["Q842925"].point
    assert found["Q41329"].geonames == "2772400", "known by Wikidata, and near"
    assert "Q147934" not in found, "its row is another Jelenia Góra, 250 km off"
    assert "Q210796" not in found, "one row in Slovakia, one in Hungary"


def test_a_gazetteer_that_cannot_be_trusted(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv"
    rows = (
        "qid\tgeonames_id\tlat\tlon\tcountry\tlau_or_nuts\tis_current",
        "Q1\t100\t49.5\t15.25\tCZ\tCZ_554782\t1",
        "Q1\t101\t49.6\t15.25\tCZ\t\t0",
        "Q2\t\t91\t15\tSK\tSK041\t1",
        "Q3\tx9\tabc\t15\tXX\t\t1",
        "q5\t\t10\t10\tPL\t\t1",
        "Q6\t\t0\t0\tPL\t\t1",
        "Q7\t\tnan\t0\tPL\t\t1",
        "\t\t10",
    )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    made = whos_on_first.harvest(path, {f"Q{number}": None for number in range(1, 8)})
    found = authorities(made.claims)
    assert sorted(found) == ["Q1", "Q2", "Q3", "Q6", "Q7"]
    assert found["Q1"] == Authority(
        "Q1", country="CZE", lau="CZ_554782", geonames="100",
        point=Point(Decimal("15.25"), Decimal("49.5")),
    )  # fmt: skip
    assert found["Q2"] == Authority("Q2", country="SVK", nuts3="SK041")
    assert found["Q3"] == Authority("Q3")
    assert made.report.counts == {
        "bad-coordinates": 4, "unknown-country": 1, "bad-row": 1, "bad-id": 2,
    }  # fmt: skip


def test_pairs_that_are_none_are_counted() -> None:
    report = Findings()
    cells = (("Q2", "Q10"), ("Q10", "Q2"), ("Q2", "Q2"), ("Q2", "Q3"))
    rows = [(f"f:{n}", {"qid1": a, "qid2": b}) for n, (a, b) in enumerate(cells, 2)]
    assert list(towns.pairs(rows, {"Q2", "Q10"}, report)) == [
        Partnership("Q10--Q2", partners=("Q10", "Q2"))
    ]
    assert report.counts == {"self-link": 1, "bad-id": 1, "repeated-row": 1}
    twice = [("f:2", {"qid": "Q1"}), ("f:3", {"qid": "Q1"}), ("f:4", {"qid": "one"})]
    assert towns.items(twice, report) == {"Q1": ("f:2", {"qid": "Q1"})}
    assert (report["bad-id"], report["repeated-row"]) == (2, 2)


def test_a_town_without_a_name_or_country(tmp_path: Path) -> None:
    head = "qid\tlabel_en\tlat\tlon\tpopulation\tcountry_en\n"
    (tmp_path / "nodes.tsv").write_text(f"{head}Q1\tQ1\t1\t2\t9\tPrussia\n", encoding="utf-8")
    (tmp_path / "edges.tsv").write_text("qid1\tqid2\n", encoding="utf-8")
    found: Harvest = query_2022.harvest(tmp_path)
    assert authorities(found.claims)["Q1"] == Authority(
        "Q1", wikidata="Q1", point=Point(Decimal(2), Decimal(1))
    )
    assert found.report.counts == {"no-label": 1, "unknown-country": 1}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    bad = tmp_path / "places.tsv"
    bad.write_bytes(b"Q1\t\xff\n")
    with pytest.raises(UsageError, match=r"places\.tsv cannot be read"):
        list(tables.rows(bad, ("qid",), Findings()))
    with pytest.raises(UsageError, match="cannot be read"):
        crawl_2016.harvest(tmp_path)
    bad.write_text("qid\tlat\n", encoding="utf-8")
    with pytest.raises(UsageError, match="has no column country, how"):
        query_2017.harvest(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        entities.harvest_answer(bad, ())


def test_a_release_of_the_sample(made: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(FOUNDING / "dataset.yaml", data)
    shutil.copytree(made / "harvest", data / "harvest")
    view = build(data, tmp_path / "public").view
    halle, seen = view.all(Authority)["Q2814"], view.all(Partnership)
    assert halle.labels == (Text("Halle (Saale)", "en"), Text("Halle an der Saale", "und"))
    assert (halle.country, halle.wikidata) == ("DEU", "Q2814")
    assert (seen["Q1040--Q2814"].first_seen, seen["Q1040--Q2814"].last_seen) == (
        "2016-09-12",
        "2018-01-12",
    )
    assert not any(partnership.absent_from for partnership in seen.values())
    assert Counter(d.field for d in view.disagreements if not d.fits) == {}
    written = (tmp_path / "public" / "twingraph.ttl").read_text("utf-8")
    assert 'tg:firstSeen "2016-09-12"^^xsd:date' in written
    assert "tg:complete false" in written
    catalogue = (tmp_path / "public" / "catalog.ttl").read_text("utf-8")
    assert "local administrations: Data from Who's On First (http" in catalogue
