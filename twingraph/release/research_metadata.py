"""What repositories of research data, and registries of DOIs, take a dataset in by.

    croissant.json           Croissant 1.1 (MLCommons): the files, and the tables column by column
    ro-crate-metadata.json   RO-Crate 1.1: the folder as a research object
    datacite.json            DataCite Metadata Schema 4, in JSON: all that registering a DOI needs,
                             but the DOI itself

All three say what the catalogue says, and nothing of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from twingraph import authority
from twingraph.model.records import Agent, Dataset, View
from twingraph.release.columns import LIST_SEPARATOR, Column, ColumnType
from twingraph.release.coverage import Coverage, coverage
from twingraph.release.dcat import dataset_iri
from twingraph.release.files import File
from twingraph.release.history import ReleaseEntry
from twingraph.release.publish import RELEASES
from twingraph.release.tables import Table, tables
from twingraph.web.languages import ENGLISH, in_language
from twingraph.web.locale import locale_of

CROISSANT: Final = "croissant.json"
RO_CRATE: Final = "ro-crate-metadata.json"
DATACITE: Final = "datacite.json"

_TABLES: Final = "twingraph.csv.zip"
_CRATE: Final = "https://w3id.org/ro/crate/1.1"
_CROISSANT: Final = "http://mlcommons.org/croissant"
_DATACITE: Final = "http://datacite.org/schema/kernel-4"

_TYPES: Final[Mapping[ColumnType, str]] = {
    ColumnType.IRI: "sc:URL",
    ColumnType.DAY: "sc:Date",
    ColumnType.DEGREES: "sc:Float",
    ColumnType.AMOUNT: "sc:Float",
    ColumnType.COUNT: "sc:Integer",
    ColumnType.FLAG: "sc:Boolean",
}
"""What schema.org calls the kinds of columns that are no text."""

_PLAIN: Final = (
    *("arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field"),
    *("fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset"),
    *("jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
# Croissant Format Specification, version 1.1, appendix 1: a reader may know this context alone.
_CONTEXT: Final[Mapping[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": f"{_CROISSANT}/",
    "rai": f"{_CROISSANT}/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _PLAIN},
}


def write_research_metadata(
    folder: Path, view: View, files: Sequence[File], earlier: Sequence[ReleaseEntry] = ()
) -> None:
    """Write the three into a folder. `files` are what the release offers for download, `earlier`
    the releases before, oldest first."""
    covered = coverage(view)
    for name, said in (
        (CROISSANT, croissant(view.dataset, files)),
        (RO_CRATE, ro_crate(view.dataset, files)),
        (DATACITE, datacite(view.dataset, covered, files, earlier)),
    ):
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (folder / name).write_text(text, "utf-8")


def _known(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, of what may be said."""
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def _licence(about: Dataset) -> Mapping[str, str]:
    code = authority.code(authority.LICENCE, about.licence)
    row = authority.table(authority.LICENCE)[code] if code else {}
    return {"address": row.get("document") or about.licence, "label": row.get("label") or ""}


def _page(about: Dataset) -> str:
    return about.homepage or about.download_base


def _creator(about: Dataset) -> tuple[str, str]:
    """Who made the dataset, by name and address: its publisher, where nobody else is named."""
    agent = about.creator or Agent(about.publisher_name, about.publisher_url)
    return in_language(agent.names, ENGLISH), agent.url


def _year(about: Dataset) -> str:
    return (about.issued or about.modified or "")[:4]


def _keywords(about: Dataset) -> list[str]:
    return [keyword.value for keyword in about.keywords if keyword.language == ENGLISH]


# --- Croissant -----------------------------------------------------------------------------------


