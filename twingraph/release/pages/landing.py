"""The landing page of a release: index.html, and the same in the dataset's other languages.

For search engines it carries a schema.org Dataset as JSON-LD, with the properties that Google
Dataset Search asks for ("Dataset (Dataset, DataCatalog, DataDownload)").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from twingraph import authority
from twingraph.model.records import Agreement, Authority, Dataset, Partnership, Project
from twingraph.release.catalogue import CATALOGUES
from twingraph.release.coverage import Box, Coverage
from twingraph.release.dcat import STREAM, dataset_iri
from twingraph.release.feed import FEED
from twingraph.release.files import File
from twingraph.release.history import date
from twingraph.release.line import LINE
from twingraph.release.outline import Outlined, ViewOutline
from twingraph.release.pages.editions import CHANGES, LANDING, QUALITY, Edition, figures, write_page
from twingraph.release.pages.recipes import recipes
from twingraph.release.research_metadata import CROISSANT, DATACITE, RO_CRATE
from twingraph.release.shacl_reports import TITLES
from twingraph.web.languages import in_language
from twingraph.web.locale import Locale, locale_of
from twingraph.web.messages import N_, ngettext_noop

_ALSO: Final = {
    "catalog.ttl": N_("the catalogue (DCAT-AP 3.0.1) in Turtle"),
    "catalog.jsonld": N_("the catalogue in JSON-LD"),
    "catalog.rdf": N_("the catalogue in RDF/XML"),
    CROISSANT: N_("the dataset for machine learning (Croissant 1.1)"),
    RO_CRATE: N_("the dataset as a research object (RO-Crate 1.1)"),
    DATACITE: N_("what a registration of a DOI needs (DataCite)"),
    "void.ttl": N_("what is in the dataset, in numbers (VoID)"),
    QUALITY: N_("the quality report"),
    CHANGES: N_("what is new against the release before"),
    FEED: N_("the releases, to follow in a feed reader (Atom)"),
    LINE: N_("the releases, with the changes between them (JSON)"),
    STREAM: N_("every change of every thing, for copies that follow (LDES)"),
    **TITLES,
    "ontology/twingraph.ttl": N_("the vocabulary"),
    "schema/source.json": N_("the JSON Schema of the curators' source files"),
    "schema/contribution.json": N_("the JSON Schema of what is sent to the curators"),
}
_PAGES: Final = (QUALITY, CHANGES)
_DESCRIPTION = range(50, 5001)
"""How long a description may be (Google)."""


def write_landing(
    folder: Path, view: Outlined, files: Sequence[File], without: Collection[str] = ()
) -> None:
    """Write the landing pages into a folder. `files` are what the release offers for download,
    `without` the pages that it does not have."""
    shown = partial(_shown, folder, ViewOutline.of(view), files)
    write_page(folder, view.dataset, LANDING, shown, without)


def _shown(
    folder: Path, view: ViewOutline, files: Sequence[File], edition: Edition
) -> dict[str, Any]:
    about, language, locale = view.dataset, edition.language, edition.locale
    covered = view.covered
    downloads = about.download_base
    home = edition.name(LANDING)
    # The feed names the release, which is named after all other files: it is written last.
    feed = FEED if date(view) else ""
    return {
        "title": in_language(about.titles, language),
        "summary": in_language(about.descriptions, language),
        "canonical": f"{downloads}{'' if home == 'index.html' else home}",
        "publisher": in_language(about.publisher_name, language),
        "contact": f"mailto:{about.contact_email}" if about.contact_email else about.contact_url,
        "licence": _licence(about.licence),
        "endpoint": f"{about.base}sparql",
        "catalogues": CATALOGUES,
        "feed": feed,
        "also": list(_also(folder, edition, feed)),
        "figures": _figures(view, locale),
        "countries": sorted(map(locale.country, covered.countries), key=locale.sort_key),
        "period": _years(covered),
        "files": [_file(file, locale) for file in files],
        "recipes": recipes(downloads, files, locale),
        "citation": _citation(about, locale),
        "bibtex": _bibtex(about, language),
        "structured": structured_data(about, covered, files, language),
    }


def _also(folder: Path, edition: Edition, feed: str) -> Iterator[tuple[str, str]]:
    for key, title in _ALSO.items():
        name = edition.name(key) if key in _PAGES else key
        if name in (feed, LINE) or (folder / name).exists():
            yield name, edition.locale.gettext(title)


def _figures(view: ViewOutline, locale: Locale) -> list[tuple[int, str]]:
    return figures(
        locale,
        {
            ngettext_noop("partnership", "partnerships"): view.counts.get(Partnership.path, 0),
            ngettext_noop("town or other body", "towns and other bodies"): view.counts.get(
                Authority.path, 0
            ),
            ngettext_noop("document", "documents"): view.counts.get(Agreement.path, 0),
            ngettext_noop("joint project", "joint projects"): view.counts.get(Project.path, 0),
            ngettext_noop("source", "sources"): len(view.sources),
        },
    )


def _file(file: File, locale: Locale) -> Mapping[str, str]:
    around = {"application/gzip": ", gzip", "application/zip": ", zip"}
    wrapped = around.get(file.compression or file.packaging or "", "")
    label = authority.table(authority.FILE_TYPE)[file.file_type]["label"]
    return {
        "name": file.name,
        "title": locale.gettext(file.title),
        "format": f"{label} ({file.content_type}){wrapped}",
        "size": locale.size(file.size),
        "sha256": file.sha256,
    }


def _licence(iri: str) -> Mapping[str, str]:
    row = _licence_row(iri)
    return {"address": row.get("document") or iri, "label": row.get("label") or iri}


def _licence_row(iri: str) -> Mapping[str, str]:
    code = authority.code(authority.LICENCE, iri)
    return authority.table(authority.LICENCE)[code] if code else {}


def _citation(about: Dataset, locale: Locale) -> str:
    _, language = locale.gettext, locale.language
    who = in_language(about.publisher_name, language)
    title, year = in_language(about.titles, language), ""
    if about.issued:
        year = f" ({about.issued[:4]})"
    if about.version:
        title += " (" + _("version %(version)s", version=about.version) + ")"
    return f"{who}{year}. {title} [" + _("dataset") + f"]. {about.homepage or about.download_base}"


def _bibtex(about: Dataset, language: str) -> str:
    fields = {
        "author": f"{{{in_language(about.publisher_name, language)}}}",
        "title": f"{{{in_language(about.titles, language)}}}",
        "year": about.issued[:4] if about.issued else "",
        "version": about.version or "",
        "url": about.homepage or about.download_base,
    }
    lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{twingraph{lines}\n}}"


def structured_data(
    about: Dataset, covered: Coverage, files: Sequence[File], language: str
) -> dict[str, Any]:
    """The dataset as schema.org describes it, in one language. What is not known is left out."""
    title = in_language(about.titles, language)
    page = about.homepage or about.download_base
    publisher = {
        "@type": "Organization",
        "name": in_language(about.publisher_name, language),
        "url": about.publisher_url,
    }
    said = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": dataset_iri(about.base),
        "name": title,
        "description": _described(title, in_language(about.descriptions, language)),
        "url": page,
        "identifier": dataset_iri(about.base),
        "inLanguage": list(about.languages),
        "keywords": [k.value for k in about.keywords if k.language == language],
        "license": _licence_row(about.licence).get("document") or about.licence,
        "isAccessibleForFree": True,
        "version": about.version,
        "datePublished": about.issued,
        "dateModified": about.modified,
        "creator": publisher,
        "publisher": publisher,
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{about.base}catalog",
            "name": locale_of(language).gettext("Catalogue: %(title)s", title=title),
            "url": page,
        },
        "spatialCoverage": _places(covered, language),
        "temporalCoverage": _period(covered),
        "distribution": [_download(about, file, language) for file in files],
    }
    return {name: value for name, value in said.items() if value}


def _described(title: str, description: str) -> str:
    if len(description) < _DESCRIPTION.start:
        description = f"{title}. {description}"
    return description[: _DESCRIPTION.stop - 1]


def _period(covered: Coverage) -> str | None:
    return f"{covered.start}/{covered.end}" if covered.start and covered.end else None


def _years(covered: Coverage) -> str | None:
    return f"{covered.start[:4]}–{covered.end[:4]}" if covered.start and covered.end else None


def _places(covered: Coverage, language: str) -> list[Mapping[str, Any]]:
    named = [
        {"@type": "Place", "name": locale_of(language).country(code)} for code in covered.countries
    ]
    return named + ([_area(covered.box)] if covered.box else [])


def _area(box: Box) -> dict[str, Any]:
    # schema.org writes the latitude first.
    corners = f"{box.south:f} {box.west:f} {box.north:f} {box.east:f}"
    return {"@type": "Place", "geo": {"@type": "GeoShape", "box": corners}}


def _download(about: Dataset, file: File, language: str) -> Mapping[str, str]:
    return {
        "@type": "DataDownload",
        "name": locale_of(language).gettext(file.title),
        "contentUrl": f"{about.download_base}{file.name}",
        "encodingFormat": file.content_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
