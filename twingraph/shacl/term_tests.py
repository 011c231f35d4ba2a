"""Constraints that ask of a term alone, as plain functions of it.

A test says what pySHACL will say of a term: True, False, or None where that is not sure (a literal
that its datatype may not allow, a comparison of unlike things). None is handed on: pySHACL judges.
So only what every processor takes alike is told here (SHACL, section 4, says what it means).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Any, Final

from twingraph.namespaces import RDF, RDFS, SH, XSD
from twingraph.rdf.rdflib_terms import term
from twingraph.rdf.terms import Term
from twingraph.shacl.shapes import Constraint

Judgement = bool | None
"""Whether something conforms; None: pySHACL decides."""

TermTest = Callable[[Term], Judgement]
"""What pySHACL will say of a term."""

_NODE_KINDS: Final = {
    "IRI": "<",
    "Literal": '"',
    "BlankNode": "",
    "IRIOrLiteral": '<"',
    "BlankNodeOrIRI": "<",
    "BlankNodeOrLiteral": '"',
}
# The forms that every processor takes for well-formed; whatever else there is, pySHACL decides.
_WELL_FORMED: Final = {
    f"{XSD}boolean": re.compile("true|false"),
    f"{XSD}integer": re.compile("[+-]?[0-9]{1,18}"),
    f"{XSD}decimal": re.compile("[+-]?[0-9]{1,15}([.][0-9]{1,15})?"),
}
_DAY: Final = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
# pySHACL goes by their name alone, as by that of a datatype that is not of XSD or RDF.
_BY_NAME: Final = frozenset(
    f"{XSD}{name}" for name in ("gYear", "gYearMonth", "gMonthDay", "gMonth", "gDay")
)
_NUMBERS: Final = (f"{XSD}integer", f"{XSD}decimal")
_BOUNDS: Final = {"minInclusive": ge, "maxInclusive": le, "minExclusive": gt, "maxExclusive": lt}


def term_test(constraint: Constraint) -> TermTest | None:
    """A constraint on a term as a test; None where it asks more, or is not known here."""
    parameter, value = constraint
    match parameter:
        case "nodeKind":
            begins = _NODE_KINDS[str(value).removeprefix(SH)]
            return lambda v: v[0] in begins
        case "datatype":
            return _datatype(str(value))
        case "pattern":
            return _pattern(*value)
        case "minLength":
            return lambda v: len(text(v)) >= value
        case "maxLength":
            return lambda v: len(text(v)) <= value
        case "minInclusive" | "maxInclusive" | "minExclusive" | "maxExclusive":
            return _bound(_BOUNDS[parameter], term(value))
        case "in":
            allowed = frozenset(map(term, value))
            return lambda v: v in allowed or canonical(v) in allowed
    return None


def compare(operator: Callable[[Any, Any], bool], one: Term, other: Term) -> Judgement:
    """What pySHACL says of two terms put in order."""
    left, right = _comparable(one), _comparable(other)
    return None if left is None or type(left) is not type(right) else operator(left, right)


def text(v: Term) -> str:
    """What SPARQL's STR gives of an IRI or a literal."""
    if v[0] == "<":
        return v[1:-1]
    end = v.rindex('"')
    # The quoted part of a canonical N-Triples literal is a JSON string (see terms.py).
    return str(json.loads(v[: end + 1])) if "\\" in v else v[1:end]


def canonical(v: Term) -> Term:
    """The term with its language tag in lower case: tags differ by nothing else."""
    if v[0] == '"' and v[-1] not in '">':
        end = v.rindex('"')
        return Term(v[:end] + v[end:].lower())
    return v


def language(v: Term) -> str:
    """The language of a literal in lower case; "" for one without, and for an IRI."""
    return v[v.rindex('"') + 2 :].lower() if v[0] == '"' and v[-1] not in '">' else ""


def distinct(values: Collection[Term]) -> Collection[Term]:
    """The values, each once."""
    return values if len(values) < 2 else list(dict.fromkeys(map(canonical, values)))


def every(judgements: Iterable[Judgement]) -> Judgement:
    """Whether all hold: surely not where one surely does not."""
    sure = True
    for judgement in judgements:
        if judgement is False:
            return False
        sure = sure and judgement is not None
    return True if sure else None


def some(judgements: Iterable[Judgement]) -> Judgement:
    """Whether one holds at least."""
    return opposite(every(map(opposite, judgements)))


def opposite(judgement: Judgement) -> Judgement:
    """Whether it does not hold."""
    return None if judgement is None else not judgement


def _datatype(datatype: str) -> TermTest | None:
    if datatype in (f"{RDFS}Literal", f"{RDFS}Datatype"):
        return None
    if datatype == f"{RDF}langString":
        return lambda v: v[0] == '"' and v[-1] not in '">'
    if datatype == f"{XSD}string":
        return lambda v: v[0] == '"' == v[-1]
    tail = f'"^^<{datatype}>'
    if datatype == f"{XSD}date":
        return lambda v: v.endswith(tail) and (_day(v) is not None or None)
    if datatype in _BY_NAME or not datatype.startswith((XSD, RDF)):
        return lambda v: v.endswith(tail)
    form = _WELL_FORMED.get(datatype)
    if form is None:
        return lambda v: None if v.endswith(tail) else False
    return lambda v: v.endswith(tail) and (form.fullmatch(text(v)) is not None or None)


def _pattern(regex: str, flags: str) -> TermTest | None:
    chosen = (re.I if "i" in flags.lower() else 0) | (re.M if "m" in flags.lower() else 0)
    try:
        search = re.compile(regex, chosen).search
    except re.error:
        return None
    return lambda v: search(text(v)) is not None


def _bound(operator: Callable[[Any, Any], bool], bound: Term) -> TermTest:
    return lambda v: compare(operator, v, bound)


@lru_cache(maxsize=10_000)
def _comparable(v: Term) -> Decimal | date | None:
    """The value of a number or a day, where it is in the common form."""
    datatype = v[v.rindex('"') + 4 : -1] if v[0] == '"' and v[-1] == ">" else ""
    if datatype in _NUMBERS and _WELL_FORMED[datatype].fullmatch(text(v)):
        return Decimal(text(v))
    return _day(v) if datatype == f"{XSD}date" else None


@lru_cache(maxsize=10_000)
def _day(v: Term) -> date | None:
    lexical = v[1 : v.rindex('"')]
    try:
        return date.fromisoformat(lexical) if _DAY.fullmatch(lexical) else None
    except ValueError:
        return None
