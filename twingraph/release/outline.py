"""What a release says of itself as a whole: enough for the catalogue, the landing page and the line
of releases, which need no single thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from twingraph.model.records import Dataset, Source, View
from twingraph.release.coverage import Coverage, coverage


@dataclass(frozen=True)
class ViewOutline:
    """A view without its things: `counts` says how many there are, by the path of their IRIs."""

    dataset: Dataset
    sources: Mapping[str, Source]
    counts: Mapping[str, int]
    covered: Coverage

    @classmethod
    def of(cls, whole: Outlined) -> ViewOutline:
        """The outline of a view; an outline is its own."""
        if isinstance(whole, ViewOutline):
            return whole
        counts = {record_class.path: len(of) for record_class, of in whole.things.items()}
        return cls(whole.dataset, whole.sources, counts, coverage(whole))


Outlined: TypeAlias = View | ViewOutline
"""What has an outline."""
