"""How the data is loaded in Python, R, Gephi and QGIS: a few lines or steps each.

The tests take each recipe from a page that a release wrote and carry it out, so a recipe that no
longer works fails them. What a program calls its own menus stays in English; all else is said in
the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from twingraph.release.datapackage import DATAPACKAGE
from twingraph.release.files import File

_PYTHON_NOTE: Final = "The library is rdflib"
_R_NOTE: Final = (
    "R alone is enough. What each table and column means is in {datapackage}, in the archive."
)
_GEPHI: Final = (
    "Save {file} and open it ({open}). The network is undirected.",
    "Colour the towns by {country} ({partition}) and size them by {partnerships} ({ranking}).",
    "Lay out the network ({layout}). The {weight} of its edges counts a partnership once for"
    " each of its towns, however many they are.",
)
_QGIS: Final = (
    "Add a vector layer ({add}) with the source type {protocol} and the type {type}.",
    "As the URI, enter {address}",
    "Add the layers that are found: points are towns, lines are partnerships. On the lines, the"
    " filter {filter} leaves the active ones.",
)
PHRASES: Final = (_PYTHON_NOTE, _R_NOTE, *_GEPHI, *_QGIS)
"""What recipes say, in English. Words in braces are filled in."""


@dataclass(frozen=True)
class Recipe:
    """How to load a file of a release with one tool: code to run with a note on it, or steps."""

    tool: str
    code: str = ""
    note: Markup = Markup()
    steps: tuple[Markup, ...] = ()


def recipes(downloads: str, files: Sequence[File], t: Callable[[str], str]) -> list[Recipe]:
    """The recipes for those of the files that there are.

    `downloads` is the address that the names of files continue; `t` says a phrase in the language
    of the page.
    """
    made: dict[str, Callable[[str], Recipe]] = {
        "text/turtle": lambda name: _python(f"{downloads}{name}", t),
        "text/csv": lambda name: _r(f"{downloads}{name}", name, t),
        "application/graphml+xml": lambda name: _gephi(name, t),
        "application/geo+json": lambda name: _qgis(f"{downloads}{name}", t),
    }
    names = {file.media_type: file.name for file in reversed(files)}
    return [make(names[kind]) for kind, make in made.items() if kind in names]


def _python(address: str, t: Callable[[str], str]) -> Recipe:
    code = (
        "import rdflib\n"
        f'graph = rdflib.Graph().parse("{address}", format="turtle")\n'
        "print(len(graph))"
    )
    note = Markup("{said}: {install}.").format(
        said=t(_PYTHON_NOTE), install=_code("pip install rdflib")
    )
    return Recipe("Python", code, note)


def _r(address: str, name: str, t: Callable[[str], str]) -> Recipe:
    # Empty is what is not known; "NA" is a text like any other.
    options = 'encoding = "UTF-8", na.strings = ""'
    code = (
        f'download.file("{address}", "{name}", mode = "wb")\n'
        f'partnerships <- read.csv(unz("{name}", "partnerships.csv"), {options})\n'
        "table(partnerships$status)"
    )
    return Recipe("R", code, _filled(t(_R_NOTE), datapackage=_code(DATAPACKAGE)))


def _gephi(name: str, t: Callable[[str], str]) -> Recipe:
    filled = {
        "file": Markup('<a href="{name}" download><code>{name}</code></a>').format(name=name),
        "open": _menu("File", "Open…"),
        "country": _code("country"),
        "partition": _menu("Appearance", "Nodes", "Partition"),
        "partnerships": _code("partnerships"),
        "ranking": _menu("Appearance", "Nodes", "Ranking"),
        "layout": _menu("Layout", "ForceAtlas 2", "Run"),
        "weight": _code("weight"),
    }
    return Recipe("Gephi", steps=tuple(_filled(t(step), **filled) for step in _GEPHI))


def _qgis(address: str, t: Callable[[str], str]) -> Recipe:
    # With the type GeoJSON, QGIS hands the URI to GDAL as it stands.
    filled = {
        "add": _menu("Layer", "Add Layer", "Add Vector Layer…"),
        "protocol": _menu("Protocol: HTTP(S), cloud, etc."),
        "type": _menu("GeoJSON"),
        "address": _code(address),
        "filter": _code("\"status\" = 'active'"),
    }
    return Recipe("QGIS", steps=tuple(_filled(t(step), **filled) for step in _QGIS))


def _filled(phrase: str, **filled: Markup) -> Markup:
    return Markup.escape(phrase).format(**filled)


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def _menu(*path: str) -> Markup:
    """What a program calls something, in the English that it comes with."""
    return Markup('<samp lang="en">{}</samp>').format(" → ".join(path))
