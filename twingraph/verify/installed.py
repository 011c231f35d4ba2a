"""Are the files that a build takes from the installation those of this installation?

They are the vocabulary, the shapes, the JSON Schema and the style sheet: the same in every release
that one version of twingraph wrote, so what was put into one of them is found by comparing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from twingraph import resources
from twingraph.sources.curated.format import schema_texts
from twingraph.web.environment import STYLE

_FOLDERS: Final = ("ontology", "shapes")


def installed_faults(release: Path) -> Iterator[str]:
    """Files of a release that this version of twingraph would not have written."""
    expected = _expected()
    for name, content in expected.items():
        path = release / name
        if not path.is_file():
            yield f"{name}: is missing"
        elif path.read_bytes() != content:
            yield f"{name}: is not what this version of twingraph writes"
    for folder in _FOLDERS:
        for path in sorted((release / folder).rglob("*")):
            name = path.relative_to(release).as_posix()
            if path.is_file() and name not in expected:
                yield f"{name}: is nothing that this version of twingraph writes"


def _expected() -> Mapping[str, bytes]:
    files = {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name in _FOLDERS
        for folder in (resources.folder(name),)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    schemas = {name: text.encode() for name, text in schema_texts().items()}
    return {**files, **schemas, STYLE.name: STYLE.read_bytes()}
