"""Twingraph: the open knowledge graph of town partnerships."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twingraph.api import Release, open

__all__ = ["Release", "open"]


def __getattr__(name: str) -> Any:
    """`open` and `Release`, imported when they are used: commands do without rdflib."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from twingraph import api

    return getattr(api, name)
