"""Do the links of the pages lead to files that are there, and to places that are in them? And does
nothing run in them?"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

LANDING: Final = "index.html"
_LINKING: Final = ("href", "src")
_SCHEMES: Final = ("", "http", "https", "mailto")
_NOTHING: Final = "data:,"
"""An empty icon, so that browsers ask for none."""
_SHOWN: Final = 60
_DATA: Final = "application/ld+json"
_RUNNING: Final = ("embed", "frame", "iframe", "object", "script")


class PageLinks(HTMLParser):
    """The links of a page, the places that links can lead to, and what runs in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.running: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to, what it is called, and whether it runs anything."""
        if tag in _RUNNING and dict(attrs) != {"type": _DATA}:
            self.running.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.running.append(f"<{tag} {name}>")
            if name in _LINKING and value:
                self.links.append(value)
            elif name == "id" and value:
                self.places.add(value)


def page_faults(release: Path) -> Iterator[str]:
    """Links of a release's pages that lead nowhere."""
    if not (release / LANDING).is_file():
        yield f"{LANDING}: is missing"
    pages = {path: _page(path) for path in sorted(release.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(release).as_posix()
        yield from (f"{name}: {what} would run" for what in dict.fromkeys(page.running))
        for link in dict.fromkeys(page.links):
            address = urlsplit(link)
            if link == _NOTHING:
                continue
            if address.scheme not in _SCHEMES:
                yield f"{name}: the link to {link[:_SHOWN]} would run or hide something"
            if not address.scheme and not address.netloc:
                target = (path.parent / unquote(address.path)).resolve() if address.path else path
                yield from (
                    f"{name}: {f}" for f in _faults(release, link, target, address.fragment)
                )


def _page(path: Path) -> PageLinks:
    return PageLinks(path.read_text("utf-8", "replace"))


def _faults(release: Path, link: str, target: Path, place: str) -> Iterator[str]:
    if not target.resolve().is_relative_to(release.resolve()):
        yield f"the link to {link} leads out of the release"
    elif not target.exists() or (target.is_dir() and not (target / LANDING).exists()):
        yield f"the link to {link} leads nowhere"
    elif place and target.suffix == ".html" and place not in _page(target).places:
        yield f"the link to {link} leads to no place in {target.name}"
