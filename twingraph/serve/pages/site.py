"""What all pages have in common: the frame, the languages, the style sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from twingraph.serve.messages import Request, Response
from twingraph.serve.pages.languages import (
    LANGUAGES,
    PARAMETER,
    chosen,
    language_of,
    remembered,
)
from twingraph.serve.pages.tongue import Tongue

STYLE: Final = Path(__file__).parent / "atlas.css"
SCRIPT: Final = Path(__file__).parent.parent / "static" / "pages.js"
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
    script: str | None


@cache
def tongue(language: str) -> Tongue:
    """How to speak a language."""
    return Tongue(language)


@cache
def environment(language: str) -> Environment:
    """The templates in a language: `_()` and `ngettext()` in them give its messages."""
    made = Environment(
        loader=PackageLoader("twingraph.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    speaks = tongue(language)
    install: Any = made
    install.install_gettext_callables(speaks.gettext, speaks.ngettext, newstyle=True)
    made.globals["tongue"] = speaks
    return made


@cache
def style() -> tuple[str, bytes]:
    """The style sheet: its address, which changes with it, and its bytes."""
    content = STYLE.read_bytes()
    return f"/atlas.{hashlib.sha256(content).hexdigest()[:12]}.css", content


def script() -> str | None:
    """The address of the pages' script, or None where the front end was not built."""
    if not SCRIPT.is_file():
        return None
    return f"/static/{SCRIPT.name}?v={SCRIPT.stat().st_mtime_ns:x}"


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
    say = tongue(language).gettext
    return Frame(
        path=request.path,
        origin=request.origin,
        language=language,
        languages=[(code, name, in_language(request, code)) for code, name in LANGUAGES.items()],
        sections=[
            ("/towns", say("Towns")),
            ("/partnerships", say("Partnerships")),
            ("/map", say("Map")),
            ("/sparql", say("Ask")),
            ("/data", say("Data")),
        ],
        more=[
            ("/signatories", say("Signatories")),
            ("/projects", say("Projects")),
            ("/programmes", say("Programmes")),
            ("/organizations", say("Schools and associations")),
            ("/sources", say("Sources")),
            ("/concepts", say("Concepts")),
            ("/network", say("Network")),
            ("/years", say("Partnerships by year")),
            ("/ontology", say("Vocabulary")),
        ],
        style=style()[0],
        script=script(),
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
