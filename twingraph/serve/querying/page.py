"""The query page: its routes and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.namespaces import prefixes
from twingraph.rdf.concepts import schemes
from twingraph.serve.description import EXAMPLES
from twingraph.serve.negotiation import accepted, language_of
from twingraph.serve.pages.site import render
from twingraph.serve.protocol import form_of, response_of
from twingraph.serve.querying import examples
from twingraph.serve.querying.table import ResultTable, is_cut, table_of
from twingraph.serve.querying.terms import misspelt, terms
from twingraph.serve.representations import Handler
from twingraph.serve.service import Service
from twingraph.serve.sparql_client import body_of
from twingraph.sparql.query_engine import Answer, SparqlRequest
from twingraph.sparql.query_syntax import form, readable_tokens
from twingraph.sparql.result_formats import (
    CSV,
    GRAPH_OFFERS,
    JSON,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    TSV,
    TURTLE,
    content_type,
)
from twingraph.web.assets import asset
from twingraph.web.cookbook import cookbook
from twingraph.web.locale import Locale, locale_of

_MOST_FIELDS: Final = 100
_START: Final = "partners-of-a-town"
# What a reader may take away: solutions, graphs, the end of the file's name for each.
_DOWNLOADS: Final = {
    "csv": (CSV, TURTLE, "csv", "ttl"),
    "tsv": (TSV, N_TRIPLES, "tsv", "nt"),
    "json": (JSON, JSON_LD, "json", "jsonld"),
}
_EXTENSIONS: Final = {"ttl": TURTLE, "nt": N_TRIPLES, "jsonld": JSON_LD, "rdf": RDF_XML}


def query_page(service: Service) -> Handler:
    """The page, for the endpoint to show to browsers as well."""

    async def page(request: Request) -> Response:
        given = await form_of(request, _MOST_FIELDS)
        query, chosen = _chosen_query(given)
        view = given.get("view", "")
        if view in _DOWNLOADS:
            return await _download(service, query, view)
        table, error = await _table(service, query) if view == "table" else (None, "")
        return _rendered_page(request, service, query, chosen, table, error)

    return page


def query_routes(service: Service) -> list[Route]:
    """The page under an address of its own, the examples, and what the editor completes with."""

    async def completion(request: Request) -> Response:
        found = terms(service.release, language_of(request))
        headers = {"Content-Type": "application/json", "Cache-Control": "max-age=300"}
        headers |= {"Vary": "Accept-Language, Cookie"}
        return Response(orjson.dumps(found), headers=headers)

    async def cookbook_page(request: Request) -> Response:
        title = locale_of(language_of(request)).gettext("Cookbook")
        recipes = cookbook(str(request.base_url), service.base)
        values = {"title": title, "canonical": f"{request.base_url}cookbook", "recipes": recipes}
        return render(request, "cookbook.html", values)

    return [
        Route("/query", query_page(service), methods=["GET", "POST"], name="query"),
        Route("/query/terms.json", completion, name="query-terms"),
        Route("/cookbook", cookbook_page, name="cookbook"),
        Route("/query/misspelt.json", _misspelt, name="query-misspelt"),
        Route("/query/examples/{name}.rq", _example, name="example"),
        Route(EXAMPLES, _executables, name="examples"),
        Route(f"{EXAMPLES}.{{extension}}", _executables, name="examples"),
    ]


def _chosen_query(given: Mapping[str, str]) -> tuple[str, str]:
    """The query to show, and the name of the example that it is."""
    if given.get("query", "").strip():
        # A form sends its lines with carriage returns.
        return given["query"].replace("\r\n", "\n"), ""
    known = examples.by_name()
    name = given.get("example", "")
    if name in known:
        return examples.editor_text(known[name]), name
    if name:
        raise HTTPException(404, f"there is no example {name!r}")
    return examples.editor_text(known[_START]) if _START in known else "", ""


async def _download(service: Service, query: str, view: str) -> Response:
    solutions, graph, *ends = _DOWNLOADS[view]
    answer = await _run_query(service, SparqlRequest(query, solutions, graph))
    response = response_of(answer)
    if answer.status != 200:
        return response
    end = ends[form(readable_tokens(query)) in ("CONSTRUCT", "DESCRIBE")]
    response.headers["Content-Disposition"] = f'attachment; filename="twingraph.{end}"'
    return response


async def _table(service: Service, query: str) -> tuple[ResultTable | None, str]:
    answer = await _run_query(service, SparqlRequest(query, JSON, N_TRIPLES))
    body = await body_of(answer)
    if answer.status != 200:
        return None, body.decode("utf-8", "replace").strip()
    kind = answer.headers.get("Content-Type", "")
    return table_of(body, kind, is_cut(answer), service.base), ""


async def _run_query(service: Service, query: SparqlRequest) -> Answer:
    answer = await service.engine.run(query)
    service.metrics.query(answer.outcome, answer.lane)
    return answer


def _rendered_page(
    request: Request,
    service: Service,
    query: str,
    chosen: str,
    table: ResultTable | None,
    error: str,
) -> Response:
    locale = locale_of(language_of(request))
    title = locale.gettext("Ask the graph")
    values: dict[str, Any] = {
        "title": title,
        "summary": locale.gettext("Ask the graph of town partnerships in SPARQL."),
        "canonical": f"{request.base_url}query",
        "query": query,
        "chosen": chosen,
        "about": examples.by_name()[chosen].description if chosen else "",
        "themes": examples.themes(),
        "table": table,
        "error": error,
        # A name that is none gives no rows, and no other sign of it.
        "misspelt": misspelt(query) if table and not table.rows and not table.yes else {},
        "style_of_query": asset("query.css"),
        "script_of_query": asset("query.js"),
        "settings": {
            "endpoint": "/sparql",
            "base": service.base,
            "terms": "/query/terms.json",
            "misspelt": "/query/misspelt.json",
            "outlines": asset("outlines.json"),
            "prefixes": prefixes(service.base, schemes()),
            "words": words(locale),
        },
    }
    return render(request, "query.html", values)


async def _misspelt(request: Request) -> Response:
    found = misspelt(request.query_params.get("query", ""))
    headers = {"Content-Type": "application/json", "Cache-Control": "max-age=300"}
    return Response(orjson.dumps(found), headers=headers)


async def _example(request: Request) -> Response:
    name = request.path_params["name"]
    question = examples.by_name().get(name)
    if question is None:
        raise HTTPException(404, f"there is no example {name!r}")
    headers = {"Content-Type": "application/sparql-query", "Cache-Control": "max-age=300"}
    return Response(examples.editor_text(question), headers=headers)


async def _executables(request: Request) -> Response:
    extension = request.path_params.get("extension")
    if extension and extension not in _EXTENSIONS:
        raise HTTPException(404, "there is nothing here")
    media_type = _EXTENSIONS[extension] if extension else accepted(request, GRAPH_OFFERS)
    if media_type is None:
        raise HTTPException(406, f"the examples are there as {', '.join(GRAPH_OFFERS)}")
    headers = {"Content-Type": content_type(media_type), "Cache-Control": "max-age=300"}
    body = examples.serialized(media_type, f"{request.base_url}sparql")
    return Response(body, headers=headers)


def words(locale: Locale) -> dict[str, str]:
    """What the scripts of the page say, by the name that they call it; they fill in %(…)s."""
    _ = locale.gettext
    return {
        "answered": _("Answered in %(seconds)s s"),
        "bars-cut": _("The first %(shown)s of %(all)s bars."),
        "chart": _("Chart"),
        "chart-of": _("Bar chart of %(value)s by %(name)s"),
        "close-tab": _("Close this query"),
        "closer": _("Closer"),
        "column": _("Column:"),
        "copied": _("The link is copied."),
        "cut": _("First %(count)s of more: the service cuts longer results."),
        "earlier": _("Rows before these"),
        "later": _("Rows after these"),
        "editor": _("SPARQL query"),
        "expected": _("Expected here:"),
        "failed": _("The query was not answered."),
        "filter": _("Filter these rows"),
        "further": _("Further away"),
        "hints": _("What can stand here"),
        "link": _("Link to this query"),
        "map": _("Map"),
        "meant": _("%(term)s is no term of the vocabulary. Is %(near)s meant?"),
        "no-term": _("%(term)s is no term of the vocabulary."),
        "map-of": _("Map of places: %(count)s"),
        "new-tab": _("New query"),
        "no-value": _("(none)"),
        "none": _("No rows"),
        "page-size": _("Rows on a page"),
        "place": _("Line %(line)s, column %(column)s"),
        "places": _("Places: %(count)s. Press one to see its row."),
        "places-cut": _("The first %(shown)s of %(all)s places. Press one to see its row."),
        "response": _("As sent"),
        "rows-shown": _("Rows %(first)s to %(last)s of %(all)s"),
        "rows": _("Rows: %(count)s, in %(seconds)s s"),
        "run": _("Run the query"),
        "running": _("Running…"),
        "save-picture": _("Save the picture (SVG)"),
        "save-view": _("Save this view"),
        "syntax": _("The query has a mistake and was not run."),
        "tab": _("Query"),
        "tab-name": _("Name of the query"),
        "table": _("Table"),
        "tabs": _("Your queries"),
        "whole": _("Show all"),
    }
