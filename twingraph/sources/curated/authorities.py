"""Codes of authority tables in dataset.yaml: a licence, a theme, a frequency, a publisher's type.

Each is written as the table's code or as its full IRI.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from twingraph import authority
from twingraph.errors import BadValue, did_you_mean
from twingraph.sources.curated.values import CheckedText


def check_code(table: str, what: str, written: str) -> str:
    """The code that is meant by a code or a full IRI. Raises BadValue for what no table has."""
    code = authority.code(table, written)
    if code is None:
        raise BadValue(
            f"{written!r} is no {what} ({authority.scheme(table)})", _cure(table, written)
        )
    return code


def check_licence(written: str) -> str:
    """The EU's IRI of a licence. Raises BadValue for what the EU's table does not have."""
    code = check_code(authority.LICENCE, "licence for data in the EU's table", written)
    return authority.iri(authority.LICENCE, code)


def _cure(table: str, written: str) -> str:
    known = authority.table(table)
    for code, row in known.items():
        if _address(row.get("document", "")) in _addresses(written):
            return f"did you mean {code!r}?"
    short = written.rstrip("/").rpartition("/")[2].upper().replace("-", "_").replace(".", "_")
    begun = [code for code in known if _plain(short).startswith(_plain(code))]
    if begun:
        return f"did you mean {max(begun, key=len)!r}?"
    return did_you_mean(short, known, f"one of {', '.join(known)}")


def _plain(code: str) -> str:
    """A code without what separates its parts, which SPDX and others do differently."""
    return re.sub("[^A-Z0-9]", "", code.upper())


def _address(url: str) -> str:
    return url.partition("//")[2].removeprefix("www.").strip("/") or "none"


def _addresses(written: str) -> set[str]:
    """How a licence's page is often named: itself, or the legal text below it."""
    address = _address(written)
    return {address, address.rpartition("/")[0]} - {"none"}


def _schema(table: str) -> dict[str, Any]:
    codes = sorted(authority.table(table))
    return {"type": "string", "enum": codes + [authority.iri(table, code) for code in codes]}


def _code_of(table: str, what: str) -> CheckedText:
    return CheckedText(lambda written: check_code(table, what, written), lambda: _schema(table))


Licence = Annotated[str, CheckedText(check_licence, lambda: _schema(authority.LICENCE))]
"""Becomes the full IRI."""

Theme = Annotated[str, _code_of(authority.DATA_THEME, "theme in the EU's table")]
Frequency = Annotated[str, _code_of(authority.FREQUENCY, "frequency in the EU's table")]
PublisherType = Annotated[str, _code_of(authority.PUBLISHER_TYPE, "publisher type of ADMS")]
