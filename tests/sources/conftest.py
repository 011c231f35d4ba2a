"""A small, good data folder to break, one fault at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from twingraph.errors import DataError, Problem
from twingraph.sources.curated import folder as curated

DATASET = """\
title: {en: A small dataset}
description: {en: Two towns}
publisher: {name: {en: Somebody}, url: https://example.org/}
contact: {name: Somebody, email: somebody@example.org}
licence: http://publications.europa.eu/resource/authority/licence/CC0
base: https://example.org/
languages: [en, pl]
"""
MUNICIPALITIES = """\
key,name,language,country,level,wikidata,wikidata_status,latitude,longitude,replaces,source
pl-sieniawa,Sieniawa,pl,PL,municipality,Q3809,verified,50.1777,22.6117,,register
sk-lutina,Ľutina,sk,SK,municipality,,unresolved,,,,register
be-tremelo,Tremelo,nl,BE,municipality,,unresolved,,,,register
"""
PEOPLE = "key,name,source\nadam-wos,Adam Woś,page\n"
PROJECTS = "key,title,language,source\npark,Park oddychu,sk,page\n"
PROGRAMMES = "key,title,language,start,end,source\ninterreg,Interreg,en,2014,2020,register\n"
ORGANIZATIONS = "key,name,language,source\nschool,A school,en,page\n"
REGISTER = "title: {en: A register}\nkind: register\nlanguage: [en]\n"
PAGE = """\
title: {sk: Partnerské obce}
kind: municipal
url: https://example.org/page
publisher_authority: sk-lutina
language: [sk]
retrieved: 2026-11-23
partnerships:
  - key: pl-sieniawa--sk-lutina
    partners: [pl-sieniawa, sk-lutina]
    since: 2016
    status: active
    projects: [park]
    involves: [school]
    evidence:
      - quote: od roku 2016
        for: [since]
    agreements:
      - key: 1
        kind: agreement
        signed_on: 2016-08
        valid_until: 2026
        signatures:
          - signatory: adam-wos
            role: primátor
            office: mayor
            on_behalf_of: pl-sieniawa
      - key: 2
        kind: renewal
        replaces: [1]
    status_changes:
      - key: 1
        new_status: active
        changed_on: 2016-08
        agreement: 1
projects:
  - key: park
    programme: interreg
    partners: [pl-sieniawa, sk-lutina]
    lead: sk-lutina
    start: 2018-07
    end: 2019-06
    total_budget: 30296.38
    currency: EUR
authorities:
  - key: sk-lutina
    alt_label: {sk: [Obec Ľutina]}
mentions:
  - about: {person: adam-wos}
    note: He opened a park.
"""
FILES = {
    "dataset.yaml": DATASET,
    "municipalities.csv": MUNICIPALITIES,
    "people.csv": PEOPLE,
    "projects.csv": PROJECTS,
    "programmes.csv": PROGRAMMES,
    "organizations.csv": ORGANIZATIONS,
    "sources/register.yaml": REGISTER,
    "sources/page.yaml": PAGE,
}


@dataclass(frozen=True)
class Folder:
    """A data folder of a test."""

    path: Path

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, whatever it held before."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def change(self, name: str, right: str, wrong: str) -> None:
        """Put `wrong` where `right` stands, once, in a file of the good folder."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in {name}"
        self.write(name, text.replace(right, wrong))

    def problems(self) -> list[Problem]:
        """What reading the folder reports, files named from the folder on."""
        try:
            curated.read(self.path)
        except DataError as error:
            start = f"{self.path.as_posix()}/"
            return [
                Problem(p.file.removeprefix(start), p.line, p.message, p.cure, p.unreadable)
                for p in error.problems
            ]
        return []

    def told(self) -> list[str]:
        """The problems as `file:line: message → cure`, the folder left out."""
        return [str(problem).replace("\n    → ", " → ") for problem in self.problems()]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A good data folder."""
    made = Folder(tmp_path / "data")
    for name, content in FILES.items():
        made.write(name, content)
    return made


Break = Callable[[Folder], object]
