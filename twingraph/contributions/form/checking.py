"""What is wrong with what was typed, at the fields that it concerns.

Two depths. The format and what one source alone can tell (dates in the wrong order, a town that is
partner of itself) take milliseconds: that is asked while somebody types, and of strangers' forms.
What needs the other files and the shapes is the check of the whole folder: `writing.plan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from twingraph.contributions.contribution import SOURCE, Contribution, Fault, Refused, faults_in
from twingraph.contributions.form.composed import Composed, InputFault
from twingraph.contributions.form.typed import TypedRow
from twingraph.sources.curated.statements import read_document

_LINE: Final = re.compile(r" \(first in line \d+\)")
"""Where a file would have it; a form has no lines."""
_FIELD: Final = re.compile(r"`(\w+)`")


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """The contribution that was typed, where it is one, and what is wrong with it."""

    contribution: Contribution | None
    faults: Sequence[InputFault] = ()

    @property
    def is_good(self) -> bool:
        """Whether there is a contribution without a fault."""
        return self.contribution is not None and not self.faults


def checked(root: TypedRow, made: Composed) -> CheckedForm:
    """What the format and the source's own statements tell."""
    try:
        contribution = Contribution.of(made.content)
        check = partial(read_document, contribution.key)
        found = [
            fault._replace(place=(SOURCE, *fault.place))
            for fault in faults_in(contribution.statements, check)
        ]
    except Refused as refused:
        contribution, found = None, list(refused.faults)
    return CheckedForm(contribution, [*made.faults, *at_inputs(root, made, found)])


def at_inputs(root: TypedRow, made: Composed, faults: Iterable[Fault]) -> Iterator[InputFault]:
    """Faults at the inputs that they concern; those that follow from another are left out."""
    inputs = {row.input(one.name) for row in root.walk() for one in row.part.fields}
    for fault in dict.fromkeys(faults):
        input = made.input_of(fault.place)
        if fault.missing:
            own = made.inputs.get((*fault.place, fault.missing), f"{input}.{fault.missing}")
            input = own if own in inputs else input
        elif named := _FIELD.search(fault.cure):
            # What a rule of the graph says of a thing is to be mended in a field of it.
            input = f"{input}.{named[1]}" if f"{input}.{named[1]}" in inputs else input
        if input.rpartition(".")[0] not in made.unknown:
            yield InputFault(input, _LINE.sub("", fault.message), fault.cure)
