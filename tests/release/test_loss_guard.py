"""A release that would lose too much is refused, unless the very loss is accepted by name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import FOUNDING
from tests.release.towns import partnership, town, view, written
from tests.test_cli import run
from twingraph.errors import LossRefused
from twingraph.model.records import Record
from twingraph.release.identity import Succession, follow
from twingraph.release.loss_guard import USUAL, Allowed, guard

TOWNS: list[Record] = [town(f"t{number:02}") for number in range(40)]
Lose = Callable[[int, int], Succession]
LINKS: list[Record] = [partnership("t00", f"t{number:02}") for number in range(1, 40)]


@pytest.fixture
def lose(tmp_path: Path) -> Lose:
    """What follows when so many towns and partnerships are left out."""
    old = written(tmp_path / "old", view([*TOWNS, *LINKS]))

    def losing(towns: int, links: int) -> Succession:
        return follow(view([*TOWNS[: 40 - towns], *LINKS[: 39 - links]]), old)

    return losing


def test_a_small_loss_passes(lose: Lose) -> None:
    assert guard(lose(2, 1), "1-abc", USUAL) == []


def test_a_large_one_is_refused_with_the_list(lose: Lose) -> None:
    with pytest.raises(LossRefused) as caught:
        guard(lose(3, 1), "1-abc", USUAL)
    told = str(caught.value)
    assert "3 of 40 towns, 7.5 %:" in told
    assert [line.strip() for line in told.splitlines() if line.startswith("    m")] == [
        "municipality/t37", "municipality/t38", "municipality/t39",
    ]  # fmt: skip
    # One partnership of 39 is within the share, and is not complained about.
    assert "partnership" not in told
    assert caught.value.exit_status == 1


def test_the_share_can_be_set(lose: Lose) -> None:
    assert guard(lose(3, 3), "1-abc", Allowed(percent=8)) == []
    with pytest.raises(LossRefused):
        guard(lose(1, 0), "1-abc", Allowed(percent=0))


def code(followed: Succession, name: str = "1-abc") -> str:
    with pytest.raises(LossRefused) as caught:
        guard(followed, name, USUAL)
    (found,) = re.findall(r"--accept-loss (loss-\w+)", str(caught.value))
    return str(found)


def test_the_whole_loss_is_accepted_by_its_name_and_no_other_is(lose: Lose) -> None:
    three = code(lose(3, 3))
    assert guard(lose(3, 3), "1-abc", Allowed(accepted=[three])) == []
    for other, name in ((lose(4, 3), "1-abc"), (lose(3, 4), "1-abc"), (lose(3, 3), "2-def")):
        with pytest.raises(LossRefused):
            guard(other, name, Allowed(accepted=[three]))


def test_single_things_are_accepted_by_their_names(lose: Lose) -> None:
    assert guard(lose(3, 0), "1-abc", Allowed(accepted=["municipality/t39"])) == []
    with pytest.raises(LossRefused) as caught:
        guard(lose(4, 0), "1-abc", Allowed(accepted=["municipality/t39"]))
    assert "municipality/t39" not in str(caught.value).split("nothing was published")[0]


def test_what_is_accepted_in_vain_is_told(lose: Lose) -> None:
    allowed = Allowed(accepted=["municipality/t39", "municipality/t00", "loss-0"])
    assert guard(lose(1, 0), "1-abc", allowed) == ["loss-0", "municipality/t00"]
    assert guard(lose(0, 0), "1-abc", allowed) == sorted(allowed.accepted)


def test_of_few_things_any_loss_is_too_much(tmp_path: Path) -> None:
    old = written(tmp_path / "old", view(TOWNS[:5]))
    with pytest.raises(LossRefused, match="of so few, any loss is more than 5 %"):
        guard(follow(view(TOWNS[:4]), old), "1-abc", USUAL)


def test_a_source_that_is_missing_stops_the_build(tmp_path: Path) -> None:
    shutil.copytree(FOUNDING, tmp_path / "data")
    assert run("build", "--quiet", cwd=tmp_path).returncode == 0
    before = (tmp_path / "public").resolve()
    (tmp_path / "data" / "sources" / "cervena-voda-project-sieniawa.yaml").unlink()
    refused = run("build", "--quiet", cwd=tmp_path)
    assert refused.returncode == 1
    assert "source/cervena-voda-project-sieniawa" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (tmp_path / "public").resolve() == before
    (accepted,) = re.findall(r"--accept-loss loss-\w+", refused.stderr)
    done = run("build", *accepted.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "public").resolve() != before
    # The next night nothing is lost, and a name that stayed in the script is told to be idle.
    again = run("build", *accepted.split(), cwd=tmp_path)
    assert again.returncode == 0
    assert "is not needed" in again.stderr and "nothing has changed" in again.stderr
