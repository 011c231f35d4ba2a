"""The landing page of a release: index.html, and the same in the dataset's other languages.

It works from any static host: links between files are relative, no script runs, and nothing is
fetched from elsewhere. For search engines it carries a schema.org Dataset as JSON-LD, with the
properties that Google Dataset Search asks for ("Dataset (Dataset, DataCatalog, DataDownload)").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Any, Final

import pycountry
from jinja2 import Environment, PackageLoader, StrictUndefined

from twingraph import authority
from twingraph.model.records import Agreement, Authority, Dataset, Partnership, Project, View
from twingraph.release.catalogue import CATALOGUES
from twingraph.release.coverage import Box, Coverage, coverage
from twingraph.release.dcat import dataset_iri
from twingraph.release.feed import FEED
from twingraph.release.files import File
from twingraph.release.history import date
from twingraph.release.pages.changes_page import CHANGES
from twingraph.release.pages.recipes import recipes
from twingraph.web.phrases import ENGLISH, in_language, translated

LANGUAGES: Final = {"en": "English", "pl": "Polski", "sk": "Slovenčina", "nl": "Nederlands"}
"""The languages that the page is written in, each by its own name."""

_ALSO: Final = {
    "catalog.ttl": "the catalogue (DCAT-AP 3.0.1) in Turtle",
    "catalog.jsonld": "the catalogue in JSON-LD",
    "catalog.rdf": "the catalogue in RDF/XML",
    "void.ttl": "what is in the dataset, in numbers (VoID)",
    "quality.html": "the quality report",
    f"{CHANGES}/index.html": "what is new against the release before",
    FEED: "the releases, to follow in a feed reader (Atom)",
    "shacl-report.ttl": "the report of the check (SHACL)",
    "ontology/twingraph.ttl": "the vocabulary",
    "schema/source.json": "the JSON Schema of the curators' source files",
}
_DESCRIPTION = range(50, 5001)
"""How long a description may be (Google)."""


@dataclass(frozen=True)
class Page:
    """The landing page in one language."""

    name: str
    language: str

    @property
    def label(self) -> str:
        """The language by its own name."""
        return LANGUAGES[self.language]


def pages(dataset: Dataset) -> list[Page]:
    """The landing pages of a dataset: index.html in English, or else in its first language that
    the page is written in; the others as index.{language}.html."""
    known = [language for language in dataset.languages if language in LANGUAGES]
    first = ENGLISH if ENGLISH in known or not known else known[0]
    others = [language for language in known if language != first]
    return [Page("index.html", first), *(Page(f"index.{other}.html", other) for other in others)]


def environment() -> Environment:
    """What the pages of a release are made with."""
    return Environment(
        loader=PackageLoader("twingraph.web", "templates/release"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def write_landing(folder: Path, view: View, files: Sequence[File]) -> None:
    """Write the landing pages into a folder. `files` are what the release offers for download."""
    template = environment().get_template("index.html")
    there = {name for name in _ALSO if (folder / name).exists()}
    # The feed names the release, which is named after all other files: it is written last.
    there |= {FEED} if date(view) else set()
    for page in pages(view.dataset):
        also = [
            {"name": _localized(folder, name, page), "title": title}
            for name, title in _ALSO.items()
            if name in there
        ]
        text = template.render(**_shown(view, files, page), also=also)
        (folder / page.name).write_text(text, "utf-8")


def _localized(folder: Path, name: str, page: Page) -> str:
    """A page's name, in the language of another where it is written in that."""
    other = page.name.replace("index", name.removesuffix(".html"), 1)
    return other if name.endswith(".html") and (folder / other).exists() else name


