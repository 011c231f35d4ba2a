"""Small made-up views to compare releases of: towns A, B, C … and partnerships of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.synthetic import dataset
from tests.release.writing import write_one
from twingraph.dates import parse
from twingraph.model.merge import merge
from twingraph.model.records import (
    Agreement,
    Authority,
    Claims,
    Partnership,
    Record,
    Signature,
    Source,
    Text,
    View,
)
from twingraph.release.content import Content

BASE = dataset().base


def town(key: str, name: str | None = None, wikidata: str | None = None) -> Authority:
    labels = (Text(name or f"Synthetic {key.upper()}", "en"),)
    return Authority(key, labels=labels, country="POL", wikidata=wikidata)


def partnership(
    one: str, other: str, since: str | None = None, key: str | None = None
) -> Partnership:
    date = parse(since) if since else None
    return Partnership(key or f"{one}--{other}", partners=(one, other), since=date)


def agreement(of: str, signed: str, local: str = "1") -> Agreement:
    return Agreement(f"{of}_{local}", partnership=of, kind="agreement", signed_on=parse(signed))


def signature(of: str, local: str = "1") -> Signature:
    return Signature(f"{of}_{local}", agreement=of, office="mayor")


def view(records: Iterable[Record], more: Mapping[str, Iterable[Record]] | None = None) -> View:
    """The merged view of a source "xx", and of others."""
    claims = [_claims("xx", records)]
    claims += [_claims(key, of_source) for key, of_source in (more or {}).items()]
    return merge(dataset(), claims)


def _claims(key: str, records: Iterable[Record]) -> Claims:
    source = Source(key, (Text(f"Synthetic source {key}", "en"),), "register", 1)
    return Claims(source, tuple(records))


def written(folder: Path, made: View) -> Path:
    """A folder with the N-Triples and N-Quads of a view, as a release has them."""
    folder.mkdir()
    write_one("twingraph.nq.gz", folder, Content(made))
    return folder
