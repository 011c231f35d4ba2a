from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twingraph.serve.negotiation import choose, media_ranges

OFFERS = ("text/turtle", "application/ld+json", "text/html")

CASES = [
    # No wish, or any: the first on offer.
    (None, "text/turtle"),
    ("", "text/turtle"),
    ("*/*", "text/turtle"),
    # By name, by quality, by specificity.
    ("text/html", "text/html"),
    ("TEXT/HTML", "text/html"),
    ("text/html, application/ld+json", "application/ld+json"),
    ("text/html;q=0.9, application/ld+json;q=0.8", "text/html"),
    ("text/*;q=0.5, text/html", "text/html"),
    ("text/*;q=0.5, */*;q=0.1", "text/turtle"),
    ("*/*, text/turtle;q=0", "application/ld+json"),
    ("text/*, text/turtle;q=0.1", "text/html"),
    ("application/ld+json;q=0.001, */*;q=0", "application/ld+json"),
    # A browser.
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    # Parameters are no obstacle, nor is a comma within quotes.
    ('application/ld+json;profile="http://a, b";q=0.5, text/html;q=0.4', "application/ld+json"),
    ("text/html; charset=utf-8", "text/html"),
    # White space and empty elements.
    (" text/html ;q = 0.5 ,, ", "text/html"),
    # Nothing fits.
    ("image/png", None),
    ("text/turtle;q=0", None),
    ("*/*;q=0", None),
    # What is malformed counts for nothing.
    ("text/html;q=2", None),
    ("text/html;q=high, application/ld+json;q=0.1", "application/ld+json"),
    ("text", None),
    ("*/html", None),
    ("/", None),
    ('text/html;x="', None),
]


@pytest.mark.parametrize(("accept", "chosen"), CASES)
def test_choose(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen


def test_nothing_on_offer() -> None:
    assert choose(None, ()) is None


@given(st.text(max_size=200))
def test_any_header_is_read(header: str) -> None:
    assert all(0 <= quality <= 1 for quality in media_ranges(header).values())
