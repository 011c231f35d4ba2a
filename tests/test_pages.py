"""The model holds what real pages state: every oddity of theirs, found again in the records.

`data/pages` was written from some fifty real pages. `data/made-up` adds the few cases that none of
those pages shows in a form that can be recorded, with places that do not exist.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import twingraph
from tests.conftest import ROOT
from twingraph import Release
from twingraph.build import build
from twingraph.dates import Date
from twingraph.errors import DataError
from twingraph.identifiers import Ref
from twingraph.model.merge import merge
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Evidence,
    NetworkMembership,
    Organization,
    Partnership,
    Person,
    Project,
    Record,
    Signature,
    StatusChange,
    Text,
    View,
)
from twingraph.sources.curated import folder as curated
from twingraph.sources.curated.editors import EDITORS

DATA = ROOT / "tests" / "data"


@cache
def data(name: str) -> curated.Curated:
    """One data set, read without a fault."""
    return curated.read(DATA / name)


@cache
def claims() -> dict[str, Claims]:
    """What every source of both data sets states, by the source's key; both have editors."""
    return {
        c.source.key if c.source.key != EDITORS else f"editors of {name}": c
        for name in ("pages", "made-up")
        for c in data(name).claims
    }


@cache
def view(name: str) -> View:
    """The merged view of one data set."""
    return merge(data(name).dataset, data(name).claims)


def evidence(source: str, key: str) -> list[Evidence]:
    """What a source says of a thing, beside its records."""
    return [e for e in claims()[source].evidence if e.subject.key == key]


class Shown(NamedTuple):
    """An oddity, the source that shows it, and the record that holds it (dates as EDTF)."""

    oddity: str
    source: str
    record: type[Record]
    key: str
    states: dict[str, Any]


def shown(
    oddity: str, source: str, record: type[Record], key: str, /, **states: Any
) -> Shown:  # fmt: skip
    return Shown(oddity, source, record, key, states)


