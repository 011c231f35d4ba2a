"""Twingraph: the open knowledge graph of town partnerships."""

from twingraph.api import Release, open

__all__ = ["Release", "open"]
