"""docs/cookbook.md as the service shows it: with addresses of its own in the recipes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from twingraph import resources

SITE: Final = "http://127.0.0.1:8000/"
"""The service that the recipes ask, as the page has it."""
_BASE: Final = re.compile(r"https://w3id\.org/twingraph/(?!ns#)")
"""The base of the graph's IRIs, which is not that of the vocabulary's."""


def cookbook(site: str, base: str) -> Markup:
    """The page as HTML (English), for the service at an address, of a dataset with a base; both
    end in a slash. Raises UsageError where the installation lacks it."""
    text = _BASE.sub(lambda _: str(escape(base)), _rendered())
    return Markup(text.replace(SITE, str(escape(site))))


@cache
def _rendered() -> str:
    made = MarkdownIt("commonmark", {"html": False})
    made.add_render_rule("fence", _fence)
    page = resources.folder("docs") / "cookbook.md"
    return str(made.render(page.read_text("utf-8")))


def _fence(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    # A block that is wider than a phone is moved sideways, with the keyboard too.
    return f'<pre tabindex="0"><code translate="no">{escape(tokens[at].content)}</code></pre>\n'