RECORDS = (
    # Documents
    shown("renewal", "ziar-nad-hronom-svitavy", Agreement,
          "cz-svitavy--sk-ziar-nad-hronom_2", kind="renewal", signed_on="2011"),
    shown("letter of intent", "ostrow-mazowiecka-partner-towns", Agreement,
          "pl-ostrow-mazowiecka--ua-zaslaw_1", kind="letter-of-intent", signed_on="2011-06-03"),
    shown("letter of intent before the agreement", "smigiel-lesko", Agreement,
          "pl-lesko--pl-smigiel_1", kind="letter-of-intent", signed_on="2023"),
    shown("memorandum", "kupiansk-news", Agreement,
          "pl-pruszcz-gdanski--ua-kupiansk_1", kind="memorandum"),
    shown("council resolution", "szaflary-cebovce", Agreement,
          "pl-szaflary--sk-cebovce_1", kind="council-resolution", signed_on="2007-12-27"),
    shown("council resolution of one side", "jagodina-verona", Agreement,
          "it-verona--rs-jagodina_1", kind="council-resolution", decided_by="rs-jagodina"),
    shown("notice of termination by one side", "made-up-town-page", Agreement,
          "cz-vzorov--de-musterstadt--pl-powiat-przykladowy_notice",
          kind="termination", signed_on="2010-06-30", decided_by="de-musterstadt"),
    shown("several documents: friendship after partnership", "tczew-ends-partnerships", Agreement,
          "pl-tczew--ru-kursk_2", kind="agreement", signed_on="2007"),
    shown("two ceremonies: the first", "erlenbach-partner-towns", Agreement,
          "ch-erlenbach-im-simmental--de-erlenbach-am-main_1", signed_on="2012-06"),
    shown("two ceremonies: the second", "erlenbach-partner-towns", Agreement,
          "ch-erlenbach-im-simmental--de-erlenbach-am-main_2", signed_on="2013-10"),
    shown("fixed term, its end stated", "kuopio-circle", Agreement,
          "dk-svendborg--fi-kuopio--no-bodo--se-jonkoping_2",
          kind="renewal", signed_on="2022", valid_until="2029"),
    shown("agreement that replaces another", "kuopio-circle", Agreement,
          "dk-svendborg--fi-kuopio--no-bodo--se-jonkoping_2",
          replaces=("dk-svendborg--fi-kuopio--no-bodo--se-jonkoping_1",)),
    # Partners
    shown("circle of several towns", "kuopio-circle", Partnership,
          "dk-svendborg--fi-kuopio--no-bodo--se-jonkoping",
          partners=("dk-svendborg", "fi-kuopio", "no-bodo", "se-jonkoping")),
    shown("circle beside a pair of its members", "sakiai-slobozhanska", Partnership,
          "lt-sakiai--ua-slobozhanska", partners=("lt-sakiai", "ua-slobozhanska")),
    shown("member of a circle joined", "made-up-town-page", StatusChange,
          "cz-vzorov--de-musterstadt--pl-powiat-przykladowy_prikladov-joined",
          concerns="sk-prikladov", new_status="active", changed_on="2004-09",
          agreement="cz-vzorov--de-musterstadt--pl-powiat-przykladowy_accession"),
    shown("member of a circle left", "made-up-town-page", StatusChange,
          "cz-vzorov--de-musterstadt--pl-powiat-przykladowy_musterstadt-left",
          concerns="de-musterstadt", new_status="ended", decided_by="de-musterstadt"),
    shown("merged municipality: the new one", "visaginas-kraslava", Authority,
          "lv-kraslava", replaces=("lv-dagda",)),
    shown("merged municipality: the old one left", "visaginas-kraslava", StatusChange,
          "lt-visaginas--lv-dagda_dagda-left",
          concerns="lv-dagda", new_status="ended", changed_on="2022"),
    shown("merged municipality: the new one took its place", "visaginas-kraslava", StatusChange,
          "lt-visaginas--lv-dagda_kraslava-joined",
          concerns="lv-kraslava", new_status="active", agreement="lt-visaginas--lv-dagda_2"),
    shown("day without a year", "lacko-nova-lubovna", Agreement,
          "pl-lacko--sk-nova-lubovna_1", signed_on="XXXX-09-02"),
    shown("month without a year", "oberpleichfeld-urkut", Agreement,
          "de-oberpleichfeld--hu-urkut_1", signed_on="XXXX-06"),
    shown("renewal without a year", "slopnice-balkany", Agreement,
          "hu-balkany--pl-slopnice_2", signed_on="XXXX-09-14"),
    shown("county as partner", "editors of pages", Authority,
          "pl-radziejow", level="county"),
    shown("counties on both sides", "walldurn-partner-towns", Partnership,
          "de-neckar-odenwald-kreis--hu-vas", since="1997"),
    shown("region as partner", "editors of made-up", Authority,
          "fr-region-exemple", level="region"),
    shown("city district as partner", "editors of pages", Authority,
          "cz-praha-5", level="city-district"),
    shown("association of municipalities as partner", "editors of pages", Authority,
          "de-trittau", level="association-of-municipalities"),
    shown("association involved", "chiclana-el-astillero", Partnership,
          "es-chiclana--es-el-astillero", involves=("asociacion-amigos-de-el-astillero",)),
    shown("school involved", "made-up-town-page", Partnership,
          "cz-vzorov--de-musterstadt--pl-powiat-przykladowy",
          involves=("zakladni-skola-vzorov",)),
    shown("member of a network", "made-up-town-page", NetworkMembership,
          "cz-vzorov_ring-vzorovych-mest",
          network="ring-vzorovych-mest", since="2003-05", until=None),
    shown("left a network that it joined again", "made-up-town-page", NetworkMembership,
          "cz-vzorov_before", network="ring-vzorovych-mest", since="198X", until="1991"),
    shown("name variants in two languages", "totkomlos-partner-towns", Authority,
          "sk-zvolen", labels=(Text("Zólyom", "hu"), Text("Zvolen", "sk"))),
    shown("name variant in one language", "rudniki-partner-communes", Authority,
          "sk-soblahov", alt_labels=(Text("Gmina Soblahov", "pl"),)),
    # Statuses
    shown("suspended, formally in force", "bialystok-ends-russian-partnerships", StatusChange,
          "by-grodno--pl-bialystok_suspended", new_status="suspended", changed_on="2020"),
    shown("ended by one side", "bialystok-ends-russian-partnerships", StatusChange,
          "pl-bialystok--ru-tomsk_ended",
          new_status="ended", changed_on="2022-02", decided_by="pl-bialystok"),
    shown("ended, no day given", "towns-cancel-russian-partnerships", StatusChange,
          "pl-goleniow--ru-gurjewsk_ended", new_status="ended", changed_on=None),
    shown("ended with notice", "lodz-ends-russian-partnerships", StatusChange,
          "pl-lodz--ru-iwanowo_ended", new_status="ended", changed_on="2022-08/.."),
    shown("dormant", "krasnobrod-krasny-brod", StatusChange,
          "pl-krasnobrod--sk-krasny-brod_dormant", new_status="dormant", changed_on="2010"),
    shown("reactivated", "krasnobrod-krasny-brod", StatusChange,
          "pl-krasnobrod--sk-krasny-brod_revived", new_status="active", changed_on="2017"),
    shown("expired", "bialystok-ends-russian-partnerships", Partnership,
          "pl-bialystok--ru-pskow", status="expired"),
    shown("intended", "cumpana-cazangic", Partnership,
          "md-cazangic--ro-cumpana", status="intended"),
    shown("status unknown", "gallivare-kirovsk", Partnership,
          "ru-velsk--se-overkalix", status="unknown"),
    # Dates
    shown("no date", "moszczenica-abda", Agreement,
          "hu-abda--pl-moszczenica_1", signed_on=None),
    shown("decade", "sigtuna-partner-towns", Partnership,
          "no-porsgrunn--se-sigtuna", since="197X"),
    shown("year only", "sigtuna-partner-towns", Partnership,
          "ee-rakvere--se-sigtuna", since="1990"),
    shown("month precision", "trittau-wieliszew", Agreement,
          "de-trittau--pl-wieliszew_1", signed_on="2011-09"),
    shown("start unlike signing", "stronie-partner-towns", Partnership,
          "fr-la-machine--pl-stronie", since="1997"),
    shown("signing unlike start", "stronie-partner-towns", Agreement,
          "fr-la-machine--pl-stronie_1", kind="agreement", signed_on="1999-09-18"),
    shown("before a year", "ziar-nad-hronom-svitavy", Partnership,
          "cz-svitavy--sk-ziar-nad-hronom", since="../1989"),
    shown("before a day", "gyonk-griesheim-darmstadt", Agreement,
          "de-darmstadt--de-griesheim--hu-gyonk_1", signed_on="../1990-10-27"),
    shown("a page contradicts itself on a day", "made-up-town-page", Agreement,
          "cz-vzorov--de-musterstadt--pl-powiat-przykladowy_1",
          signed_on="[2001-05-04,2001-05-05]"),
    # Signatures
    shown("several signatories a side: the mayor", "towns-cancel-russian-partnerships", Signature,
          "pl-szczecin--ru-murmansk_1_wladyslaw-lisewski",
          office="mayor", on_behalf_of="pl-szczecin"),
    shown("several signatories a side: the council", "towns-cancel-russian-partnerships",
          Signature, "pl-szczecin--ru-murmansk_1_jan-otto",
          office="council-chair", on_behalf_of="pl-szczecin"),
    shown("proxy", "made-up-county-page", Signature,
          "fr-region-exemple--pl-powiat-przykladowy_2_anna-przykladna", basis="proxy"),
    shown("witness of no side", "siemiatycze-etterbeek", Signature,
          "be-etterbeek--pl-siemiatycze_1_artur-orzechowski", basis="witness", on_behalf_of=None),
    shown("represented, not said to have signed", "dabrowa-tarnowska-budapest-xviii", Signature,
          "hu-budapest-xviii--pl-dabrowa-tarnowska_1_attila-ughy", basis="represented"),
    shown("deputy signed", "szaflary-cebovce", Signature,
          "pl-szaflary--sk-cebovce_2_pawel-cetera", office="deputy-mayor", basis="signed"),
    shown("signatory without a side", "ostrow-mazowiecka-partner-towns", Signature,
          "pl-ostrow-mazowiecka--ua-zaslaw_1_wladyslaw-krzyzanowski", on_behalf_of=None),
    shown("signatory without a name", "smigiel-lesko", Signature,
          "pl-lesko--pl-smigiel_2_author", signatory=None, on_behalf_of="pl-smigiel"),
    shown("signatory without an office", "sakiai-slobozhanska", Signature,
          "ge-dusheti--lt-sakiai--lv-adazi--ua-slobozhanska_1_maris-sprindzuks",
          office=None, roles=()),
    shown("feminine role", "oberpleichfeld-urkut", Signature,
          "de-oberpleichfeld--hu-urkut_1_martina-rottmann",
          office="mayor", roles=(Text("Bürgermeisterin", "de"),)),
    shown("starosta in Slovakia is a mayor", "rudniki-soblahov", Signature,
          "pl-rudniki--sk-soblahov_1_miroslav-duraci",
          office="mayor", roles=(Text("starosta", "pl"),)),
    shown("starosta in Czechia is a mayor", "ziar-nad-hronom-svitavy", Signature,
          "cz-svitavy--sk-ziar-nad-hronom_2_david-simek",
          office="mayor", roles=(Text("starosta", "sk"),)),
    shown("starosta in Poland is a county head", "made-up-county-page", Signature,
          "fr-region-exemple--pl-powiat-przykladowy_1_jan-przykladny",
          office="county-head", roles=(Text("starosta", "pl"),)),
    shown("name of initials", "svodin-circle", Person, "g-vigh", name="G. Vígh"),
    shown("surname only", "made-up-town-page", Person, "muster", name="Muster"),
    shown("name in another script", "kupiansk-news", Person,
          "yanush-vrubel", name="Януш Врубель"),
    # Projects
    shown("joint project", "markvartovice-bierawa", Partnership,
          "cz-markvartovice--pl-bierawa", projects=("poznejme-se-navzajem",)),
    shown("a sum that is about 40,000", "made-up-town-page", Project,
          "kolo-mest", total_budget=None, total_budget_about=Decimal(40000),
          grant=None, grant_about=Decimal(34000), currency="EUR"),
    shown("project without a partnership", "podegrodzie-zahradne-project", Project,
          "pomoc-w-rozwoju-sportu-i-folkloru", partners=("pl-podegrodzie", "sk-zahradne")),
)  # fmt: skip


