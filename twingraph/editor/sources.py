"""The sources of a data folder, to be found and opened, and its files, to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from twingraph.contributions.known import Known
from twingraph.errors import UsageError, file_errors
from twingraph.model.names import preferred
from twingraph.model.records import Source
from twingraph.web.locale import Locale, plain

FORM: Final = "/form"
MOST: Final = 200
"""Sources that are listed at once."""
_SHOWN: Final = (".yaml", ".yml", ".csv")


class ListedSource(NamedTuple):
    """A source, as it is listed, and where it is opened."""

    title: str
    language: str
    publisher: str
    key: str
    retrieved: str
    href: str


def opening(key: str) -> str:
    """Where a source of the data is opened in the form."""
    return f"{FORM}?{urlencode({'source': key})}"


def listing(known: Known, wanted: str, locale: Locale) -> dict[str, Any]:
    """What the template of the list shows: the sources that have a file and hold all the words
    wanted."""
    files = {path.stem for ending in ("yaml", "yml")
             for path in (known.data / "sources").rglob(f"*.{ending}")}  # fmt: skip
    words = plain(wanted).split()
    found = [
        _listed(source, locale)
        for key, source in known.sources.items()
        if key in files and all(word in plain(" ".join(_texts(source))) for word in words)
    ]
    found.sort(key=lambda one: locale.sort_key(one.title))
    return {"wanted": wanted, "sources": found[:MOST], "count": len(found), "blank": FORM}


def _texts(source: Source) -> Iterator[str]:
    yield source.key
    yield from (text.value for text in source.titles)
    yield from filter(None, (source.publisher, source.url))


def _listed(source: Source, locale: Locale) -> ListedSource:
    title = preferred(source.titles, (locale.language, *source.languages, "en"))
    return ListedSource(
        title.value if title else source.key,
        title.language if title else "",
        source.publisher or "",
        source.key,
        locale.day(source.retrieved) if source.retrieved else "",
        opening(source.key),
    )


def file_text(data: Path, name: str) -> str:
    """The text of a register or a source file of a data folder. Raises UsageError for what is
    none."""
    path = (data / name).resolve()
    if data.resolve() not in path.parents or path.suffix not in _SHOWN or not path.is_file():
        raise UsageError(f"there is no file {name} of the data")
    with file_errors(path):
        return path.read_bytes().decode()


def links(data: Path, files: Iterable[Path]) -> list[tuple[str, str]]:
    """Each of some files: where it can be looked at, and its name."""
    names = [path.relative_to(data).as_posix() for path in files]
    return [(f"/file/{name}", name) for name in names]
