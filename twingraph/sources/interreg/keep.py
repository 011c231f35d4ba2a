"""keep.eu, the database of Interreg projects: its JSON, of a file or of its service.

A file holds one project (`GET /api/project/<id>/`), a list of them, or the open-data export
(`{"projects": […]}`); one that ends in .jsonl holds one a line. Titles and names are in English and
in the partner's own language; amounts are in euro. Terms: credit keep.eu, link, note of changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from twingraph.errors import UsageError
from twingraph.model.records import Source, Text
from twingraph.sources.interreg import values
from twingraph.sources.interreg.plain import period_of
from twingraph.sources.interreg.report import Report
from twingraph.sources.interreg.rows import ListedPartner, ListedProgramme, ListedProject

SITE: Final = "https://keep.eu/"
KEY: Final = "KEEP_EU_KEY"
"""The environment variable that holds the key of the open-data export, which comes by mail."""

SOURCE: Final = Source(
    key="keep-eu",
    titles=(Text("keep.eu: projects of Interreg", "en"),),
    kind="register",
    rank=52,
    url=SITE,
    publisher="keep.eu (Interact)",
    complete=False,
    rights="keep.eu (Interact): may be copied and redistributed with credit, link, note of changes",
    rank_reason="entered by programmes; towns are sometimes a county or another town",
    note="Changed: texts and identifiers of bodies left out, partners linked to bodies.",
)
_AUTHORITY: Final = "local public authority"
_REGION: Final = "regional public authority"

Json = Mapping[str, Any]
Get = Callable[[str, Mapping[str, str]], Any]
"""Gets the JSON at an address, with parameters: the project's one polite client."""


def read(path: Path, report: Report) -> Iterator[ListedProject]:
    """The projects of a file. Raises UsageError for one that is no such JSON."""
    for number, document in enumerate(_documents(path), 1):
        yield from projects([document], f"{path.name}:{number}", report)


def fetch(ids: Iterable[str], get: Get, report: Report) -> Iterator[ListedProject]:
    """The projects of some ids, asked one by one. Raises ServiceError."""
    for one in ids:
        yield from projects([get(f"{SITE}api/project/{one}/", {})], f"keep.eu:{one}", report)


def export(get: Get, key: str, report: Report, **wanted: str) -> Iterator[ListedProject]:
    """The open-data export, with its key; `wanted` are its parameters. Raises ServiceError."""
    answer = get(f"{SITE}api/open-data", {"key": key, **wanted})
    yield from projects(list(_listed(answer)), "keep.eu", report)


def projects(documents: Sequence[Any], where: str, report: Report) -> Iterator[ListedProject]:
    """Documents as rows; what is no project is counted."""
    for document in documents:
        if isinstance(document, dict) and document.get("id") is not None:
            yield _project(document, where, report)
        else:
            report.add("bad-row", where)


def _documents(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            if path.suffix == ".jsonl":
                yield from (orjson.loads(line) for line in file if line.strip())
            else:
                yield from _listed(orjson.loads(file.read()))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise UsageError(f"{path} is no JSON of keep.eu: {error}") from error


def _listed(answer: Any) -> Iterator[Any]:
    """One project, a list, or what the export calls projects; those within programmes too."""
    if isinstance(answer, list):
        for one in answer:
            yield from _listed(one)
    elif isinstance(answer, dict) and "partnerships" not in answer:
        inner = [answer[name] for name in ("projects", "results", "programmes") if name in answer]
        if not inner:
            yield answer
        for one in inner:
            yield from _listed(one)
    else:
        yield answer


def _project(document: Json, where: str, report: Report) -> ListedProject:
    start, end = values.period(document.get("start_date"), document.get("end_date"), where, report)
    keep_id = values.text(document["id"])
    return ListedProject(
        where,
        tuple(_titles(document)),
        values.text(document.get("project_id")) or None,
        keep_id,
        None,
        _programme(document.get("programme"), where, report),
        start,
        end,
        values.money(
            document.get("total_budget"), document.get("eu_funding"),
            document.get("union_co_financing_rate"), "EUR", where, report,
        ),
        tuple(
            _partner(one, where, report)
            for one in document.get("partnerships") or ()
            if isinstance(one, dict)
        ),
        (f"{SITE}projects/{keep_id}/",),
    )  # fmt: skip


def _titles(document: Json) -> Iterator[Text]:
    translations = document.get("translations") or {}
    for language in sorted(translations):
        name = values.text((translations[language] or {}).get("name"))
        if name:
            yield Text(name.strip('"'), language.lower())


def _programme(said: Any, where: str, report: Report) -> ListedProgramme | None:
    if not isinstance(said, dict):
        return None
    title, cci = values.text(said.get("title")), values.text(said.get("cci") or said.get("CCI"))
    if not title and not cci:
        return None
    period = values.text(_within(said, "period", "title"))
    start, end = period_of(period, where, report)
    return ListedProgramme((Text(title, "en"),) if title else (), cci or None, start, end)


def _within(said: Any, *names: str) -> Any:
    for name in names:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _partner(said: Json, where: str, report: Report) -> ListedPartner:
    names = (
        Text(values.text(_within(said, "partner", "name")), "und"),
        Text(values.text(_within(said, "partner", "translations", "en", "name_translated")), "en"),
    )
    country = _within(said, "partner", "country", "title") or said.get("country")
    place = said.get("location_json")
    place = place if isinstance(place, dict) else {}
    return ListedPartner(
        tuple(name for name in names if name.value),
        values.text(country or _within(said, "country_department", "title")),
        values.text(said.get("town")),
        values.text(said.get("postcode")),
        "",
        values.point(place.get("lat"), place.get("lng"), where, report),
        "lead" if said.get("type") == "lead" else "partner",
        values.money(
            said.get("total_budget"), said.get("co_financing_eur"),
            said.get("co_financing_percentage"), "EUR", where, report,
        ),
        _is_authority(values.text(said.get("organisation_type"))),
    )  # fmt: skip


def _is_authority(kind: str) -> bool | None:
    """What keep.eu says of the kind of body. Its authorities are sometimes none: the name decides
    then; but what it calls a school or a company is none."""
    if not kind or kind.casefold() in (_AUTHORITY, _REGION, "other", "national public authority"):
        return None
    return False
