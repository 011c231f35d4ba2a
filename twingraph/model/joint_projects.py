"""Projects joined to partnerships: a project of two partner towns is a joint project of theirs.

The rule: a project in which two or more partners of one partnership are partners is a joint project
of that partnership, unless that is only intended. Where no source says so the link is derived; it
is told apart (`Partnership.derived_projects`), with evidence beside the source that names the
partners of the project. One that began before the partnership is kept, and marked as earlier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from twingraph import identifiers as ids
from twingraph.identifiers import Ref
from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.merge import ranking
from twingraph.model.records import (
    Claims,
    Evidence,
    Keys,
    Partnership,
    Project,
    Record,
    View,
    ordered,
)

INTENDED = "intended"
"""The status of what is no partnership yet."""


@dataclass(frozen=True, slots=True)
class JointProject:
    """A derived link: the partnership and the project, and those who are partners in both.

    `earlier`: the project began before the partnership did, as far as both starts are known.
    """

    partnership: str
    project: str
    partners: Keys
    earlier: bool = False


def joint_projects(
    partnerships: Iterable[Partnership], projects: Iterable[Project]
) -> Iterator[JointProject]:
    """The links that follow from who is partner in what, and that no source states."""
    known = [p for p in partnerships if p.status != INTENDED]
    by_pair = _by_pair(known)
    for project in projects:
        found = {
            p.key: p
            for pair in combinations(sorted(project.partners), 2)
            for p in by_pair.get(pair, ())
        }
        for key in sorted(found):
            partnership = found[key]
            if project.key not in partnership.projects:
                shared = ordered(set(partnership.partners) & set(project.partners))
                yield JointProject(key, project.key, shared, _is_earlier(project, partnership))


def _by_pair(
    partnerships: Iterable[Partnership],
) -> Mapping[tuple[str, str], Sequence[Partnership]]:
    found: dict[tuple[str, str], list[Partnership]] = defaultdict(list)
    for partnership in partnerships:
        for one, other in combinations(sorted(partnership.partners), 2):
            found[one, other].append(partnership)
    return found


def _is_earlier(project: Project, partnership: Partnership) -> bool:
    began, since = project.start, partnership.since
    return began is not None and since is not None and since.after(began)


def with_joint_projects(view: View) -> View:
    """The view with the links that follow, and the evidence for each. What is stated stays."""
    links = joint_projects(view.all(Partnership).values(), view.all(Project).values())
    return linked(view, links, naming(view.claims))


def linked(view: View, found: Iterable[JointProject], named: Mapping[str, str]) -> View:
    """The view with these links, and the evidence for each beside the source that is `named` for
    the project: its claims must be there."""
    links = list(found)
    if not links:
        return view
    partnerships: dict[str, Record] = dict(view.all(Partnership))
    of_each: dict[str, list[JointProject]] = defaultdict(list)
    for link in links:
        of_each[link.partnership].append(link)
    for key, joined in of_each.items():
        partnership = view.all(Partnership)[key]
        derived = ordered(link.project for link in joined)
        partnerships[key] = replace(
            partnership,
            projects=ordered((*partnership.projects, *derived)),
            derived_projects=derived,
            earlier_projects=ordered(link.project for link in joined if link.earlier),
        )
    things = {**view.things, Partnership: partnerships}
    return replace(view, things=things, claims=tuple(_with_evidence(view, links, named)))


def _with_evidence(
    view: View, links: Iterable[JointProject], named: Mapping[str, str]
) -> Iterator[Claims]:
    labels = Labels(Lookup.of_view(view))
    added: dict[str, list[Evidence]] = defaultdict(list)
    for link in links:
        source = named.get(link.project)
        if source:
            partnership = view.all(Partnership)[link.partnership]
            added[source].append(
                Evidence(
                    partnership.ref,
                    "projects",
                    derived=True,
                    note=_note(link, labels),
                    value=Ref(ids.PROJECT, link.project),
                )
            )
    for claims in view.claims:
        more = added.get(claims.source.key)
        yield replace(claims, evidence=(*claims.evidence, *more)) if more else claims


def naming(of_all: Iterable[Claims]) -> Mapping[str, str]:
    """The best-ranked source that names at least two partners of each project."""
    found: dict[str, str] = {}
    for claims in sorted(of_all, key=lambda c: ranking(c.source)):
        for record in claims.records:
            if isinstance(record, Project) and len(record.partners) > 1:
                found.setdefault(record.key, claims.source.key)
    return found


def _note(link: JointProject, labels: Labels) -> str:
    names = [labels.town(key) for key in link.partners]
    both = "both" if len(names) == 2 else "all"
    project = labels.lookup.projects[link.project]
    told = (
        f"derived: {' and '.join(names)} are {both} project partners in {project.titles[0].value}"
    )
    return f"{told}; it began before the partnership did" if link.earlier else told