@pytest.mark.parametrize("case", RECORDS, ids=lambda case: case.oddity)
def test_the_records_hold(case: Shown) -> None:
    record = next(r for r in claims()[case.source].records if r.ref == _ref(case))
    stated = {name: getattr(record, name) for name in case.states}
    assert {n: v.edtf if isinstance(v, Date) else v for n, v in stated.items()} == case.states


def _ref(case: Shown) -> Ref:
    return Ref(case.record.path, case.key)


class Said(NamedTuple):
    """An oddity that stands in the evidence: the field it is about (none: a mention)."""

    oddity: str
    source: str
    key: str
    property: str | None
    date: str | None = None
    derived: bool = False


EVIDENCE = (
    Said("decade, as written", "sigtuna-partner-towns", "no-porsgrunn--se-sigtuna", "since",
         "197X"),
    Said("derived from an anniversary", "krimpen-kiskoros",
         "hu-kiskoros--nl-krimpen-aan-den-ijssel", "since", None, True),
    Said("derived from a relative date", "tczew-ends-partnerships", "pl-tczew--ru-kursk_2",
         "signed_on", None, True),
    Said("year of the article", "siemiatycze-etterbeek", "be-etterbeek--pl-siemiatycze_1",
         "signed_on", None, True),
    Said("year of the article, for each document", "sakiai-slobozhanska",
         "lt-sakiai--ua-slobozhanska_1", "signed_on", None, True),
    Said("fixed term, its end derived", "ziar-nad-hronom-svitavy",
         "cz-svitavy--sk-ziar-nad-hronom_1", "valid_until", None, True),
    Said("end of the notice, derived", "lodz-ends-russian-partnerships",
         "pl-lodz--ru-iwanowo_ended", "changed_on", "2022-08/..", True),
    Said("who decided for his town", "towns-cancel-russian-partnerships",
         "pl-goleniow--ru-gurjewsk_ended", "decided_by"),
    Said("country from the spelling", "svodin-circle", "cz-bystrice", "country", None, True),
    Said("planned signing", "nachod-taciv", "cz-nachod--ua-taciv", None, "2018-08"),
    Said("planned signing by proxy", "ourense-quimper", "es-ourense--fr-quimper", None, "2006-07"),
    Said("day without a word on what happened", "totkomlos-partner-towns",
         "hu-totkomlos--sk-zvolen", None, "1995-08-20"),
    Said("association founded", "chiclana-el-astillero", "asociacion-amigos-de-el-astillero",
         None, "2008-10-20"),
    Said("year of a merger", "visaginas-kraslava", "lv-dagda", None, "2022"),
    Said("bilingual document", "rumilly-maglie", "fr-rumilly--it-maglie_1", None),
    Said("place of a signing", "svodin-circle", "cz-bystrice--hu-tata--pl-pinczow--sk-svodin_2",
         None),
    Said("termination demanded", "towns-cancel-russian-partnerships", "pl-szczecin--ru-murmansk",
         None),
    Said("project's partner agreement", "podegrodzie-zahradne-project",
         "pomoc-w-rozwoju-sportu-i-folkloru", None, "XXXX-07-30"),
    Said("unveiling of a plaque", "krimpen-kiskoros", "hu-kiskoros--nl-krimpen-aan-den-ijssel",
         None),
)  # fmt: skip


