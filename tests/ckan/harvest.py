"""What CKAN makes of a catalogue: its own harvester fetches, its own parser reads, it writes back.

Run in an environment of its own (requirements.txt; `make ckan`), with the addresses of catalogues:

    .venv-ckan/bin/python tests/ckan/harvest.py http://127.0.0.1:8000/catalog.ttl

Prints one JSON object for each address: the content type that the server gave, CKAN's datasets, the
identifiers that it would know them by, the next page, and each dataset as CKAN serialises it.
A CKAN server is not needed: the harvester's steps before the database are called as it calls them.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ckanext.dcat.harvesters.rdf import DCATRDFHarvester
from ckanext.dcat.processors import RDFParser, RDFSerializer

PROFILES = ["euro_dcat_ap_3"]


class Harvester(DCATRDFHarvester):  # type: ignore[misc]  # untyped
    """CKAN's harvester, which raises what it would save in the database."""

    def _save_gather_error(self, message: str, job: Any) -> None:
        raise RuntimeError(message)


def harvest(address: str) -> dict[str, Any]:
    """One catalogue, fetched and read as the harvester's gather stage does it."""
    harvester = Harvester()
    content, content_type = harvester._get_content_and_type(address, None, 1)
    parser = RDFParser(profiles=PROFILES)
    parser.parse(content, _format=content_type)
    datasets = list(parser.datasets())
    return {
        "content_type": content_type,
        "datasets": datasets,
        "guids": [harvester._get_guid(dataset, source_url=address) for dataset in datasets],
        "next_page": parser.next_page(),
        "written": [written(dataset) for dataset in datasets],
    }


def written(dataset: dict[str, Any]) -> str:
    """A dataset as CKAN serialises it, in N-Triples."""
    text: str = RDFSerializer(profiles=PROFILES).serialize_dataset(dataset, _format="nt")
    return text


for argument in sys.argv[1:]:
    print(json.dumps(harvest(argument)))  # noqa: T201
