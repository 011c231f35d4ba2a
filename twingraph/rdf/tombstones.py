"""What is gone, as RDF: an IRI that was published once stays known.

`<old> owl:deprecated true` says that the thing is there no more, `dct:isReplacedBy` what it is
now. Stated in the default graph, so that every dump and every store that loads one knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from twingraph import namespaces as ns
from twingraph.model.records import Gone
from twingraph.rdf import terms
from twingraph.rdf.terms import Description, Statement, Term

DEPRECATED = Term(f"<{ns.OWL}deprecated>")
IS_REPLACED_BY = Term(f"<{ns.DCT}isReplacedBy>")


def described(gone: Iterable[Gone]) -> Iterator[Description]:
    """What is said of each thing that is gone."""
    for thing in gone:
        said: list[Statement] = [(DEPRECATED, terms.boolean(True))]
        if thing.replaced_by:
            said.append((IS_REPLACED_BY, Term(f"<{thing.replaced_by}>")))
        yield Term(f"<{thing.iri}>"), said
