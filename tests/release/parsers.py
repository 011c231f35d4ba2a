"""Parsers that are not ours, each giving a graph or dataset as a set of comparable things."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, BinaryIO

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld

from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.terms import Description


def written(write: Callable[[BinaryIO], None]) -> bytes:
    """What a writer writes."""
    out = BytesIO()
    write(out)
    return out.getvalue()


def ntriples(descriptions: Iterable[Description]) -> bytes:
    return written(lambda out: write_ntriples(descriptions, out))


def statements(descriptions: Iterable[Description]) -> set[str]:
    """The triples of descriptions as lines, without a parser."""
    return {f"{s} {p} {o}" for s, said in descriptions for p, o in said}


def oxigraph(data: bytes, form: ox.RdfFormat) -> set[str]:
    """Triples or quads as pyoxigraph prints them, which is canonical N-Quads."""
    return {str(quad).removesuffix(" .") for quad in ox.parse(data, format=form)}


def with_rdflib(data: bytes, form: str) -> set[Any]:
    return set(rdflib.Graph().parse(data=data, format=form))


def with_pyld(data: bytes) -> set[str]:
    found = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"})
    return oxigraph(found.encode(), ox.RdfFormat.N_QUADS)


def with_rapper(data: bytes, form: str) -> set[str]:
    """Triples as Raptor reads them."""
    if not shutil.which("rapper"):
        pytest.fail("rapper is missing: install the Debian package raptor2-utils")
    command = ["rapper", "-q", "-i", form, "-o", "ntriples", "-", "http://base.example/"]
    found = subprocess.run(command, input=data, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr.decode()
    return oxigraph(found.stdout, ox.RdfFormat.N_TRIPLES)
