"""A page of a release as a service shows it: under the head of the service's own pages.

The file stays as it is published. What a reader gets at the service has the service's search and
sections above it, and its links to the other pages of the release stay with the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from markupsafe import escape

from twingraph.web.environment import Frame, environment
from twingraph.web.locale import locale_of

_HEAD: Final = re.compile(r'<header class="top">.*?</header>\n', re.DOTALL)
_SECTIONS: Final = re.compile(r'<nav aria-label="[^"]*">.*?</nav>\n', re.DOTALL)
_MAIN: Final = re.compile(r'<main id="main"[^>]*>\n')
_SHEET: Final = re.compile(r'<link rel="stylesheet" href="[^"]*">')
_LANGUAGE: Final = re.compile(r'<html lang="([^"]+)">')
_CANONICAL: Final = re.compile(r'<link rel="canonical" href="[^"]*">')
_STRUCTURED: Final = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)

_ALTERNATE: Final = re.compile(r'<link rel="alternate" hreflang="([^"]+)"')


def language_of_page(text: str) -> str:
    """The language that a page of a release is written in, "" where it does not say."""
    found = _LANGUAGE.search(text)
    return found[1] if found else ""


def languages_of_page(text: str) -> frozenset[str]:
    """The languages that a page of a release is there in, itself included."""
    return frozenset(_ALTERNATE.findall(text))


def structured_of_page(text: str) -> dict[str, Any]:
    """The dataset as a landing page describes it for search engines; nothing where it does not."""
    found = _STRUCTURED.search(text)
    said: dict[str, Any] = json.loads(found[1]) if found else {}
    return said


def embedded(text: str, frame: Frame, addresses: Mapping[str, str], address: str = "") -> str:
    """A page of a release with the head and the style of another frame instead of its own.

    `addresses` are where the service has the pages of the release, by their names without language
    and ending, and `address` is where this one is found by then. A page without a head of ours
    comes back as it is.
    """
    head, main = _HEAD.search(text), _MAIN.search(text)
    if head is None or main is None:
        return text
    sections = _SECTIONS.search(head[0])
    parts = _of_data(sections[0], frame) if sections else ""
    top = environment(frame.language).get_template("header.html").render(page=frame)
    script = f'<script type="module" src="{frame.script}"></script>\n' if frame.script else ""
    before = text[: head.start()].replace("</head>\n", f"{script}</head>\n")
    if address:
        before = _CANONICAL.sub(f'<link rel="canonical" href="{escape(address)}">', before)
    before = _SHEET.sub(f'<link rel="stylesheet" href="{frame.style}">', before)
    after = f"{text[head.end() : main.end()]}{parts}{text[main.end() :]}"
    return before + top + _led(after, addresses)


def _of_data(sections: str, frame: Frame) -> str:
    """The release's own sections: two ways about a page may not have one name."""
    name = escape(locale_of(frame.language).gettext("Data"))
    return re.sub(r"<nav [^>]*>", f'<nav class="parts" aria-label="{name}">', sections, count=1)


def _led(text: str, addresses: Mapping[str, str]) -> str:
    pages = "|".join(map(re.escape, addresses))
    link = re.compile(rf'href="(?:\.\./)?({pages})(?:\.[a-z-]+)?\.html"')
    return link.sub(lambda found: f'href="{addresses[found[1]]}"', text)
