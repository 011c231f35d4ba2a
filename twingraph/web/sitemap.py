"""Sitemaps: which pages there are, for search engines (the protocol of sitemaps.org)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from xml.sax.saxutils import escape

MOST: Final = 50_000
"""Addresses in one file, at most."""
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemaps(addresses: Sequence[str], at: Callable[[int], str], day: str | None) -> list[bytes]:
    """The files of a sitemap, the first of which leads to the others: the addresses themselves,
    or, where they are too many for one file, an index of the files that hold them.

    `at` is the address of the file of a number, from 1; `day` the day (YYYY-MM-DD) of the release.
    """
    parts = [addresses[at : at + MOST] for at in range(0, len(addresses), MOST)] or [addresses]
    files = [_document("urlset", "url", part, day) for part in parts]
    if len(files) == 1:
        return files
    numbered = [at(number) for number in range(1, len(files) + 1)]
    return [_document("sitemapindex", "sitemap", numbered, day), *files]


def _document(root: str, element: str, addresses: Sequence[str], day: str | None) -> bytes:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<{root} xmlns="{_NAMESPACE}">',
        *(f"<{element}><loc>{escape(one)}</loc>{changed}</{element}>" for one in addresses),
        f"</{root}>",
    ]
    return "\n".join([*lines, ""]).encode()
