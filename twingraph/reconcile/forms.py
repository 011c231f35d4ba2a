"""The ways to read what a page writes as a name: brackets, two languages, an extra hyphen."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from twingraph.reconcile.bodies import Asked, asked
from twingraph.reconcile.names import tidy

_BRACKETS: Final = re.compile(r"^(.*?)\s*[(\[]([^)\]]*)[)\]]\s*(.*)$")
_LOOSE_HYPHEN: Final = re.compile(r"\s+-\s*|\s*-\s+")
_TWO_NAMES: Final = re.compile(r"\s*/\s*|\s+-\s+|\s*;\s*|\s+\|\s+")


class Form(NamedTuple):
    """A reading of a name. `others` are the other names of a whole: they must not contradict it."""

    name: str
    others: tuple[str, ...] = ()


def forms(name: str) -> tuple[Form, ...]:
    """The readings of a name, the most literal first.

    >>> [form.name for form in forms("Ostrów (Mazowiecka)")]
    ['Ostrów (Mazowiecka)', 'Ostrów Mazowiecka', 'Ostrów', 'Mazowiecka']
    """
    name = tidy(name)
    found = [Form(name)]
    if brackets := _BRACKETS.match(name):
        before, within, after = brackets.groups()
        joined = f"{before}{'' if within.startswith('-') else ' '}{within} {after}"
        found += [Form(tidy(joined)), Form(tidy(f"{before} {after}"))]
        found += [Form(tidy(within), (tidy(f"{before} {after}"),))]
    elif (parts := _TWO_NAMES.split(name)) and len(parts) > 1:
        found += [Form(part, (*parts[:i], *parts[i + 1 :])) for i, part in enumerate(parts)]
    if not brackets and _LOOSE_HYPHEN.search(name):
        found.insert(1, Form(_LOOSE_HYPHEN.sub("-", name)))
    return tuple(dict.fromkeys(form for form in found if form.name))


@lru_cache(maxsize=1 << 10)
def readings(name: str) -> tuple[tuple[Form, Asked], ...]:
    """The forms of a name without the word for the body, each also as it stands."""
    found = []
    for form in forms(name):
        stripped = asked(form.name)
        if stripped.body:
            found.append((form, stripped))
        found.append((form, Asked(form.name)))
    return tuple(found)
