"""The data folder that curators write: dataset.yaml, the registers, and a file for each source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twingraph import identifiers as ids
from twingraph.errors import DataError, Problem, UsageError, did_you_mean
from twingraph.identifiers import Ref
from twingraph.records import (
    Agreement,
    Claims,
    Dataset,
    Origin,
    Partnership,
    R,
    Record,
    Rule,
    Signature,
    StatusChange,
    Text,
    Texts,
    ordered,
    rules,
)
from twingraph.sources import format as f
from twingraph.sources.lines import read_yaml
from twingraph.sources.registers import Entry, read_registers
from twingraph.sources.statements import Statements, read_source
from twingraph.sources.validation import validate

REGISTERS: Mapping[str, str] = {
    ids.MUNICIPALITY: "municipalities.csv",
    ids.ORGANIZATION: "organizations.csv",
    ids.PERSON: "people.csv",
    ids.PROGRAMME: "programmes.csv",
    ids.PROJECT: "projects.csv",
}
"""Where a key is registered, by the path of its IRI."""


@dataclass(frozen=True, slots=True)
class Curated:
    """A data folder, read: the dataset's own description and every source's claims."""

    dataset: Dataset
    claims: tuple[Claims, ...]


def read(data: Path) -> Curated:
    """Read a data folder, strictly.

    Raises UsageError where there is no such folder, and DataError with every fault found in it
    (file, line, value and cure), not the first alone.
    """
    if not data.is_dir():
        raise UsageError(f"there is no folder {data}: name one with --data")
    problems: list[Problem] = []
    dataset = read_dataset(data, problems)
    entries = read_registers(data, problems)
    paths = sorted((data / "sources").glob("*.y*ml"))
    if not paths:
        cure = "write a file for each source; see the README"
        problems.append(Problem(f"{data.as_posix()}/sources", None, "holds no .yaml file", cure))
    statements = [s for path in paths if (s := read_source(path, problems)) is not None]
    if not problems:
        _check_references(entries, statements, problems)
        _check_partners(statements, problems)
    if problems or dataset is None:
        raise DataError(problems)
    claims = _claims(entries, statements, problems)
    if problems:
        raise DataError(problems)
    return Curated(dataset, claims)


def read_dataset(data: Path, problems: list[Problem]) -> Dataset | None:
    """Read dataset.yaml. Faults are added to `problems`."""
    path = data / "dataset.yaml"
    document = read_yaml(path, path.as_posix(), problems)
    content = document and validate(f.DatasetFile, document.content, document, (), problems)
    if not content:
        return None
    return Dataset(
        titles=_texts(content.title),
        descriptions=_texts(content.description),
        publisher_name=_texts(content.publisher.name),
        publisher_url=content.publisher.url,
        publisher_type=content.publisher.type,
        contact_name=content.contact.name,
        contact_email=content.contact.email,
        contact_url=content.contact.url,
        licence=content.licence,
        base=content.base,
        languages=content.languages,
        keywords=tuple(Text(w, lang) for lang, ws in sorted(content.keywords.items()) for w in ws),
        themes=content.themes,
        homepage=content.homepage,
        issued=content.issued,
        modified=content.modified,
        version=content.version,
        frequency=content.frequency,
    )


def _texts(texts: Mapping[str, str]) -> Texts:
    return tuple(Text(value, language) for language, value in sorted(texts.items()))


def _check_references(
    entries: Sequence[Entry], statements: Sequence[Statements], problems: list[Problem]
) -> None:
    known = {entry.record.ref for entry in entries}
    known |= {record.ref for s in statements for record, _ in s.records}
    registered = {entry.record.ref for entry in entries}
    sources = {s.source.key for s in statements}
    for entry in entries:
        if entry.source not in sources:
            cure = did_you_mean(entry.source, sources, f"add data/sources/{entry.source}.yaml")
            problems.append(Problem(*entry.origin, f"there is no source {entry.source!r}", cure))
    named = [(ref, entry.origin) for entry in entries for ref in entry.refers]
    named += [reference for s in statements for reference in s.references]
    for ref, origin in named:
        if ref not in (registered if ref.path in REGISTERS else known):
            problems.append(_dangling(ref, origin, known))


def _dangling(ref: Ref, origin: Origin, known: Iterable[Ref]) -> Problem:
    keys = [k.key for k in known if k.path == ref.path]
    if register := REGISTERS.get(ref.path):
        message = f"{register} has no {ref.key!r}"
        return Problem(*origin, message, did_you_mean(ref.key, keys, f"add a row to {register}"))
    local = [key.rpartition("_")[2] for key in keys]
    shown = ref.key.rpartition("_")[2]
    message = f"no source states {ref.path} {shown!r} of this partnership"
    return Problem(*origin, message, did_you_mean(shown, local, "check the key"))


def _check_partners(statements: Sequence[Statements], problems: list[Problem]) -> None:
    """What needs several files to be seen: who is a partner, and who stands under two keys."""
    partners: dict[str, set[str]] = defaultdict(set)
    for record, _ in _records(statements):
        if isinstance(record, Partnership):
            partners[record.key].update(record.partners)
    _check_keys(statements, problems)
    agreements = {r.key: r.partnership for r, _ in _records(statements) if isinstance(r, Agreement)}
    for record, origin in _records(statements):
        if isinstance(record, Signature) and record.on_behalf_of:
            among = partners[agreements[record.agreement]]
            if record.on_behalf_of not in among:
                message = f"{record.on_behalf_of!r} signs but is no partner of this partnership"
                cure = did_you_mean(
                    record.on_behalf_of, among, f"one of {', '.join(sorted(among))}"
                )
                problems.append(Problem(*origin, message, cure))
        if isinstance(record, StatusChange | Agreement):
            among = partners[record.partnership]
            for name in ("concerns", "decided_by"):
                partner = getattr(record, name, None)
                if partner and partner not in among:
                    verb = name.replace("_", " ")
                    message = f"{verb} {partner!r}, which is no partner of this partnership"
                    problems.append(Problem(*origin, message, f"one of {', '.join(sorted(among))}"))


def _check_keys(statements: Sequence[Statements], problems: list[Problem]) -> None:
    keys: dict[tuple[str, ...], tuple[str, Origin]] = {}
    for record, origin in _records(statements):
        if isinstance(record, Partnership):
            key, first = keys.setdefault(record.partners, (record.key, origin))
            if key != record.key:
                message = f"the partnership {record.key!r} has the same partners as {key!r}"
                cure = f"use the key {key!r} ({first.file}:{first.line})"
                problems.append(Problem(*origin, message, cure))


def _records(statements: Sequence[Statements]) -> Iterable[tuple[Record, Origin]]:
    return (pair for s in statements for pair in s.records)


def _claims(
    entries: Sequence[Entry], statements: Sequence[Statements], problems: list[Problem]
) -> tuple[Claims, ...]:
    rows: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        rows[entry.source].append(entry)
    return tuple(_claims_of(s, rows[s.source.key], problems) for s in statements)


def _claims_of(statements: Statements, rows: Sequence[Entry], problems: list[Problem]) -> Claims:
    """A source's own file and the register's rows that name it, as one set of claims."""
    records: dict[Ref, Record] = {}
    origins: dict[Ref, Origin] = {}
    pairs = [(row.record, row.origin) for row in rows] + statements.records
    for record, origin in pairs:
        ref = record.ref
        earlier = records.get(ref)
        records[ref] = _combined(earlier, record, origin, problems) if earlier else record
        # A file says more of a thing than the row that registers its key.
        origins[ref] = origin
    evidence = [e for row in rows for e in row.evidence] + statements.evidence
    return Claims(
        source=statements.source,
        records=tuple(records[ref] for ref in sorted(records)),
        evidence=tuple(evidence),
        origins=origins,
    )


def _combined(first: R, second: Record, origin: Origin, problems: list[Problem]) -> R:
    changes: dict[str, Any] = {}
    for name, rule in rules(type(first)).items():
        a, b = getattr(first, name), getattr(second, name)
        if rule in (Rule.ALL, Rule.EACH_LANGUAGE):
            changes[name] = ordered((*a, *b))
        elif a is None:
            changes[name] = b
        elif b not in (None, a):
            message = f"{name} is {b!r} here, but {a!r} in the register, of the same source"
            problems.append(Problem(*origin, message, "one source states one value: mend one"))
    return replace(first, **changes)