@pytest.mark.parametrize("case", EVIDENCE, ids=lambda case: case.oddity)
def test_the_evidence_holds(case: Said) -> None:
    said = [(e.property, e.date, e.derived) for e in evidence(case.source, case.key)]
    assert (case.property, case.date, case.derived) in said


# --- what a single record cannot show -------------------------------------------------------------


def agreements(partnership: str) -> list[Agreement]:
    """The documents of a partnership, as any page knows them."""
    documents = view("pages").all(Agreement).values()
    return [document for document in documents if document.partnership == partnership]


def signatures(agreement: str) -> list[Signature]:
    """The signatures under a document, as any page knows them."""
    return [s for s in view("pages").all(Signature).values() if s.agreement == agreement]


def test_thirty_pages_or_more_are_held_each_once() -> None:
    pages = [c.source.key for c in view("pages").claims if c.source.key != EDITORS]
    urls = [claims()[key].source.url for key in pages]
    assert len(urls) >= 30
    assert len(set(urls)) == len(urls)


def test_no_sentence_of_a_page_is_kept() -> None:
    assert [e for c in view("pages").claims for e in c.evidence if e.quote] == []


def test_source_without_an_address() -> None:
    assert claims()["smigiel-lesko"].source.url is None


def test_both_sides_signed() -> None:
    sides = {s.on_behalf_of for s in signatures("hr-opatija--hr-zagreb_1")}
    assert sides == {"hr-opatija", "hr-zagreb"}


