"""The store process without one of its tricks: python -m bench.engine_process TRICK DESCRIPTOR."""

from __future__ import annotations

import pickle
import sys
from contextlib import AbstractContextManager
from unittest.mock import patch

from twingraph.sparql.engine import query_process, store_process
from twingraph.sparql.query_engine import SparqlRequest

TRICKS: dict[str, AbstractContextManager[object]] = {
    "warm-up": patch.object(query_process, "WARM_UP", SparqlRequest("", None, None)),
}

if __name__ == "__main__":
    trick, descriptor = sys.argv[1:]
    with TRICKS[trick]:
        store_process.main(int(descriptor), *pickle.load(sys.stdin.buffer))
