"""The data folder that curators write: dataset.yaml, the registers, and a file for each source."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from twingraph.errors import DataError, Problem, UsageError, did_you_mean
from twingraph.model.records import (
    Agent,
    Claims,
    Dataset,
    Origin,
    Partnership,
    R,
    Record,
    Rule,
    Source,
    StatusChange,
    Text,
    Texts,
    ordered,
    rules,
)
from twingraph.sources.curated import format as f
from twingraph.sources.curated.doubts import Stated
from twingraph.sources.curated.editors import by_editors, editors
from twingraph.sources.curated.redirects import REDIRECTS, Redirect, read_redirects
from twingraph.sources.curated.references import (
    KeyReference,
    check_keys,
    check_members,
    check_partners,
    check_references,
    check_sources,
)
from twingraph.sources.curated.registers import REGISTERS, RegisterEntry, Registers, read_registers
from twingraph.sources.curated.statements import Statements, read_source
from twingraph.sources.curated.validation import validate
from twingraph.sources.curated.yaml_reader import read_yaml
from twingraph.sources.harvested import FOLDER, check_harvest, read_harvest

_YAML: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Curated:
    """A data folder, read: the dataset's own description and every source's claims.

    `harvested` are the claims of data/harvest/, under the keys they were written with,
    `redirects` the keys that were changed. `entries` are the rows of the registers and `stated`
    what the source files state, each with its line, to look for what is doubtful; `references` are
    the keys that both use.
    """

    dataset: Dataset
    claims: tuple[Claims, ...]
    harvested: tuple[Claims, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    entries: tuple[RegisterEntry, ...] = ()
    stated: tuple[Stated, ...] = ()
    references: tuple[KeyReference, ...] = ()


def read(data: Path, *, harvested: bool = True) -> Curated:
    """Read a data folder, strictly; its harvests only if they are wanted.

    Raises UsageError where there is no such folder, and DataError with every fault found in it
    (file, line, value and cure), not the first alone.
    """
    if not data.is_dir():
        raise UsageError(f"there is no folder {data}: name one with --data")
    problems: list[Problem] = list(_links_out(data))
    if problems:
        raise DataError(problems)
    dataset = read_dataset(data, problems)
    _report_strays(data, problems)
    registers = read_registers(data, problems)
    paths = _source_files(data, problems, harvested)
    statements = [read_source(path, problems) for path in paths]
    named = _check(registers, statements, problems)
    parted = by_editors(registers.entries, statements)
    claims = _claims(parted, [*statements, *editors(dataset, parted, statements)], problems)
    brought = read_harvest(data, problems) if harvested else []
    check_harvest(brought, registers, {s.key for s in statements}, problems)
    redirects = read_redirects(data, problems)
    if problems or dataset is None:
        raise DataError(problems)
    stated = (Stated(*pair, s.source) for s in statements if s.source for pair in s.records)
    entries = tuple(registers.entries)
    return Curated(dataset, claims, tuple(brought), redirects, entries, tuple(stated), named)


def _links_out(data: Path) -> Iterator[Problem]:
    """Links that lead out of the folder: what they lead to is not the folder's to publish, nor to
    quote in an error."""
    root = data.resolve()
    for path in (*sorted(data.glob("*")), *_below(data / "sources"), *_below(data / FOLDER)):
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            message = "is a link that leads out of the data folder"
            cure = "put the file itself there"
            yield Problem(path.as_posix(), None, message, cure, unreadable=True)


def _below(folder: Path) -> Iterator[Path]:
    """All that is in a folder, links of folders not followed."""
    return iter(sorted(folder.rglob("*")))


def _report_strays(data: Path, problems: list[Problem]) -> None:
    """Report a file whose name is a misspelt register's: it would be passed over in silence."""
    names = [REDIRECTS, *(register.file for register in REGISTERS.values())]
    for path in sorted(data.glob("*.csv")):
        if path.name not in names and (cure := did_you_mean(path.name, names)):
            problems.append(Problem(path.as_posix(), None, "is no register", cure))


def _source_files(data: Path, problems: list[Problem], harvested: bool) -> list[Path]:
    """The source files; there may be none where harvests are read elsewhere. Whatever else stands
    in the folder is reported, never passed over."""
    folder = data / "sources"
    paths = list(_files_under(folder)) if folder.is_dir() else []
    files: dict[str, Path] = {}
    for path in paths:
        if path.suffix not in _YAML:
            cure = "name a source file with the ending .yaml, and put others elsewhere"
            problems.append(Problem(path.as_posix(), None, "is no source file", cure))
        elif files.setdefault(path.stem, path) is not path:
            message = f"is the same source as {files[path.stem].relative_to(folder).as_posix()}"
            problems.append(Problem(path.as_posix(), None, message, "keep one of the two files"))
    if harvested and not files and not any((data / FOLDER).glob("*.jsonl")):
        cure = "write a file for each source; see the README"
        problems.append(Problem(folder.as_posix(), None, "holds no .yaml file", cure))
    return list(files.values())


