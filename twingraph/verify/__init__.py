"""Check a release as whoever takes it would: nothing is believed that can be counted again.

What a release says of itself (checksums, VoID, catalogue, reports, pages, changes) is held against
the files that are there, by readers that know nothing of how they were written.

syntax      every file parses
dumps       all dumps say the same
numbers     void.ttl, counted again
catalogue   each file once, with its size, checksum and media type
reports     the reports of the check agree, and their queries with the graph
pages       links lead somewhere, and no script runs
installed   the vocabulary, shapes, schema and style are those of this installation
past        changes and history fit the release before
stream      the event stream leads to the graph
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from twingraph.errors import UsageError
from twingraph.release.publish import checksums
from twingraph.verify.catalogue import catalogue_faults
from twingraph.verify.dumps import dump_faults
from twingraph.verify.installed import installed_faults
from twingraph.verify.numbers import number_faults
from twingraph.verify.pages import page_faults
from twingraph.verify.past import past_faults
from twingraph.verify.reports import report_faults
from twingraph.verify.stream import stream_faults
from twingraph.verify.syntax import syntax_faults

CHECKS: Final[tuple[tuple[str, Callable[[Path], Iterator[str]]], ...]] = (
    ("checksums", checksums),
    ("syntax", syntax_faults),
    ("dumps", dump_faults),
    ("numbers", number_faults),
    ("catalogue", catalogue_faults),
    ("reports", report_faults),
    ("pages", page_faults),
    ("installed", installed_faults),
    ("past", past_faults),
    ("stream", stream_faults),
)
"""Every check by its name: what it yields is wrong, as "file: what"."""


def verify(release: Path, progress: Callable[[str], None] = lambda _: None) -> list[str]:
    """What is wrong with a release; nothing where it is as it should be.

    Raises UsageError where there is no folder at all.
    """
    if not release.is_dir():
        raise UsageError(f"there is no folder {release}: name a release")
    faults: dict[str, None] = {}  # in order, each once: one lost file is missed by several checks
    for name, check in CHECKS:
        progress(f"checking: {name}")
        faults |= dict.fromkeys(_of(check, release))
    return list(faults)


def _of(check: Callable[[Path], Iterator[str]], release: Path) -> Iterator[str]:
    """A check's faults. What a broken file does to the reading of another is a fault as well."""
    try:
        yield from check(release)
    except UsageError as error:
        yield str(error)
    except FileNotFoundError as error:
        yield f"{Path(str(error.filename)).name}: is missing"
    except OSError as error:
        yield f"{error.filename}: cannot be read ({error.strerror or error})"
    except (ValueError, TypeError, LookupError, SyntaxError) as error:
        yield f"something is not as a build writes it: {error!r}"
