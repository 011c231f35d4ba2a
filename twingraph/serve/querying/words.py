"""What the scripts of the query page say, in the reader's language."""

from __future__ import annotations

from twingraph.web.locale import Locale


def words(locale: Locale) -> dict[str, str]:
    """By the name that the scripts call a phrase; %(…)s is filled in by them."""
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
        "editor": _("SPARQL query"),
        "expected": _("Expected here:"),
        "failed": _("The query was not answered."),
        "filter": _("Filter these rows"),
        "further": _("Further away"),
        "hints": _("What can stand here"),
        "link": _("Link to this query"),
        "map": _("Map"),
        "map-of": _("Map of places: %(count)s"),
        "new-tab": _("New query"),
        "no-value": _("(none)"),
        "none": _("No rows"),
        "one-line": _("One line a row"),
        "page-size": _("Rows on a page"),
        "place": _("Line %(line)s, column %(column)s"),
        "places": _("Places: %(count)s. Press one to see its row."),
        "places-cut": _("The first %(shown)s of %(all)s places. Press one to see its row."),
        "response": _("As sent"),
        "rows": _("Rows: %(count)s, in %(seconds)s s"),
        "run": _("Run the query"),
        "running": _("Running…"),
        "save-picture": _("Save the picture (SVG)"),
        "save-view": _("Save this view"),
        "shown": _("Rows _START_ to _END_ of _TOTAL_"),
        "simple": _("Values only"),
        "syntax": _("The query has a mistake and was not run."),
        "tab": _("Query"),
        "tab-name": _("Name of the query"),
        "table": _("Table"),
        "tabs": _("Your queries"),
        "whole": _("Show all"),
    }
