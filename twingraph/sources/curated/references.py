"""What needs several files to be seen: keys that nobody defines, and who is whose partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from twingraph import identifiers as ids
from twingraph.errors import MOST_SUGGESTIONS, Problem, did_you_mean
from twingraph.identifiers import Ref
from twingraph.model.records import Authority, Origin, Partnership, StatusChange, Texts
from twingraph.sources.curated.registers import REGISTERS, Registers
from twingraph.sources.curated.yaml_reader import Document, Place

# Which fields hold keys of a register, by the names on the way to them.
_KEYS_OF: Mapping[str, str] = {
    "publisher_authority": ids.MUNICIPALITY,
    "each_partnership.projects": ids.PROJECT,
    "each_partnership.involves": ids.ORGANIZATION,
    "partnerships.partners": ids.MUNICIPALITY,
    "partnerships.projects": ids.PROJECT,
    "partnerships.involves": ids.ORGANIZATION,
    "partnerships.agreements.signatures.signatory": ids.PERSON,
    "partnerships.agreements.signatures.on_behalf_of": ids.MUNICIPALITY,
    "partnerships.agreements.concluded_by": ids.ORGANIZATION,
    "partnerships.agreements.decided_by": ids.MUNICIPALITY,
    "partnerships.status_changes.concerns": ids.MUNICIPALITY,
    "partnerships.status_changes.decided_by": ids.MUNICIPALITY,
    "projects.key": ids.PROJECT,
    "projects.programme": ids.PROGRAMME,
    "projects.partners": ids.MUNICIPALITY,
    "projects.lead": ids.MUNICIPALITY,
    "authorities.key": ids.MUNICIPALITY,
    "authorities.replaces": ids.MUNICIPALITY,
    "authorities.memberships.network": ids.ORGANIZATION,
    "mentions.about.authority": ids.MUNICIPALITY,
    "mentions.about.organization": ids.ORGANIZATION,
    "mentions.about.person": ids.PERSON,
    "mentions.about.project": ids.PROJECT,
    "mentions.about.partnership": ids.PARTNERSHIP,
    "mentions.about.agreement": ids.AGREEMENT,
}


class KeyReference(NamedTuple):
    """A key that a file uses, and where."""

    target: Ref
    origin: Origin


class PartnerReference(NamedTuple):
    """A body that a file takes for a partner and where; `verb` says what it does there."""

    partnership: str
    authority: str
    verb: str
    origin: Origin


def references_in(document: Document) -> Iterator[KeyReference]:
    """The keys of registers that a document uses, whether or not it is faulty elsewhere."""
    for place, value in _texts_in(document.content, ()):
        path = _KEYS_OF.get(".".join(step for step in place if isinstance(step, str)))
        # A text that is no key at all is the format's to report.
        pattern = ids.AUTHORITY_KEY if path == ids.MUNICIPALITY else ids.KEY
        stated = path in (ids.PARTNERSHIP, ids.AGREEMENT)
        if path and (stated or ids.is_key(value, pattern)):
            yield KeyReference(Ref(path, value), Origin(document.file, document.line(place)))


def _texts_in(content: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(content, str):
        yield place, content.strip()
    elif isinstance(content, (dict, list)):
        steps = content.items() if isinstance(content, dict) else enumerate(content)
        for step, value in steps:
            yield from _texts_in(value, (*place, step))


def check_references(
    references: Iterable[KeyReference],
    registers: Registers,
    stated: Collection[Ref] | None,
    problems: list[Problem],
) -> None:
    """Report every key that its register does not hold, or that no source states.

    `stated` is None where not all sources could be read. Of what is not fully known (a broken
    register, documents of a faulty file) nothing is said: the cause is already reported.
    """
    for target, origin in references:
        known = registers.keys if target.path in REGISTERS else stated
        if known is not None and target.path not in registers.broken and target not in known:
            problems.append(_dangling(target, origin, known, len(problems) < MOST_SUGGESTIONS))


def check_sources(registers: Registers, sources: Collection[str], problems: list[Problem]) -> None:
    """Report every row of a register that names a source without a file."""
    for entry in registers.entries:
        if entry.source not in sources:
            cure = (
                f"write data/sources/{entry.source}.yaml; if it was removed on purpose, delete "
                "this row, or name a source that has the thing"
            )
            if len(problems) < MOST_SUGGESTIONS:
                cure = did_you_mean(entry.source, sources, cure)
            problems.append(Problem(*entry.origin, f"there is no source {entry.source!r}", cure))


def _dangling(target: Ref, origin: Origin, known: Iterable[Ref], suggest: bool) -> Problem:
    keys = [k.key for k in known if k.path == target.path] if suggest else []
    if target.path in REGISTERS:
        register = REGISTERS[target.path].file
        message = f"{register} has no {target.key!r}"
        return Problem(*origin, message, did_you_mean(target.key, keys, f"add a row to {register}"))
    of, _, local = target.key.rpartition("_")
    message = f"no source states the {target.path} {target.key!r}"
    siblings = [key.rpartition("_")[2] for key in keys if of and key.startswith(f"{of}_")]
    if siblings:
        return Problem(*origin, message, f"this partnership has: {', '.join(sorted(siblings))}")
    cure = f"check the key, or state the {target.path} in a source file"
    return Problem(*origin, message, did_you_mean(target.key, keys, cure))


def check_members(
    partnerships: Iterable[tuple[Partnership, Origin]],
    memberships: Iterable[PartnerReference],
    problems: list[Problem],
) -> None:
    """Report whoever signs or is concerned without being a partner."""
    partners: dict[str, set[str]] = defaultdict(set)
    for partnership, _ in partnerships:
        partners[partnership.key].update(partnership.partners)
    for partnership_key, authority, verb, origin in memberships:
        among = sorted(partners[partnership_key])
        if authority not in among:
            message = f"{verb} {authority!r}, which is no partner of this partnership"
            cure = ""
            if len(problems) < MOST_SUGGESTIONS:
                cure = did_you_mean(authority, among, f"its partners are {', '.join(among)}")
            problems.append(Problem(*origin, message, cure))


def check_partners(
    partnerships: Iterable[tuple[Partnership, Origin]],
    changes: Iterable[StatusChange],
    registers: Registers,
    problems: list[Problem],
) -> None:
    """Report partners that are not those whom the key names, or whom another source has.

    A key that is not made of registered keys names nobody. Who joined or left, by a change of
    status that concerns it, may be missing; a successor stands for the towns that it replaces.
    """
    moved: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        moved[change.partnership].update(filter(None, (change.concerns,)))
    replaced = {
        entry.record.key: frozenset(entry.record.replaces)
        for entry in registers.entries
        if isinstance(entry.record, Authority)
    }

    def registered(key: str) -> bool:
        return Ref(ids.MUNICIPALITY, key) in registers.keys

    first: dict[str, tuple[frozenset[str], str]] = {}
    for partnership, origin in partnerships:
        key, here = partnership.key, frozenset(partnership.partners)
        if len(here) < 2 or not all(map(registered, here)):
            continue  # which is reported where it stands
        named = frozenset(key.split("--"))
        if all(map(registered, named)):
            expected, where = named, "its key"
        else:
            expected, where = first.setdefault(key, (here, f"{origin.file}:{origin.line}"))
        explained = set(moved[key])
        for partner in here:
            if former := replaced.get(partner, _NOBODY) & expected:
                explained |= {partner, *former}
        if not here ^ expected <= explained:
            message = f"the partners of {key!r} are {_list(here)}, but {_list(expected)} by {where}"
            problems.append(Problem(*origin, message, _other_key(here)))


_NOBODY: Final[frozenset[str]] = frozenset()


def _list(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys))


def _other_key(partners: Iterable[str]) -> str:
    key = ids.partnership_key(partners)
    return (
        f"write {key!r} for another partnership, or mend the partners; who joined or left a circle "
        "is said by `status_changes` with `concerns`"
    )


def check_keys(partnerships: Iterable[tuple[Partnership, Origin]], problems: list[Problem]) -> None:
    """Report a partnership that stands under two keys."""
    keys: dict[tuple[tuple[str, ...], Texts], tuple[str, Origin]] = {}
    for partnership, origin in partnerships:
        partners = partnership.partners, partnership.unnamed_partners
        key, first = keys.setdefault(partners, (partnership.key, origin))
        if key != partnership.key:
            at = f"{first.file}:{first.line}"
            message = f"the partnership {partnership.key!r} has the same partners as {key!r} ({at})"
            minted = ids.partnership_key(partnership.partners)
            cure = "write one key in both: the one that was published"
            if minted in (key, partnership.key):
                cure = f"{cure}, or {minted!r} if neither was"
            problems.append(Problem(*origin, message, cure))
