"""Rows become claims: keys minted once, each partner's part, what is skipped is counted."""

from __future__ import annotations

from decimal import Decimal

from twingraph.model.records import (
    Authority,
    Evidence,
    Organization,
    Participation,
    Point,
    Programme,
    Project,
    Record,
    Source,
    Text,
)
from twingraph.sources.interreg.bodies import BodyFound, BodyOutcome
from twingraph.sources.interreg.claims import MintedKeys, ProjectHarvest, Wanted, harvest
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedPartner, ListedProgramme, ListedProject, Money

SOURCE = Source("list", (Text("A list", "en"),), "register", 50)
PL_SK = ListedProgramme((Text("Interreg V-A Poland-Slovakia 2014-2020", "en"),), "2014TC16RFCB012")
TITLE = (Text("Bridges over the river", "en"),)


def find(partner: ListedPartner) -> BodyFound:
    """Towns are linked, the rest are organisations; of Far only the name is known."""
    name = partner.names[0].value if partner.names else ""
    if name.startswith("Gmina"):
        return BodyFound(
            BodyOutcome.LINKED, "the same name", "POL", f"pl-{name[6:].lower()}", point=NEAR
        )
    if name.startswith("Obec"):
        return BodyFound(
            BodyOutcome.FOUND, "the only one", "CZE", "Q1", Authority("Q1", wikidata="Q1"),
            Authority("Q1", point=FAR), by_name_alone=True, point=FAR,
        )  # fmt: skip
    return BodyFound(BodyOutcome.ORGANIZATION, "no authority", "POL", "pl-a")


NEAR, FAR = Point(Decimal(20), Decimal(50)), Point(Decimal(10), Decimal(50))


def partner(name: str, role: str = "partner", **more: object) -> ListedPartner:
    return ListedPartner((Text(name, "und"),), "PL", role=role, **more)  # type: ignore[arg-type]


def project(*partners: ListedPartner, **more: object) -> ListedProject:
    stated = {"titles": TITLE, **more}
    return ListedProject("projects.csv:2", partners=partners, **stated)  # type: ignore[arg-type]


def made(
    *rows: ListedProject, known: MintedKeys | None = None, wanted: Wanted | None = None
) -> ProjectHarvest:
    return harvest(rows, SOURCE, find, Report(), known=known, wanted=wanted)


def of(found: ProjectHarvest, record_class: type[Record]) -> list[Record]:
    return [r for r in found.claims.records if isinstance(r, record_class)]


def test_a_project_with_its_partners_and_their_money() -> None:
    euro = Money(Decimal(60), Decimal(51), Decimal(85), "EUR")
    found = made(
        project(
            partner("Gmina A", "lead", money=euro), partner("Szkoła B"), number="A/1",
            programme=PL_SK, money=Money(Decimal(60), currency="EUR"), pages=("https://e.org/",),
        )
    )  # fmt: skip
    (stated,) = of(found, Project)
    assert stated == Project(
        "a-1", TITLE, "interreg-v-a-poland-slovakia-2014-2020", "A/1", ("pl-a",), "pl-a",
        total_budget=Decimal(60), currency="EUR", pages=("https://e.org/",),
    )  # fmt: skip
    town, school = of(found, Participation)
    assert town == Participation(
        "a-1_pl-a", "a-1", "pl-a", None, (Text("Gmina A", "und"),), "POL", "lead",
        Decimal(60), Decimal(51), Decimal(85), "EUR",
    )  # fmt: skip
    assert isinstance(school, Participation) and school.organization == "pl-szkola-b"
    assert of(found, Organization) == [
        Organization("pl-szkola-b", (Text("Szkoła B", "und"),), "POL", "pl-a")
    ]
    assert found.claims.evidence == (
        Evidence(
            town.ref, "authority", derived=True, note="linked: the same name", confidence=Decimal(1)
        ),
    )


