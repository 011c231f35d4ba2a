"""What is named in the form, as its reader is told it: known already, new here, or to be chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from twingraph.contributions.form.composed import Composed, Named, anew
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.typed import TypedRow, find
from twingraph.contributions.form.view import FoundView, Option, concept_labels
from twingraph.contributions.towns import Found
from twingraph.model.names import town_name
from twingraph.model.records import Person, Programme, Project, Record
from twingraph.reconcile.countries import country_called
from twingraph.sources.curated.codes import countries
from twingraph.web.messages import N_

_NEW: Final[Mapping[type[Record], str]] = {
    Person: N_("new here: will be added to the people"),
    Project: N_("new here: will be added to the projects"),
    Programme: N_("new here: will be added to the programmes"),
}


def found_in(root: TypedRow, made: Composed, desk: Desk) -> dict[str, FoundView]:
    """What was found, by the row of each town and by the input of each other name."""
    towns = {name: _town(find(root, name), found, desk) for name, found in made.towns.items()}
    return {**towns, **{input: _named(root, input, one, desk) for input, one in made.named.items()}}


# --- towns ----------------------------------------------------------------------------------------


def _town(row: TypedRow | None, found: Found, desk: Desk) -> FoundView:
    _, chosen = desk.locale.gettext, row.get("key") if row else ""
    if found.key:
        return FoundView(_("found: %(town)s", town=town_called(desk, found.key)), found.key)
    if found.several:
        several = [Option(key, town_called(desk, key), key == chosen) for key in found.several]
        return FoundView(_("Several towns are called so:"), options=_told_apart(several))
    alpha_3 = countries().get(found.row.get("country", ""), "")
    items = [
        *(Option(key, town_called(desk, key), key == chosen) for key in found.registered),
        *(Option(one.wikidata, _in_country(desk, one.name, alpha_3), one.wikidata == chosen)
          for one in found.candidates),
    ]  # fmt: skip
    if not items:
        return FoundView(_new_town(row, found, desk))
    none = Option("", _("none of these, or not known"), not any(one.chosen for one in items))
    text = _("Is it one of these towns?")
    return FoundView(text, options=[*_told_apart(items), none])


def _new_town(row: TypedRow | None, found: Found, desk: Desk) -> str:
    """That a town is new, in which country, and where else one of its name is known."""
    _, country = desk.locale.gettext, found.row.get("country", "")
    called = country_called(country, [desk.locale.language]) if country else ""
    if known := desk.towns.elsewhere(row.get("name") if row else "", country):
        others = desk.locale.listing([country_called(c, [desk.locale.language]) for c in known])
        return _("new here: %(country)s. Known elsewhere: %(others)s. Is that meant?",
                 country=called, others=others)  # fmt: skip
    new = _("new here: it will be added to the towns")
    return f"{new} ({called})" if called else new


def town_called(desk: Desk, key: str) -> str:
    """A town by its name and its country."""
    town = desk.towns.by_key.get(key)
    name = town_name(town) if town else None
    return _in_country(desk, name.value, town.country or "") if name and town else key


def _in_country(desk: Desk, name: str, country: str) -> str:
    return f"{name}, {desk.locale.country(country)}" if country else name


def _told_apart(options: list[Option]) -> list[Option]:
    """Options of which no two are called the same: those are told apart by their keys."""
    labels = Counter(one.label for one in options)
    return [
        replace(one, label=f"{one.label} ({one.value})") if labels[one.label] > 1 else one
        for one in options
    ]


# --- people, projects, programmes -----------------------------------------------------------------


def _named(root: TypedRow, input: str, named: Named, desk: Desk) -> FoundView:
    _ = desk.locale.gettext
    if named.others:
        return _to_choose(find(root, input.rpartition(".")[0]), named, desk)
    if not named.key:
        return FoundView(_(_NEW[named.of]))
    called = _called(named.of, named.key, desk)
    return FoundView(_("already known: %(name)s", name=called), named.key)


def _to_choose(row: TypedRow | None, named: Named, desk: Desk) -> FoundView:
    """The people of one name, and a new one."""
    _ = desk.locale.gettext
    known = [Option(key, _called(named.of, key, desk), key == named.key) for key in named.others]
    name = row.get("signatory") if row else ""
    other = Option(anew(name), _("somebody else, who is new here"),
                   not (named.key or named.is_open))  # fmt: skip
    return FoundView(_("This name is known already; who is it?"), options=[*known, other])


def _called(of: type[Record], key: str, desk: Desk) -> str:
    """Somebody or something by its name; of people also which office they held, and where."""
    name = desk.known.name_of(of, key)
    offices = list(_offices(key, desk)) if of is Person else []
    return f"{name}{desk.locale.colon} {'; '.join(offices)}" if offices else name


def _offices(key: str, desk: Desk) -> Iterator[str]:
    called = dict(concept_labels("office", desk.locale.language))
    for town in sorted(desk.known.signed_for.get(key, ())):
        office = called.get(desk.known.offices.get((key, town), ""), "")
        yield ", ".join(filter(None, (office, town_called(desk, town))))
