"""Commands of ours in a process of .venv-spark, one after another in one session of Spark.

A line of standard input is a command's arguments and folder, as JSON; a line of standard output
says how it ended. What Spark itself writes goes to standard error.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from typing import IO

from twingraph.cli import main


def run(argv: list[str], cwd: str) -> dict[str, object]:
    """Run one command as its user would."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["twingraph", *argv]
    status: object = 0
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        except Exception as error:
            status = repr(error)
    return {"status": status, "stdout": out.getvalue(), "stderr": err.getvalue()}


def answer(lines: IO[str], answers: IO[str]) -> None:
    """Run what each line asks for."""
    for line in lines:
        answers.write(json.dumps(run(**json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    # Standard output is for the answers alone: the JVM inherits another.
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answer(sys.stdin, said)