def test_one_side_only() -> None:
    sides = [s.on_behalf_of for s in signatures("it-brembate-di-sopra--pl-ostrow-mazowiecka_1")]
    assert sides == ["pl-ostrow-mazowiecka"]


def test_no_signatory() -> None:
    assert signatures("de-herbitzheim--fr-herbitzheim_1") == []


def test_no_document() -> None:
    assert agreements("es-villanueva-de-la-canada--fr-le-vesinet") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("cz-sedlice", "sk-sedlice"), ("de-herbitzheim", "fr-herbitzheim")],
)
def test_homonyms_are_two_towns(one: str, other: str) -> None:
    towns = view("pages").all(Authority)
    assert towns[one].labels == towns[other].labels
    assert towns[one].country != towns[other].country
    assert f"{one}--{other}" in view("pages").all(Partnership)


def test_domestic_pair() -> None:
    towns = view("pages").all(Authority)
    pair = view("pages").all(Partnership)["pl-radziechowy-wieprz--pl-skoroszyce"]
    assert [towns[key].country for key in pair.partners] == ["POL", "POL"]


def test_levels_may_differ_between_partners() -> None:
    towns = view("pages").all(Authority)
    pair = view("pages").all(Partnership)["de-wahrenholz--pl-radziejow"]
    assert [towns[key].level for key in pair.partners] == ["municipality", "county"]


