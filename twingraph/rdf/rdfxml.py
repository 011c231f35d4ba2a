"""RDF/XML, written by pyoxigraph; what it cannot say is found before a byte is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import BinaryIO, Final

import pyoxigraph as ox

from twingraph.rdf.ntriples import write_ntriples
from twingraph.rdf.terms import Description

# The end of a predicate must be a name, to be that of an XML element (RDF/XML, section 5.1).
_ELEMENT: Final = re.compile(r"[^\W\d][\w.\-]*>$")
# XML 1.0 cannot say these at all; canonical N-Triples, in which terms are held, escapes them.
_NOT_IN_XML: Final = re.compile(r"\\[bf]|\\u00[01][0-9A-F]|\\uFFF[EF]")


class NotInRdfXml(ValueError):
    """RDF/XML has no way to say a statement."""


def write_rdfxml(
    descriptions: Sequence[Description], prefixes: Mapping[str, str], out: BinaryIO
) -> None:
    """Write descriptions to a binary file as RDF/XML, in the order they come.

    Raises NotInRdfXml for a predicate that cannot name an element, or a character that XML 1.0
    does not have.
    """
    for _, statements in descriptions:
        for predicate, object_ in statements:
            if not _ELEMENT.search(predicate) or _NOT_IN_XML.search(object_):
                raise NotInRdfXml(f"RDF/XML cannot say {predicate} {object_}")
    triples = BytesIO()
    write_ntriples(descriptions, triples)
    parsed = ox.parse(triples.getvalue(), format=ox.RdfFormat.N_TRIPLES)
    ox.serialize(parsed, out, format=ox.RdfFormat.RDF_XML, prefixes=dict(prefixes))
