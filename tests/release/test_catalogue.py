"""The catalogue: the official DCAT-AP shapes, what portals are strict about, three same graphs."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pycountry
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from pyld import jsonld
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, SH, SKOS, XSD, URIRef
from rdflib.compare import isomorphic

from tests.conftest import FOUNDING, ROOT
from twingraph import authority
from twingraph.build import Built, read_view
from twingraph.errors import Problem
from twingraph.model.records import Agent, Authority, Point, Text, View
from twingraph.quality.report import assess
from twingraph.rdf.ntriples import lines
from twingraph.rdf.terms import Term
from twingraph.release.catalogue import CATALOGUES, describe_catalogue, write_catalogue
from twingraph.release.coverage import Box, coverage
from twingraph.release.dcat import STREAM
from twingraph.release.exports import exports
from twingraph.release.files import File
from twingraph.release.history import ReleaseEntry
from twingraph.release.measures import measures
from twingraph.release.pages.landing import write_landing
from twingraph.release.publish import sha512
from twingraph.sources.curated.folder import read_dataset

EXPORTS = exports()

SHAPES = ROOT / "tests" / "data" / "dcat-ap"
BASE = "https://w3id.org/twingraph/"
DATASET = URIRef(f"{BASE}catalog#dataset")
DCAT3 = rdflib.Namespace(str(DCAT))
"""rdflib knows the terms of DCAT 2 alone."""
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
DCATAP = rdflib.Namespace("http://data.europa.eu/r5r/")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
GEO = rdflib.Namespace("http://www.opengis.net/ont/geosparql#")
DQV = rdflib.Namespace("http://www.w3.org/ns/dqv#")
EU = "http://publications.europa.eu/resource/authority/"

QUALITY_MEASUREMENT = (f"<{RDF.type}>", f"<{DQV.QualityMeasurement}>")

MANDATORY = ("dcat-ap-SHACL.ttl", "ranges.ttl", "shapes.ttl", "range.ttl")
RECOMMENDED = ("shapes_recommended.ttl",)
VOCABULARIES = ("mdr-vocabularies.shape.ttl",)


@dataclass(frozen=True)
class Waiver:
    """A result that stands: of which shapes and node, about which property, and why."""

    shapes: tuple[str, ...]
    focus: str
    path: str | None
    why: str


WAIVERS = (
    Waiver(
        VOCABULARIES,
        "-sha512",
        str(SPDX.algorithm),
        "the shape asks for https://spdx.org/rdf/terms, but SPDX's namespace is http, as DCAT-AP "
        "itself writes it everywhere else",
    ),
    Waiver(
        VOCABULARIES,
        "",
        str(DCTERMS.publisher),
        "the table of corporate bodies holds the EU's own institutions; our publisher is none",
    ),
    Waiver(
        VOCABULARIES,
        "",
        str(DCTERMS.spatial),
        "the bounding box is computed from the towns and has no entry in a table of places; the "
        "countries beside it are from the EU's table",
    ),
    Waiver(
        RECOMMENDED,
        "/authority/country/",
        None,
        "the EU's table gives its countries neither box nor centre; ours is a node of its own",
    ),
)


@pytest.fixture(scope="module")
def graph(release: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(release / "catalog.ttl")


@pytest.fixture(scope="module")
def known(graph: rdflib.Graph) -> rdflib.Graph:
    """The catalogue, with what the tables say of the codes it names."""
    return with_tables(graph)


def with_tables(graph: rdflib.Graph) -> rdflib.Graph:
    classes = {
        authority.COUNTRY: DCTERMS.Location,
        authority.FREQUENCY: DCTERMS.Frequency,
        authority.FILE_TYPE: DCTERMS.MediaTypeOrExtent,
        authority.ACCESS_RIGHT: DCTERMS.RightsStatement,
    }
    tables = (
        authority.COUNTRY,
        authority.DATA_THEME,
        authority.FREQUENCY,
        authority.FILE_TYPE,
        authority.ACCESS_RIGHT,
        authority.PLANNED_AVAILABILITY,
        authority.PUBLISHER_TYPE,
    )
    both = graph + rdflib.Graph().parse(SHAPES / "authority.ttl")
    for table in tables:
        scheme = URIRef(authority.scheme(table))
        both.add((scheme, RDF.type, SKOS.ConceptScheme))
        both.add((scheme, DCTERMS.title, rdflib.Literal(table, lang="en")))
        for code, row in authority.table(table).items():
            concept = URIRef(authority.iri(table, code))
            both.add((concept, RDF.type, SKOS.Concept))
            both.add((concept, SKOS.inScheme, scheme))
            both.add((concept, SKOS.prefLabel, rdflib.Literal(row["label"], lang="en")))
            if table in classes:
                both.add((concept, RDF.type, classes[table]))
    for media_type in set(
        graph.objects(None, DCAT.mediaType | DCAT.compressFormat | DCAT.packageFormat)
    ):
        both.add((media_type, RDF.type, DCTERMS.MediaType))
    # All that is named is an rdfs:Resource (RDF Schema, section 2.1); nothing is inferred here.
    for address in set(graph.objects(None, DCAT.endpointURL | DCAT.endpointDescription)):
        both.add((address, RDF.type, RDFS.Resource))
    return both


def shapes(names: tuple[str, ...]) -> rdflib.Graph:
    merged = rdflib.Graph()
    for name in names:
        merged.parse(SHAPES / name)
    merged.remove((None, OWL.imports, None))
    # Some property shapes are named in dcat-ap-SHACL.ttl and described in no file.
    for node, named in list(merged.subject_objects(SH.property)):
        if (named, SH.path, None) not in merged:
            merged.remove((node, SH.property, named))
    return merged


def results(data: rdflib.Graph, names: tuple[str, ...]) -> Iterator[tuple[str, str | None, str]]:
    """What the shapes find: the node, the property, and the message."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes(names), advanced=False)
    assert isinstance(report, rdflib.Graph)
    for result in report.objects(None, SH.result):
        path = report.value(result, SH.resultPath)
        message = report.value(result, SH.resultMessage)
        yield str(report.value(result, SH.focusNode)), str(path) if path else None, str(message)


