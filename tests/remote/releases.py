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


def mixture(base: str, sources: tuple[str, ...] = ("one", "two")) -> str:
    """A query that gives a line for each generation and graph: `{generation},{statements}`."""
    graphs = [f"{base}graph/{name}" for name in ("merged", *sources)]
    return (
        "SELECT ?generation (COUNT(*) AS ?n) WHERE { "
        + " UNION ".join(
            f"{{ GRAPH <{graph}> {{ ?town <{base}ns#generation> ?generation }} }}"
            for graph in graphs
        )
        + " } GROUP BY ?generation"
    )
