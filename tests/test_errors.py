"""The tree of errors, and problems as a user reads them."""

from __future__ import annotations

import inspect

import pytest

from twingraph import errors
from twingraph.errors import (
    BadValue,
    CheckFailed,
    DataError,
    Problem,
    ServiceError,
    TwingraphError,
    UsageError,
    did_you_mean,
)


def test_a_problem_reads_as_place_message_and_cure() -> None:
    assert str(Problem("data/people.csv", 3, "is odd", "mend it")) == (
        "data/people.csv:3: is odd\n    → mend it"
    )


def test_a_problem_of_a_whole_file_names_no_line() -> None:
    assert str(Problem("data/people.csv", None, "is odd")) == "data/people.csv: is odd"


def test_problems_come_in_file_and_line_order_once_each() -> None:
    problems = [
        Problem("b", 2, "x"),
        Problem("a", 10, "x"),
        Problem("a", 9, "y"),
        Problem("a", None, "z"),
        Problem("a", 9, "x"),
        Problem("b", 2, "x"),
    ]
    told = [(p.file, p.line, p.message) for p in DataError(problems).problems]
    assert told == [
        ("a", None, "z"),
        ("a", 9, "x"),
        ("a", 9, "y"),
        ("a", 10, "x"),
        ("b", 2, "x"),
    ]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DataError([Problem("a", 1, "x")]), 1),
        (DataError([Problem("a", 1, "x"), Problem("b", None, "y", unreadable=True)]), 2),
        (CheckFailed([Problem("a", 1, "x")]), 1),
        (UsageError("x"), 2),
        (ServiceError("x"), 3),
    ],
)
def test_exit_status(error: TwingraphError, status: int) -> None:
    assert error.exit_status == status


def test_an_unreadable_file_changes_the_status_of_its_own_run_alone() -> None:
    DataError([Problem("a", None, "x", unreadable=True)])
    assert DataError([Problem("a", 1, "x")]).exit_status == 1


def test_the_docstring_draws_the_whole_tree() -> None:
    tree = errors.__doc__ or ""
    for name, member in inspect.getmembers(errors, inspect.isclass):
        if issubclass(member, TwingraphError):
            assert f"{name} " in tree or f"{name}\n" in tree


def test_a_bad_value_carries_its_cure_apart_from_its_message() -> None:
    error = BadValue("'a: b' is odd", "write c")
    assert (error.message, error.cure) == ("'a: b' is odd", "write c")
    assert str(error) == "'a: b' is odd: write c"
    assert str(BadValue("is odd")) == "is odd"


@pytest.mark.parametrize(
    ("word", "cure"),
    [
        ("sinse", "did you mean 'since'?"),
        ("SINCE", "did you mean 'since'?"),
        ("statu", "did you mean 'status'?"),
        ("xyz", "write something"),
        ("inactive", "write something"),
        ("presented", "did you mean 'present'?"),
        ("signed_by", "write something"),
        ("signd_on", "did you mean 'signed_on'?"),
    ],
)
def test_did_you_mean(word: str, cure: str) -> None:
    known = ["since", "status", "key", "active", "present", "represented", "signed_on"]
    assert did_you_mean(word, known, "write something") == cure


def test_suggestions_do_not_depend_on_the_order_of_a_set() -> None:
    known = ["page-1", "page-2", "page-3", "page-4", "page-5"]
    assert did_you_mean("page-0", known) == did_you_mean("page-0", reversed(known))
