"""A good data folder, read: every field of every record, and where it was written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.sources.conftest import Folder
from twingraph.identifiers import Ref
from twingraph.model import records as r
from twingraph.model.records import Claims, Text
from twingraph.sources.curated import folder as curated

KEY = "pl-sieniawa--sk-lutina"


@pytest.fixture
def page(folder: Folder) -> Claims:
    claims = {c.source.key: c for c in curated.read(folder.path).claims}
    assert set(claims) == {"page", "register"}
    return claims["page"]


def only(claims: Claims, record_class: type[r.R]) -> r.R:
    (found,) = (one for one in claims.records if isinstance(one, record_class))
    return found


def test_a_source_may_stand_in_a_subfolder(folder: Folder, page: Claims) -> None:
    there = folder.path / "sources/pages/of-towns/page.yaml"
    there.parent.mkdir(parents=True)
    (folder.path / "sources/page.yaml").rename(there)
    moved = {c.source.key: c for c in curated.read(folder.path).claims}["page"]
    assert moved.records == page.records
    assert moved.origins[Ref("partnership", KEY)].file == there.as_posix()


def test_the_source(page: Claims) -> None:
    assert page.source.titles == (Text("Partnerské obce", "sk"),)
    assert (page.source.kind, page.source.rank) == ("municipal", 30)
    assert page.source.retrieved == "2026-11-23"


def test_the_partnership(page: Claims) -> None:
    found = only(page, r.Partnership)
    assert (found.key, found.partners) == (KEY, ("pl-sieniawa", "sk-lutina"))
    assert found.since is not None
    assert (found.since.value, found.since.earliest, found.since.latest) == (
        "2016",
        "2016-01-01",
        "2016-12-31",
    )
    assert (found.projects, found.involves) == (("park",), ("school",))


def test_the_documents_and_who_signed(page: Claims) -> None:
    first, second = (one for one in page.records if isinstance(one, r.Agreement))
    assert (first.key, first.kind) == (f"{KEY}_1", "agreement")
    assert first.signed_on is not None and first.signed_on.value == "2016-08"
    assert second.replaces == (first.key,)
    signature = only(page, r.Signature)
    assert signature.agreement == first.key
    assert (signature.signatory, signature.office) == ("adam-wos", "mayor")
    assert signature.roles == (Text("primátor", "sk"),)
    # In what capacity the page does not say.
    assert (signature.on_behalf_of, signature.basis) == ("pl-sieniawa", None)
    change = only(page, r.StatusChange)
    assert (change.partnership, change.agreement) == (KEY, first.key)


def test_a_register_row_and_a_block_of_its_source_are_one_record(page: Claims) -> None:
    project = only(page, r.Project)
    assert project.titles == (Text("Park oddychu", "sk"),)
    assert (project.total_budget, project.currency) == (Decimal("30296.38"), "EUR")


def test_an_organisation_has_the_entry_of_its_row(folder: Folder) -> None:
    folder.write("organizations.csv", "key,name,language,wikidata,source\nschool,A,en,Q42,page\n")
    claims = curated.read(folder.path).claims
    bodies = [x for c in claims for x in c.records if isinstance(x, r.Organization)]
    (school,) = (body for body in bodies if body.wikidata)
    assert (school.wikidata, school.seat) == ("Q42", None)


def test_evidence_supports_what_it_says(page: Claims) -> None:
    quoted = [e for e in page.evidence if e.quote == Text("od roku 2016", "sk")]
    assert [(e.subject, e.property) for e in quoted] == [(Ref("partnership", KEY), "since")]
    (mention,) = (e for e in page.evidence if e.note == "He opened a park.")
    assert (mention.subject, mention.property) == (Ref("person", "adam-wos"), None)


def test_every_record_knows_its_line(page: Claims, folder: Folder) -> None:
    lines = (folder.path / "sources/page.yaml").read_text("utf-8").splitlines()
    origin = page.origins[Ref("partnership", KEY)]
    assert lines[(origin.line or 0) - 1].strip() == f"- key: {KEY}"
