"""A decision, as the prompt shows it."""

from __future__ import annotations

from collections.abc import Iterator

from twingraph.reconcile.candidates import Query
from twingraph.reconcile.decide import Decision, Outcome


def told(query: Query, decision: Decision) -> str:
    """A decision in a few lines: what was found, why, and what else there is to choose from."""
    return "\n".join(_lines(query, decision))


def _lines(query: Query, decision: Decision) -> Iterator[str]:
    where = f", {' or '.join(sorted(query.countries))}" if query.countries else ""
    name = f"{query.name}{where}"
    if decision.match:
        found = decision.match
        yield f"{name}: {found.wikidata} {found.name} ({found.score:.0f})"
        yield f"  because: {decision.reason}"
    elif decision.outcome is Outcome.CANDIDATES:
        yield f"{name}: not decided"
        yield f"  because: {decision.reason}"
    else:
        yield f"{name}: nothing found"
        yield f"  because: {decision.reason}"
    for candidate in decision.candidates:
        if candidate != decision.match:
            place = f"{candidate.name}, {candidate.country}: {candidate.reason}"
            yield f"  {candidate.wikidata:>10} {candidate.score:3.0f}  {place}"
