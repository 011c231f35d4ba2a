"""CKAN harvests a release over HTTP, as a portal does every night.

CKAN's own harvester and parser run in .venv-ckan (see tests/ckan/); what they made of the catalogue
is looked at here. `make ckan` sets the environment up and runs this file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, SH, URIRef

from tests.conftest import FOUNDING, ROOT
from tests.static_host import served
from twingraph import authority
from twingraph.build import build
from twingraph.release.catalogue import CATALOGUES
from twingraph.release.exports import exports
from twingraph.release.files import File
from twingraph.release.publish import sha512

EXPORTS = exports()

PYTHON = ROOT / ".venv-ckan" / "bin" / "python"
BASE = "https://w3id.org/twingraph/"
EU = "http://publications.europa.eu/resource/authority/"
DQV = rdflib.Namespace("http://www.w3.org/ns/dqv#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
DATASET = URIRef(f"{BASE}catalog#dataset")

FORMATS = {
    "twingraph.ttl": "TTL",
    "twingraph.jsonld": "JSON-LD",
    "twingraph.nt.gz": "N-Triples",
    "twingraph.nq.gz": "N-Quads",
    "twingraph.trig.gz": "TriG",
    "twingraph.csv.zip": "CSV",
    "twingraph.geojson": "GeoJSON",
    "twingraph.graphml": "XML",
    "twingraph.sssom.tsv": "TSV",
    "twingraph.towns.sssom.tsv": "TSV",
    "twingraph.parquet.zip": "Parquet",
}
"""What a visitor of a portal is offered each file as."""

pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="CKAN's environment is not set up: run `make ckan`"
)


@dataclass(frozen=True)
class Harvest:
    """What CKAN made of one catalogue."""

    content_type: str
    datasets: list[dict[str, Any]]
    guids: list[str]
    next_page: str | None
    written: list[str]

    @property
    def dataset(self) -> dict[str, Any]:
        """The one dataset, with CKAN's extras among its fields."""
        (dataset,) = self.datasets
        return dataset | {extra["key"]: extra["value"] for extra in dataset["extras"]}

    @property
    def graph(self) -> rdflib.Graph:
        """The one dataset as CKAN writes it out again."""
        (text,) = self.written
        return rdflib.Graph().parse(data=text, format="nt")


def harvest(*addresses: str, seed: str = "0") -> list[Harvest]:
    run = subprocess.run(
        [str(PYTHON), str(ROOT / "tests" / "ckan" / "harvest.py"), *addresses],
        env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed, "HOME": os.environ["HOME"]},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return [Harvest(**json.loads(line)) for line in run.stdout.splitlines()]


@pytest.fixture(scope="module")
def harvests(release: Path) -> dict[str, Harvest]:
    with served(release) as address:
        found = harvest(*(f"{address}{name}" for name in CATALOGUES))
    return dict(zip(CATALOGUES, found, strict=True))


@pytest.fixture(scope="module", params=CATALOGUES)
def harvested(request: pytest.FixtureRequest, harvests: dict[str, Harvest]) -> Harvest:
    return harvests[request.param]


def test_one_dataset_under_its_own_identifier(harvested: Harvest) -> None:
    assert harvested.content_type in CATALOGUES.values()
    assert len(harvested.datasets) == 1
    assert harvested.guids == [str(DATASET)]
    assert harvested.next_page is None
    assert harvested.dataset["identifier"] == str(DATASET)


def test_every_distribution_with_licence_and_checksum(harvested: Harvest, release: Path) -> None:
    resources = harvested.dataset["resources"]
    assert [r["url"] for r in resources] == [f"{BASE}{dump.name}" for dump in EXPORTS]
    for resource, dump in zip(resources, EXPORTS, strict=True):
        assert resource["license"] == f"{EU}licence/CC0"
        assert resource["hash"] == sha512(release / dump.name)
        assert resource["hash_algorithm"].endswith("checksumAlgorithm_sha512")
        assert resource["size"] == (release / dump.name).stat().st_size
        assert resource["name"] == dump.title
        assert dump.name in resource["description"]
        assert resource["mimetype"].endswith(f"/{File.of(release, dump).content_type}")
        assert resource["format"] == FORMATS[dump.name]
        assert resource["availability"] == f"{EU}planned-availability/AVAILABLE"
        assert resource["issued"] and resource["modified"]
        assert resource["uri"] == f"{BASE}catalog#{dump.name}"
        assert json.loads(resource["language"])[0] == f"{EU}language/ENG"