def unwaived(data: rdflib.Graph, names: tuple[str, ...]) -> list[tuple[str, str | None, str]]:
    waivers = [waiver for waiver in WAIVERS if waiver.shapes == names]
    return [
        (focus, path, message)
        for focus, path, message in results(data, names)
        if not any(w.focus in focus and w.path in (path, None) for w in waivers)
    ]


@pytest.mark.parametrize("names", [MANDATORY, RECOMMENDED, VOCABULARIES])
def test_the_official_shapes_find_nothing(known: rdflib.Graph, names: tuple[str, ...]) -> None:
    assert unwaived(known, names) == []


def test_each_waiver_is_needed(known: rdflib.Graph) -> None:
    for waiver in WAIVERS:
        found = results(known, waiver.shapes)
        assert [r for r in found if waiver.focus in r[0] and waiver.path in (r[1], None)], waiver


@pytest.mark.parametrize("names", [MANDATORY, RECOMMENDED, VOCABULARIES])
def test_the_shapes_do_look(known: rdflib.Graph, names: tuple[str, ...]) -> None:
    broken = known + rdflib.Graph()
    broken.remove((DATASET, DCTERMS.title, None))
    broken.remove((DATASET, DCAT.keyword, None))
    broken.remove((None, DCTERMS["format"], None))
    broken.add((DATASET, DCTERMS.accrualPeriodicity, URIRef("https://example.org/often")))
    assert unwaived(broken, names)


def test_every_shape_has_something_to_look_at(known: rdflib.Graph) -> None:
    targets = set(shapes(MANDATORY).objects(None, SH.targetClass))
    looked_at = {t for t in targets if (None, RDF.type, t) in known}
    assert {DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService} <= looked_at
    assert {FOAF.Agent, SPDX.Checksum, DCTERMS.PeriodOfTime, DCTERMS.Location} <= looked_at


