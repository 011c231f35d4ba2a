"""The graph: what is written for each record, and that nothing is said without a source or rule."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from twingraph.identifiers import Ref
from twingraph.model.membership import NOT_TWINNED
from twingraph.model.records import (
    RECORD_CLASSES,
    Agreement,
    Authority,
    Claims,
    Evidence,
    Partnership,
    Source,
    View,
    WikidataRevision,
    WikidataStatement,
    rules,
)
from twingraph.rdf import mapping as graph
from twingraph.rdf import provenance
from twingraph.rdf.mapping import FIELDS, tg
from twingraph.rdf.terms import Statement, Term
from twingraph.release.content import Content

M = "https://w3id.org/twingraph/municipality/"
DCT_REFERENCES = Term("<http://purl.org/dc/terms/references>")
INVERSES = {
    tg("partnerIn"): tg("partner"),
    tg("signatoryOf"): tg("signatory"),
    tg("jointProjectOf"): tg("jointProject"),
    tg("projectPartnerIn"): tg("projectPartner"),
}


def triples(view: View) -> set[tuple[Term, Term, Term]]:
    return {(s, p, o) for s, said in graph.describe_view(view) for p, o in said}


def claimed(view: View) -> set[tuple[Term, Term, Term]]:
    base = view.dataset.base
    return {
        (s, p, o)
        for claims in view.claims
        for s, said in graph.describe_claims(claims, base)
        for p, o in said
    }


def test_every_field_of_every_record_is_written() -> None:
    for record_class in RECORD_CLASSES:
        written = {field.name for field in FIELDS[record_class]}
        elsewhere = {"point"} if record_class is Authority else set()
        if record_class in graph.PARENTS:
            elsewhere.add(graph.PARENTS[record_class][0])
        assert set(rules(record_class)) == written | elsewhere


def test_every_statement_of_the_merged_view_is_claimed_or_derived_by_a_rule(view: View) -> None:
    said, of_sources = triples(view), claimed(view)
    twins = {
        frozenset(f"<{M}{key}>" for key in p.partners)
        for p in view.all(Partnership).values()
        if p.status not in NOT_TWINNED and len(p.partners) == 2
    }
    base = view.dataset.base
    of_classes = (*view.all(Partnership).values(), *view.all(Agreement).values())
    labelled = {f"<{record.ref.iri(base)}>" for record in of_classes}
    assert {s for s, p, _ in said if p == graph.LABEL} == labelled
    for s, p, o in said - of_sources:
        if p in INVERSES:  # rule 1
            assert (o, INVERSES[p], s) in of_sources
        elif p == tg("twinnedWith"):  # rule 2
            assert {s, o} in twins
            assert (o, p, s) in said
        elif p == graph.LABEL:  # rule 6
            assert s in labelled
        else:  # rule 3
            assert p == graph.SOURCE
            key = o[1:-1].rpartition("/")[2]
            claims = next(c for c in view.claims if c.source.key == key)
            assert any(s == f"<{r.ref.iri(view.dataset.base)}>" for r in claims.records)


def test_a_claim_is_lost_from_the_merged_view_only_by_a_disagreement(view: View) -> None:
    lost = claimed(view) - triples(view)
    base = view.dataset.base
    disagreeing = {f"<{d.subject.iri(base)}>" for d in view.disagreements}
    assert lost, "the founding data has a conflict and a more precise date"
    assert {s for s, _, _ in lost} <= disagreeing


def test_ended_partnerships_make_no_twins(view: View) -> None:
    things = {**view.things}
    key = "be-tremelo--pl-sieniawa"
    ended = replace(view.all(Partnership)[key], status="ended")
    things[Partnership] = {**view.all(Partnership), key: ended}
    said = triples(replace(view, things=things))
    assert (f"<{M}be-tremelo>", tg("twinnedWith"), f"<{M}pl-sieniawa>") not in said
    assert (f"<{M}sk-lutina>", tg("twinnedWith"), f"<{M}pl-sieniawa>") in said


def test_no_blank_node_and_each_subject_once(view: View) -> None:
    subjects: Counter[Term] = Counter()
    statements: list[Statement] = []
    for subject, said in Content(view).default():
        subjects[subject] += 1
        assert len(set(said)) == len(said), f"{subject} says a thing twice"
        statements += said
    assert subjects.most_common(1)[0][1] == 1
    assert not [t for s in statements for t in s if t.startswith("_:")]


def test_every_link_of_ours_leads_somewhere(view: View) -> None:
    base = view.dataset.base
    content = list(Content(view).default())
    subjects = {subject for subject, _ in content}
    for subject, said in content:
        for predicate, value in said:
            if value.startswith(f"<{base}") and not value.startswith(f"<{base}ns#"):
                assert value in subjects, f"{subject} {predicate} {value} leads nowhere"


def test_signatures_follow_their_agreement(view: View) -> None:
    order = [s for s, _ in graph.describe_view(view)]
    for subject, said in graph.describe_view(view):
        signatures = [o for p, o in said if p == tg("signature")]
        at = order.index(subject) + 1
        assert order[at : at + len(signatures)] == sorted(signatures)


def test_evidence_quotes_the_founding_page_word_for_word(view: View) -> None:
    """Where the page itself is at hand, beside the project."""
    from tests.conftest import ROOT

    page = ROOT.parent / "shared" / "sources" / "sieniawa-partner-towns.pl.txt"
    if not page.exists():
        import pytest

        pytest.skip("the founding page's text is not beside this clone")
    text = re.sub(r"\s+", " ", page.read_text("utf-8"))
    founding = next(c for c in view.claims if c.source.key == "sieniawa-partner-towns")
    quotes = {e.quote.value for e in founding.evidence if e.quote}
    assert len(quotes) > 20
    assert [q for q in sorted(quotes) if re.sub(r"\s+", " ", q) not in text] == []


def test_evidence_names_its_claim_and_its_source(view: View) -> None:
    said = {s: dict(d) for s, d in provenance.describe_provenance(view)}
    base = view.dataset.base
    key = "sieniawa-partner-towns_partnership_be-tremelo--pl-sieniawa_since"
    note = said[Term(f"<{base}evidence/{key}>")]
    oa = "http://www.w3.org/ns/oa#"
    assert note[Term(f"<{oa}hasBody>")] == f"<{base}partnership/be-tremelo--pl-sieniawa>"
    assert note[tg("property")] == tg("since")
    target = said[note[Term(f"<{oa}hasTarget>")]]
    assert target[Term(f"<{oa}hasSource>")] == f"<{base}source/sieniawa-partner-towns>"
    quote = said[target[Term(f"<{oa}hasSelector>")]]
    assert quote[Term(f"<{oa}exact>")] == '"rozpoczęła się w lipcu 2008 r."'


def test_what_stands_in_wikidata_is_named_by_statement_and_revision(view: View) -> None:
    statement = WikidataStatement(
        "Q1$a-b", "Q1", "Q2", "preferred", ("https://e.org/a|b", "7 bad"), ("Q5",), ("Q328",)
    )
    revision = WikidataRevision("Q1", 7, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", True)
    evidence = (
        Evidence(Ref("partnership", "a--b"), "partners", statement=statement),
        Evidence(Ref("municipality", "a"), "wikidata", revision=revision),
    )
    source = Source("w", (), "register", 80)
    said = dict(
        provenance.describe_provenance(View(view.dataset, {}, (Claims(source, (), evidence),)))
    )
    base = view.dataset.base
    stated = said[Term(f"<{base}evidence/w_partnership_a--b_partner#target>")]
    wd = "http://www.wikidata.org/entity/"
    assert set(stated[2:]) == {
        (tg("entry"), f"<{wd}Q1>"),
        (tg("statement"), f"<{wd}statement/Q1-a-b>"),
        (tg("statementValue"), f"<{wd}Q2>"),
        (tg("statementRank"), "<http://wikiba.se/ontology#PreferredRank>"),
        (DCT_REFERENCES, "<https://e.org/a%7Cb>"),
        (DCT_REFERENCES, f"<{wd}Q5>"),
        (Term("<http://www.w3.org/ns/prov#wasDerivedFrom>"), f"<{wd}Q328>"),
    }
    about = Term(f"<{base}evidence/w_municipality_a_exactMatch>")
    moment = "^^<http://www.w3.org/2001/XMLSchema#dateTime>"
    assert said[about][-1][1] == f'"2026-02-01T00:00:00Z"{moment}'
    assert [o for _, o in said[Term(f"{about[:-1]}#target>")][2:]] == [
        f"<{wd}Q1>",
        '"7"^^<http://www.w3.org/2001/XMLSchema#integer>',
        f'"2026-01-01T00:00:00Z"{moment}',
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
    ]


def test_the_merged_view_alone_is_labelled(view: View) -> None:
    base = view.dataset.base
    labels = [o for _, said in graph.describe_view(view) for p, o in said if p == graph.LABEL]
    assert '"Agreement of 2016-08, Miasto i Gmina Sieniawa – Ľutina"' in labels
    for claims in view.claims:
        for _, said in graph.describe_claims(claims, base):
            assert not [p for p, _ in said if p == graph.LABEL]
