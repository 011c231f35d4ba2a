"""What udata makes of a catalogue: run in .venv-udata with the paths of catalogues.

For each it writes a line of JSON to standard output. udata's own reader of RDF fills its own
documents, which are validated and saved as its harvester does; the database is mongomock. udata
comes with no licences: here is the one that portals list CC0 under.
"""

from __future__ import annotations

import json
import sys

import mongomock
from rdflib import DCAT, RDF, Graph
from udata import settings
from udata.app import create_app
from udata.rdf import namespace_manager


class Testing(settings.Testing):  # type: ignore[misc]  # untyped
    """Without a server: nothing is cached, nothing is kept."""

    MONGODB_HOST = "mongodb://localhost/udata"
    MONGODB_SETTINGS = {  # noqa: RUF012
        "host": MONGODB_HOST,
        "db": "udata",
        "mongo_client_class": mongomock.MongoClient,
    }
    CACHE_TYPE = "NullCache"
    DEFAULT_LANGUAGE = "en"


def main(paths: list[str]) -> None:
    with create_app(settings.Defaults, override=Testing).app_context():
        from udata.core.dataset.models import Dataset, License
        from udata.core.dataset.rdf import dataset_from_rdf

        License(id="cc-zero", title="Creative Commons CCZero").save()
        for path in paths:
            graph = Graph(namespace_manager=namespace_manager).parse(path)
            (node,) = graph.subjects(RDF.type, DCAT.Dataset)
            dataset = dataset_from_rdf(graph, Dataset(), node=node)
            dataset.save()
            kept = Dataset.objects.get(id=dataset.id)
            covered = kept.temporal_coverage
            told = {
                "title": kept.title,
                "licence": kept.license and kept.license.id,
                "identifier": kept.harvest.dct_identifier,
                "uri": kept.harvest.uri,
                "modified": kept.harvest.modified_at.date().isoformat(),
                "period": [day.isoformat() for day in (covered.start, covered.end)],
                "resources": [
                    {"url": r.url, "size": r.filesize, "mime": r.mime, "format": r.format}
                    for r in kept.resources
                ],
            }
            sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
