"""What the scripts of the query page say, in the reader's language."""

from __future__ import annotations

from twingraph.web.locale import Tongue


def words(tongue: Tongue) -> dict[str, str]:
    """By the name that the scripts call a phrase; %(…)s is filled in by them."""
    say = tongue.gettext
    return {
        "answered": say("Answered in %(seconds)s s"),
        "bars-cut": say("The first %(shown)s of %(all)s bars."),
        "chart": say("Chart"),
        "chart-of": say("Bar chart of %(value)s by %(name)s"),
        "close-tab": say("Close this query"),
        "closer": say("Closer"),
        "column": say("Column:"),
        "copied": say("The link is copied."),
        "cut": say("First %(count)s of more: the service cuts longer results."),
        "editor": say("SPARQL query"),
        "expected": say("Expected here:"),
        "failed": say("The query was not answered."),
        "filter": say("Filter these rows"),
        "further": say("Further away"),
        "hints": say("What can stand here"),
        "link": say("Link to this query"),
        "map": say("Map"),
        "map-of": say("Map of places: %(count)s"),
        "new-tab": say("New query"),
        "no-value": say("(none)"),
        "none": say("No rows"),
        "one-line": say("One line a row"),
        "page-size": say("Rows on a page"),
        "place": say("Line %(line)s, column %(column)s"),
        "places": say("Places: %(count)s. Press one to see its row."),
        "places-cut": say("The first %(shown)s of %(all)s places. Press one to see its row."),
        "response": say("As sent"),
        "rows": say("Rows: %(count)s, in %(seconds)s s"),
        "run": say("Run the query"),
        "running": say("Running…"),
        "save-picture": say("Save the picture (SVG)"),
        "save-view": say("Save this view"),
        "shown": say("Rows _START_ to _END_ of _TOTAL_"),
        "simple": say("Values only"),
        "syntax": say("The query has a mistake and was not run."),
        "tab": say("Query"),
        "tab-name": say("Name of the query"),
        "table": say("Table"),
        "tabs": say("Your queries"),
        "whole": say("Show all"),
    }
