"""redirects.csv: read strictly, and checked against what there is."""

from __future__ import annotations

import pytest

from tests.sources.conftest import Folder
from twingraph.build import read_view
from twingraph.errors import DataError
from twingraph.model.records import Gone

HEADER = "path,old,new,note\n"
BASE = "https://example.org/"


def test_what_was_renamed(folder: Folder) -> None:
    folder.write(
        "redirects.csv",
        f"{HEADER}municipality,Q3809,pl-sieniawa,curated now\n"
        "partnership,Q3809--sk-lutina,pl-sieniawa--sk-lutina,\n"
        "agreement,Q3809--sk-lutina_1,pl-sieniawa--sk-lutina_1,\n"
        "source,old-page,page,\n",
    )
    assert read_view(folder.path).gone == (
        Gone(
            f"{BASE}agreement/Q3809--sk-lutina_1",
            f"{BASE}agreement/pl-sieniawa--sk-lutina_1",
        ),
        Gone(f"{BASE}municipality/Q3809", f"{BASE}municipality/pl-sieniawa"),
        Gone(f"{BASE}partnership/Q3809--sk-lutina", f"{BASE}partnership/pl-sieniawa--sk-lutina"),
        Gone(f"{BASE}source/old-page", f"{BASE}source/page"),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("path,old,new,nots\n", "unknown column 'nots' → did you mean 'note'"),
        ("path,old\n", "the column 'new' is missing"),
        (f"{HEADER}town,a,b,\n", "path: 'town' is no path of an IRI"),
        (f"{HEADER}person,Adam Wos,adam-wos,\n", "'Adam Wos' is not a key → did you mean"),
        (f"{HEADER}person,a,,\n", "'new' is missing"),
        (f"{HEADER}person,a,adam-wos\n", "has 3 cells, the header 4"),
        (f"{HEADER}person,a,adam-wos,\nperson,a,adam-wos,\n", "'a' stands here twice (first in"),
    ],
)
def test_a_faulty_row(folder: Folder, text: str, fault: str) -> None:
    folder.write("redirects.csv", text)
    (told, *_) = folder.told()
    assert told.startswith("redirects.csv:") and fault in told


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("municipality,pl-sieniawa,sk-lutina,", "old: 'pl-sieniawa' is still in use"),
        ("municipality,old,pl-sieniaw,", "there is no municipality 'pl-sieniaw'"),
        ("municipality,older,old,\nmunicipality,old,pl-sieniawa,", "was changed itself, to"),
    ],
)
def test_a_redirect_that_leads_nowhere(folder: Folder, row: str, fault: str) -> None:
    folder.write("redirects.csv", f"{HEADER}{row}\n")
    with pytest.raises(DataError) as caught:
        read_view(folder.path)
    (problem,) = caught.value.problems
    assert fault in problem.message and problem.line == 2 and problem.cure


def test_a_misspelt_register_is_found(folder: Folder) -> None:
    folder.write("redirect.csv", HEADER)
    (told,) = folder.told()
    assert told.startswith("redirect.csv: is no register → did you mean 'redirects.csv'")