def test_third_party_page_about_many_towns() -> None:
    page = claims()["towns-cancel-russian-partnerships"]
    partners = [r.partners for r in page.records if isinstance(r, Partnership)]
    assert len(partners) == 6
    assert not set.intersection(*map(set, partners))


def test_intended_partnership_has_no_agreement_but_a_resolution() -> None:
    intended = [p for p in view("pages").all(Partnership).values() if p.status == "intended"]
    kinds = {a.kind for p in intended for a in agreements(p.key)}
    assert len(intended) == 6
    assert kinds == {"council-resolution"}


def test_projects_partner_agreement_is_no_twinning_agreement() -> None:
    page = claims()["podegrodzie-zahradne-project"].records
    assert [r for r in page if isinstance(r, Agreement | Partnership)] == []


def test_joint_project_has_its_budget() -> None:
    project = view("pages").all(Project)["poznejme-se-navzajem"]
    assert (str(project.total_budget), project.currency) == ("4273", "EUR")
    assert project.programme == "cross-border-cz-pl-2007-2013"


def test_who_unveiled_a_plaque_did_not_sign() -> None:
    names = {person.name for person in view("pages").all(Person).values()}
    assert names.isdisjoint({"Martijn Vroom", "László Domonyi", "Uwe Tillmann-Mumm"})


def test_association_is_no_partner() -> None:
    organizations = set(view("pages").all(Organization))
    partners = {key for p in view("pages").all(Partnership).values() for key in p.partners}
    assert organizations
    assert organizations.isdisjoint(partners)


def test_only_bounds_where_the_page_is_vague() -> None:
    since = view("pages").all(Partnership)["no-porsgrunn--se-sigtuna"].since
    assert since == Date("197X", None, None, "1970-01-01", "1979-12-31")


def test_two_pages_that_fit_give_the_more_precise_date() -> None:
    (found,) = _disagreements("pages", "pl-rudniki--sk-soblahov_1")
    assert found == ("signed_on", "2004-11", ["2004"], True)


def test_two_pages_that_conflict_keep_both_dates() -> None:
    (found,) = _disagreements("made-up", "cz-vzorov--de-musterstadt--pl-powiat-przykladowy_1")
    assert found == ("signed_on", "[2001-05-04,2001-05-05]", ["2001-06-04"], False)


def test_two_pages_that_conflict_keep_both_offices() -> None:
    found = _disagreements("pages", "pl-pruszcz-gdanski--ua-kupiansk_1_andrii-besiedin")
    assert ("office", "other", ["governor"], False) in found


def _disagreements(name: str, key: str) -> list[tuple[str, str, list[str], bool]]:
    def written(value: Any) -> str:
        return value.edtf if isinstance(value, Date) else str(value)

    return [
        (d.field, written(d.shown.value), [written(c.value) for c in d.others], d.fits)
        for d in view(name).disagreements
        if d.subject.key == key
    ]


def test_only_a_partner_can_have_decided(tmp_path: Path) -> None:
    folder = shutil.copytree(DATA / "made-up", tmp_path / "data")
    page = folder / "sources" / "made-up-town-page.yaml"
    text = page.read_text(encoding="utf-8")
    text = text.replace("decided_by: de-musterstadt", "decided_by: fr-region-exemple")
    page.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        curated.read(folder)
    messages = [problem.message for problem in caught.value.problems]
    assert (
        messages == ["decided by 'fr-region-exemple', which is no partner of this partnership"] * 2
    )


# --- as a graph: built, checked and asked ---------------------------------------------------------


