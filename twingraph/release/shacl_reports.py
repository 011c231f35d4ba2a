"""The report of the check in a release.

shacl-report.ttl           the verdict, and what is found shape by shape, each with an example
shacl-report-full.ttl.gz   every result
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from twingraph import namespaces as ns
from twingraph.rdf.turtle import write_turtle
from twingraph.release.exporter import opened
from twingraph.shacl.report import ValidationReport
from twingraph.shacl.shapes import SHAPES
from twingraph.web.messages import N_

REPORT: Final = "shacl-report.ttl"
FULL_REPORT: Final = "shacl-report-full.ttl.gz"
TITLES: Final = {
    REPORT: N_("the report of the check (SHACL)"),
    FULL_REPORT: N_("every result of the check (SHACL)"),
}


def serialize_report(report: ValidationReport, form: str, base: str) -> bytes:
    """A report as text (for people), json or turtle (a sh:ValidationReport with all results)."""
    if form == "turtle":
        out = io.BytesIO()
        write_turtle(report.descriptions(), _prefixes(report, base), out)
        return out.getvalue()
    if form == "json":
        return (json.dumps(report.json(), ensure_ascii=False, indent=2) + "\n").encode()
    return report.text().encode()


def write_shacl_reports(folder: Path, report: ValidationReport, base: str, downloads: str) -> None:
    """Write both reports into a folder that will be offered for download at an address."""
    with opened(folder / REPORT) as out:
        write_turtle(report.grouped(f"{downloads}{FULL_REPORT}"), _prefixes(report, base), out)
    with opened(folder / FULL_REPORT) as out:
        write_turtle(report.descriptions(), _prefixes(report, base), out)


def _prefixes(report: ValidationReport, base: str) -> Mapping[str, str]:
    return {"sh": ns.SH, "shape": SHAPES, "report": f"{report.iri}#", **ns.prefixes(base)}