def _files_under(folder: Path) -> Iterator[Path]:
    """The files in a folder and its subfolders, without hidden ones and what editors leave."""
    for path in sorted(folder.iterdir()):
        if re.match(r"\.|.*(~|\.bak|\.swp)$", path.name):
            continue
        # A folder that is named like a source is left to the reader, which says what is wrong.
        if path.is_dir() and path.suffix not in _YAML:
            yield from _files_under(path)
        else:
            yield path


def _check(
    registers: Registers, statements: Sequence[Statements], problems: list[Problem]
) -> tuple[KeyReference, ...]:
    """What needs several files to be seen, as far as all the files that it needs are known. Returns
    the keys that the files use."""
    complete = all(s.source for s in statements)
    stated = {record.ref for s in statements for record, _ in s.records}
    named = [KeyReference(ref, entry.origin) for entry in registers.entries for ref in entry.refers]
    named += [reference for s in statements for reference in s.references]
    check_sources(registers, {s.key for s in statements}, problems)
    check_references(named, registers, stated if complete else None, problems)
    pairs = [pair for s in statements for pair in s.records]
    partnerships = [(record, origin) for record, origin in pairs if isinstance(record, Partnership)]
    check_keys(partnerships, problems)
    if complete:
        changes = [record for record, _ in pairs if isinstance(record, StatusChange)]
        check_partners(partnerships, changes, registers, problems)
        check_members(partnerships, [m for s in statements for m in s.memberships], problems)
    return tuple(named)


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
        creator=_agent(content.creator) if content.creator else None,
        contact_name=content.contact.name,
        contact_email=content.contact.email,
        contact_url=content.contact.url,
        licence=content.licence,
        base=content.base,
        downloads=content.downloads,
        languages=content.languages,
        keywords=tuple(Text(w, lang) for lang, ws in sorted(content.keywords.items()) for w in ws),
        themes=content.themes,
        homepage=content.homepage,
        issued=content.issued,
        modified=content.modified,
        version=content.version,
        frequency=content.frequency,
        keep=content.keep,
    )


def _agent(agent: f.Publisher) -> Agent:
    return Agent(_texts(agent.name), agent.url, agent.type)


def _texts(texts: Mapping[str, str]) -> Texts:
    return tuple(Text(value, language) for language, value in sorted(texts.items()))


def _claims(
    entries: Sequence[RegisterEntry], statements: Sequence[Statements], problems: list[Problem]
) -> tuple[Claims, ...]:
    rows: dict[str, list[RegisterEntry]] = defaultdict(list)
    for entry in entries:
        rows[entry.source].append(entry)
    return tuple(
        _claims_of(s, s.source, rows[s.key], problems) for s in statements if s.source is not None
    )


def _claims_of(
    statements: Statements, source: Source, rows: Sequence[RegisterEntry], problems: list[Problem]
) -> Claims:
    """A source's own file and the register's rows that name it, as one set of claims."""
    registered = {row.record.ref: row.record for row in rows}
    records = dict(registered)
    origins = {row.record.ref: row.origin for row in rows}
    for record, origin in statements.records:
        row = registered.get(record.ref)
        records[record.ref] = _combined(row, record, origin, problems) if row else record
        # A file says more of a thing than the row that registers its key.
        origins[record.ref] = origin
    evidence = [e for row in rows for e in row.evidence] + statements.evidence
    return Claims(
        source=source,
        records=tuple(records[ref] for ref in sorted(records)),
        evidence=tuple(evidence),
        origins=origins,
    )


def _combined(first: R, second: Record, origin: Origin, problems: list[Problem]) -> R:
    changes: dict[str, Any] = {}
    for name, rule in rules(type(first)).items():
        a, b = getattr(first, name), getattr(second, name)
        if rule is Rule.ALL:
            changes[name] = ordered((*a, *b))
        elif rule is Rule.EACH_LANGUAGE:
            texts = {text.language: text for text in a}
            for text in b:
                if texts.setdefault(text.language, text) != text:
                    problems.append(_two_values(text.language, text, texts[text.language], origin))
            changes[name] = tuple(texts[language] for language in sorted(texts))
        elif a is None:
            changes[name] = b
        elif b not in (None, a):
            problems.append(_two_values(name, b, a, origin))
    return replace(first, **changes)


def _two_values(name: str, here: Any, there: Any, origin: Origin) -> Problem:
    here, there = (getattr(value, "value", None) or value for value in (here, there))
    message = f"{name} is {here!r} here, but {there!r} in the register, of the same source"
    return Problem(*origin, message, "one source states one value: mend one of the two")
