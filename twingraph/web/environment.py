"""The templates of all pages, and the frame that each page stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from twingraph.web.locale import locale_of

_HERE: Final = Path(__file__).parent
STYLE: Final = _HERE / "style" / "atlas.css"
"""The one style sheet."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What base.html says around a page. Addresses may be relative.

    `path` is the page's own address, to be marked where `sections` have it. Of each of the
    `languages` there are its code, its own name, and the address of this page in it, which
    continues `origin`. Without a `script` a page works all the same; without `search` there is
    no service to search with.
    """

    path: str
    origin: str
    language: str
    languages: Sequence[tuple[str, str, str]]
    home: str
    sections: Sequence[tuple[str, str]]
    style: str
    more: Sequence[tuple[str, str]] = ()
    script: str = ""
    icon: str = "data:,"
    search: str = ""
    name: str = "Twingraph"


class _Compiled(BytecodeCache):
    """Templates as Python compiled them: the same in every language."""

    def __init__(self) -> None:
        self._code: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code


@cache
def _compiled() -> _Compiled:
    return _Compiled()


@cache
def environment(language: str) -> Environment:
    """The templates in a language: `_()` and `ngettext()` in them give its messages, `locale` is
    how its dates and numbers are written."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_compiled(),
    )
    locale = locale_of(language)
    install: Any = made
    install.install_gettext_callables(locale.gettext, locale.ngettext, newstyle=True)
    made.globals["locale"] = locale
    return made


def render(template: str, page: Frame, /, **values: Any) -> str:
    """A page as HTML. `values` hold at least its `title`."""
    return environment(page.language).get_template(template).render(page=page, **values)
