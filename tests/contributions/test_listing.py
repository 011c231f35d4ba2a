"""A sheet loses nothing: a contribution written as one is read back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import FOUNDING, ROOT
from tests.contributions.conftest import TODAY
from tests.contributions.filled import PAGE, workbook
from tests.contributions.strategies import contributions, odd_cells
from twingraph.contributions import sheet
from twingraph.contributions.contribution import Contribution
from twingraph.contributions.entry import enter
from twingraph.contributions.given import from_data
from twingraph.contributions.known import Known
from twingraph.contributions.listing import listed
from twingraph.contributions.sheet import Filled
from twingraph.contributions.template import write_sheet
from twingraph.contributions.towns import Towns
from twingraph.errors import DataError, TwingraphError
from twingraph.web.languages import LANGUAGES

KINDS = (".csv", ".xlsx", ".ods")
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.fixture(scope="module")
def towns() -> Towns:
    return Towns(Known.of(FOUNDING), TODAY)


def back(made: Contribution, path: Path, language: str, towns: Towns) -> Contribution:
    write_sheet(path, listed(made, language), language)
    return enter(sheet.read(path), towns).contribution


@pytest.mark.parametrize("kind", KINDS)
def test_any_contribution(kind: str, tmp_path: Path, towns: Towns) -> None:
    @QUICK
    @given(contributions, st.sampled_from(list(LANGUAGES)))
    def loses_nothing(made: Contribution, language: str) -> None:
        assert back(made, tmp_path / f"page{kind}", language, towns) == made

    loses_nothing()


REAL = [("data", path) for path in sorted((ROOT / "data" / "sources").rglob("*.yaml"))[::7]] + [
    ("tests/data/pages", path)
    for path in sorted((ROOT / "tests" / "data" / "pages" / "sources").rglob("*.yaml"))[::4]
]


@pytest.mark.parametrize(("folder", "path"), REAL, ids=lambda one: Path(one).stem)
def test_real_sources(folder: str, path: Path, tmp_path: Path, towns: Towns) -> None:
    made = from_data(ROOT / folder, path)
    assert back(made, tmp_path / "page.xlsx", "pl", towns) == made


def test_a_filled_in_sheet_written_again_is_the_same(tmp_path: Path, towns: Towns) -> None:
    made = enter(sheet.read(workbook(tmp_path / "page.xlsx", PAGE)), towns).contribution
    for language in LANGUAGES:
        assert back(made, tmp_path / f"{language}.ods", language, towns) == made


cells = st.dictionaries(
    st.tuples(
        st.sampled_from(sorted(PAGE)), st.integers(0, 2), st.integers(0, 12)
    ),
    odd_cells,
    min_size=1, max_size=6,
)  # fmt: skip


@QUICK
@given(cells)
def test_no_cell_ends_in_a_traceback(
    tmp_path: Path, towns: Towns, changes: dict[tuple[str, int, int], object]
) -> None:
    filled = _altered(changes)
    try:
        made = enter(filled, towns).contribution
    except DataError as error:
        assert all(p.message and p.file.startswith("page.xlsx") for p in error.problems)
    else:
        assert back(made, tmp_path / "page.csv", "pl", towns) == made


def _altered(changes: dict[tuple[str, int, int], object]) -> Filled:
    """The page with cells exchanged for odd ones, as they come out of a workbook."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        filled = sheet.read(workbook(Path(folder) / "page.xlsx", PAGE))
    for (table, row, column), cell in changes.items():
        rows = filled.rows[table.lower() if table != "Documents" else "agreements"]
        if row < len(rows) and cell is not None:
            one = rows[row]
            names = sorted(one.headings)
            cells = {**one.cells, names[column % len(names)]: cell}
            rows[row] = type(one)(one.table, cells, one.row, one.headings)
    return filled


@QUICK
@given(st.binary(max_size=400), st.sampled_from(KINDS))
def test_no_bytes_end_in_a_traceback(
    tmp_path: Path, towns: Towns, content: bytes, kind: str
) -> None:
    path = tmp_path / f"page{kind}"
    path.write_bytes(content)
    with pytest.raises(TwingraphError):
        enter(sheet.read(path), towns)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_sheet_ends_in_no_traceback(kind: str, tmp_path: Path, towns: Towns) -> None:
    path = tmp_path / f"page{kind}"
    made = enter(sheet.read(workbook(tmp_path / "in.xlsx", PAGE)), towns).contribution
    write_sheet(path, listed(made, "en"), "en")
    whole = path.read_bytes()

    @QUICK
    @given(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=8))
    def is_told(at: int, piece: bytes) -> None:
        path.write_bytes(whole[:at] + piece + whole[at + len(piece) :])
        try:
            enter(sheet.read(path), towns)
        except TwingraphError as error:
            assert str(error)

    is_told()
