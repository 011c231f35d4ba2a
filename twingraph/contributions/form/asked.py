"""What was chosen in answer to a question holds as long as the question is the same one.

Which town of a name is meant, and who, is asked on the grounds of what stands beside: they travel
with the page. Once they are others, the choice is dropped, and the question is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from twingraph.contributions.form.fields import ASKED, PERSON
from twingraph.contributions.form.typed import TypedRow
from twingraph.web.locale import plain


def ask_anew(root: TypedRow) -> None:
    """Drop each choice whose grounds are others than when it was asked, and note those of now."""
    for row, members in _rows(root, []):
        if row.part.field(ASKED):
            now = _grounds(row, members)
            if row.get(ASKED) not in ("", now):
                row.values[_choice(row)] = ""
            row.values[ASKED] = now


def _rows(row: TypedRow, members: list[TypedRow]) -> Iterator[tuple[TypedRow, list[TypedRow]]]:
    """Each row with the towns of the partnership that it stands in."""
    members = row.of("partners") or members
    yield row, members
    for part in row.part.parts:
        for below in row.of(part.name):
            yield from _rows(below, members)


def _choice(row: TypedRow) -> str:
    return PERSON if row.part.field(PERSON) else "key"


def _grounds(row: TypedRow, members: list[TypedRow]) -> str:
    """A sum of what a question is asked on; "" where there is nothing to ask yet."""
    if _choice(row) == PERSON:
        number = row.get("on_behalf_of")
        town = next((one for n, one in enumerate(members) if str(n) == number), None)
        name, beside = row.get("signatory"), [row.get("office"), *(_town(town) if town else ())]
    else:
        name, *beside = _town(row)
    if not name:
        return ""
    return sha256("\n".join(map(plain, (name, *beside))).encode()).hexdigest()[:16]


def _town(row: TypedRow) -> tuple[str, str]:
    return row.get("name"), row.get("country")
