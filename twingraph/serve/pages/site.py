"""What all pages of the service have in common: the frame, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from twingraph.serve.assets import asset
from twingraph.serve.messages import Request, Response
from twingraph.web import environment
from twingraph.web.environment import Frame
from twingraph.web.languages import LANGUAGES, PARAMETER, chosen, language_of, remembered
from twingraph.web.locale import locale_of

SCRIPT: Final = "pages.js"
HTML: Final = "text/html; charset=utf-8"
_VARY: Final = "Accept, Accept-Language, Cookie"


def render(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page in the reader's language. `values` hold at least its `title`."""
    language = language_of(request)
    text = environment.render(f"service/{template}", frame(request, language), **values)
    sent = {"Content-Type": HTML, "Content-Language": language, "Vary": _VARY, **(headers or {})}
    if chosen(request):
        sent["Set-Cookie"] = remembered(language)
    return Response(status, sent, text.encode())


def frame(request: Request, language: str) -> Frame:
    """The frame of the page at a request's address."""
    _ = locale_of(language).gettext
    return Frame(
        path=request.path,
        origin=request.origin,
        language=language,
        home="/",
        search="/search",
        languages=[(code, name, address_in(request, code)) for code, name in LANGUAGES.items()],
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
        style=asset(environment.STYLE.name),
        script=asset(SCRIPT),
    )


def address_in(request: Request, language: str) -> str:
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
    values: dict[str, str] = {}
    for name, value in parse_qsl(request.query.decode("latin-1"), keep_blank_values=True):
        values.setdefault(name, value)
    return values