def test_a_format_is_called_as_in_ckans_own_list() -> None:
    (listed,) = PYTHON.parent.parent.glob(
        "lib/python3*/site-packages/ckan/config/resource_formats.json"
    )
    rows = [row for row in json.loads(listed.read_text("utf-8")) if row[0] != "_comment"]
    called = {media_type: row[0] for row in rows for media_type in (row[2], *row[3]) if media_type}
    for row in authority.table(authority.FILE_TYPE).values():
        assert {called.get(one, row["short"]) for one in row["media_types"].split()} == {
            row["short"]
        }


def test_the_description_is_in_place(harvested: Harvest) -> None:
    dataset = harvested.dataset
    assert dataset["title"] == "Twingraph: partnerships between towns"
    assert dataset["notes"].startswith("Partnerships between towns")
    assert dataset["license_id"] == "cc-zero"
    assert dataset["url"] == BASE
    assert dataset["version"] == "0.1.0"
    assert (dataset["issued"], dataset["modified"]) == ("2026-11-23", "2026-11-23")
    assert dataset["contact_name"] == "Twingraph contributors"
    assert dataset["contact_url"] == BASE
    assert dataset["publisher_name"] == "Twingraph contributors"
    assert dataset["publisher_type"].startswith("http://purl.org/adms/publishertype/")
    assert json.loads(dataset["language"]) == [
        f"{EU}language/{code}" for code in ("ENG", "POL", "SLK", "NLD")
    ]
    assert len(json.loads(dataset["theme"])) == 3
    assert dataset["frequency"] == f"{EU}frequency/IRREG"
    assert dataset["access_rights"] == f"{EU}access-right/PUBLIC"
    assert (dataset["temporal_start"], dataset["temporal_end"]) == ("2008-07-01", "2024-09-30")
    assert json.loads(dataset["spatial_bbox"])["type"] == "Polygon"
    assert dataset["spatial_text"] == "Belgium, Poland, Slovakia"
    assert {"name": "town twinning"} in dataset["tags"]


def test_the_three_formats_say_the_same(harvests: dict[str, Harvest]) -> None:
    turtle, json_ld, xml = (harvests[name].datasets for name in CATALOGUES)
    assert turtle == json_ld == xml


