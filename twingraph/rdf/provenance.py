"""Where facts come from, as RDF: sources, their graphs (PROV-O) and the evidence (Web Annotation).

An evidence annotation is about one claim: `oa:hasBody` the subject, `tg:property` the property,
`oa:hasTarget` the place in the source: a few of a page's words as `oa:TextQuoteSelector`; in
Wikidata the entry, with the statement or the revision that was read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import quote

import pycountry

from twingraph import identifiers as ids
from twingraph import namespaces as ns
from twingraph.identifiers import Ref
from twingraph.model.records import (
    RECORD_CLASSES,
    Claims,
    Evidence,
    Source,
    View,
    WikidataRevision,
    WikidataStatement,
)
from twingraph.rdf import terms
from twingraph.rdf.mapping import NAME, TITLE, A, Writer, property_of, tg
from twingraph.rdf.terms import Description, Statement, Term

_CLASS_OF_PATH = {record_class.path: record_class for record_class in RECORD_CLASSES}
_COMMENT = Term(f"<{ns.RDFS}comment>")
_NOTE = Term(f"<{ns.SKOS}editorialNote>")
_PUBLISHER = Term(f"<{ns.DCT}publisher>")
CREATED = Term(f"<{ns.DCT}created>")
MODIFIED = Term(f"<{ns.DCT}modified>")
REFERENCES = Term(f"<{ns.DCT}references>")
DERIVED_FROM = Term(f"<{ns.PROV}wasDerivedFrom>")
_ANNOTATION = A, Term(f"<{ns.OA}Annotation>")
_SPECIFIC_RESOURCE = A, Term(f"<{ns.OA}SpecificResource>")
_TEXT_QUOTE_SELECTOR = A, Term(f"<{ns.OA}TextQuoteSelector>")
_HAS_BODY, _HAS_TARGET, _HAS_SOURCE, _HAS_SELECTOR, _EXACT = (
    Term(f"<{ns.OA}{name}>")
    for name in ("hasBody", "hasTarget", "hasSource", "hasSelector", "exact")
)
_LANGUAGE = Term(f"<{ns.DCT}language>")
_KEPT = "%/:=&?~#+!$,;'@()*"
"""What stands in an address as it is, beside letters and digits (RFC 3986, section 2)."""


def graph_term(source: str, base: str) -> Term:
    """The name of the graph that holds a source's claims."""
    return Term(f"<{base}{ids.GRAPH}/{source}>")


def describe_provenance(view: View, writer: Writer | None = None) -> Iterator[Description]:
    """Every source, every source's graph, and all evidence, in the order of the sources' keys."""
    base = view.dataset.base
    writer = writer or Writer(base)
    yield from describe_sources((claims.source for claims in view.claims), base)
    for claims in view.claims:
        yield from describe_evidence(claims, writer)


def describe_sources(sources: Iterable[Source], base: str) -> Iterator[Description]:
    """Every source, then every source's graph."""
    several = tuple(sources)
    for source in several:
        yield from _source(source, base)
    for source in several:
        yield _graph(source, base)


def concepts_used(view: View) -> set[Term]:
    """The concepts that the sources' descriptions name."""
    return kinds_used(view.sources.values(), view.dataset.base)


def kinds_used(sources: Iterable[Source], base: str) -> set[Term]:
    """The concepts that the descriptions of some sources name."""
    return {_kind(source, base) for source in sources}


@cache
def language_term(tag: str) -> Term:
    """The language of a BCP 47 tag in the EU's authority table, which uses ISO 639-3 codes."""
    primary = tag.split("-")[0]
    language = pycountry.languages.get(**{f"alpha_{len(primary)}": primary})
    if language is None:
        raise ValueError(f"{tag!r} is no language tag (BCP 47)")
    return terms.iri(f"{ns.LANGUAGE}{language.alpha_3.upper()}")


def language_tag(code: str) -> str:
    """The language tag (BCP 47) of a code of the EU's authority table (ISO 639-3)."""
    language = pycountry.languages.get(alpha_3=code.lower())
    return getattr(language, "alpha_2", code.lower())


def _kind(source: Source, base: str) -> Term:
    return Term(f"<{base}{ids.CONCEPT}/source-kind/{source.kind}>")


def _source(source: Source, base: str) -> Iterator[Description]:
    subject = Term(f"<{source.ref.iri(base)}>")
    said: list[Statement] = [(A, tg("Source")), (A, Term(f"<{ns.PROV}Entity>"))]
    said += [(TITLE, terms.text(*title)) for title in source.titles]
    said.append((tg("sourceKind"), _kind(source, base)))
    said.append((tg("rank"), terms.integer(source.rank)))
    if source.url:
        said.append((Term(f"<{ns.FOAF}page>"), terms.iri(source.url)))
    publisher = Term(f"<{source.ref.iri(base)}#publisher>")
    if source.publisher_authority:
        publisher = Term(f"<{Ref(ids.MUNICIPALITY, source.publisher_authority).iri(base)}>")
    if source.publisher or source.publisher_authority:
        said.append((_PUBLISHER, publisher))
    said += [(_LANGUAGE, language_term(tag)) for tag in source.languages]
    if source.retrieved:
        said.append((tg("retrieved"), terms.date(source.retrieved)))
    if source.complete is not None:
        said.append((tg("complete"), terms.boolean(source.complete)))
    if source.rights:
        said.append((Term(f"<{ns.DCT}rights>"), terms.text(source.rights)))
    for note in filter(None, (source.rank_reason, source.note)):
        said.append((_NOTE, terms.text(note, "en")))
    yield subject, said
    if source.publisher and not source.publisher_authority:
        yield publisher, ((A, Term(f"<{ns.FOAF}Agent>")), (NAME, terms.text(source.publisher)))