def test_keys_come_from_what_identifies_a_project() -> None:
    keys = [
        r.key
        for row in (
            project(keep_id="17853", number="A/1"), project(number="A/1"), project(),
            project(titles=(Text("Мостове над реката", "bg"),)),
        )
        for r in of(made(row), Project)
    ]  # fmt: skip
    assert keys == ["keep-17853", "a-1", "bridges-over-the-river", "mostove-nad-rekata"]


def test_two_programmes_may_use_one_number() -> None:
    other = ListedProgramme((Text("Other", "en"),))
    found = made(
        project(number="1", programme=PL_SK),
        project(number="1", programme=other, titles=(Text("Quite another", "en"),)),
    )
    assert {r.key for r in of(found, Project)} == {"1", "other-1"}


def test_a_project_that_stands_twice_is_one() -> None:
    found = made(
        project(partner("Gmina A"), number="A/1"), project(partner("Gmina C"), number="A/1")
    )
    (one,) = of(found, Project)
    assert isinstance(one, Project) and one.partners == ("pl-a", "pl-c")
    assert found.report["repeated-project"] == 1


def test_a_partner_that_stands_twice_has_two_parts() -> None:
    found = made(project(partner("Gmina A"), partner("Gmina A"), number="A/1"))
    assert [p.key for p in of(found, Participation)] == ["a-1_pl-a", "a-1_pl-a-2"]
    assert found.report["repeated-partner"] == 1


def test_keys_once_minted_stay() -> None:
    before = (
        Programme("interreg-v-a-pl-sk-2014-2020", cci="2014TC16RFCB012"),
        Organization("school-b", (Text("SZKOŁA B", "pl"),), "POL"),
    )
    known = MintedKeys.of(before, [Project("old-key", number="A/1")])
    found = made(project(partner("Szkoła B"), number="A/1", programme=PL_SK), known=known)
    assert [r.key for r in found.claims.records] == [
        "school-b", "old-key_school-b", "interreg-v-a-pl-sk-2014-2020", "old-key",
    ]  # fmt: skip


def test_what_is_not_wanted_or_no_project_is_counted() -> None:
    found = made(
        project(titles=()), project(partner("Szkoła B")), project(partner("Gmina A")),
        wanted=Wanted(ours=True),
    )  # fmt: skip
    assert len(of(found, Project)) == 1
    assert found.report["no-title"] == found.report["not-ours"] == 1
    assert of(made(project(), wanted=Wanted("poland-slovakia")), Project) == []
    for words in ("poland–slovakia", "2014TC16RFCB012"):
        assert of(made(project(programme=PL_SK), wanted=Wanted(words)), Project)


def test_sums_that_differ_are_told() -> None:
    part = partner("Gmina A", money=Money(Decimal("40.00"), currency="EUR"))
    whole = Money(Decimal("50.00"), currency="EUR")
    assert made(project(part, money=whole)).report["sum-differs"] == 1
    assert made(project(part, part, money=whole)).report["sum-differs"] == 1
    unknown = partner("Gmina C")
    assert made(project(part, unknown, money=whole)).report["sum-differs"] == 0


def test_a_namesake_far_from_the_other_partners_is_not_linked() -> None:
    rows = (partner("Gmina A"), partner("Obec Lužná"))
    border, wide = made(project(*rows, programme=PL_SK)), made(project(*rows))
    assert of(border, Authority) == [] and border.report["candidates"] == 1
    (listed,) = border.listed
    assert "km from the other partners" in listed.found.reason
    assert of(wide, Authority) == [Authority("Q1", wikidata="Q1")]
    assert wide.places == (Authority("Q1", point=FAR),)


def test_a_partner_without_a_name_keeps_its_part() -> None:
    found = made(project(ListedPartner((), "", money=Money(Decimal(1), currency="EUR"))))
    (part,) = of(found, Participation)
    assert isinstance(part, Participation)
    assert (part.organization, part.total_budget) == (None, Decimal(1))
    assert found.report["no-name"] == found.report["no-country"] == 1