def test_the_three_catalogues_are_one_graph(release: Path) -> None:
    turtle, json_ld, xml = (
        {str(quad) for quad in ox.parse(path=release / name)} for name in CATALOGUES
    )
    assert turtle == json_ld == xml


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_other_parsers_read_them_too(release: Path, graph: rdflib.Graph) -> None:
    for name in CATALOGUES:
        assert isomorphic(rdflib.Graph().parse(release / name), graph), name
    quads = jsonld.to_rdf(
        json.loads((release / "catalog.jsonld").read_text("utf-8")),
        {"format": "application/n-quads"},
    )
    assert isomorphic(rdflib.Graph().parse(data=quads, format="nt"), graph)


def test_one_blank_node_and_only_absolute_iris(graph: rdflib.Graph) -> None:
    """udata asks the address of a period that has one, and reads nothing else of it."""
    nodes = {node for triple in graph for node in triple}
    period = graph.value(DATASET, DCTERMS.temporal)
    assert [node for node in nodes if isinstance(node, rdflib.BNode)] == [period]
    assert not [n for n in nodes if isinstance(n, URIRef) and not n.startswith("http")]


def test_one_identifier_each_that_never_changes(graph: rdflib.Graph) -> None:
    identifiers = Counter(graph.subjects(DCTERMS.identifier))
    services = [URIRef(f"{BASE}catalog#{name}") for name in ("sparql", "stream-service")]
    assert identifiers == dict.fromkeys((DATASET, *services), 1)
    assert graph.value(DATASET, DCTERMS.identifier) == rdflib.Literal(str(DATASET))


def test_there_is_one_dataset_and_no_page_after_it(graph: rdflib.Graph) -> None:
    assert list(graph.subjects(RDF.type, DCAT.Dataset)) == [DATASET]
    assert not [p for p in graph.predicates() if "hydra" in str(p)]


def test_the_service_serves_the_dataset(graph: rdflib.Graph) -> None:
    services = {"sparql": "sparql", "stream-service": STREAM}
    assert set(graph.objects(URIRef(f"{BASE}catalog"), DCAT.service)) == {
        URIRef(f"{BASE}catalog#{name}") for name in services
    }
    for name, address in services.items():
        service = URIRef(f"{BASE}catalog#{name}")
        assert graph.value(service, DCAT.servesDataset) == DATASET
        assert graph.value(service, DCAT.endpointURL) == URIRef(f"{BASE}{address}")
    # CKAN cannot write out a service with a contact that a distribution links to.
    assert not list(graph.objects(None, DCAT.accessService))


def test_every_download_is_as_it_was_written(release: Path, graph: rdflib.Graph) -> None:
    distributions = list(graph.objects(DATASET, DCAT.distribution))
    assert len(distributions) == len(EXPORTS)
    for distribution in distributions:
        address = str(graph.value(distribution, DCAT.downloadURL))
        assert address == str(graph.value(distribution, DCAT.accessURL))
        path = release / address.removeprefix(BASE)
        size = graph.value(distribution, DCAT.byteSize)
        assert size == rdflib.Literal(path.stat().st_size, datatype=XSD.nonNegativeInteger)
        checksum = graph.value(distribution, SPDX.checksum)
        assert graph.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha512
        value = graph.value(checksum, SPDX.checksumValue)
        assert isinstance(value, rdflib.Literal) and value.datatype == XSD.hexBinary
        assert str(value).lower() == sha512(path)
        assert graph.value(distribution, DCTERMS.license) == URIRef(f"{EU}licence/CC0")


def test_a_compressed_dump_says_what_is_inside(graph: rdflib.Graph) -> None:
    iana = "https://www.iana.org/assignments/media-types/"
    node = URIRef(f"{BASE}catalog#twingraph.nq.gz")
    assert graph.value(node, DCAT.mediaType) == URIRef(f"{iana}application/n-quads")
    assert graph.value(node, DCAT.compressFormat) == URIRef(f"{iana}application/gzip")
    assert graph.value(node, DCTERMS["format"]) == URIRef(f"{EU}file-type/RDF_N_QUADS")