def _graph(source: Source, base: str) -> Description:
    return graph_term(source.key, base), (
        (A, Term(f"<{ns.PROV}Bundle>")),
        (DERIVED_FROM, Term(f"<{source.ref.iri(base)}>")),
    )


def describe_evidence(claims: Claims, writer: Writer) -> Iterator[Description]:
    """The evidence of a source. A claim's annotations are numbered from the second one on, in the
    order of the source."""
    named: Counter[str] = Counter()
    start = f"{writer.base}{ids.EVIDENCE}/"
    source = claims.source
    for evidence in claims.evidence:
        subject = evidence.subject
        about = property_of_evidence(evidence)
        local = about[1:-1].rpartition("#")[2].rpartition("/")[2] if about else "mention"
        key = f"{source.key}_{subject.path}_{subject.key}_{local}"
        named[key] += 1
        number = f"_{named[key]}" if named[key] > 1 else ""
        yield from _annotation(evidence, about, f"{start}{key}{number}", source, writer)


def property_of_evidence(evidence: Evidence) -> Term | None:
    """The RDF property of the claim that evidence is for; None of a mention."""
    if evidence.property is None:
        return None
    return _property_at(evidence.subject.path, evidence.property)


@cache
def _property_at(path: str, field: str) -> Term:
    return property_of(_CLASS_OF_PATH[path], field)


def _annotation(
    evidence: Evidence, about: Term | None, iri: str, source: Source, writer: Writer
) -> Iterator[Description]:
    target, quoted = Term(f"<{iri}#target>"), Term(f"<{iri}#quote>")
    said: list[Statement] = [
        _ANNOTATION,
        (_HAS_BODY, writer.name(*evidence.subject)),
        (_HAS_TARGET, target),
    ]
    if about:
        said.append((tg("property"), about))
    if evidence.value:
        said.append((tg("claimedValue"), writer.name(*evidence.value)))
    if evidence.confidence is not None:
        said.append((tg("confidence"), terms.typed(f"{evidence.confidence:f}", f"{ns.XSD}decimal")))
    if evidence.decided_by:
        said.append((tg("matchedBy"), terms.text(evidence.decided_by)))
    if evidence.decided_on:
        said.append((tg("matchedOn"), terms.typed(evidence.decided_on, f"{ns.XSD}date")))
    if evidence.derived:
        said.append((tg("derived"), terms.boolean(True)))
    if evidence.date:
        said.append((tg("edtf"), terms.text(evidence.date)))
    if evidence.note:
        said.append((_COMMENT, terms.text(evidence.note, "en")))
    if evidence.revision and evidence.revision.retrieved:
        said.append((CREATED, _moment(evidence.revision.retrieved)))
    yield Term(f"<{iri}>"), said
    place: list[Statement] = [
        _SPECIFIC_RESOURCE,
        (_HAS_SOURCE, writer.name(*source.ref)),
    ]
    if evidence.statement:
        place += _statement(evidence.statement)
    if evidence.revision:
        place += _revision(evidence.revision)
    if evidence.quote:
        place.append((_HAS_SELECTOR, quoted))
    yield target, place
    if evidence.quote:
        # oa:exact is a plain string (Web Annotation Vocabulary, 3.2.4); its language stands beside.
        exact: list[Statement] = [
            _TEXT_QUOTE_SELECTOR,
            (_EXACT, terms.text(evidence.quote.value)),
        ]
        if evidence.quote.language:
            exact.append((_LANGUAGE, language_term(evidence.quote.language)))
        yield quoted, exact


def statement_iri(identifier: str) -> str:
    """A statement's name in Wikidata's RDF: its id, with a hyphen for the dollar sign."""
    return f"{ns.WD}statement/{identifier.replace('$', '-', 1)}"


def _statement(stated: WikidataStatement) -> Iterator[Statement]:
    yield tg("entry"), Term(f"<{ns.WD}{stated.item}>")
    if stated.id:
        yield tg("statement"), terms.iri(statement_iri(stated.id))
    yield tg("statementValue"), Term(f"<{ns.WD}{stated.value}>")
    rank = f"{stated.rank.capitalize()}Rank"
    yield tg("statementRank"), Term(f"<{ns.WIKIBASE}{rank}>")
    yield from ((REFERENCES, address) for address in _addresses(stated.reference_urls))
    yield from ((REFERENCES, Term(f"<{ns.WD}{item}>")) for item in stated.stated_in)
    yield from ((DERIVED_FROM, Term(f"<{ns.WD}{item}>")) for item in stated.imported_from)


def _revision(read: WikidataRevision) -> Iterator[Statement]:
    yield tg("entry"), Term(f"<{ns.WD}{read.item}>")
    yield tg("revision"), terms.integer(read.number)
    if read.modified:
        yield MODIFIED, _moment(read.modified)
    if read.in_part:
        yield tg("readInPart"), terms.boolean(True)


def _moment(written: str) -> Term:
    return terms.typed(written, f"{ns.XSD}dateTime")


def _addresses(urls: Iterable[str]) -> Iterator[Term]:
    """The addresses that are some; what anybody typed in is escaped, or else left out."""
    for url in urls:
        for written in (url, quote(url, safe=_KEPT)):
            try:
                yield terms.iri(written)
                break
            except ValueError:
                continue
