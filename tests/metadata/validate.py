"""Hold a release's metadata against the readers of those who take it: MLCommons' mlcroissant, the
RO-Crate validator, DataCite's JSON Schema. Run in an environment of their own (requirements.txt
beside this file): validate.py FOLDER. Prints JSON: what each found wrong, and what was read.

Nothing is fetched: the context of RO-Crate is the one that the package `rocrate` brings.
"""

from __future__ import annotations

import importlib.resources
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def croissant(folder: Path) -> dict[str, Any]:
    import mlcroissant

    archive = {"twingraph.csv.zip": str(folder / "twingraph.csv.zip")}
    try:
        dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"), mapping=archive)
    except mlcroissant.ValidationError as error:
        return {"wrong": [str(error)]}
    issues = dataset.metadata.ctx.issues
    rows = {
        name: [_plain(row) for row in dataset.records(name)]
        for name in ("municipalities", "partnerships", "agreements")
    }
    return {"wrong": sorted([*issues.errors, *issues.warnings]), "rows": rows}


def _plain(row: dict[str, Any]) -> dict[str, str]:
    return {
        name.rpartition("/")[2]: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in row.items()
    }


def ro_crate(folder: Path) -> dict[str, Any]:
    from requests.adapters import HTTPAdapter
    from requests_cache import CachedSession
    from rocrate_validator import models, services
    from urllib3 import HTTPResponse

    context = (importlib.resources.files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()

    class Packaged(HTTPAdapter):
        """Answers with the packaged context."""

        def send(self, request: Any, *_: Any, **__: Any) -> Any:
            headers = {"Content-Type": "application/ld+json"}
            body = HTTPResponse(io.BytesIO(context), headers, 200, preload_content=False)
            return self.build_response(request, body)

    with tempfile.TemporaryDirectory() as place:
        cache = Path(place) / "cache"
        session = CachedSession(cache_name=str(cache), backend="sqlite")
        session.mount("https://", Packaged())
        session.get(CONTEXT)
        session.close()
        result = services.validate(
            services.ValidationSettings(
                rocrate_uri=str(folder),
                profile_identifier="ro-crate-1.1",
                requirement_severity=models.Severity.RECOMMENDED,
                cache_path=str(cache),
                offline=True,
            )
        )
    return {"wrong": [f"{issue.severity.name}: {issue.message}" for issue in result.get_issues()]}


def datacite(folder: Path) -> dict[str, Any]:
    from datacite import schema45

    document = json.loads((folder / "datacite.json").read_text("utf-8"))
    errors = schema45.validator.iter_errors(document)
    return {"wrong": [f"{list(error.path)}: {error.message}" for error in errors]}


if __name__ == "__main__":
    release = Path(sys.argv[1])
    found = {check.__name__: check(release) for check in (croissant, ro_crate, datacite)}
    json.dump(found, sys.stdout)
