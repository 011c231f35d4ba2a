"""Projects joined to partnerships by a rule, told apart from what a source states."""

from __future__ import annotations

from dataclasses import replace

from twingraph import dates
from twingraph.identifiers import Ref
from twingraph.model.joint_projects import JointProject, joint_projects, with_joint_projects
from twingraph.model.merge import merge
from twingraph.model.records import (
    Authority,
    Claims,
    Evidence,
    Partnership,
    Project,
    Source,
    Text,
    View,
)

AB = Partnership("a--b", ("a", "b"))


def links(*projects: Project, partnerships: tuple[Partnership, ...] = (AB,)) -> list[JointProject]:
    return list(joint_projects(partnerships, projects))


def test_two_partner_towns_in_one_project() -> None:
    assert links(Project("x", partners=("a", "b", "c"))) == [JointProject("a--b", "x", ("a", "b"))]


def test_one_partner_town_is_not_enough() -> None:
    assert links(Project("x", partners=("a", "c"))) == []


def test_what_a_source_states_is_not_derived() -> None:
    stated = replace(AB, projects=("x",))
    assert links(Project("x", partners=("a", "b")), partnerships=(stated,)) == []


def test_what_is_only_intended_is_no_partnership() -> None:
    intended = replace(AB, status="intended")
    assert links(Project("x", partners=("a", "b")), partnerships=(intended,)) == []


def test_a_circle_is_joined_once() -> None:
    circle = Partnership("a--b--c", ("a", "b", "c"))
    assert links(Project("x", partners=("a", "b", "c")), partnerships=(circle,)) == [
        JointProject("a--b--c", "x", ("a", "b", "c"))
    ]


def test_a_project_before_the_partnership_is_marked() -> None:
    since = replace(AB, since=dates.parse("2018-04"))
    for start, earlier in (("2017", True), ("2018", False), ("2019-01-01", False)):
        project = Project("x", partners=("a", "b"), start=dates.parse(start))
        assert [one.earlier for one in links(project, partnerships=(since,))] == [earlier]
    unknown = Project("x", partners=("a", "b"), start=dates.parse("1990"))
    assert [one.earlier for one in links(unknown)] == [False]


def test_the_view_says_which_links_are_derived_and_from_what(view: View) -> None:
    towns = tuple(Authority(key, (Text(key.upper(), "en"),)) for key in "ab")
    since = replace(AB, since=dates.parse("2018"))
    project = Project("x", (Text("Bridges", "en"),), partners=("a", "b"), start=dates.parse("2010"))
    pages = Claims(Source("pages", (), "municipal", 30), (*towns, since))
    listed = Claims(Source("list", (), "register", 50), (project,))
    found = with_joint_projects(merge(view.dataset, [pages, listed]))
    partnership = found.all(Partnership)["a--b"]
    assert partnership.projects == partnership.derived_projects == ("x",)
    assert partnership.earlier_projects == ("x",)
    (evidence,) = next(c.evidence for c in found.claims if c.source.key == "list")
    assert evidence == Evidence(
        since.ref, "projects", derived=True,
        note="derived: A and B are both project partners in Bridges;"
        " it began before the partnership did",
        value=Ref("project", "x"),
    )  # fmt: skip


def test_a_view_without_such_projects_stays_as_it_is(view: View) -> None:
    assert with_joint_projects(view) is view
