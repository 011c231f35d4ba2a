"""Do the links of the pages lead to files that are there, and to places that are in them?"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

LANDING: Final = "index.html"
_LINKING: Final = ("href", "src")


class Page(HTMLParser):
    """The links of a page, and the places that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag links to, and what it is called."""
        for name, value in attrs:
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
        for link in dict.fromkeys(page.links):
            address = urlsplit(link)
            if not address.scheme and not address.netloc:
                target = (path.parent / unquote(address.path)).resolve() if address.path else path
                yield from (
                    f"{name}: {f}" for f in _faults(release, link, target, address.fragment)
                )


def _page(path: Path) -> Page:
    return Page(path.read_text("utf-8", "replace"))


def _faults(release: Path, link: str, target: Path, place: str) -> Iterator[str]:
    if not target.resolve().is_relative_to(release.resolve()):
        yield f"the link to {link} leads out of the release"
    elif not target.exists() or (target.is_dir() and not (target / LANDING).exists()):
        yield f"the link to {link} leads nowhere"
    elif place and target.suffix == ".html" and place not in _page(target).places:
        yield f"the link to {link} leads to no place in {target.name}"