def _shown(view: View, files: Sequence[File], page: Page) -> dict[str, Any]:
    about, language = view.dataset, page.language
    covered = coverage(view)
    t = partial(in_words, language)
    downloads = about.download_base
    return {
        "t": t,
        "page": page,
        "pages": pages(about),
        "language": language,
        "about": about,
        "title": in_language(about.titles, language),
        "description": in_language(about.descriptions, language),
        "publisher": in_language(about.publisher_name, language),
        "contact": f"mailto:{about.contact_email}" if about.contact_email else about.contact_url,
        "licence": _licence(about.licence),
        "downloads": downloads,
        "endpoint": f"{about.base}sparql",
        "catalogues": CATALOGUES,
        "figures": _figures(view, t),
        "countries": [country_name(code, language) for code in covered.countries],
        "period": (covered.start, covered.end) if covered.start and covered.end else None,
        "files": [_file(file, language) for file in files],
        "recipes": recipes(downloads, files, t),
        "citation": _citation(about, language),
        "bibtex": _bibtex(about, language),
        "structured": structured_data(about, covered, files, language),
    }


def in_words(language: str, phrase: str) -> str:
    """A phrase in a language, or in English where it has not been translated."""
    return translated(phrase, language) or phrase


def _figures(view: View, t: Callable[[str], str]) -> list[tuple[str, int]]:
    return [
        (t("partnerships"), len(view.all(Partnership))),
        (t("towns and other bodies"), len(view.all(Authority))),
        (t("agreements"), len(view.all(Agreement))),
        (t("joint projects"), len(view.all(Project))),
        (t("sources"), len(view.sources)),
    ]


def _file(file: File, language: str) -> Mapping[str, str]:
    around = {"application/gzip": ", gzip", "application/zip": ", zip"}
    wrapped = around.get(file.compression or file.packaging or "", "")
    label = authority.table(authority.FILE_TYPE)[file.file_type]["label"]
    return {
        "name": file.name,
        "title": file.title,
        "format": f"{label} ({file.content_type}){wrapped}",
        "size": _size(file.size, language),
        "sha256": file.sha256,
    }


def _size(size: int, language: str) -> str:
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= bytes_:
            text = f"{size / bytes_:.1f}\u00a0{unit}"
            return text if language == ENGLISH else text.replace(".", ",")
    return f"{size}\u00a0B"


def _licence(iri: str) -> Mapping[str, str]:
    row = _licence_row(iri)
    return {"address": row.get("document") or iri, "label": row.get("label") or iri}


def _licence_row(iri: str) -> Mapping[str, str]:
    code = authority.code(authority.LICENCE, iri)
    return authority.table(authority.LICENCE)[code] if code else {}


def country_name(code: str, language: str) -> str:
    """A country's name; what ISO has no name for is called by its code."""
    country = pycountry.countries.get(alpha_3=code)
    if country is None:
        return {"XKX": "Kosovo"}.get(code, code)
    name = getattr(country, "common_name", country.name)
    if language == ENGLISH:
        return str(name)
    names = translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
    assert isinstance(names, NullTranslations)
    return names.gettext(name)


def _citation(about: Dataset, language: str) -> str:
    who = in_language(about.publisher_name, language)
    year = f" ({about.issued[:4]})" if about.issued else ""
    version = f" ({in_words(language, 'version')} {about.version})" if about.version else ""
    what = f"{in_language(about.titles, language)}{version} [{in_words(language, 'dataset')}]"
    return f"{who}{year}. {what}. {about.homepage or about.download_base}"


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
            "name": in_words(language, "Catalogue: {title}").format(title=title),
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


def _places(covered: Coverage, language: str) -> list[Mapping[str, Any]]:
    named = [{"@type": "Place", "name": country_name(code, language)} for code in covered.countries]
    return named + ([_area(covered.box)] if covered.box else [])


def _area(box: Box) -> dict[str, Any]:
    # schema.org writes the latitude first.
    corners = f"{box.south:f} {box.west:f} {box.north:f} {box.east:f}"
    return {"@type": "Place", "geo": {"@type": "GeoShape", "box": corners}}


def _download(about: Dataset, file: File, language: str) -> Mapping[str, str]:
    return {
        "@type": "DataDownload",
        "name": in_words(language, file.title),
        "contentUrl": f"{about.download_base}{file.name}",
        "encodingFormat": file.content_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
