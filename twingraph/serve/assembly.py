"""The one place where the parts of the service are put together: their routes, in order.

The first route that matches a path in full answers it, so the general ones come last.
"""

from __future__ import annotations

from twingraph.serve.app import Route, asset_routes, endpoint_routes, operator_routes
from twingraph.serve.files import Files
from twingraph.serve.ontology import OntologyPage
from twingraph.serve.pages import Pages
from twingraph.serve.querying.page import query_page, query_routes
from twingraph.serve.read_model import ReadModel
from twingraph.serve.reconciling import Reconciling
from twingraph.serve.resources import Resources
from twingraph.serve.service import Service
from twingraph.serve.vocabulary import Vocabulary


def assemble(service: Service) -> list[Route]:
    """All routes over a service."""
    files = Files(service)
    model = ReadModel(service)
    pages = Pages(service, model)
    return [
        *endpoint_routes(service, query_page(service)),
        *operator_routes(service),
        *asset_routes(),
        *query_routes(service),
        *files.routes(),
        *Reconciling(service, model).routes(),
        *Vocabulary(service, OntologyPage(service).respond).routes(),
        *pages.routes(),
        *files.landing(),
        *Resources(service, pages.thing, pages.missing).routes(),
    ]
