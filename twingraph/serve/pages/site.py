"""What all pages have in common: the frame, the languages, the style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from twingraph.serve.assets import asset
from twingraph.serve.messages import Request, Response
from twingraph.web.languages import LANGUAGES, PARAMETER, chosen, language_of, remembered
from twingraph.web.locale import locale_of

STYLE: Final = "atlas.css"
SCRIPT: Final = "pages.js"
HTML: Final = "text/html; charset=utf-8"
_VARY: Final = "Accept, Accept-Language, Cookie"


@dataclass(frozen=True)
class Frame:
    """What base.html says around a page."""

    path: str
    origin: str
    language: str
    languages: list[tuple[str, str, str]]
    """Of each: its code, its own name, and the address of this page in it."""
    sections: list[tuple[str, str]]
    more: list[tuple[str, str]]
    style: str
    script: str
    """Empty where the front end was not built: pages work without."""


@cache
def environment(language: str) -> Environment:
    """The templates in a language: `_()` and `ngettext()` in them give its messages."""
    made = Environment(
        loader=PackageLoader("twingraph.web", "templates/service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    locale = locale_of(language)
    install: Any = made
    install.install_gettext_callables(locale.gettext, locale.ngettext, newstyle=True)
    made.globals["locale"] = locale
    return made


def render(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page in the reader's language. `values` hold at least its `title`."""
    language = language_of(request)
    text = environment(language).get_template(template).render(
        page=frame(request, language), **values
    )  # fmt: skip
    found = {"Content-Type": HTML, "Content-Language": language, "Vary": _VARY, **(headers or {})}
    if chosen(request):
        found["Set-Cookie"] = remembered(language)
    return Response(status, found, text.encode())


def frame(request: Request, language: str) -> Frame:
    """The frame of the page at a request's address."""
    _ = locale_of(language).gettext
    return Frame(
        path=request.path,
        origin=request.origin,
        language=language,
        languages=[(code, name, in_language(request, code)) for code, name in LANGUAGES.items()],
        sections=[
            ("/towns", _("Towns")),
            ("/partnerships", _("Partnerships")),
            ("/map", _("Map")),
            ("/query", _("Ask")),
            ("/data", _("Data")),
        ],
        more=[
            ("/signatories", _("Signatories")),
            ("/projects", _("Projects")),
            ("/programmes", _("Programmes")),
            ("/organizations", _("Schools and associations")),
            ("/sources", _("Sources")),
            ("/concepts", _("Concepts")),
            ("/network", _("Network")),
            ("/years", _("Partnerships by year")),
            ("/ontology", _("Vocabulary")),
        ],
        style=asset(STYLE),
        script=asset(SCRIPT),
    )


def in_language(request: Request, language: str) -> str:
    """The address of the same page, its query kept, in another language."""
    return address(request, {PARAMETER: language})


def address(request: Request, changes: Mapping[str, str | None]) -> str:
    """A request's own address with parameters set, or left out where they are None."""
    pairs = parse_qsl(request.query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in changes]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{_path(request)}?{urlencode(kept)}" if kept else _path(request)


def _path(request: Request) -> str:
    # A path may begin with two slashes: that would be read as another host's address.
    return "/" + quote(request.path.lstrip("/"), safe="/-._~:@!$&'()*+,;=")


def parameters(request: Request) -> dict[str, str]:
    """The parameters of a request's address; of several with one name the first."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(request.query.decode("latin-1"), keep_blank_values=True):
        found.setdefault(name, value)
    return found