@pytest.mark.parametrize(
    ("name", "media_type", "content", "file_type", "packaging"),
    [
        ("t.csv.zip", "application/zip", "text/csv", "CSV", "application/zip"),
        ("t.csv.zip", "text/csv", "text/csv", "CSV", "application/zip"),
        ("t.parquet", "application/vnd.apache.parquet", None, "PARQUET", None),
        ("parquet/towns.parquet", "application/vnd.apache.parquet", None, "PARQUET", None),
        ("t.geojson", "application/geo+json", None, "GEOJSON", None),
        ("t.graphml", "application/graphml+xml", "application/xml", "XML", None),
        ("t.zip", "application/zip", None, "ZIP", "application/zip"),
    ],
)
def test_tables_of_any_kind_fit_in(
    view: View, name: str, media_type: str, content: str | None, file_type: str, packaging: str
) -> None:
    file = File(name, "A table", media_type, 7, "00" * 32, "00" * 64)
    assert file.content_type == (content or media_type)
    assert (file.file_type, file.packaging, file.compression) == (file_type, packaging, None)
    said = dict(describe_catalogue(view, [file]))
    node = next(subject for subject in said if subject.endswith(f"#{name}>"))
    classes = [o for p, o in said[Term(f"<{EU}file-type/{file_type}>")] if p == f"<{RDF.type}>"]
    assert classes == [f"<{DCTERMS.IMT}>", f"<{DCTERMS.MediaTypeOrExtent}>"]  # CKAN reads the first
    predicates = [p for p, _ in said[node]]
    assert ("<http://www.w3.org/ns/dcat#packageFormat>" in predicates) == bool(packaging)


def test_a_media_type_that_no_table_has_is_refused() -> None:
    with pytest.raises(ValueError, match="file-type.csv"):
        _ = File("t.x", "A table", "application/x-unheard-of", 7, "00", "00").file_type


def test_titles_and_descriptions_in_every_language(graph: rdflib.Graph) -> None:
    described = [
        *graph.subjects(RDF.type, DCAT.Catalog),
        *graph.subjects(RDF.type, DCAT.Dataset),
        *graph.subjects(RDF.type, DCAT.DataService),
        *graph.subjects(RDF.type, DCAT.Distribution),
    ]
    for node in described:
        for predicate in (DCTERMS.title, DCTERMS.description):
            texts = list(graph.objects(node, predicate))
            languages = [t.language for t in texts if isinstance(t, rdflib.Literal)]
            assert sorted(map(str, languages)) == ["en", "nl", "pl", "sk"], (node, predicate)


