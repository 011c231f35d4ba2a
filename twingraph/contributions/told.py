"""What a check says of files, in the reader's language, and of fields and cells where the check
speaks of lines, names and blocks. What is not known here is told as it is, in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from twingraph.contributions.sayings import Saying
from twingraph.errors import Problem
from twingraph.web.languages import ENGLISH
from twingraph.web.locale import Locale
from twingraph.web.messages import N_


class _Rule(NamedTuple):
    """What a check says, as a pattern of all of it, and what the reader is told for it."""

    said: str
    told: str


_NAME: Final = r"(?:`?\w+`?|“[^”]+”)"
"""A field by its name in the format, or by the heading that it has in a sheet."""
_QUOTED: Final = r"(?:'.*'|\".*\")"
"""What Python quotes: in double quotes where an apostrophe is in it."""
_VALUE: Final = rf"(?P<value>{_QUOTED}|\S+)"

SEVERAL_LANGUAGES: Final = N_("this text may be in any of the source's languages (%(languages)s)")
NO_CURRENCY: Final = N_(
    "Write the currency: EUR, PLN, CZK …; a sum in one that is no more is left out."
)

_MESSAGES: Final = (
    _Rule(r"'\w+' is missing", N_("This is needed.")),
    _Rule(rf"{_VALUE} is no date in the form year-month-day",
          N_("%(value)s is no date in the form year-month-day.")),
    _Rule(rf"{_VALUE} is no date: (?P<month>\w+ \d{{4}}) has (?P<days>\d+) days",
          N_("There is no such day: %(value)s (%(month)s has %(days)s days).")),
    _Rule(rf"{_VALUE} is no date: .*", N_("There is no such day: %(value)s.")),
    _Rule(rf"{_VALUE} is no date of the years 1 to 9999", N_("There is no such day: %(value)s.")),
    _Rule(rf"{_VALUE} is not a full day", N_("%(value)s is not a full day.")),
    _Rule(rf"{_VALUE} ends before it starts", N_("%(value)s ends before it starts.")),
    _Rule(rf"{_VALUE} lies centuries ahead", N_("%(value)s lies centuries ahead.")),
    _Rule(rf"(?P<later>\S+) lies before {_NAME}, (?P<value>\S+)",
          N_("%(later)s lies before %(value)s.")),
    _Rule(r"a quote of (?P<length>\d+) letters; at most (?P<value>\d+) are kept as evidence",
          N_("%(length)s letters are quoted; at most %(value)s are kept as evidence.")),
    _Rule(rf"{_VALUE} is not an address(: it holds a character that none may hold)?",
          N_("%(value)s is not an address.")),
    _Rule(rf"{_VALUE} is no country code \(ISO 3166-1 alpha-2\)",
          N_("%(value)s is no country.")),
    _Rule(rf"{_VALUE} may be (?P<one>.+) or (?P<other>.+)",
          N_("%(value)s may be %(one)s or %(other)s.")),
    _Rule(rf"{_VALUE} is no language tag \(BCP 47\)", N_("%(value)s is no language.")),
    _Rule(rf"{_VALUE} is no currency code \(ISO 4217\)", N_("%(value)s is no currency.")),
    _Rule(rf"{_VALUE} is not an amount of money", N_("%(value)s is not an amount of money.")),
    _Rule(r"an amount of money without a currency", N_("An amount of money without its currency.")),
    _Rule(r".* stands here twice: a town cannot be partner of itself",
          N_("The same town stands here twice.")),
    _Rule(r"holds \d, needs 2 or more", N_("A partnership has two towns or more.")),
    _Rule(r"the key .* stands here twice.*", N_("The same stands here twice.")),
    _Rule(r"this text may be in any of the source's languages \((?P<languages>.*)\)",
          SEVERAL_LANGUAGES),
    _Rule(rf"the document {_QUOTED} cannot replace itself",
          N_("A document cannot replace itself.")),
    _Rule(r"names neither a signatory nor on whose behalf was signed",
          N_("It is not said who signed, nor for which town.")),
    _Rule(r"no source states the agreement '.*_(?P<value>.*)'",
          N_("No document of this partnership has the number %(value)s.")),
    _Rule(rf"\S+ is {_VALUE} here, but (?P<other>{_QUOTED}) in the register, of the same source",
          N_("The register has %(other)s of this page.")),
    _Rule(r"what was signed is planned no more", N_("What was signed is planned no more.")),
    _Rule(r"a (text|name) with the (control|invisible) character .*",
          N_("It holds a character that no text may hold.")),
    _Rule(r"supports .*, which this block does not state",
          N_("These are the words for a field in which nothing stands.")),
    _Rule(r".*: A grant is no more than the total budget \(found: (?P<value>\S+)\) .*",
          N_("The grant is more than the total budget: %(value)s.")),
    # What is doubtful.
    _Rule(rf".* may be {_QUOTED} \(\S*people\.csv:\d+\): they have the same name",
          N_("Somebody of this name is known already, and may be the same.")),
    _Rule(rf".* may be {_QUOTED} \(.*\): they have the same name",
          N_("One of this name is known already, and may be the same.")),
    _Rule(rf"{_VALUE} is in capitals", N_("%(value)s is in capitals.")),
    _Rule(rf"{_VALUE} is no name", N_("%(value)s is no name.")),
    _Rule(rf"{_VALUE} holds a title or an office",
          N_("%(value)s holds a title or an office.")),
    _Rule(rf"{_VALUE} begins with (?P<role>{_QUOTED}), which sources write as a role",
          N_("%(value)s begins with %(role)s, which is an office.")),
    _Rule(rf"{_VALUE} lies after (?P<read>\S+), the day on which the source was read",
          N_("%(value)s lies after %(read)s, the day on which the page was read.")),
    _Rule(r"(?P<value>\S+) is before (?P<year>\d+)", N_("%(value)s is before %(year)s.")),
    _Rule(rf"{_VALUE} may be a year that a spreadsheet took for a day",
          N_("%(value)s may be a year that a spreadsheet took for a day.")),
    _Rule(rf"{_VALUE} is before (?P<town>{_QUOTED}) was formed, (?P<day>\S+)",
          N_("%(value)s is before the town was formed: %(town)s, %(day)s.")),
    _Rule(rf"{_VALUE} is after (?P<town>{_QUOTED}) was dissolved, (?P<day>\S+)",
          N_("%(value)s is after the town was dissolved: %(town)s, %(day)s.")),
    _Rule(rf"{_VALUE} lies in the future", N_("%(value)s lies in the future.")),
    _Rule(r"(?P<file>.*) is written in a way in which the form cannot put this change into it: .*",
          N_("%(file)s is written in a way in which the form cannot put this change into it: "
             "change it by hand.")),
    # What stays though something else was entered.
    _Rule(r"this file was edited by hand, and stays as it is: (?P<here>.*) stands here, and "
          r"(?P<value>.*) in what was entered",
          N_("This file was edited by hand since it was written, and stays as it is: %(here)s "
             "stands here, %(value)s was entered.")),
    _Rule(rf"{_VALUE} stays, though what was entered names it no more: .*",
          N_("%(value)s stays in the register, though this page names it no more: another page "
             "names it, or somebody has written or changed it by hand.")),
    _Rule(rf"{_VALUE} stays as it is: .*",
          N_("%(value)s is in the register already, and says otherwise: it stays as it is.")),
)  # fmt: skip

_CURES: Final = (
    _Rule(r"", ""),
    _Rule(r"did you mean (?P<value>.*)\?", N_("Did you mean %(value)s?")),
    _Rule(r"add .* to this block.*|fill in its cell.*", ""),
    _Rule(r"write the year with its four digits, and the month as a number",
          N_("Write the year with its four digits, and the month as a number.")),
    _Rule(r"write 2018-04-29, .*",
          N_("Write 2018-04-29, 2018-04, 2018, 197X (a decade), 2004~ (about), 2010/2012 "
             "(from, to) or ../2012 (until).")),
    _Rule(r"check the day, or leave it out|months are 01 to 12|check the year",
          N_("Check it, or leave out what is not known.")),
    _Rule(r"write year, month, day: .*", N_("Write year, month, day: 2026-11-23.")),
    _Rule(r"leave it empty where no end is set", N_("Leave it empty where no end is set.")),
    _Rule(r"write the earlier date first", N_("Write the earlier date first.")),
    _Rule(r"check the two dates", N_("Check the two dates.")),
    _Rule(r"quote the few words that say it, not the page",
          N_("Quote the few words that say it, not the page.")),
    _Rule(r"start it with https://", N_("Begin it with https://.")),
    _Rule(rf"write (?P<value>{_QUOTED})", N_("Write %(value)s")),
    _Rule(r"write the name of the one that is meant",
          N_("Write the name of the one that is meant.")),
    _Rule(r"write its two capital letters: .*", N_("Write the country: PL, SK, BE …")),
    _Rule(r"write digits with a point and without spaces: .*",
          N_("Write digits with a point and without spaces: 30296.38.")),
    _Rule(r"add `currency: .*", N_("Write the currency: EUR, PLN, CZK …")),
    _Rule(r"write EUR, PLN, .*", NO_CURRENCY),
    _Rule(r"write a tag such as .*", N_("Write the language: Polish, or pl.")),
    _Rule(r"write the name; of what has none delete the row",
          N_("Write the name, or leave it empty.")),
    _Rule(r"name the older document's key", N_("Write the number of the older document.")),
    _Rule(r"add `\w+:` or `\w+:`", N_("Add one of the two, or delete the row.")),
    _Rule(r"write its language, such as .*", N_("Write it in one language of the page.")),
    _Rule(r"this partnership has: (?P<value>.*)", N_("This partnership has: %(value)s.")),
    _Rule(r"one source states one value: mend one of the two",
          N_("Whoever maintains the data corrects the register; then write it here.")),
    _Rule(r"keep each partner once", N_("Keep each town once.")),
    _Rule(r"add the other, or say of it .*|add more", N_("Add the other.")),
    _Rule(r"say all of one thing in one block, .*", N_("Say all of one thing in one place.")),
    _Rule(rf"keep {_NAME}, and delete this line",
          N_("Keep the day signed, and leave this one empty.")),
    _Rule(r"delete it|write the name on one line, without it", N_("Type it anew, on one line.")),
    _Rule(r"stated here: .*", N_("Fill the field in, or write the words for all of the block.")),
    _Rule(rf"mend {_NAME} or {_NAME}, .*",
          N_("Check both amounts: the page may call the budget a grant.")),
    _Rule(rf"write {_QUOTED} for both and delete this row.*",
          N_("If it is the same, write its name as it is known; if it is another, leave it so.")),
    _Rule(rf"write it as people write names: {_VALUE}", N_("Write %(value)s")),
    _Rule(rf"write the name alone: (?P<value>{_QUOTED})", N_("Write the name alone: %(value)s")),
    _Rule(r"write the name alone here, and the role at the signature",
          N_("Write the name alone here, and the office in its own field.")),
    _Rule(r"did you mean (?P<value>.*)\? what was planned then .*",
          N_("Did you mean %(value)s? What was only planned then has a status that says so.")),
    _Rule(r"check the year; what was planned then .*",
          N_("Check the year. What was only planned then has a status that says so.")),
    _Rule(r"check both days; if .* signed, name it among .*",
          N_("Check both days. If the town that was there then signed, name that one.")),
    _Rule(r"write the day on which you read it", N_("Write the day on which you read it.")),
    _Rule(r"if it is a wrong spelling, delete this row, .*",
          N_("If it is a wrong spelling, its row is to be deleted by hand.")),
    _Rule(r"write it the same in both", N_("Open it in the form to change it.")),
    _Rule(rf"write {_QUOTED} here by hand if that is right",
          N_("If what you entered is right, mend the register by hand.")),
)  # fmt: skip


def message_in_words(said: str, locale: Locale) -> str | None:
    """What is wrong, as the reader is told it; None where there are no words for it."""
    return _in_words(_MESSAGES, said, locale)


def cure_in_words(said: str, locale: Locale) -> str | None:
    """How it is mended, likewise."""
    return _in_words(_CURES, said, locale)


def problem_in_words(problem: Problem, locale: Locale) -> Problem:
    """A problem of a cell, or of a file of the data, as the reader is told it; in English it stays
    as it is."""
    if locale.language == ENGLISH:
        return problem
    said = problem.message
    if not isinstance(said, Saying):
        said = re.sub(r"^\w+: (?=this file|')", "", said)
    message = message_in_words(said, locale) or problem.message
    cure = cure_in_words(problem.cure, locale)
    at = problem.file.said(locale) if isinstance(problem.file, Saying) else problem.file
    return replace(problem, file=at, message=message, cure=problem.cure if cure is None else cure)


def _in_words(rules: tuple[_Rule, ...], said: str, locale: Locale) -> str | None:
    if isinstance(said, Saying):
        return said.said(locale)
    for rule in rules:
        if found := re.fullmatch(rule.said, said, re.DOTALL):
            values = {name: _shown(text) for name, text in found.groupdict().items()}
            if "month" in values:
                month = datetime.strptime(values["month"], "%B %Y")
                values["month"] = locale.day(f"{month:%Y-%m}")
            return locale.gettext(rule.told, **values) if rule.told else ""
    return None


def _shown(text: str) -> str:
    """Values as they were typed: quotes are Python's. Of lists and blocks no more is said."""
    text = {"nothing": "–", "a block": "…"}.get(text, re.sub(r"^a list of (\d+)$", r"… (\1)", text))
    return " / ".join(one.strip("'\"") for one in text.split(" or "))


def rules() -> Iterator[tuple[str, str]]:
    """Each pattern with its message, for whoever holds them against what checks say."""
    yield from _MESSAGES
    yield from _CURES
