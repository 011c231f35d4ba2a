"""The check beside pySHACL as it is and its rewrite in Rust, and beside the writing of a release.

Each side has a process of its own and the graph in the form that it takes, made before the clock
begins: descriptions here, an rdflib graph there. Of all is counted the processor's time, which says
the same beside other work. What a check adds to a build is measured inside of one: the walk that
writes the dumps feeds it.
"""

from __future__ import annotations

import gc
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from math import log
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Final, NamedTuple

import pyshacl
from rdflib import Graph

from bench import synthetic
from bench.rows import Row, times_as_fast
from twingraph import build, resources
from twingraph.rdf.rdflib_terms import graph_of
from twingraph.rdf.terms import Description
from twingraph.release.content import Content
from twingraph.release.parallel import without_collector
from twingraph.shacl.check import Check
from twingraph.shacl.shapes import load

TIMES_PYSHACL: Final = 80
TIMES_TURBO: Final = 25
SHARE_OF_WRITING: Final = 0.5
GROWTH: Final = 1.05
_BUILT: Final = 50_000
_OF_PYSHACL: Final = (1_000, 5_000, 10_000)
_OF_TURBO: Final = 10_000


class Taken(NamedTuple):
    """What a side took: seconds of the processor, MiB at its most, and how many results it had."""

    seconds: float
    mebibytes: float
    results: int


def rows(sizes: Sequence[int] = _OF_PYSHACL, built: int = _BUILT) -> list[Row]:
    """The check against its peers, its growth, and its share of a build."""
    ours = {size: _side("ours", size) for size in {*sizes, _OF_TURBO, built}}
    found = [_against("pySHACL", "pyshacl", size, ours[size], TIMES_PYSHACL) for size in sizes]
    if find_spec("pyshacl_turbo"):
        turbo = ours[_OF_TURBO]
        found.append(_against("pyshacl-turbo", "turbo", _OF_TURBO, turbo, TIMES_TURBO))
    else:
        sys.stderr.write("left out: pyshacl-turbo (it is not installed)\n")
    more, less = ours[built].seconds, ours[_OF_TURBO].seconds
    growth = log(more / less) / log(built / _OF_TURBO)
    what = f"check: growth from {_OF_TURBO:,} to {built:,}, n^{growth:.2f}"
    found.append(Row(what, more, less, growth, f"≤ n^{GROWTH}", growth <= GROWTH))
    checking, writing = _run(f"share({built})")
    name = f"check added to a build of {built:,}, against its writing"
    share = checking / writing
    target = f"≤ {SHARE_OF_WRITING} of it"
    return [*found, Row(name, checking, writing, share, target, share <= SHARE_OF_WRITING)]


def side(name: str, size: int) -> None:
    """Check so many partnerships in this process, and print what that took as JSON."""
    checking = {"ours": _ours, "pyshacl": _pyshacl, "turbo": _turbo}[name](size)
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    results = checking()
    seconds = time.process_time() - begun
    print(json.dumps(Taken(seconds, getrusage(RUSAGE_SELF).ru_maxrss / 1024, results)))


def share(size: int) -> None:
    """Write a release and check it in the same walk: print the seconds of both as JSON."""
    view = synthetic.view(size)
    checking = Check(load(resources.folder("shapes")))
    content, spent = Content(view), 0.0

    def observe(descriptions: Sequence[Description]) -> None:
        nonlocal spent
        begun = time.perf_counter()
        checking.add(descriptions)
        spent += time.perf_counter() - begun

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with build.write(Path(folder), content, lambda _: None, observe):
            pass
        writing = time.perf_counter() - begun - spent
    begun = time.perf_counter()
    checking.report(content.default)
    print(json.dumps([spent + time.perf_counter() - begun, writing]))


def _against(name: str, peer: str, size: int, ours: Taken, least: float) -> Row:
    theirs = _side(peer, size)
    if theirs.results != ours.results:
        sys.stderr.write(f"{name} has {theirs.results} results of {size}, and we {ours.results}\n")
    # At a thousand the start of both is a part of it: no target.
    what = f"check against {name}, {size:,} partnerships"
    return times_as_fast(what, ours.seconds, theirs.seconds, least if size >= 5_000 else 0)


def _ours(size: int) -> Callable[[], int]:
    descriptions = list(Content(synthetic.view(size)).default())
    shapes = load(resources.folder("shapes"))

    def checking() -> int:
        check = Check(shapes)
        with without_collector():
            check.add(descriptions)
            return len(check.report(lambda: descriptions).results)

    return checking


def _pyshacl(size: int) -> Callable[[], int]:
    data, shapes = _graphs(size)
    return lambda: _results(pyshacl.validate(data, shacl_graph=shapes, inplace=True))


def _turbo(size: int) -> Callable[[], int]:
    turbo = import_module("pyshacl_turbo")
    data, shapes = _graphs(size)
    return lambda: _results(turbo.validate(data, shacl_graph=shapes))


def _graphs(size: int) -> tuple[Graph, Graph]:
    """The data and the shapes as rdflib graphs."""
    logging.disable(logging.CRITICAL)
    data = graph_of(Content(synthetic.view(size)).default())
    return data, load(resources.folder("shapes")).graph


def _results(said: tuple[bool, Graph, str]) -> int:
    _, report, _ = said
    return sum(1 for p in report.predicates() if str(p).endswith("#sourceConstraintComponent"))


def _side(name: str, size: int) -> Taken:
    seconds, mebibytes, results = _run(f"side({name!r}, {size})")
    return Taken(seconds, mebibytes, int(results))


def _run(call: str) -> list[float]:
    command = [sys.executable, "-c", f"from bench.check import *; {call}"]
    root = Path(__file__).parent.parent
    run = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    return [float(number) for number in json.loads(run.stdout)]
