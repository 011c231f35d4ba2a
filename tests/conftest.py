"""What many tests stand on: the data as it ships, merged, and a release built of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from twingraph.build import Built, build, read_view
from twingraph.model.records import View

# Speed is for the benchmark: a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent

FOUNDING = ROOT / "tests" / "data" / "founding"
"""The founding source alone, frozen: new data never breaks a test that stands on it."""


@pytest.fixture(scope="session")
def view() -> View:
    """The merged view of the founding data."""
    return read_view(FOUNDING)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A release of the founding data, built once."""
    return build(FOUNDING, tmp_path_factory.mktemp("release") / "public")


@pytest.fixture(scope="session")
def release(built: Built) -> Path:
    """The folder of that release."""
    return built.out


@pytest.fixture(scope="session")
def world() -> View:
    """The merged view of data/ as it ships."""
    return read_view(ROOT / "data")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A release of data/, built once; a violation of a shape would end the build."""
    return build(ROOT / "data", tmp_path_factory.mktemp("shipped") / "public")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data: $TWINGRAPH_SHARED, or `shared` beside the repository."""
    named = os.environ.get("TWINGRAPH_SHARED")
    places = [Path(named)] if named else [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
    for place in places:
        if (place / "data").is_dir():
            return place / "data"
    pytest.skip(f"no shared data at {' or '.join(map(str, places))}: set TWINGRAPH_SHARED")


WHOLE = (
    # a service that was started, a store, or a browser
    *("serve/test_assets.py", "serve/test_bad_headers.py", "editor/test_browser.py"),
    *("contributions/form/test_public.py", "editor/test_application.py"),
    "contributions/form/test_opened.py::test_every_source_comes_back_as_it_was",
    *("serve/test_changed_resources.py", "serve/test_clients.py", "serve/test_command.py"),
    "serve/test_cookbook.py",
    *("serve/test_deploy.py", "serve/test_files.py", "serve/test_policy_browser.py"),
    *("serve/test_fairness.py", "serve/test_http_limits.py"),
    *("serve/test_query_browser.py", "serve/test_reconciling.py", "serve/test_resources.py"),
    *("serve/test_server.py", "serve/test_switch.py", "serve/test_w3id.py"),
    *("sources/wikidata/test_client.py", "sources/wikidata/test_harvest_command.py"),
    *("sources/wikidata/test_live.py", "sparql/engine/", "sparql/remote/"),
    # more than a few seconds: the world that ships, what is killed on the way, searches for cases
    *("contributions/test_cells.py", "contributions/test_clerk.py"),
    *("contributions/test_contribution.py", "contributions/test_entry.py"),
    *("contributions/test_import.py", "contributions/test_listing.py"),
    *("contributions/test_new.py", "contributions/test_template.py"),
    *("contributions/test_towns.py", "contributions/test_writing.py"),
    "sources/curated/test_yaml_writer.py",
    *("release/test_catalogue.py", "release/test_parallel.py", "release/test_publish.py"),
    *("release/test_changes.py", "release/test_history.py", "release/test_loss_guard.py"),
    *("release/test_shacl_reports.py", "release/test_sssom.py", "release/test_tables.py"),
    *("release/test_takedown.py", "sources/curated/test_large.py"),
    *("reconcile/test_gold.py", "serve/pages/", "test_shipped_data.py"),
    *("reconcile/test_batch.py", "reconcile/test_command.py", "test_cli.py"),
    *("web/test_exonyms.py", "serve/test_read_model.py", "sources/curated/test_editor_schema.py"),
    *("shacl/test_compiler.py", "shacl/test_evaluator.py", "shacl/test_listing_queries.py"),
    *("sources/interreg/test_command.py", "sources/wikidata/test_dump.py"),
    *("sparql/test_lexer.py::test_the_time_is_linear", "sparql/test_queries.py"),
    *("test_shipped_pages.py", "verify/test_verify.py", "world/"),
    "release/test_dumps.py::test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed",
    # a program of Debian's
    "rdf/test_jsonld_streaming.py::test_a_streaming_parser",
    "release/test_documents.py",
    "release/test_line.py",
    "rdf/test_ntriples.py::test_rapper",
    "rdf/test_turtle.py::test_names_are_short_where_the_grammar_allows",
    "rdf/test_turtle.py::test_rapper",
    "release/pages/test_recipes.py",
    "release/test_dumps.py::test_rapper",
    "release/test_geojson.py::test_gdal",
    "release/test_geojson.py::test_a_line_over_the_antimeridian_is_cut",
    "spark/",
    "test_ckan.py",
    "test_contribution.py",
    "test_maintainer.py::test_it_runs",
    "test_ckan_portal.py",
    "release/test_event_stream.py",
    "release/test_metadata_quality.py",
    "test_udata.py",
    "test_metadata.py",
)
"""What `make check` leaves out, by the beginnings of its names: tests that need a server, a program
that Python's package index does not have, or more than a few seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of WHOLE."""
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(WHOLE):
            item.add_marker(pytest.mark.whole)
