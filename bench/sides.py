"""One side of a comparison, in a process of its own: `python -m bench.sides check ours 10000`.

Each side has what it starts from made before the clock begins, in the form that it takes. Counted
is the processor's time of the process and of those it began, which says the same beside other work;
`longest` is that of the busiest of them: what a machine with a core for each would wait for. Memory
is what the side needs at its most beyond what it started from; of a whole build, all of it, with
what several processes share counted once (PSS).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bench import check, mapping, whole
from bench.measuring import ROOT, Side, Taken

SIDES: Final[Mapping[str, Mapping[str, Side]]] = {
    "check": check.SIDES,
    "mapping": mapping.SIDES,
    "whole": whole.SIDES,
}
"""Who does what: ours first."""


def run(operation: str, side: str, size: int) -> Taken:
    """Measure a side in a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "bench.sides", operation, side, str(size)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, longest, mebibytes, number = json.loads(said)
    return Taken(seconds, longest, mebibytes, int(number))


def available(side: str) -> bool:
    """Whether a side can be measured here."""
    match side:
        case "pyshacl-turbo":
            return find_spec("pyshacl_turbo") is not None
        case "Jena shacl":
            return shutil.which("shacl") is not None
        case "Morph-KGC":
            return mapping.MORPH_KGC.exists()
    return True


def main() -> None:
    """Measure one side and print what it took as JSON."""
    operation, side, size = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(SIDES[operation][side](int(size), Path(folder))))


if __name__ == "__main__":
    main()
