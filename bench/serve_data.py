"""A made-up release of any size, in the shape of a real one, to load and to query.

About 27 triples a partnership in the merged view (the default graph), and again as the claims of
a handful of sources, each in its named graph.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twingraph.namespaces import BASE, DCT, FOAF, RDF, SKOS, TG, VOID, WD, XSD

SOURCES = 5


def _towns(number: int) -> Iterator[str]:
    for n in range(number):
        town = f"<{BASE}municipality/xx-town-{n}>"
        yield f"{town} <{RDF}type> <{TG}Municipality>"
        yield f'{town} <{SKOS}prefLabel> "Town {n}"@en'
        yield f'{town} <{SKOS}prefLabel> "Miasto {n}"@pl'
        yield f"{town} <{SKOS}exactMatch> <{WD}Q{1_000_000 + n}>"
        yield f"{town} <{TG}country> <http://publications.europa.eu/resource/authority/country/POL>"
        yield f'{town} <{TG}nationalCode> "{n:06}"'


def _partnership(n: int, towns: int) -> Iterator[str]:
    a, b = n % towns, (n * 7 + 1 + n // towns) % towns
    key = f"xx-town-{a}--xx-town-{b}"
    left, right = (f"<{BASE}municipality/xx-town-{t}>" for t in (a, b))
    it = f"<{BASE}partnership/{key}>"
    agreement = f"<{BASE}agreement/{key}_{n}>"
    year = 1960 + n % 65
    yield f"{it} <{RDF}type> <{TG}Partnership>"
    yield f"{it} <{TG}partner> {left}"
    yield f"{it} <{TG}partner> {right}"
    yield f"{left} <{TG}twinnedWith> {right}"
    yield f"{right} <{TG}twinnedWith> {left}"
    yield f'{it} <{TG}since> "{year}"^^<{XSD}gYear>'
    yield f'{it} <{TG}sinceEarliest> "{year}-01-01"^^<{XSD}date>'
    yield f'{it} <{TG}sinceLatest> "{year}-12-31"^^<{XSD}date>'
    yield f"{it} <{TG}status> <{BASE}concept/partnership-status/active>"
    yield f"{it} <{TG}field> <{BASE}concept/field/culture>"
    yield f'{it} <{DCT}description> "Exchange of schools, choirs and fire brigades, no. {n}"@en'
    yield f"{it} <{TG}agreement> {agreement}"
    yield f"{agreement} <{RDF}type> <{TG}Agreement>"
    yield f"{agreement} <{TG}agreementOf> {it}"
    yield f'{agreement} <{TG}signedOn> "{year}-05-0{1 + n % 9}"^^<{XSD}date>'
    for side, town in (("a", left), ("b", right)):
        signature = f"<{BASE}signature/{key}_{n}_{side}>"
        yield f"{agreement} <{TG}signature> {signature}"
        yield f"{signature} <{RDF}type> <{TG}Signature>"
        yield f"{signature} <{TG}onBehalfOf> {town}"
        yield f"{signature} <{TG}office> <{BASE}concept/office/mayor>"


def quads(partnerships: int) -> Iterator[str]:
    """The lines of the release's N-Quads, merged view first, then each source's claims."""
    towns = max(2, partnerships * 2 // 3)
    for line in _towns(towns):
        yield f"{line} .\n"
    twinned = set()  # A pair may come twice; a quad does not.
    for n in range(partnerships):
        for line in _partnership(n, towns):
            if "twinnedWith" in line:
                if line in twinned:
                    continue
                twinned.add(line)
            yield f"{line} .\n"
    for n in range(partnerships):
        graph = f"<{BASE}graph/source-{n % SOURCES}>"
        for line in _partnership(n, towns):
            yield f"{line} {graph} .\n"


_VOID = """<{base}void> <{foaf}primaryTopic> <{base}catalog#dataset> .
<{base}catalog#dataset> <{void}uriSpace> "{base}" ; <{void}triples> {merged} .
"""


def write_release(folder: Path, partnerships: int) -> Path:
    """Write `twingraph.nq.gz`, its merged view as `twingraph.nt.gz`, and `void.ttl` with what a
    server reads there, into a folder and return the path of the first; same number, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    target, merged = folder / "twingraph.nq.gz", 0
    with _packed(target) as all_of_it, _packed(folder / "twingraph.nt.gz") as view:
        for line in quads(partnerships):
            all_of_it.write(line.encode())
            if "/graph/" not in line:
                view.write(line.encode())
                merged += 1
    description = _VOID.format(base=BASE, foaf=FOAF, void=VOID, merged=merged)
    (folder / "void.ttl").write_text(description, "utf-8")
    return target


@contextmanager
def _packed(path: Path) -> Iterator[gzip.GzipFile]:
    """A compressed file, the same bytes each time."""
    with (
        path.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
    ):
        yield packed


if __name__ == "__main__":
    write_release(Path(sys.argv[2]), int(sys.argv[1]))