def test_nothing_mandatory_is_lost_when_ckan_writes_it_out(harvested: Harvest) -> None:
    written = harvested.graph
    shapes = rdflib.Graph().parse(ROOT / "tests" / "data" / "dcat-ap" / "shapes.ttl")
    _, report, _ = pyshacl.validate(written, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    # CKAN writes any identifier that is an address as an IRI, where the shape wants a literal; and
    # a format as its short name, as it does that of every dataset. The media type stays an IRI.
    found = {report.value(result, SH.resultPath) for result in report.objects(None, SH.result)}
    assert found <= {DCTERMS.identifier, DCTERMS["format"]}
    (publisher,) = written.objects(DATASET, DCTERMS.publisher)
    assert (publisher, FOAF.name, None) in written
    distributions = list(written.objects(DATASET, DCAT.distribution))
    assert len(distributions) == len(EXPORTS)
    for node in distributions:
        assert (node, DCAT.accessURL, None) in written
        (checksum,) = written.objects(node, SPDX.checksum)
        assert (checksum, SPDX.checksumValue, None) in written
        assert (checksum, SPDX.algorithm, None) in written


LOST = {
    ("dataset", DCTERMS.title): "one language; further titles need ckanext-fluent",
    ("dataset", DCTERMS.description): "one language",
    ("dataset", DCAT.keyword): "kept, without their languages",
    ("dataset", DCTERMS.identifier): "kept, but as an IRI, because it is an address",
    ("dataset", DCTERMS.spatial): "one place: ours with the box, and the countries as its name",
    ("dataset", DCTERMS.temporal): "kept, on a node without a name",
    ("dataset", OWL.versionInfo): "kept as dcat:version alone",
    ("dataset", DQV.hasQualityMeasurement): "dropped: CKAN knows no measurements of quality",
    (
        "dataset",
        DQV.hasQualityMetadata,
    ): "dropped, as they are: the report of the check is no resource",
    ("distribution", DCTERMS.title): "one language",
    ("distribution", DCTERMS.description): "one language",
    ("distribution", DCTERMS["format"]): "kept by its short name, which people choose by",
    ("distribution", DCTERMS.rights): "kept in one language, on a node without a name",
    ("distribution", SPDX.checksum): "kept, on a node without a name",
}
"""All that CKAN's model cannot hold of the dataset, or holds in another form.

The data service is not part of a dataset to CKAN, and is left behind as a whole. The licence is
held: by its EU IRI on each resource, and on the dataset as CKAN's own "cc-zero", which CKAN finds
by the title that the catalogue gives the licence.
"""


def test_what_ckan_cannot_hold_is_what_is_listed(harvested: Harvest, release: Path) -> None:
    ours = rdflib.Graph().parse(release / "catalog.ttl")
    kinds = {DATASET: "dataset"}
    kinds |= dict.fromkeys(ours.objects(DATASET, DCAT.distribution), "distribution")  # type: ignore[arg-type]
    missing = {
        (kind, predicate)
        for node, kind in kinds.items()
        for predicate, object_ in ours.predicate_objects(node)
        if (node, predicate, object_) not in harvested.graph
    }
    assert missing == set(LOST)
    assert (None, RDF.type, DCAT.DataService) not in harvested.graph


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Harvest]:
    """Three nights: a release, the same built again, and a new one with a town's name corrected."""
    place = tmp_path_factory.mktemp("portal")
    data, out = place / "data", place / "public"
    shutil.copytree(FOUNDING, data)
    seen = []
    with served(out) as address:
        for night in range(3):
            if night == 2:
                _correct(data)
            build(data, out)
            seen += harvest(f"{address}catalog.ttl", seed=str(night))
    return seen


def _correct(data: Path) -> None:
    dataset = data / "dataset.yaml"
    text = dataset.read_text("utf-8").replace("version: 0.1.0", "version: 0.2.0")
    dataset.write_text(text.replace("modified: 2026-11-23", "modified: 2026-12-24"), "utf-8")
    towns = data / "municipalities.csv"
    old = towns.read_text("utf-8")
    new = old.replace("Tremelo", "Tremeloo")
    assert new != old
    towns.write_text(new, "utf-8")


def test_an_unchanged_release_is_no_change(nights: list[Harvest]) -> None:
    first, second, _ = nights
    assert json.dumps(first.datasets) == json.dumps(second.datasets)


def test_a_new_release_is_an_update_and_no_duplicate(nights: list[Harvest]) -> None:
    _, before, after = nights
    # The harvester updates the dataset it has under the same guid, and the resources it has under
    # the same uri; all others it would make anew, or delete.
    assert before.guids == after.guids == [str(DATASET)]
    uris = [[r["uri"] for r in h.dataset["resources"]] for h in (before, after)]
    assert uris[0] == uris[1]
    changed = {key for key in after.dataset if before.dataset.get(key) != after.dataset[key]}
    assert changed == {"version", "modified", "extras", "resources"}
    assert after.dataset["version"] == "0.2.0"
    hashes = [[r["hash"] for r in h.dataset["resources"]] for h in (before, after)]
    assert not set(hashes[0]) & set(hashes[1])
