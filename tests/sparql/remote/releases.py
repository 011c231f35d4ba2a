"""Small releases of which any mixture can be told."""

from __future__ import annotations

import gzip
from pathlib import Path

SKOS = "http://www.w3.org/2004/02/skos/core#"
TOWNS = 60


def write(
    folder: Path, base: str, generation: int, sources: tuple[str, ...] = ("one", "two")
) -> Path:
    """A release in which every statement names its generation."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"<{base}concept/level/town> <{SKOS}inScheme> <{base}concept/level> ."]
    for graph in ("", *sources):
        name = f" <{base}graph/{graph}>" if graph else ""
        lines += [
            f'<{base}town/{n}> <{base}ns#generation> "{generation}"{name} .' for n in range(TOWNS)
        ]
        # What stays from one release to the next.
        lines.append(f'<{base}town/0> <{SKOS}prefLabel> "Pečovská \\"Nová\\" Ves\\n"@sk{name} .')
    (folder / "twingraph.nq.gz").write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))
    return folder


def mixture(base: str, merged_in_default: bool = False) -> str:
    """A query that gives the number of statements by generation, over all three graphs."""
    pattern = f"?town <{base}ns#generation> ?generation"
    graphs = [f"GRAPH <{base}graph/{name}> {{ {pattern} }}" for name in ("merged", "one", "two")]
    if merged_in_default:
        graphs[0] = pattern
    union = " UNION ".join(f"{{ {graph} }}" for graph in graphs)
    return f"SELECT ?generation (COUNT(*) AS ?n) WHERE {{ {union} }} GROUP BY ?generation"