def croissant(about: Dataset, files: Sequence[File]) -> dict[str, Any]:
    """The dataset in Croissant 1.1: its files, and each table of the CSV archive as records."""
    title = in_language(about.titles, ENGLISH)
    publisher = in_language(about.publisher_name, ENGLISH)
    organization = {"@type": "sc:Organization", "name": publisher, "url": about.publisher_url}
    name, url = _creator(about)
    packed = any(file.name == _TABLES for file in files)
    known = tables(about.languages) if packed else ()
    said = {
        "@context": dict(_CONTEXT),
        "@type": "sc:Dataset",
        "@id": dataset_iri(about.base),
        "conformsTo": f"{_CROISSANT}/1.1",
        "name": title,
        "description": in_language(about.descriptions, ENGLISH),
        "url": _page(about),
        "license": _licence(about)["address"],
        "creator": {"@type": "sc:Organization", "name": name, "url": url},
        "publisher": organization,
        "datePublished": about.issued,
        "dateModified": about.modified,
        "version": about.version,
        "inLanguage": list(about.languages),
        "keywords": _keywords(about),
        "citeAs": " ".join(filter(None, (f"{publisher}.", f"{title}.", _page(about)))),
        "distribution": [
            *(_file_object(about, file) for file in files),
            *(_packed(table) for table in known),
        ],
        "recordSet": [_record_set(table) for table in known],
    }
    return _known(said)


def _file_object(about: Dataset, file: File) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": file.title,
        "contentUrl": f"{about.download_base}{file.name}",
        "contentSize": f"{file.size} B",
        "encodingFormat": file.packaging or file.compression or file.content_type,
        "sha256": file.sha256,
    }


def _packed(table: Table) -> dict[str, Any]:
    name = f"{table.name}.csv"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "description": table.means,
        "containedIn": {"@id": _TABLES},
        "contentUrl": name,
        "encodingFormat": "text/csv",
    }


def _record_set(table: Table) -> dict[str, Any]:
    return _known(
        {
            "@type": "cr:RecordSet",
            "@id": table.name,
            "name": table.name,
            "description": table.means,
            "key": [{"@id": f"{table.name}/{name}"} for name in table.unique],
            "field": [_field(table, column) for column in table.columns],
        }
    )


def _field(table: Table, column: Column) -> dict[str, Any]:
    means = column.means
    if column.kind is ColumnType.LIST:
        means += f" (several are separated by “{LIST_SEPARATOR}”)"
    said: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": means,
        "dataType": _TYPES.get(column.kind, "sc:Text"),
        "source": {
            "fileObject": {"@id": f"{table.name}.csv"},
            "extract": {"column": column.name},
        },
    }
    if column.refers:
        said["references"] = {"field": {"@id": f"{column.refers}/key"}}
    if column.says:
        said["equivalentProperty"] = column.says
    return said


# --- RO-Crate ------------------------------------------------------------------------------------


def ro_crate(about: Dataset, files: Sequence[File]) -> dict[str, Any]:
    """The release's folder as an RO-Crate 1.1: flat JSON-LD, by its own context."""
    licence = _licence(about)
    publisher = in_language(about.publisher_name, ENGLISH)
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": in_language(about.titles, ENGLISH),
        "description": in_language(about.descriptions, ENGLISH),
        "datePublished": about.issued or about.modified,
        "dateModified": about.modified,
        "version": about.version,
        "license": {"@id": licence["address"]},
        "identifier": dataset_iri(about.base),
        "url": _page(about),
        "author": {"@id": _creator(about)[1]},
        "publisher": {"@id": about.publisher_url},
        "keywords": ", ".join(_keywords(about)),
        "hasPart": [{"@id": file.name} for file in files],
    }
    if about.contact_email or about.contact_url:
        root["contactPoint"] = {"@id": "#contact"}
    name, url = _creator(about)
    agents = {url: name, about.publisher_url: publisher}
    contact = _known(
        {
            "@id": "#contact",
            "@type": "ContactPoint",
            "name": about.contact_name,
            "contactType": "customer service",
            "email": about.contact_email,
            "url": about.contact_url,
        }
    )
    return {
        "@context": f"{_CRATE}/context",
        "@graph": [
            {
                "@id": RO_CRATE,
                "@type": "CreativeWork",
                "conformsTo": {"@id": _CRATE},
                "about": {"@id": "./"},
            },
            _known(root),
            *(_part(file) for file in files),
            *({"@id": url, "@type": "Organization", "name": name, "url": url}
              for url, name in agents.items()),
            _known({
                "@id": licence["address"], "@type": "CreativeWork", "name": licence["label"],
                "description": licence["label"],
            }),
            *([contact] if "contactPoint" in root else []),
        ],
    }  # fmt: skip


