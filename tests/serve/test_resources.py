"""Linked data over HTTP: from any IRI of the graph to what is known of it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import requests
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import SH, SKOS

from tests.conftest import ROOT
from tests.service import BASE, Server
from twingraph.build import Built
from twingraph.serve.rdf_documents import EXTENSIONS

# rdflib's own reader of JSON-LD makes what rdflib says is no longer to be made.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")

FORMATS = {ending: form for ending, form in EXTENSIONS.items() if form != "text/html"}
TOWN = "municipality/pl-sieniawa"
PARSERS = {".ttl": "turtle", ".jsonld": "json-ld", ".nt": "nt", ".rdf": "xml"}
GRAPHS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
MERGED = ox.DefaultGraph()


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    """A release of the founding data, served."""
    running = Server(built.out)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Accept"] = "*/*"
        yield session


def parsed(answer: requests.Response, ending: str) -> Graph:
    assert answer.headers["Content-Type"].partition(";")[0] == FORMATS[ending]
    if ending in GRAPHS:
        default = (quad.triple for quad in quads(answer, ending) if quad.graph_name == MERGED)
        data = ox.serialize(default, format=ox.RdfFormat.N_TRIPLES)
        return Graph().parse(data=data, format="nt")
    return Graph().parse(data=answer.content, format=PARSERS[ending])


def quads(answer: requests.Response, ending: str) -> set[ox.Quad]:
    return set(ox.parse(answer.content, format=GRAPHS[ending]))


def all_iris(release: Path) -> list[str]:
    """Every IRI under the base in a release, without its fragment."""
    text = gzip.decompress((release / "twingraph.nq.gz").read_bytes()).decode()
    found = set(re.findall(rf"<({re.escape(BASE)}[^>#]*)(?:#[^>]*)?>", text))
    return sorted({*found, f"{BASE}graph/merged", f"{BASE}graph/all"})


def test_every_iri_dereferences_to_the_same_graph_in_every_format(
    site: Server, http: requests.Session, built: Built
) -> None:
    iris = all_iris(built.out)
    assert len(iris) > 150
    for iri in iris:
        address = site.url + iri.removeprefix(BASE)
        graphs = []
        for ending, form in FORMATS.items():
            answer = http.get(address, headers={"Accept": form}, timeout=30)
            assert answer.status_code == 200, (iri, form, answer.text)
            assert [r.status_code for r in answer.history] == [303]
            assert answer.url == address + ending
            graphs.append(parsed(answer, ending))
        assert all(set(graph) == set(graphs[0]) for graph in graphs), iri
        assert any(str(s).partition("#")[0] == iri for s in graphs[0].subjects()), iri
        page = http.get(address, headers={"Accept": "text/html"}, timeout=30)
        assert page.status_code == 200, (iri, page.text)
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_trig_and_n_quads_also_say_what_each_source_states(
    site: Server, http: requests.Session
) -> None:
    found = []
    for ending, form in ((".trig", "application/trig"), (".nq", "application/n-quads")):
        answer = http.get(f"{site.url}{TOWN}", headers={"Accept": form}, timeout=30)
        assert answer.url.endswith(ending) and answer.headers["Content-Type"] == form
        found.append(quads(answer, ending))
    assert found[0] == found[1]
    named = {quad.graph_name for quad in found[0]} - {MERGED}
    assert named and all(str(name).startswith(f"<{BASE}graph/") for name in named)
    town = ox.NamedNode(f"{BASE}{TOWN}")
    assert all(any(q.subject == town for q in found[0] if q.graph_name == name) for name in named)


def test_a_document_holds_both_directions_evidence_sources_and_labels(
    site: Server, http: requests.Session
) -> None:
    graph = parsed(http.get(f"{site.url}{TOWN}.ttl", timeout=30), ".ttl")
    text = graph.serialize(format="nt")
    town = f"<{BASE}{TOWN}>"
    assert f'{town} <{BASE}ns#nationalCode> "1814073"' in text
    assert f'<{BASE}{TOWN}#point> <http://www.opengis.net/ont/geosparql#asWKT> "POINT' in text
    assert f"<{BASE}municipality/sk-lutina> <{BASE}ns#twinnedWith> {town}" in text
    assert f'<{BASE}municipality/sk-lutina> <{SKOS.prefLabel}> "Ľutina"@sk' in text
    assert f"_1_adam-wos> <{BASE}ns#onBehalfOf> {town}" in text
    assert f"<http://www.w3.org/ns/oa#hasBody> {town}" in text
    assert '"Verification notes on the five founding towns"@en' in text


def test_evidence_is_quoted_and_signatures_stand_with_their_agreement(
    site: Server, http: requests.Session
) -> None:
    key = "pl-sieniawa--sk-lutina"
    graph = parsed(http.get(f"{site.url}partnership/{key}.jsonld", timeout=30), ".jsonld")
    exact = URIRef("http://www.w3.org/ns/oa#exact")
    assert any("podpisano" in str(quote) for quote in graph.objects(None, exact))
    other = parsed(
        http.get(f"{site.url}partnership/be-tremelo--pl-sieniawa.ttl", timeout=30), ".ttl"
    )
    assert list(other.subjects(RDF.type, URIRef(f"{BASE}ns#Signature")))


def test_the_document_of_a_graph_holds_the_graph(
    site: Server, http: requests.Session, built: Built
) -> None:
    iri = f"{BASE}graph/sieniawa-partner-towns"
    quads = gzip.decompress((built.out / "twingraph.nq.gz").read_bytes()).decode().splitlines()
    inside = Graph().parse(
        data="\n".join(q.removesuffix(f" <{iri}> .") + " ." for q in quads if f" <{iri}> ." in q),
        format="nt",
    )
    assert len(inside) > 50
    found = parsed(http.get(f"{site.url}graph/sieniawa-partner-towns.nt", timeout=30), ".nt")
    assert set(inside) <= set(found)
    merged = parsed(http.get(f"{site.url}graph/merged.nt", timeout=30), ".nt")
    whole = Graph().parse(
        data=gzip.decompress((built.out / "twingraph.nt.gz").read_bytes()), format="nt"
    )
    assert set(whole) <= set(merged)


def test_of_a_graph_that_is_too_large_the_document_says_so(
    site: Server, http: requests.Session
) -> None:
    answer = http.get(f"{site.url}graph/all.ttl", timeout=30)
    assert "take a dump" in answer.headers["Twingraph-Result-Cut"]


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        (None, ".ttl"),
        ("*/*", ".ttl"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ".html"),
        ("application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", ".jsonld"),
        ("application/json", ".jsonld"),
        ("application/xml", ".rdf"),
        ("application/n-triples, text/turtle;q=0.9", ".nt"),
        ("text/*", ".ttl"),
        ("image/png, */*;q=0.1", ".ttl"),
        ("text/turtle;q=0, application/*", ".jsonld"),
        ("nonsense, text/html", ".html"),
    ],
)  # fmt: skip
def test_negotiation(site: Server, http: requests.Session, accept: str | None, ending: str) -> None:
    address = f"{site.url}{TOWN}?lang=pl"
    headers: dict[str, str | None] = {"Accept": accept}
    answer = http.get(address, headers=headers, allow_redirects=False, timeout=9)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{site.url}{TOWN}{ending}?lang=pl"
    assert "Accept" in answer.headers["Vary"]
    assert 'rel="describedby"; type="application/ld+json"' in answer.headers["Link"]


@pytest.mark.parametrize(
    "accept", ["image/png", "text/turtle;q=0", "nonsense", "/", "text/turtle;q=7"]
)
def test_406_where_nothing_fits(site: Server, http: requests.Session, accept: str) -> None:
    answer = http.get(f"{site.url}{TOWN}", headers={"Accept": accept}, timeout=9)
    assert answer.status_code == 406
    assert "text/turtle" in answer.text


def test_an_extension_is_served_whatever_is_accepted(site: Server, http: requests.Session) -> None:
    answer = http.get(f"{site.url}{TOWN}.rdf", headers={"Accept": "image/png"}, timeout=9)
    assert answer.headers["Content-Type"] == "application/rdf+xml"


def test_links_cors_and_head(site: Server, http: requests.Session) -> None:
    whole = http.get(f"{site.url}{TOWN}.ttl", timeout=9)
    links = {(link["rel"], link.get("type")): url for url, link in whole.links.items()}
    assert 'rel="describes"' in whole.headers["Link"]
    assert f'<{site.url}{TOWN}.jsonld>; rel="alternate"' in whole.headers["Link"]
    assert f'<{site.url}.well-known/void>; rel="describedby"' in whole.headers["Link"]
    assert '/licence/CC0>; rel="license"' in whole.headers["Link"]
    assert links and whole.headers["Access-Control-Allow-Origin"] == "*"
    head = http.head(f"{site.url}{TOWN}.ttl", timeout=9)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Link"):
        assert head.headers[name] == whole.headers[name]
    assert http.head(f"{site.url}{TOWN}", timeout=9, allow_redirects=False).status_code == 303
    assert http.post(f"{site.url}{TOWN}", timeout=9).status_code == 405


def test_conditional_requests(site: Server, http: requests.Session) -> None:
    address = f"{site.url}{TOWN}.ttl"
    whole = http.get(address, timeout=9)
    tag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]

    def status(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return http.get(address, headers=sent, timeout=9).status_code

    assert status(If_None_Match=tag) == 304
    assert status(If_None_Match=f'"other", W/{tag.removeprefix("W/")}') == 304
    assert status(If_None_Match="*") == 304
    assert status(If_None_Match='"other"') == 200
    assert status(If_Modified_Since=modified) == 304
    assert status(If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT") == 200
    # A tag decides over a date, and what is malformed asks for nothing.
    assert status(If_None_Match='"other"', If_Modified_Since=modified) == 200
    assert status(If_None_Match="other") == status(If_Modified_Since="yesterday") == 200
    answer = http.get(address, headers={"If-None-Match": tag}, timeout=9)
    assert answer.content == b"" and answer.headers["ETag"] == tag
    assert http.get(f"{site.url}{TOWN}.nt", timeout=9).headers["ETag"] != tag


@pytest.mark.parametrize(
    "path",
    [
        "municipality/nowhere",
        "municipality/nowhere.ttl",
        "municipality/",
        "municipality",
        "nothing-at-all.html",
        "ns/9.9.9",
        f"{TOWN}.exe",
        f"{TOWN}/",
        "municipality/pl-sieniawa%20",
        "municipality/%3Cscript%3E",
        "municipality/%22%7D%20UNION%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D",
        "municipality/%C0%AE%C0%AE/etc/passwd",
        "municipality/%zz",
        "municipality/" + "a" * 5000,
        f"{TOWN}%23point",
        f"{TOWN}.ttl?page=0",
        f"{TOWN}.ttl?page=2",
        f"{TOWN}.ttl?page=nonsense",
    ],
)
def test_unknown(site: Server, http: requests.Session, path: str) -> None:
    request = requests.Request("GET", site.url).prepare()
    request.url = site.url + path
    assert http.send(request, timeout=9).status_code == 404


# --- the vocabulary and what describes the release ----------------------------------------------


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("ns", "ns#Partnership"),
        ("ns/alignments", "ns/alignments"),
        ("concept", "concept/office/mayor"),
        ("shapes", "shapes#Agreement"),
        ("void", "catalog#dataset"),
        ("catalog", "catalog#dataset"),
        ("shacl-report", "shacl-report"),
    ],
)
def test_standing_documents(site: Server, http: requests.Session, path: str, subject: str) -> None:
    graphs = []
    for ending, form in FORMATS.items():
        answer = http.get(f"{site.url}{path}", headers={"Accept": form}, timeout=30)
        assert answer.url == f"{site.url}{path}{ending}"
        graphs.append(parsed(answer, ending))
        assert (URIRef(BASE + subject), None, None) in graphs[-1], ending
    sizes = {len(graph) for graph in graphs}
    assert len(sizes) == 1
    if path not in ("shapes", "catalog"):  # These alone have blank nodes.
        assert all(set(graph) == set(graphs[0]) for graph in graphs)
    again = http.get(f"{site.url}{path}.nt", timeout=30)
    assert again.headers["ETag"] == http.get(f"{site.url}{path}.nt", timeout=30).headers["ETag"]


def test_every_term_and_rule_of_the_vocabulary_is_found_where_its_iri_leads(
    site: Server, http: requests.Session
) -> None:
    terms = parsed(http.get(f"{site.url}ns.ttl", timeout=30), ".ttl")
    page = http.get(f"{site.url}ns", headers={"Accept": "text/html"}, timeout=30)
    assert page.url == f"{site.url}ns.html"
    for term in set(terms.subjects()):
        name = str(term).partition("#")[2]
        assert not name or f'id="{name}"' in page.text, term
    shapes = parsed(http.get(f"{site.url}shapes.ttl", timeout=30), ".ttl")
    local = Graph()
    for file in (ROOT / "shapes").glob("*.ttl"):
        local.parse(file)
    for kind in (SH.NodeShape, SH.PropertyShape):
        assert set(local.subjects(RDF.type, kind)) == set(shapes.subjects(RDF.type, kind))


def test_concepts_that_the_data_does_not_use_dereference_too(
    site: Server, http: requests.Session
) -> None:
    concepts = parsed(http.get(f"{site.url}concept.ttl", timeout=30), ".ttl")
    for concept in sorted(set(concepts.subjects()), key=str):
        path = str(concept).removeprefix(BASE)
        found = parsed(http.get(f"{site.url}{path}.nt", timeout=30), ".nt")
        assert set(concepts.triples((concept, None, None))) <= set(found), concept
        scheme = concepts.value(concept, SKOS.inScheme)
        assert not scheme or (scheme, SKOS.prefLabel, None) in found, concept


def test_versions_of_the_ontology(site: Server, http: requests.Session) -> None:
    for version in ("ns/0.1.0", "ns/alignments/0.1.0"):
        answer = http.get(f"{site.url}{version}", headers={"Accept": "text/turtle"}, timeout=9)
        assert answer.url == f"{site.url}{version.rpartition('/')[0]}.ttl"


def test_void_is_at_its_well_known_address(site: Server, http: requests.Session) -> None:
    answer = http.get(f"{site.url}.well-known/void", timeout=9)
    assert answer.history == []
    assert answer.headers["Content-Location"] == f"{site.url}void.ttl"
    assert (URIRef(f"{BASE}catalog#dataset"), None, None) in parsed(answer, ".ttl")
    as_json = http.get(
        f"{site.url}.well-known/void", headers={"Accept": "application/ld+json"}, timeout=9
    )
    assert set(parsed(as_json, ".jsonld")) == set(parsed(answer, ".ttl"))


def test_the_page_of_the_ontology(site: Server, http: requests.Session) -> None:
    page = http.get(f"{site.url}ns.html", timeout=30)
    assert "tg:twinnedWith" in page.text
    assert '<a href="/municipality/' in page.text  # an example from the data
    assert re.search(r"Used</dt><dd>\s*\d+ times", page.text)
    polish = http.get(f"{site.url}ns.html?lang=pl", timeout=30)
    assert "Słownik Twingraph" in polish.text and 'lang="pl"' in polish.text
