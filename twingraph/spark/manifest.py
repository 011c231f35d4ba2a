"""manifest.json: what a job of Spark wrote, and all that a release of it says beside the files.

It needs no Spark to be read. Terms are texts, as the dumps have them; sources and the dataset are
written as harvests are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from twingraph.model.records import Dataset, Source
from twingraph.rdf.terms import Term
from twingraph.release.coverage import Box, Coverage
from twingraph.release.void import Statistics
from twingraph.shacl.report import Result
from twingraph.shacl.shapes import Path, Shapes
from twingraph.sources.harvested import read_stated, stated

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
"""Counted up when its form changes."""


@dataclass(frozen=True)
class Manifest:
    """What there is. `counts` are of things by their path, `statistics` of the default graph;
    `read` and `bad` are lines of harvests and those that state nothing, with a few `examples`;
    `files` are names and sizes, in the `folder` beside the manifest."""

    dataset: Dataset
    sources: tuple[Source, ...]
    counts: Mapping[str, int]
    covered: Coverage
    statistics: Statistics
    conflicts: int = 0
    warnings: int = 0
    read: int = 0
    bad: int = 0
    examples: Sequence[str] = ()
    folder: str = ""
    files: Mapping[str, int] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """As JSON holds it, but for the folder and the files."""
        box = self.covered.box
        return {
            "dataset": stated(self.dataset),
            "sources": [stated(source) for source in self.sources],
            "counts": dict(self.counts),
            "covered": {
                **asdict(self.covered),
                "box": [f"{s:f}" for s in (box.west, box.south, box.east, box.north)]
                if box
                else None,
            },
            "statistics": self.statistics.json(),
            "conflicts": self.conflicts,
            "warnings": self.warnings,
            "lines": {"read": self.read, "bad": self.bad, "examples": list(self.examples)},
        }

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Manifest:
        """As `json` gave it, with the folder and the files.

        Raises KeyError, TypeError or ValueError for what is none.
        """
        if said["format"] != FORMAT:
            raise ValueError(f"its form is {said['format']}, known is {FORMAT}")
        covered, lines = dict(said["covered"]), said["lines"]
        box = covered.pop("box")
        countries = tuple(covered.pop("countries"))
        return cls(
            dataset=read_stated(Dataset, said["dataset"]),
            sources=tuple(read_stated(Source, one) for one in said["sources"]),
            counts=said["counts"],
            covered=Coverage(
                countries=countries, box=Box(*map(Decimal, box)) if box else None, **covered
            ),
            statistics=Statistics.of(said["statistics"]),
            conflicts=said["conflicts"],
            warnings=said["warnings"],
            read=lines["read"],
            bad=lines["bad"],
            examples=lines["examples"],
            folder=said["folder"],
            files={one["name"]: one["size"] for one in said["files"]},
        )


def result_as_json(result: Result) -> dict[str, Any]:
    """A result of the check; what its shape says stands with the shape."""
    names = ("severity", "focus", "shape", "component", "value", "label")
    predicate = result.path.iri if result.path and result.path.kind == "predicate" else None
    return {**{name: getattr(result, name) for name in names}, "path": predicate}


def result_of(said: Mapping[str, Any], shapes: Shapes) -> Result:
    """The result again."""
    shape = shapes.by_iri[said["shape"]]
    path = shape.path
    if said["path"] is not None and (path is None or path.iri != said["path"]):
        path = Path("predicate", iri=said["path"])
    value = said["value"]
    return Result(
        severity=said["severity"],
        focus=said["focus"],
        shape=said["shape"],
        component=said["component"],
        path=path,
        value=None if value is None else Term(value),
        rule=shape.name,
        message=shape.message,
        label=said["label"],
    )
