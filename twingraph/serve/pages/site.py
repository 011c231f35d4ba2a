"""What all pages of the service have in common: the frame, their addresses, long lists in pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from twingraph.contributions.form.public import FormPage
from twingraph.serve.negotiation import LANGUAGE, language_cookie, language_of, names_language
from twingraph.web import environment
from twingraph.web.assets import asset
from twingraph.web.environment import Frame
from twingraph.web.languages import LANGUAGES
from twingraph.web.locale import locale_of

SCRIPT: Final = "pages.js"
FORM_SCRIPT: Final = "contribute.js"
YAML: Final = "application/yaml; charset=utf-8"
"""Registered by RFC 9512."""
HTML: Final = "text/html; charset=utf-8"
_VARY: Final = "Accept, Accept-Language, Cookie"
_ALL_PAGES: Final = 9
"""Up to so many pages of a list are all linked to."""

Values = dict[str, Any]
"""What a template shows, by name."""


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
    return html_response(request, text, language, status, headers)


def html_response(
    request: Request,
    text: str,
    language: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page that is written in a language; the choice of one in its address is remembered."""
    sent = {"Content-Type": HTML, "Content-Language": language, "Vary": _VARY, **(headers or {})}
    if names_language(request):
        sent["Set-Cookie"] = language_cookie(language_of(request))
    return Response(text, status, sent)


def form_response(request: Request, page: FormPage) -> Response:
    """A page of the form, or the file that it ends in. What was typed nobody keeps; a form that is
    blank is there again when its reader goes back to it."""
    caching = "no-store" if request.method == "POST" else "no-cache"
    kept_by_nobody = {"Cache-Control": caching, "X-Robots-Tag": "noindex, nofollow"}
    if page.file_name:
        attached = {"Content-Disposition": f'attachment; filename="{page.file_name}"'}
        return Response(page.text, headers={"Content-Type": YAML, **attached, **kept_by_nobody})
    language = language_of(request)
    around = replace(frame(request, language), script=asset(FORM_SCRIPT))
    own = address(request, {LANGUAGE: None})
    values = {**page.values, "action": own, "posted": request.method == "POST"}
    text = environment.render(page.template, around, **values)
    return html_response(request, text, language, headers=kept_by_nobody)


def frame(request: Request, language: str) -> Frame:
    """The frame of the page at a request's address."""
    _ = locale_of(language).gettext
    return Frame(
        path=request.scope["path"],
        origin=str(request.base_url).rstrip("/"),
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
            ("/compare", _("Compare two towns")),
            ("/ontology", _("Vocabulary")),
            ("/cookbook", _("Cookbook")),
            ("/contribute", _("Contribute")),
        ],
        style=asset(environment.STYLE.name),
        script=asset(SCRIPT),
        icon=asset("icon.svg"),
    )


def address_in(request: Request, language: str) -> str:
    """The address of the same page, its query kept, in another language."""
    return address(request, {LANGUAGE: language})


def address(request: Request, changes: Mapping[str, str | None]) -> str:
    """A request's own address with parameters set, or left out where they are None."""
    pairs = request.query_params.multi_items()
    kept = [(name, value) for name, value in pairs if name not in changes]
    kept += [(name, value) for name, value in changes.items() if value is not None]
    return f"{_path(request)}?{urlencode(kept)}" if kept else _path(request)


def _path(request: Request) -> str:
    # A path may begin with two slashes: that would be read as another host's address.
    return "/" + quote(request.scope["path"].lstrip("/"), safe="/-._~:@!$&'()*+,;=")


def parameters(request: Request) -> dict[str, str]:
    """The parameters of a request's address; of several with one name the first."""
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        values.setdefault(name, value)
    return values


def structured(iri: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    """A thing in the words of schema.org; what is not known is left out."""
    head = {"@context": "https://schema.org/", "@type": kind, "@id": iri, "name": name}
    return {**head, **{key: value for key, value in more.items() if value}}


@dataclass(frozen=True)
class Paging:
    """One page of a list, counted from 1: the same page of the same release holds the same things.
    Raises HTTPException (404) past the end."""

    number: int
    count: int
    size: int

    def __post_init__(self) -> None:
        if self.number > self.pages:
            raise HTTPException(404, "the list ends before this page")

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.count // self.size))

    @property
    def start(self) -> int:
        """The place of the first thing on this page, from 0."""
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        """The place after the last thing on this page."""
        return min(self.start + self.size, self.count)

    def links(self, request: Request) -> list[tuple[int, str]]:
        """The pages near this one, the first and the last, with their addresses."""
        near = range(self.number - 2, self.number + 3)
        numbers = sorted(
            {1, self.pages, *(n for n in near if 1 <= n <= self.pages)}
            if self.pages > _ALL_PAGES
            else range(1, self.pages + 1)
        )
        return [(n, address(request, {"page": str(n) if n > 1 else None})) for n in numbers]
