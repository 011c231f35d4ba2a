"""What a check says, as the form tells it: in the reader's language, at the field that it is of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.told import cure_in_words, message_in_words
from twingraph.errors import Problem
from twingraph.web.locale import Locale

_NAMES: Final = r"partners|quote|for|projects|name|title"
"""What a check calls what is wrong, where the field has another name."""


def told(fault: InputFault, locale: Locale) -> InputFault:
    """A fault as the reader is told it."""
    if fault.own:
        return fault
    # The field is the one where it is shown.
    name = re.escape(fault.input.rpartition(".")[2])
    said = re.sub(rf"^({name}|{_NAMES}): ", "", fault.message)
    message, cure = message_in_words(said, locale), cure_in_words(fault.cure, locale)
    if message is None or cure is None:
        return replace(fault, message=said)
    return replace(fault, message=message, cure=cure, own=True)


def told_problem(problem: Problem, locale: Locale) -> InputFault:
    """A problem of a file as the reader is told it, with its file and line."""
    message = re.sub(r"^\w+: (?=this file|')", "", problem.message)
    fault = told(InputFault("", message, problem.cure), locale)
    at = f"{problem.file}:{problem.line}" if problem.line else problem.file
    return replace(fault, message=f"{at}{locale.colon} {fault.message}")