def _part(file: File) -> dict[str, Any]:
    return {
        "@id": file.name,
        "@type": "File",
        "name": file.title,
        "description": file.title,
        "contentSize": str(file.size),
        "encodingFormat": file.packaging or file.compression or file.content_type,
        "sha256": file.sha256,
    }


# --- DataCite ------------------------------------------------------------------------------------


def datacite(
    about: Dataset, covered: Coverage, files: Sequence[File], earlier: Sequence[ReleaseEntry] = ()
) -> dict[str, Any]:
    """What DataCite wants to know of the dataset: its mandatory and recommended properties.

    The DOI is left to whoever registers one; the catalogue's identifier stands beside it.
    """
    publisher = in_language(about.publisher_name, ENGLISH)
    creator = {"name": _creator(about)[0], "nameType": "Organizational"}
    licence, code = _licence(about), authority.code(authority.LICENCE, about.licence)
    dates = (("Issued", about.issued), ("Updated", about.modified))
    period = [f"{covered.start}/{covered.end}"] if covered.start and covered.end else []
    said = {
        "schemaVersion": _DATACITE,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Knowledge graph"},
        "creators": [creator],
        "titles": _in_languages(about, "title", about.titles),
        "publisher": {"name": publisher},
        "publicationYear": _year(about),
        "subjects": [{"subject": text.value, "lang": text.language} for text in about.keywords],
        "contributors": [
            {"name": about.contact_name, "contributorType": "ContactPerson",
             "nameType": "Organizational"}
        ],
        "dates": [
            *({"date": day, "dateType": kind} for kind, day in dates if day),
            *({"date": day, "dateType": "Other", "dateInformation": _COVERED} for day in period),
        ],
        "language": about.languages[0],
        "alternateIdentifiers": [
            {"alternateIdentifier": dataset_iri(about.base), "alternateIdentifierType": "IRI"}
        ],
        "relatedIdentifiers": _related(about, earlier),
        "sizes": [f"{file.name}: {file.size} B" for file in files],
        "formats": sorted({file.content_type for file in files}),
        "version": about.version,
        "rightsList": [
            _known({
                "rights": licence["label"], "rightsUri": licence["address"],
                "rightsIdentifier": _SPDX.get(code or ""),
                "rightsIdentifierScheme": "SPDX" if code in _SPDX else None,
            })
        ],
        "descriptions": _in_languages(
            about, "description", about.descriptions, descriptionType="Abstract"
        ),
        "geoLocations": _places(covered),
        "url": _page(about),
    }  # fmt: skip
    return _known(said)


_COVERED: Final = "what the dataset is about happened in this time"
_SPDX: Final[Mapping[str, str]] = {"CC0": "CC0-1.0", "CC_BY_4_0": "CC-BY-4.0"}
"""The licences of the EU's table that data is likely to have, as SPDX calls them."""


def _in_languages(
    about: Dataset, name: str, texts: Sequence[tuple[str, str]], **more: str
) -> list[dict[str, str]]:
    """A text in each language of the dataset, in their order."""
    place = {language: number for number, language in enumerate(about.languages)}
    ordered = sorted(texts, key=lambda text: place.get(text[1], len(place)))
    return [{name: value, "lang": language, **more} for value, language in ordered]


def _related(about: Dataset, earlier: Sequence[ReleaseEntry]) -> list[dict[str, str]]:
    catalogue = {
        "relatedIdentifier": f"{about.download_base}catalog.ttl",
        "relatedIdentifierType": "URL",
        "relationType": "HasMetadata",
    }
    if not earlier:
        return [catalogue]
    before = {
        "relatedIdentifier": f"{about.download_base}{RELEASES}/{earlier[-1].name}/",
        "relatedIdentifierType": "URL",
        "relationType": "IsNewVersionOf",
    }
    return [catalogue, before]


def _places(covered: Coverage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"geoLocationPlace": locale_of(ENGLISH).country(code)} for code in covered.countries
    ]
    if box := covered.box:
        found.append(
            {
                "geoLocationBox": {
                    "westBoundLongitude": float(box.west),
                    "eastBoundLongitude": float(box.east),
                    "southBoundLatitude": float(box.south),
                    "northBoundLatitude": float(box.north),
                }
            }
        )
    return found
