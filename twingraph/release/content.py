"""What a release says, ready to be walked: the default graph, and what each source states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from twingraph.model.labels import Labels
from twingraph.model.lookup import Lookup
from twingraph.model.records import View
from twingraph.namespaces import prefixes
from twingraph.rdf import concepts, mapping, provenance, tombstones
from twingraph.rdf.terms import Description, Term


@dataclass(frozen=True)
class Content:
    """What a release says, as descriptions. Each call walks the records anew, in flat memory."""

    view: View

    @property
    def base(self) -> str:
        """The base of the dataset's own IRIs."""
        return self.view.dataset.base

    @cached_property
    def labels(self) -> Labels:
        """The view as tables ask it: what is joined is joined once for all of them."""
        return Labels(Lookup.of_view(self.view), self.view.dataset.languages)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the dumps are written with."""
        return prefixes(self.base, concepts.schemes())

    def default(self) -> Iterator[Description]:
        """The default graph."""
        writer = mapping.Writer(self.base)
        yield from mapping.describe_view(self.view, writer)
        yield from provenance.describe_provenance(self.view, writer)
        yield from tombstones.described(self.view.gone)
        used = writer.concepts | provenance.concepts_used(self.view)
        yield from concepts.described(used, self.base)

    def graphs(self) -> Iterator[tuple[Term, Iterator[Description]]]:
        """Every source's graph: its name and what it holds."""
        writer = mapping.Writer(self.base)
        for claims in self.view.claims:
            name = provenance.graph_term(claims.source.key, self.base)
            yield name, mapping.describe_claims(claims, self.base, writer)
