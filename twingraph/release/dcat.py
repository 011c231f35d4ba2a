"""The catalogue as RDF: DCAT-AP 3.0.1, each node one method.

Every node but one has an IRI that stays the same from release to release: `{base}catalog` and
fragments of it. The period is a blank node: udata (17.18) fetches a period that has a name from the
web, instead of reading what the catalogue says of it. Beside DCAT-AP's own properties stands
owl:versionInfo, which readers of DCAT-AP 2 look for. The dataset is the only dcat:Dataset: CKAN
would take any other for a further dataset. So earlier versions (DCAT 3, section 11) are told as a
chain of dcat:previousVersion from dataset to release, each a dcat:Resource, and there is no
dcat:hasVersion, which DCAT-AP wants to lead to datasets. No distribution has dcat:accessService:
CKAN (ckanext-dcat 2.4.4) takes the service in, and then cannot write out a dataset whose service
has a contact or a publisher. The service is linked from the catalogue (dcat:service) and to the
dataset (dcat:servesDataset).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from twingraph import authority
from twingraph import namespaces as ns
from twingraph.model.records import Agent, Dataset, Source, Texts
from twingraph.rdf import terms
from twingraph.rdf.mapping import DESCRIPTION, NAME, TITLE, A
from twingraph.rdf.provenance import language_term
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.release.coverage import Coverage
from twingraph.release.files import File
from twingraph.release.history import ReleaseEntry
from twingraph.release.publish import RELEASES
from twingraph.release.shacl_reports import TITLES
from twingraph.web.languages import ENGLISH, in_language, in_order
from twingraph.web.messages import N_, translated, translations_of

IANA: Final = "https://www.iana.org/assignments/media-types/"
SPARQL_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
LICENCE_TYPES: Final = "http://purl.org/adms/licencetype/"
DQV: Final = "http://www.w3.org/ns/dqv#"
LDES: Final = "https://w3id.org/ldes#"
LDES_SPECIFICATION: Final = "https://w3id.org/ldes/specification"
TREE: Final = "https://w3id.org/tree#"

STREAM: Final = "stream.ttl"
"""The root of the event stream, in a release that has one."""

_PERIOD: Final = Term("_:period")

DOCUMENTS: Final = {"quality.html": N_("the quality report"), **TITLES}
"""What tells how good the dataset is, beside its files: the title of each in English."""

_CATALOGUE = N_("Catalogue: %(title)s")
_CATALOGUE_SAYS = N_("One dataset, “%(title)s”, with its files and its SPARQL endpoint.")
_SERVICE = N_("SPARQL endpoint: %(title)s")
_SERVICE_SAYS = N_(
    "Answers questions in SPARQL 1.1 to the dataset “%(title)s”. The default graph is the merged "
    "view; what each source states is in a graph of its own."
)
_STREAM = N_("Event stream: %(title)s")
_STREAM_SAYS = N_(
    "Every thing of the dataset “%(title)s”, and every change of it from release to release, as a "
    "Linked Data Event Stream (LDES): for whoever keeps a copy that follows."
)
_FILE_SAYS = N_("%(what)s: the file %(name)s of the dataset “%(title)s”.")
_RIGHTS = N_(
    "The facts may be used under the licence named. The rights of each source are recorded with "
    "the source."
)


def dataset_iri(base: str) -> str:
    """The IRI of the dataset, and the identifier that portals know it by."""
    return f"{base}catalog#dataset"


def stream_iri(base: str) -> str:
    """The IRI of the event stream."""
    return f"{base}catalog#stream"


def stream_service_iri(base: str) -> str:
    """The IRI of the data service that the event stream is read from."""
    return f"{base}catalog#stream-service"


def _of(namespace: str, name: str) -> Term:
    return Term(f"<{namespace}{name}>")


def _dcat(name: str) -> Term:
    return _of(ns.DCAT, name)


def _dct(name: str) -> Term:
    return _of(ns.DCT, name)


def _coded(table: str, code: str) -> Term:
    return terms.iri(authority.iri(table, code))


def _media_type(media_type: str) -> Term:
    return terms.iri(f"{IANA}{media_type}")


class Catalogue:
    """Makes the catalogue's descriptions of a dataset that covers something, of its sources."""

    def __init__(
        self,
        dataset: Dataset,
        covered: Coverage,
        sources: Iterable[Source] = (),
        documents: Mapping[str, str] = DOCUMENTS,
        streamed: bool = False,
    ) -> None:
        self.documents = documents
        self.streamed = streamed
        self.about = dataset
        self.covered = covered
        self.sources = tuple(sources)
        self.kept: Sequence[ReleaseEntry] = ()
        base = dataset.base
        self.endpoint = terms.iri(f"{base}sparql")
        self.catalogue = terms.iri(f"{base}catalog")
        self.dataset = terms.iri(dataset_iri(base))
        self.service = self.node("sparql")
        self.stream = terms.iri(stream_iri(base))
        self.stream_service = terms.iri(stream_service_iri(base))
        self.homepage = terms.iri(dataset.homepage or dataset.download_base)
        self.licence = terms.iri(dataset.licence)
        self.ontology = Term(f"<{ns.TG.rstrip('#')}>")

    def node(self, name: str) -> Term:
        """A node with a name of its own within the catalogue."""
        return terms.iri(f"{self.about.base}catalog#{name}")

    def descriptions(
        self,
        files: Sequence[File],
        measures: Sequence[Description],
        earlier: Sequence[ReleaseEntry] = (),
    ) -> Iterator[Description]:
        """Every node, the catalogue first. `earlier` are the releases before, oldest first."""
        # With the one that is described, as many as the dataset keeps.
        self.kept = earlier[1 - self.about.keep or len(earlier) :] if self.about.keep else earlier
        yield self.catalogue, list(self._catalogue())
        said = [*self._dataset(files, measures), *self._previous(earlier)]
        yield self.dataset, said
        for file in files:
            yield self.node(file.name), list(self._distribution(file))
            yield self.node(f"{file.name}-sha512"), list(self._checksum(file))
        yield from self._formats({file.file_type for file in files})
        yield from self._documents()
        yield self.service, list(self._service())
        if self.streamed:
            yield from self._event_stream()
        yield self.node("publisher"), list(self._publisher())
        if self.about.creator:
            yield self.node("creator"), list(self._agent(self.about.creator))
        yield self.node("contact"), list(self._contact())
        yield from self._coverage()
        yield self.node("rights"), list(self._rights())
        yield self.licence, list(self._licence())
        yield self.homepage, [(A, _of(ns.FOAF, "Document"))]
        yield self.ontology, [(A, _dct("Standard"))]
        yield Term(f"<{SPARQL_PROTOCOL}>"), [(A, _dct("Standard"))]
        for number, entry in reversed(list(enumerate(earlier))):
            yield self._release(entry), list(self._version(entry, earlier[:number]))
            if entry in self.kept:
                yield self._address(entry), [(A, _of(ns.FOAF, "Document"))]
        yield from measures

    def _texts(self, predicate: Term, texts: Texts) -> Iterator[Statement]:
        for text in in_order(texts, self.about.languages):
            yield predicate, terms.text(*text)

    def _phrase(
        self, predicate: Term, message: str, what: str = "", name: str = ""
    ) -> Iterator[Statement]:
        """A message filled in, in the languages that it and `what` are both translated into."""
        both = [language for language in self.about.languages if translated(what, language)]
        for text, language in translations_of(message, both if what else self.about.languages):
            title = in_language(self.about.titles, language)
            values = {"title": title, "what": translated(what, language), "name": name}
            yield predicate, terms.text(text % values, language)

    def _catalogue(self) -> Iterator[Statement]:
        yield A, _dcat("Catalog")
        yield from self._phrase(TITLE, _CATALOGUE)
        yield from self._phrase(DESCRIPTION, _CATALOGUE_SAYS)
        yield from self._agents()
        yield _of(ns.FOAF, "homepage"), self.homepage
        yield from self._dates()
        yield from self._languages()
        yield _dct("license"), self.licence
        yield from self._spatial()
        yield _dcat("themeTaxonomy"), terms.iri(authority.scheme(authority.DATA_THEME))
        yield _dcat("dataset"), self.dataset
        yield _dcat("service"), self.service
        if self.streamed:
            yield _dcat("service"), self.stream_service

    def _dataset(
        self, files: Sequence[File], measures: Sequence[Description]
    ) -> Iterator[Statement]:
        yield A, _dcat("Dataset")
        yield from self._texts(TITLE, self.about.titles)
        yield from self._texts(DESCRIPTION, self.about.descriptions)
        yield _dct("identifier"), terms.text(dataset_iri(self.about.base))
        if self.about.version:
            yield _dcat("version"), terms.text(self.about.version)
            yield _of(ns.OWL, "versionInfo"), terms.text(self.about.version)
        yield from self._dates()
        if self.about.frequency:
            frequency = _coded(authority.FREQUENCY, self.about.frequency)
            yield _dct("accrualPeriodicity"), frequency
        yield from self._spatial()
        if self.covered.start and self.covered.end:
            yield _dct("temporal"), _PERIOD
        yield _dct("conformsTo"), self.ontology
        yield from self._common()
        for file in files:
            yield _dcat("distribution"), self.node(file.name)
        for name in self.documents:
            yield _of(ns.FOAF, "page"), self._document(name)
            yield _of(DQV, "hasQualityMetadata"), self._document(name)
        for subject, said in measures:
            if (A, _of(DQV, "QualityMeasurement")) in said:
                yield _of(DQV, "hasQualityMeasurement"), subject

    def _document(self, name: str) -> Term:
        return terms.iri(f"{self.about.download_base}{name}")

    def _documents(self) -> Iterator[Description]:
        """What tells how good the dataset is: pages and reports that stand beside its files."""
        for name, title in self.documents.items():
            form = "HTML" if name.endswith(".html") else "RDF_TURTLE"
            said = [(A, _of(ns.FOAF, "Document")), (A, _of(DQV, "QualityMetadata"))]
            said += self._texts(TITLE, translations_of(title, self.about.languages))
            yield self._document(name), [*said, (_dct("format"), _coded(authority.FILE_TYPE, form))]

    def _release(self, entry: ReleaseEntry) -> Term:
        """The node of an earlier release: its id in the feed of releases."""
        return self.node(f"release-{entry.name}")

    def _previous(self, earlier: Sequence[ReleaseEntry]) -> Iterator[Statement]:
        if earlier:
            yield _dcat("previousVersion"), self._release(earlier[-1])

    def _version(self, entry: ReleaseEntry, earlier: Sequence[ReleaseEntry]) -> Iterator[Statement]:
        yield A, _dcat("Resource")
        for title, language in in_order(self.about.titles, self.about.languages):
            yield TITLE, terms.text(f"{title} ({entry.version})", language)
        yield _dcat("version"), terms.text(entry.version)
        yield _dcat("isVersionOf"), self.dataset
        if entry.date:
            yield _dct("issued"), terms.date(entry.date)
        if entry in self.kept:
            yield _dcat("landingPage"), self._address(entry)
        yield from self._previous(earlier)

    def _address(self, entry: ReleaseEntry) -> Term:
        return terms.iri(f"{self.about.download_base}{RELEASES}/{entry.name}/")

    def _distribution(self, file: File) -> Iterator[Statement]:
        address = terms.iri(f"{self.about.download_base}{file.name}")
        yield A, _dcat("Distribution")
        yield from self._texts(TITLE, translations_of(file.title, self.about.languages))
        yield from self._phrase(DESCRIPTION, _FILE_SAYS, file.title, file.name)
        yield _dcat("accessURL"), address
        yield _dcat("downloadURL"), address
        yield _dct("format"), _coded(authority.FILE_TYPE, file.file_type)
        yield _dcat("mediaType"), _media_type(file.content_type)
        if file.compression:
            yield _dcat("compressFormat"), _media_type(file.compression)
        if file.packaging:
            yield _dcat("packageFormat"), _media_type(file.packaging)
        yield _dcat("byteSize"), terms.typed(str(file.size), f"{ns.XSD}nonNegativeInteger")
        yield _of(ns.SPDX, "checksum"), self.node(f"{file.name}-sha512")
        yield _dct("license"), self.licence
        yield _dct("rights"), self.node("rights")
        available = _coded(authority.PLANNED_AVAILABILITY, "AVAILABLE")
        yield _of(ns.DCATAP, "availability"), available
        yield from self._dates()
        yield from self._languages()

    def _formats(self, codes: Iterable[str]) -> Iterator[Description]:
        """What formats are called in a word. CKAN reads that of a dct:IMT alone, if this is the
        first class; of any other node it shows the IRI."""
        for code in sorted(codes):
            name = authority.table(authority.FILE_TYPE)[code]["short"]
            said = [(A, _dct("IMT")), (A, _dct("MediaTypeOrExtent"))]
            said.append((_of(ns.RDFS, "label"), terms.text(name)))
            yield _coded(authority.FILE_TYPE, code), said

    def _checksum(self, file: File) -> Iterator[Statement]:
        # Not SHA-256, as in SHA256SUMS: udata (17.18) reads the checksums that it knows, takes the
        # xsd:hexBinary that DCAT-AP asks for as bytes, and then refuses the whole dataset. It does
        # not know SHA-512.
        yield A, _of(ns.SPDX, "Checksum")
        yield _of(ns.SPDX, "algorithm"), _of(ns.SPDX, "checksumAlgorithm_sha512")
        yield _of(ns.SPDX, "checksumValue"), terms.typed(file.sha512, f"{ns.XSD}hexBinary")

    def _service(self) -> Iterator[Statement]:
        yield A, _dcat("DataService")
        yield from self._phrase(TITLE, _SERVICE)
        yield from self._phrase(DESCRIPTION, _SERVICE_SAYS)
        yield _dct("identifier"), terms.text(self.service[1:-1])
        yield _dcat("endpointURL"), self.endpoint
        # The endpoint describes itself to whoever asks it without a query (SPARQL 1.1 Service
        # Description, section 2).
        yield _dcat("endpointDescription"), self.endpoint
        yield _dcat("servesDataset"), self.dataset
        yield _dct("conformsTo"), Term(f"<{SPARQL_PROTOCOL}>")
        yield _dct("license"), self.licence
        yield from self._common()

    def _event_stream(self) -> Iterator[Description]:
        """The stream, and what it is read from: a feed is a service (DCAT 3, section 6.1), which
        is found from the dataset by dcat:servesDataset (TREE Discovery)."""
        root = self._document(STREAM)
        yield self.stream, [(A, _of(LDES, "EventStream")), (_of(TREE, "view"), root)]
        said = [
            (A, _dcat("DataService")),
            *self._phrase(TITLE, _STREAM),
            *self._phrase(DESCRIPTION, _STREAM_SAYS),
            (_dct("identifier"), terms.text(self.stream_service[1:-1])),
            (_dcat("endpointURL"), root),
            # The root says of itself what it is.
            (_dcat("endpointDescription"), root),
            (_dcat("servesDataset"), self.dataset),
            (_dct("conformsTo"), Term(f"<{LDES_SPECIFICATION}>")),
            (_dct("license"), self.licence),
            *self._common(),
        ]
        yield self.stream_service, said
        yield Term(f"<{LDES_SPECIFICATION}>"), [(A, _dct("Standard"))]

    def _common(self) -> Iterator[Statement]:
        """What the dataset and its data services have alike."""
        yield from self._agents()
        yield from self._languages()
        yield _dct("accessRights"), _coded(authority.ACCESS_RIGHT, "PUBLIC")
        yield _dcat("landingPage"), self.homepage
        for theme in self.about.themes:
            yield _dcat("theme"), _coded(authority.DATA_THEME, theme)
        yield from self._texts(_dcat("keyword"), self.about.keywords)

    def _agents(self) -> Iterator[Statement]:
        """Who publishes, made and answers for it: DCAT-AP-NL asks for all three of a catalogue."""
        yield _dct("publisher"), self.node("publisher")
        if self.about.creator:
            yield _dct("creator"), self.node("creator")
        yield _dcat("contactPoint"), self.node("contact")

    def _dates(self) -> Iterator[Statement]:
        if self.about.issued:
            yield _dct("issued"), terms.date(self.about.issued)
        if self.about.modified:
            yield _dct("modified"), terms.date(self.about.modified)

    def _languages(self) -> Iterator[Statement]:
        for language in self.about.languages:
            yield _dct("language"), language_term(language)

    def _spatial(self) -> Iterator[Statement]:
        codes = filter(None, map(authority.country, self.covered.countries))
        for code in sorted(codes):
            yield _dct("spatial"), _coded(authority.COUNTRY, code)
        # Last: CKAN keeps one IRI of a place, the last, and this one it knows the box of.
        if self.covered.box:
            yield _dct("spatial"), self.node("area")

    def _publisher(self) -> Iterator[Statement]:
        about = self.about
        agent = Agent(about.publisher_name, about.publisher_url, about.publisher_type)
        yield from self._agent(agent, [about.creator.url] if about.creator else [])

    def _agent(self, agent: Agent, others: Collection[str] = ()) -> Iterator[Statement]:
        yield A, _of(ns.FOAF, "Agent")
        yield from self._texts(NAME, agent.names)
        if agent.type:
            yield _dct("type"), _coded(authority.PUBLISHER_TYPE, agent.type)
        # A homepage is of one thing alone (foaf:homepage is inverse functional): the catalogue, or
        # another agent, has it already where both name the same.
        page = terms.iri(agent.url)
        if page != self.homepage and agent.url not in others:
            yield _of(ns.FOAF, "homepage"), page

    def _contact(self) -> Iterator[Statement]:
        yield A, _of(ns.VCARD, "Organization")
        yield A, _of(ns.VCARD, "Kind")
        yield _of(ns.VCARD, "fn"), terms.text(self.about.contact_name)
        if self.about.contact_email:
            yield _of(ns.VCARD, "hasEmail"), terms.iri(f"mailto:{self.about.contact_email}")
        if self.about.contact_url:
            yield _of(ns.VCARD, "hasURL"), terms.iri(self.about.contact_url)

    def _coverage(self) -> Iterator[Description]:
        if self.covered.start and self.covered.end:
            yield (
                _PERIOD,
                [
                    (A, _dct("PeriodOfTime")),
                    (_dcat("startDate"), terms.date(self.covered.start)),
                    (_dcat("endDate"), terms.date(self.covered.end)),
                ],
            )
        if box := self.covered.box:
            wkt = f"{ns.GEO}wktLiteral"
            centre = f"POINT({box.centroid.longitude:f} {box.centroid.latitude:f})"
            yield (
                self.node("area"),
                [
                    (A, _dct("Location")),
                    *self._countries(),
                    (_dcat("bbox"), terms.typed(box.polygon, wkt)),
                    (_dcat("centroid"), terms.typed(centre, wkt)),
                ],
            )

    def _countries(self) -> Iterator[Statement]:
        """The names of the countries as that of the area: of all places, CKAN keeps one."""
        codes = filter(None, map(authority.country, self.covered.countries))
        if names := sorted(authority.table(authority.COUNTRY)[code]["label"] for code in codes):
            yield _of(ns.SKOS, "prefLabel"), terms.text(", ".join(names), "en")

    def _rights(self) -> Iterator[Statement]:
        yield A, _dct("RightsStatement")
        yield from self._phrase(_of(ns.RDFS, "label"), _RIGHTS)
        # Of a page only facts are taken; a register is published row by row, with its credit.
        for source in self.sources:
            if source.kind == "register" and source.rights not in (None, "CC0 1.0"):
                named = in_language(source.titles, ENGLISH)
                yield DESCRIPTION, terms.text(f"{named}: {source.rights}", "en")

    def _licence(self) -> Iterator[Statement]:
        code = authority.code(authority.LICENCE, self.about.licence)
        row = authority.table(authority.LICENCE)[code] if code else {}
        yield A, _dct("LicenseDocument")
        # The title that CKAN knows the licence by; it knows none by the EU's IRI.
        if title := row.get("open_definition") or row.get("label"):
            yield TITLE, terms.text(title, "en")
            # And udata, by the description. Both read rdfs:label too, but CKAN then writes the
            # label where the licence's IRI should stand.
            yield DESCRIPTION, terms.text(title, "en")
        for kind in row.get("types", "").split():
            yield _dct("type"), terms.iri(f"{LICENCE_TYPES}{kind}")