def test_coverage_is_computed_from_the_data(view: View, graph: rdflib.Graph) -> None:
    countries = {URIRef(f"{EU}country/{a.country}") for a in view.all(Authority).values()}
    area = URIRef(f"{BASE}catalog#area")
    assert set(graph.objects(DATASET, DCTERMS.spatial)) == {*countries, area}
    assert str(graph.value(area, SKOS.prefLabel)) == "Belgium, Poland, Slovakia"
    box = graph.value(area, DCAT.bbox)
    assert isinstance(box, rdflib.Literal) and box.datatype == GEO.wktLiteral
    assert str(box).startswith("POLYGON((4.7211 49.1254,22.6117 49.1254,22.6117 50.9983,")
    period = graph.value(DATASET, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2008-07-01"
    assert str(graph.value(period, DCAT.endDate)) == "2024-09-30"


def test_a_catalogue_of_the_world_names_every_country_by_the_table(
    view: View, graph: rdflib.Graph
) -> None:
    """Every code of ISO 3166-1, Kosovo's, and one that is in no table."""
    codes = [*(country.alpha_3 for country in pycountry.countries), "XKX", "QQQ"]
    towns = {code: Authority(code, country=code) for code in codes}
    world = replace(view, things={**view.things, Authority: {**view.all(Authority), **towns}})
    files = [File("twingraph.ttl", "Turtle, to read", "text/turtle", 7, "00" * 32, "00" * 64)]
    said = "".join(lines(describe_catalogue(world, files)))
    told = with_tables(rdflib.Graph().parse(data=said, format="nt"))
    for node in (DATASET, URIRef(f"{BASE}catalog")):
        named = {str(place) for place in told.objects(node, DCTERMS.spatial)}
        table = {authority.iri(authority.COUNTRY, code) for code in authority.table("country")}
        assert named == {*table, f"{BASE}catalog#area"}
        assert len(table) == len(codes) - 1 and f"{EU}country/1A0" in named
    for names in (MANDATORY, RECOMMENDED, VOCABULARIES):
        assert unwaived(told, names) == []


def test_the_reports_of_quality_are_documents_of_the_dataset(
    release: Path, graph: rdflib.Graph
) -> None:
    pages = {str(page).removeprefix(BASE) for page in graph.objects(DATASET, FOAF.page)}
    assert pages == {"quality.html", "shacl-report.ttl", "shacl-report-full.ttl.gz"}
    for page in graph.objects(DATASET, FOAF.page):
        assert (release / str(page).removeprefix(BASE)).is_file()
        assert (DATASET, DQV.hasQualityMetadata, page) in graph
        titles = [t for t in graph.objects(page, DCTERMS.title) if isinstance(t, rdflib.Literal)]
        assert {str(title.language) for title in titles} >= {"en", "pl"}
    void = rdflib.Graph().parse(release / "void.ttl")
    assert set(void.objects(DATASET, FOAF.page)) == set(graph.objects(DATASET, FOAF.page))


def test_coverage_of_nothing_is_left_out(view: View) -> None:
    nothing = View(view.dataset, {}, ())
    assert coverage(nothing) == replace(coverage(nothing), countries=(), box=None, start=None)
    predicates = [p for _, said in describe_catalogue(nothing, []) for p, _ in said]
    assert f"<{DCTERMS.temporal}>" not in predicates
    assert f"<{DCTERMS.spatial}>" not in predicates


def test_the_middle_of_a_box_keeps_decimals() -> None:
    box = Box(Decimal("4.7211"), Decimal("49.1254"), Decimal("22.6117"), Decimal("50.9983"))
    assert box.centroid == Point(Decimal("13.6664"), Decimal("50.06185"))


def test_the_same_release_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    release, view = built.out, built.view
    shutil.copy(release / STREAM, tmp_path)
    figures = list(measures(assess(view, built.report)))
    write_catalogue(tmp_path, view, [File.of(release, dump) for dump in EXPORTS], figures)
    for name in CATALOGUES:
        assert (tmp_path / name).read_bytes() == (release / name).read_bytes()


def test_files_may_be_elsewhere_than_the_things(view: View) -> None:
    dataset = replace(view.dataset, downloads="https://files.example/twingraph/")
    file = File("twingraph.ttl", "Turtle, to read", "text/turtle", 7, "00" * 32, "00" * 64)
    said = dict(describe_catalogue(replace(view, dataset=dataset), [file]))
    distribution = next(s for p, s in said[f"<{DATASET}>"] if p == f"<{DCAT.distribution}>")  # type: ignore[index]
    assert distribution == f"<{BASE}catalog#twingraph.ttl>"
    assert (f"<{DCAT.downloadURL}>", "<https://files.example/twingraph/twingraph.ttl>") in said[
        distribution
    ]


def test_another_base_moves_every_node_of_ours(view: View) -> None:
    elsewhere = replace(view.dataset, base="https://towns.example/", homepage=None)
    said = describe_catalogue(replace(view, dataset=elsewhere), [])
    subjects = [subject for subject, _ in said]
    assert "<https://towns.example/catalog#dataset>" in subjects
    assert [s for s in subjects if "w3id.org" in s] == ["<https://w3id.org/twingraph/ns>"]


def test_quality_measurements_are_part_of_the_dataset(view: View) -> None:
    measure = ("<https://w3id.org/twingraph/catalog#with-a-date>", [QUALITY_MEASUREMENT])
    metric = ("<https://w3id.org/twingraph/catalog#metric>", [("<https://p>", '"1"')])
    said = dict(describe_catalogue(view, [], [metric, measure]))  # type: ignore[list-item]
    link = ("<http://www.w3.org/ns/dqv#hasQualityMeasurement>", measure[0])
    assert link in said[f"<{DATASET}>"]  # type: ignore[index]
    assert (link[0], metric[0]) not in said[f"<{DATASET}>"]  # type: ignore[index]
    assert {metric[0], measure[0]} <= set(said)


EARLIER = (ReleaseEntry("0.0.1-aa", "0.0.1", "2026-01-01"), ReleaseEntry("0.0.2-bb", "0.0.2", None))


@pytest.fixture(scope="module")
def later(view: View, tmp_path_factory: pytest.TempPathFactory) -> rdflib.Graph:
    """The catalogue of a release that two others came before."""
    folder = tmp_path_factory.mktemp("later")
    write_catalogue(folder, view, [], earlier=EARLIER)
    return rdflib.Graph().parse(folder / "catalog.ttl")


def test_earlier_versions_are_a_chain_and_no_datasets(later: rdflib.Graph) -> None:
    second = later.value(DATASET, DCAT3.previousVersion)
    first = later.value(second, DCAT3.previousVersion)
    assert str(first) == f"{BASE}catalog#release-0.0.1-aa"
    assert (first, DCAT3.previousVersion, None) not in later
    for node, entry in zip((first, second), EARLIER, strict=True):
        assert str(later.value(node, DCAT3.version)) == entry.version
        assert later.value(node, DCAT3.isVersionOf) == DATASET
        issued = later.value(node, DCTERMS.issued)
        assert (str(issued) if issued else None) == entry.date
    assert set(later.subjects(RDF.type, DCAT.Dataset)) == {DATASET}


@pytest.mark.parametrize("names", [MANDATORY, RECOMMENDED])
def test_the_shapes_find_nothing_in_versions(
    known: rdflib.Graph, later: rdflib.Graph, names: tuple[str, ...]
) -> None:
    assert unwaived(known + later, names) == []


@pytest.mark.parametrize("folder", ["pages", "made-up"])
def test_a_dataset_that_says_the_least_has_all_that_is_mandatory(
    folder: str, tmp_path: Path
) -> None:
    view = read_view(ROOT / "tests" / "data" / folder)
    assert view.dataset.version is None and not view.dataset.themes
    file = File("twingraph.ttl", "Turtle, to read", "text/turtle", 7, "00" * 32, "00" * 64)
    write_catalogue(tmp_path, view, [file])
    write_landing(tmp_path, view, [file])
    least = rdflib.Graph().parse(tmp_path / "catalog.ttl")
    assert unwaived(least, ("shapes.ttl",)) == []
    assert (None, DCTERMS.issued, None) not in least
    assert "None" not in (tmp_path / "index.html").read_text("utf-8")


def test_who_made_the_data_is_told_where_it_is_known(view: View, tmp_path: Path) -> None:
    """DCAT-AP-NL 3.0 asks for a creator beside publisher and contact."""
    predicates = {p for _, said in describe_catalogue(view, []) for p, _ in said}
    assert f"<{DCTERMS.creator}>" not in predicates
    maker = Agent((Text("Gemeente Tremelo", "nl"),), "https://tremelo.example/", "LocalAuthority")
    about = replace(view.dataset, creator=maker, publisher_url="https://tremelo.example/")
    write_catalogue(tmp_path, replace(view, dataset=about), [])
    told = rdflib.Graph().parse(tmp_path / "catalog.ttl")
    for node in (DATASET, URIRef(f"{BASE}catalog"), URIRef(f"{BASE}catalog#sparql")):
        creator = told.value(node, DCTERMS.creator)
        assert told.value(creator, FOAF.name) == rdflib.Literal("Gemeente Tremelo", lang="nl")
        assert (creator, RDF.type, FOAF.Agent) in told
        assert (node, DCAT.contactPoint, None) in told and (node, DCTERMS.publisher, None) in told
        assert (node, DCTERMS.language, URIRef(f"{EU}language/NLD")) in told
    assert max(Counter(told.objects(None, FOAF.homepage)).values()) == 1
    assert unwaived(with_tables(told), MANDATORY) == []


def test_a_homepage_is_of_one_thing_alone(graph: rdflib.Graph) -> None:
    assert max(Counter(graph.objects(None, FOAF.homepage)).values()) == 1


FAULTS = [
    ("licence: CC0", "licence: CC0-1.0", "'CC0-1.0' is no licence", "did you mean 'CC0'"),
    (
        "licence: CC0",
        "licence: https://creativecommons.org/licenses/by/4.0/legalcode",
        "is no licence for data in the EU's table",
        "did you mean 'CC_BY_4_0'?",
    ),
    ("licence: CC0", "licence: https://example.org/ours", "is no licence", "one of CC0, CC_BY_4_0"),
    ("licence: CC0", "", "'licence' is missing", "add `licence:`"),
    ("[GOVE,", "[GOV,", "'GOV' is no theme in the EU's table", "did you mean 'GOVE'?"),
    ("IRREG", "MONTHLI", "'MONTHLI' is no frequency", "did you mean 'MONTHLY'"),
    ("PrivateIndividual(s)", "Town", "'Town' is no publisher type of ADMS", "one of Academia"),
    ("base: https://w3id.org/twingraph/", "base: w3id.org/t", "is not a base address", "end it in"),
    ("[en, pl, sk, nl]", "[en, pl, cz]", "'cz' is no language tag", "did you mean 'cs'?"),
]


@pytest.mark.parametrize(("right", "wrong", "message", "cure"), FAULTS)
def test_a_wrong_dataset_file_is_refused_with_the_cure(
    tmp_path: Path, right: str, wrong: str, message: str, cure: str
) -> None:
    text = (FOUNDING / "dataset.yaml").read_text("utf-8")
    assert right in text
    (tmp_path / "dataset.yaml").write_text(text.replace(right, wrong), "utf-8")
    problems: list[Problem] = []
    assert read_dataset(tmp_path, problems) is None
    (problem,) = problems
    assert message in problem.message
    assert cure in problem.cure
    assert problem.file.endswith("dataset.yaml") and problem.line


@pytest.mark.parametrize("written", ["CC0", f"{EU}licence/CC0"])
def test_a_licence_is_written_as_code_or_as_iri(tmp_path: Path, written: str) -> None:
    text = (FOUNDING / "dataset.yaml").read_text("utf-8")
    (tmp_path / "dataset.yaml").write_text(text.replace("CC0", written), "utf-8")
    dataset = read_dataset(tmp_path, [])
    assert dataset and dataset.licence == f"{EU}licence/CC0"


SHARED = ROOT.parent / "shared" / "data" / "eu-authority"


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the EU's tables in ../shared")
@pytest.mark.parametrize(
    ("table", "name"),
    [
        (authority.DATA_THEME, "data-theme-skos-ap-act.rdf"),
        (authority.FREQUENCY, "frequencies-skos-ap-act.rdf"),
        (authority.FILE_TYPE, "filetypes-skos-ap-act.rdf"),
        (authority.PUBLISHER_TYPE, "ADMS_SKOS_v1.00.rdf"),
    ],
)
def test_the_extracts_say_what_the_tables_say(table: str, name: str) -> None:
    official = rdflib.Graph().parse(SHARED / name, format="xml")
    labels = {
        str(concept): str(label)
        for concept, label in official.subject_objects(SKOS.prefLabel)
        if isinstance(label, rdflib.Literal) and label.language == "en"
    }
    shared = [code for code in authority.table(table) if authority.iri(table, code) in labels]
    assert len(shared) >= 10
    for code in shared:
        said = authority.table(table)[code]["label"]
        assert said.lower() == labels[authority.iri(table, code)].lower()
