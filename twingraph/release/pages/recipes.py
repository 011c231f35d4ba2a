"""How the data is loaded in Python, R, Gephi and QGIS: a few lines or steps each.

The tests take each recipe from a page that a release wrote and carry it out, so a recipe that no
longer works fails them. What a program calls its own menus stays in English; all else is said in
the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from twingraph.release.datapackage import DATAPACKAGE
from twingraph.release.files import File
from twingraph.web.locale import Locale


@dataclass(frozen=True)
class Recipe:
    """How to load a file of a release with one tool: code to run with a note on it, or steps."""

    tool: str
    code: str = ""
    note: Markup = Markup()
    steps: tuple[Markup, ...] = ()


class _Gettext(Protocol):
    def __call__(self, message: str, /, **values: Markup) -> Markup: ...


def recipes(downloads: str, files: Sequence[File], locale: Locale) -> list[Recipe]:
    """The recipes for those of the files that there are, in a language.

    `downloads` is the address that the names of files continue.
    """

    def _(message: str, /, **values: Markup) -> Markup:
        return Markup.escape(locale.gettext(message)) % values

    made: dict[str, Callable[[str], Recipe]] = {
        "text/turtle": lambda name: _python(f"{downloads}{name}", _),
        "text/csv": lambda name: _r(f"{downloads}{name}", name, _),
        "application/graphml+xml": lambda name: _gephi(name, _),
        "application/geo+json": lambda name: _qgis(f"{downloads}{name}", _),
    }
    names = {file.media_type: file.name for file in reversed(files)}
    return [make(names[kind]) for kind, make in made.items() if kind in names]


def _python(address: str, _: _Gettext) -> Recipe:
    code = (
        "import rdflib\n"
        f'graph = rdflib.Graph().parse("{address}", format="turtle")\n'
        "print(len(graph))"
    )
    return Recipe(
        "Python",
        code,
        _("The library is rdflib: %(install)s.", install=_code("pip install rdflib")),
    )


def _r(address: str, name: str, _: _Gettext) -> Recipe:
    # Empty is what is not known; "NA" is a text like any other.
    options = 'encoding = "UTF-8", na.strings = ""'
    code = (
        f'download.file("{address}", "{name}", mode = "wb")\n'
        f'partnerships <- read.csv(unz("{name}", "partnerships.csv"), {options})\n'
        "table(partnerships$status)"
    )
    note = _(
        "R alone is enough. What each table and column means is in %(datapackage)s, in the "
        "archive.",
        datapackage=_code(DATAPACKAGE),
    )
    return Recipe("R", code, note)


def _gephi(name: str, _: _Gettext) -> Recipe:
    steps = (
        _(
            "Save %(file)s and open it (%(open)s). The network is undirected.",
            file=Markup('<a href="{name}" download><code>{name}</code></a>').format(name=name),
            open=_menu("File", "Open…"),
        ),
        _(
            "Colour the towns by %(country)s (%(partition)s) and size them by %(partnerships)s "
            "(%(ranking)s).",
            country=_code("country"),
            partition=_menu("Appearance", "Nodes", "Partition"),
            partnerships=_code("partnerships"),
            ranking=_menu("Appearance", "Nodes", "Ranking"),
        ),
        _(
            "Lay out the network (%(layout)s). The %(weight)s of its edges counts a partnership "
            "once for each of its towns, however many they are.",
            layout=_menu("Layout", "ForceAtlas 2", "Run"),
            weight=_code("weight"),
        ),
    )
    return Recipe("Gephi", steps=steps)


def _qgis(address: str, _: _Gettext) -> Recipe:
    # With the type GeoJSON, QGIS hands the URI to GDAL as it stands.
    steps = (
        _(
            "Add a vector layer (%(add)s) with the source type %(protocol)s and the type %(type)s.",
            add=_menu("Layer", "Add Layer", "Add Vector Layer…"),
            protocol=_menu("Protocol: HTTP(S), cloud, etc."),
            type=_menu("GeoJSON"),
        ),
        _("As the URI, enter %(address)s", address=_code(address)),
        _(
            "Add the layers that are found: points are towns, lines are partnerships, groups of "
            "points are projects. On the lines, the filter %(filter)s leaves the active ones.",
            filter=_code("\"status\" = 'active'"),
        ),
    )
    return Recipe("QGIS", steps=steps)


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def _menu(*path: str) -> Markup:
    """What a program calls something, in the English that it comes with."""
    return Markup('<samp lang="en">{}</samp>').format(" → ".join(path))