@pytest.fixture(scope="module", params=["pages", "made-up"])
def released(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    out = tmp_path_factory.mktemp(request.param) / "public"
    build(DATA / request.param, out)
    return twingraph.open(out)


def test_the_release_gives_back_every_partnership(released: Release) -> None:
    name = released.folder.parent.name.rstrip("0123456789")
    stated = {r.key for c in data(name).claims for r in c.records if isinstance(r, Partnership)}
    assert {p.key for p in released.records(Partnership)} == stated


def test_every_thing_leads_to_a_source(released: Release) -> None:
    lost = released.query(
        """SELECT ?thing { ?thing a ?class
           VALUES ?class { tg:Partnership tg:Agreement tg:Signature tg:StatusChange foaf:Person }
           FILTER NOT EXISTS { ?thing dct:source/^prov:wasDerivedFrom ?graph
                               GRAPH ?graph { ?thing a ?class } } }"""
    )
    assert lost == []


ASKED = {
    "a county as partner": "?p tg:partner/tg:level authority-level:county",
    "witness": "?s tg:basis signature-basis:witness ; tg:signatureOf/tg:agreementOf ?p",
    "renewal replaces": "?new tg:kind agreement-kind:renewal ; dct:replaces/tg:agreementOf ?p",
    "fixed term": "?a tg:signedOnEarliest ?from ; tg:validUntilLatest ?to FILTER(?to > ?from)",
    "suspended": "?p tg:status partnership-status:suspended",
    "ended": "?p tg:status partnership-status:ended",
    "intended": "?p tg:status partnership-status:intended MINUS { ?p tg:agreement/tg:signedOn ?d }",
    "circle": "?p tg:partner ?a, ?b, ?c FILTER(?a != ?b && ?b != ?c && ?a != ?c)",
    "member joined a circle": "?c tg:concerns ?town ; tg:newStatus partnership-status:active",
    "merged": "?new dct:replaces ?old . ?old a tg:LocalAuthority",
    "bounds only": "?p tg:sinceLatest ?latest FILTER NOT EXISTS { ?p tg:since ?exact }",
    "a day without a year": "?a tg:signedOn ?day FILTER(DATATYPE(?day) = xsd:gMonthDay)",
    "a month without a year": "?a tg:signedOn ?month FILTER(DATATYPE(?month) = xsd:gMonth)",
    "derived from an anniversary": "?e tg:derived true ; tg:property ?property",
    "an association takes part": "?p tg:involves/a org:Organization",
    "council resolution": "?a tg:kind agreement-kind:council-resolution ; tg:decidedBy ?town",
    "several signatories a side": "?s tg:signatureOf ?a ; tg:onBehalfOf ?t ."
    " ?other tg:signatureOf ?a ; tg:onBehalfOf ?t FILTER(?s != ?other)",
    "representatives are evidence only": "?e oa:hasBody ?p MINUS { ?e tg:property ?any }",
}


@pytest.mark.parametrize("pattern", ASKED.values(), ids=ASKED)
def test_the_variety_can_be_asked_for(pages: Release, pattern: str) -> None:
    assert pages.query(f"ASK {{ {pattern} }}")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Release:
    out = tmp_path_factory.mktemp("asked") / "public"
    build(DATA / "pages", out)
    return twingraph.open(out)


def test_a_merged_predecessor_leaves_two_twins(pages: Release) -> None:
    """Dagda was merged into Krāslava: Visaginas and Krāslava are twins, of what were three."""
    twins = pages.query("SELECT ?a ?b { ?a tg:twinnedWith ?b }")
    pairs = {tuple(row[name].rpartition("/")[2] for name in ("a", "b")) for row in twins}
    assert ("lt-visaginas", "lv-kraslava") in pairs
    assert not [pair for pair in pairs if "lv-dagda" in pair]


def test_an_ended_partnership_has_no_twins(pages: Release) -> None:
    assert not pages.query(
        """ASK { ?p tg:status partnership-status:ended ; tg:partner ?a, ?b .
                 ?a tg:twinnedWith ?b
                 FILTER NOT EXISTS { ?other tg:partner ?a, ?b FILTER(?other != ?p) } }"""
    )
