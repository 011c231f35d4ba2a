"""A partition's things as RDF and as rows of tables, and what they say of things elsewhere.

Describing is `rdf.mapping` and `rdf.provenance`, the tables are those of `release.tables`. A link
that leads to a thing of another partition goes there as a statement, to be added to what is said of
that thing.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from twingraph.model.joint_projects import joint_projects, linked
from twingraph.model.lookup import Groups
from twingraph.model.records import Claims, Partnership, View
from twingraph.rdf import mapping, ntriples, provenance
from twingraph.rdf.chunks import some_at_a_time
from twingraph.rdf.terms import Description, Statement, Term
from twingraph.release.content import Content
from twingraph.release.parquet import record_batches
from twingraph.release.tables import SOURCES, tables
from twingraph.spark.merging import MergedIndex
from twingraph.spark.plan import BuildPlan
from twingraph.spark.rows import EVERYONE, PackedRow, home_of_term, pack, packed, unpack

if TYPE_CHECKING:
    import pyarrow as pa

TABLE: Final = "table:"
"""How the kind begins of rows that hold a part of a table, in Arrow's format for streams."""
QUADS: Final = "quads"
TRIPLES: Final = "triples"


def described(row: PackedRow, plan: BuildPlan, known: MergedIndex) -> Iterator[PackedRow]:
    """What a partition's view says: descriptions of its own, statements for others, the lines of
    the sources' graphs, tables, and the concepts that it names."""
    view = _whole(unpack(row.data), plan, known)
    writer = mapping.Writer(plan.base)
    own = list(mapping.describe_view(view, writer))
    there = {subject for subject, _ in own}
    own += (d for claims in view.claims for d in provenance.describe_evidence(claims, writer))
    used = writer.concepts
    yield from packed(row.to, "own", own)
    yield from _for_others(row.to, mapping.describe_elsewhere(view, writer), there, plan)
    for claims in view.claims:
        graph = provenance.graph_term(claims.source.key, plan.base)
        lines = ntriples.lines(mapping.describe_claims(claims, plan.base), graph)
        yield from text_rows(row.to, QUADS, lines)
    yield PackedRow(EVERYONE, "concepts", pack(used))
    yield from table_rows(row.to, view, known, {SOURCES})


def _whole(view: View, plan: BuildPlan, known: MergedIndex) -> View:
    """A partition's view with the names of others around it, and joint projects."""
    around = known.around(view)
    links = list(joint_projects(view.all(Partnership).values(), known.projects.values()))
    named = {known.named_in[one.project] for one in links if one.project in known.named_in}
    have = {claims.source.key for claims in view.claims}
    claims = [*view.claims, *(Claims(plan.sources[key], ()) for key in named - have)]
    around = replace(around, claims=tuple(sorted(claims, key=lambda c: c.source.key)))
    return linked(around, links, known.named_in)


def _for_others(
    to: int, links: Iterable[Description], there: set[Term], plan: BuildPlan
) -> Iterator[PackedRow]:
    others: dict[int, list[Description]] = defaultdict(list)
    for subject, statements in links:
        if subject not in there:
            target = home_of_term(subject, plan.base, plan.partitions)
            if target != to:
                others[target].append((subject, statements))
    for target, several in others.items():
        yield PackedRow(target, "links", pack(several))


def text_rows(to: int, kind: str, lines: Iterable[str]) -> Iterator[PackedRow]:
    """Lines as rows of some thousand, without the end of the last: Spark writes it."""
    for some in some_at_a_time(lines):
        yield PackedRow(to, kind, "".join(some)[:-1].encode())


def table_rows(to: int, view: View, known: MergedIndex, without: set[str]) -> Iterator[PackedRow]:
    """The tables of a view, but for some, each as a stream of Arrow."""
    content = Content(view)
    # How many partnerships a town has is known of all of them; which they are, no table asks.
    numbers: Any = {key: range(number) for key, number in known.partners.items()}
    content.labels.lookup.partnerships_of = Groups(numbers)
    for table in tables(view.dataset.languages):
        if table.name not in without:
            for batch in record_batches(table, content):
                yield PackedRow(to, f"{TABLE}{table.name}", stream(batch))


def stream(batch: pa.RecordBatch) -> bytes:
    """A batch of rows in Arrow's format for streams."""
    import pyarrow as pa

    out = io.BytesIO()
    with pa.ipc.new_stream(out, batch.schema) as writer:
        writer.write_batch(batch)
    return out.getvalue()


def batches_of(data: bytes) -> Iterator[pa.RecordBatch]:
    """What `stream` wrote."""
    import pyarrow as pa

    yield from pa.ipc.open_stream(data)


def add_links(own: Iterable[Description], links: Iterable[Description]) -> list[Description]:
    """Descriptions with the statements that other partitions have for them; what they have for a
    thing that is not there is dropped, as it is where all is one.

    Two partnerships of the same towns twin them once.
    """
    twinned = mapping.tg("twinnedWith")
    more: dict[Term, list[Statement]] = defaultdict(list)
    for subject, statements in links:
        more[subject] += statements
    whole: list[Description] = []
    for subject, statements in own:
        if subject in more:
            several: dict[Any, None] = {}
            rest: list[Statement] = []
            for statement in (*statements, *more[subject]):
                if statement[0] == twinned:
                    several[statement] = None
                else:
                    rest.append(statement)
            statements = [*rest, *several]
        whole.append((subject, statements))
    return whole
