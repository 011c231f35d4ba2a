"""The ontology, the shapes and the cookbook: beside the package in a checkout, inside it when
installed."""

from __future__ import annotations

from pathlib import Path

from twingraph.errors import UsageError

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `docs`. Raises UsageError where the installation lacks
    it."""
    for candidate in (_PACKAGE / "resources" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"this installation of twingraph lacks its folder {name}/: install it again")
