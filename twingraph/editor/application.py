"""The pages of `twingraph edit`, and the server that answers on the loopback address alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from twingraph.build import read_view
from twingraph.contributions.contribution import SOURCE, Contribution, Refused, Row
from twingraph.contributions.form.checking import at_inputs
from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.form.desk import Desk
from twingraph.contributions.form.found import town_called
from twingraph.contributions.form.page import Typed
from twingraph.contributions.form.told import told_problem
from twingraph.contributions.form.typed import MOST_BYTES, MOST_FIELDS
from twingraph.contributions.writing import Plan, plan
from twingraph.editor.desk import Folder
from twingraph.editor.guard import OwnPagesOnly
from twingraph.editor.preview import lookup_of, stated_towns, thing_page, town_page, view_of
from twingraph.editor.sources import FORM, file_text, links, listing, opening
from twingraph.errors import DataError, UsageError
from twingraph.identifiers import Ref
from twingraph.model.records import View
from twingraph.serve.files import asset_routes
from twingraph.serve.http_limits import RequestLimits
from twingraph.serve.negotiation import LANGUAGE, language_of
from twingraph.serve.pages.front import SUGGESTED, suggestion
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.site import FORM_SCRIPT, address, frame, html_response, parameters
from twingraph.serve.protocol import posted_pairs
from twingraph.serve.representations import Handler
from twingraph.web import environment
from twingraph.web.assets import asset
from twingraph.web.locale import Locale, locale_of
from twingraph.web.messages import N_

LOOPBACK: Final = "127.0.0.1"
WRITE, WRITE_ALL, PREVIEW, CHECK_ALL, BACK = "write", "write-all", "preview", "check-all", "back"
"""WRITE_ALL says that what is doubtful has been seen."""
REPLACE: Final = "replace"
_LONGEST: Final = 200
"""Letters of what sources are looked for by."""


class Editor:
    """The form over a data folder. `by` is who decides which item a town is."""

    def __init__(self, folder: Folder, by: str) -> None:
        self._folder = folder
        self._by = by

    def routes(self) -> list[Route]:
        """Its pages, and what they load."""
        return [
            Route("/", self._handler(self._sources), methods=["GET"]),
            Route(FORM, self._handler(self._begun), methods=["GET"]),
            Route(FORM, self._pressed, methods=["POST"]),
            Route("/town/{key}", self._handler(self._town), methods=["GET"]),
            Route("/file/{name:path}", self._handler(self._file), methods=["GET"]),
            Route("/suggest", self._handler(self._suggested), methods=["GET"]),
            *asset_routes(),
            Route("/{kind}/{key}", self._handler(self._thing), methods=["GET"]),
        ]

    # --- requests -------------------------------------------------------------------------------

    def _handler(self, answer: Callable[[Request], Response]) -> Handler:
        async def respond(request: Request) -> Response:
            return await asyncio.to_thread(answer, request)

        return respond

    async def _pressed(self, request: Request) -> Response:
        posted = await posted_pairs(request, MOST_FIELDS, MOST_BYTES)
        return await asyncio.to_thread(self._answered, request, posted)

    def _sources(self, request: Request) -> Response:
        locale = locale_of(language_of(request))
        try:
            known = self._folder.standing().known
        except (DataError, UsageError) as error:
            return _faulty(request, locale, error)
        listed = listing(known, parameters(request).get("q", "")[:_LONGEST], locale)
        values = {"title": locale.gettext("Enter or change what a page says"), **listed}
        return _page(request, "sources.html", values)

    def _suggested(self, request: Request) -> Response:
        try:
            standing = self._folder.standing()
        except (DataError, UsageError):
            return Response(b"[]", media_type="application/json")
        reader = Reader(standing.lookup, locale_of(language_of(request)))
        names = standing.finder.find(parameters(request).get("q", ""), SUGGESTED)
        found = [suggestion(reader, standing.finder, name) for name in names]
        return Response(orjson.dumps(found), media_type="application/json")

    def _file(self, request: Request) -> Response:
        try:
            text = file_text(self._folder.path, request.path_params["name"])
        except UsageError as error:
            raise HTTPException(404, str(error)) from error
        return Response(text, media_type="text/plain; charset=utf-8")

    def _town(self, request: Request) -> Response:
        """A town's page, as the folder has it now."""

        def page(view: View, reader: Reader) -> tuple[str, Mapping[str, Any]]:
            values = town_page(view, reader, request.path_params["key"])
            return "preview.html", {**values, "hidden": [], "buttons": []}

        return self._of_folder(request, page)

    def _thing(self, request: Request) -> Response:
        """The page of anything that the folder has: where a town's page leads."""
        ref = Ref(request.path_params["kind"], request.path_params["key"].removesuffix(".html"))

        return self._of_folder(request, lambda v, reader: thing_page(v, reader, ref), "service")

    def _of_folder(
        self,
        request: Request,
        shown: Callable[[View, Reader], tuple[str, Mapping[str, Any]]],
        templates: str = "contribute",
    ) -> Response:
        """A page of what the folder has now: `shown` gives its template and what that shows, or
        raises KeyError where there is no such thing."""
        locale = locale_of(language_of(request))
        try:
            view = read_view(self._folder.path, harvested=False)
            template, values = shown(view, Reader(lookup_of(view), locale))
        except (DataError, UsageError) as error:
            return _faulty(request, locale, error)
        except KeyError as error:
            raise HTTPException(404, "there is no such thing") from error
        return _page(request, template, values, folder=templates)

    def _desk(self, locale: Locale) -> Desk:
        standing = self._folder.standing()
        return Desk(standing.known, standing.towns, locale, self._by, opens=True)

    def _begun(self, request: Request) -> Response:
        locale, key = locale_of(language_of(request)), parameters(request).get("source", "")
        try:
            desk = self._desk(locale)
            typed = Typed.open(desk, key) if key else Typed.start(desk, date.today())
        except (DataError, UsageError) as error:
            return _faulty(request, locale, error)
        return self._shown(request, typed, typed.values())

    def _answered(self, request: Request, posted: Sequence[tuple[str, str]]) -> Response:
        locale = locale_of(language_of(request))
        try:
            typed = Typed.of(posted, self._desk(locale))
            return self._answer(request, typed)
        except (DataError, UsageError) as error:
            return _faulty(request, locale, error)

    def _answer(self, request: Request, typed: Typed) -> Response:
        if typed.action in ("", BACK):
            return self._shown(request, typed, typed.values())
        found = typed.checked
        # What is typed is checked by itself as it is typed; with all the rest when that is asked.
        if typed.action not in (WRITE, WRITE_ALL, REPLACE, PREVIEW, CHECK_ALL) or not (
            found.is_good and found.contribution
        ):
            told = typed.values([*found.faults, *typed.made.doubts])
            return self._shown(request, typed, told, good=found.is_good)
        try:
            made = self._plan(typed, found.contribution)
        except Refused as refused:
            faults = list(at_inputs(typed.root, typed.made, refused.faults))
            return self._shown(request, typed, typed.values(faults))
        except DataError as error:
            faults = [told_problem(one, typed.desk.locale) for one in error.problems]
            return self._shown(request, typed, typed.values(faults))
        except UsageError as error:
            return self._shown(request, typed, typed.values([InputFault("", str(error))]))
        if typed.action == PREVIEW:
            return self._preview(request, typed, made)
        seen = typed.action == WRITE_ALL or (typed.action == WRITE and not _doubts(typed, made))
        if typed.action == REPLACE or (seen and not _replaces(typed, made)):
            made.write()
            return self._written(request, typed.desk.locale, made)
        return self._shown(request, typed, _doubted(typed, made), True, made)

    def _plan(self, typed: Typed, contribution: Contribution) -> Plan:
        opened = typed.opened.sum if typed.opened else ""
        return plan(self._folder.path, contribution, date.today(), opened=opened)

    # --- pages ----------------------------------------------------------------------------------

    def _shown(
        self,
        request: Request,
        typed: Typed,
        values: dict[str, Any],
        good: bool = False,
        made: Plan | None = None,
    ) -> Response:
        _ = typed.desk.locale.gettext
        replaces = made is not None and _replaces(typed, made)
        lead = _("Enter what one page or paper says. Each field may have the words of the page "
                 "that say it. Nothing is written before you press “Write the files”.")  # fmt: skip
        begun = _("Enter what a page says")
        shown = {
            "title": _("Change what a page says") if typed.opened else begun,
            "lead": [lead],
            "file": self._file_of(typed),
            "posted": request.method == "POST",
            "asks_remark": False,
            "doubted": None,
            "good": _("Nothing is wrong with it so far.") if good else "",
            "notes": list(self._notes(typed, made if replaces else None)),
            "buttons": [
                (CHECK_ALL, _("Check")),
                (PREVIEW, _("Preview")),
                (REPLACE, _("Put this in its place"))
                if replaces
                else (WRITE_ALL if made and values["doubts"] else WRITE, _("Write the files")),
            ],
        }
        return _page(request, "form.html", {**values, **shown})

    def _file_of(self, typed: Typed) -> list[tuple[str, str]]:
        """The file of a source that is open, to be looked at."""
        return links(self._folder.path, [typed.opened.path]) if typed.opened else []

    def _notes(self, typed: Typed, replaced: Plan | None) -> Iterator[tuple[str, str, str]]:
        """What is to be known before the files are written: a text, and where it leads."""
        _ = typed.desk.locale.gettext
        key = typed.made.content[SOURCE].get("key", "")
        if replaced is not None:
            text = _("This source was entered before, in %(file)s, and said otherwise. To have "
                     "what stands here in place of that, press “Put this in its place”; what is "
                     "another page needs another title.", file=replaced.source.name)  # fmt: skip
        elif typed.opened is None and typed.action and key in typed.desk.known.sources:
            text = _("The data has this page already, as %(key)s.", key=key)
        else:
            return
        yield text, opening(key), _("Open what is there")

    def _preview(self, request: Request, typed: Typed, made: Plan) -> Response:
        locale, view = typed.desk.locale, view_of(made)
        keys = stated_towns(view, made.contribution.key)
        if not keys:  # Of what states no partnership there is no such page.
            return self._shown(request, typed, typed.values(), True, made)
        # First the town whose page it is: the others are partners of it.
        wanted = (typed.town, made.contribution.source.get("publisher_authority"))
        key = next((one for one in wanted if one in keys), keys[0])
        _, reader = locale.gettext, Reader(lookup_of(view), locale)
        values = town_page(view, reader, key)
        buttons = [
            ("do", BACK, _("Back to the form")),
            ("do", WRITE_ALL, _("Write the files")),
            *(("town", one, reader.town(one)) for one in keys if one != key),
        ]
        hidden = [*typed.hidden(), ("do", PREVIEW)]
        doubted = _doubted(typed, made)
        shown = {"doubts": doubted["doubts"], "labels": doubted["labels"], "is_new": made.texts}
        carried = {"hidden": hidden, "buttons": buttons}
        return _page(request, "preview.html", {**values, **shown, **carried})

    def _written(self, request: Request, locale: Locale, made: Plan) -> Response:
        _, desk = locale.gettext, self._desk(locale)
        values = {
            "title": _("Written") if made.texts else _("Nothing new: it is all there already"),
            "files": links(made.data, made.texts),
            "rows": _rows(made.rows, locale),
            "removed": _rows(made.removed, locale),
            "towns": [(f"/town/{key}", town_called(desk, key)) for key in _towns(made)],
            "opening": opening(made.contribution.key),
            "kept": [told_problem(problem, locale) for problem in made.kept],
        }
        return _page(request, "written.html", values)


def _faulty(request: Request, locale: Locale, error: DataError | UsageError) -> Response:
    """What cannot be done with the folder as it is, and why."""
    _, is_faulty = locale.gettext, isinstance(error, DataError)
    problems = error.problems if isinstance(error, DataError) else [error]
    title = _("The data folder has faults of its own") if is_faulty else _("This cannot be done")
    told = [InputFault("", str(problem)) for problem in problems]
    return _page(request, "faulty.html", {"title": title, "faults": told}, 409)


def _doubted(typed: Typed, made: Plan) -> dict[str, Any]:
    """What the form shows with what is doubtful in it."""
    return typed.values(_doubts(typed, made))


def _doubts(typed: Typed, made: Plan) -> list[InputFault]:
    found = at_inputs(typed.root, typed.made, made.doubts)
    return [*typed.made.doubts, *(replace(doubt, doubt=True) for doubt in found)]


_KINDS: Final = {
    "municipalities": N_("Town"),
    "people": N_("Person"),
    "organizations": N_("Organisation"),
    "projects": N_("Joint project"),
    "programmes": N_("Funding programme"),
}
"""What one row of each register is."""


def _rows(rows: Iterable[tuple[str, Row]], locale: Locale) -> list[tuple[str, str, str]]:
    """Rows of registers: where each register can be looked at, what the row is of, its name."""
    return [
        (f"/file/{name}.csv", locale.gettext(_KINDS[name]),
         row.get("name") or row.get("title") or row["key"])
        for name, row in rows
    ]  # fmt: skip


def _towns(made: Plan) -> list[str]:
    """The towns of a contribution's partnerships, each once."""
    partnerships = made.contribution.source.get("partnerships", ())
    return list(dict.fromkeys(key for one in partnerships for key in one["partners"]))


def _replaces(typed: Typed, made: Plan) -> bool:
    """Whether something else was entered of the same source, which is not open here, and would be
    gone."""
    is_there = made.source in made.texts and made.before.get(made.source) is not None
    return is_there and typed.opened is None


def _page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    folder: str = "contribute",
) -> Response:
    language = language_of(request)
    around = replace(
        frame(request, language), sections=[], more=[], search="", script=asset(FORM_SCRIPT)
    )
    own = {"action": address(request, {LANGUAGE: None}), "unscripted": not around.script}
    text = environment.render(f"{folder}/{template}", around, **{**own, **values})
    return html_response(request, text, language, status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and request.method == "GET":
        # A preview leads to pages of what is not written yet.
        title = locale_of(language_of(request)).gettext("There is no such page, or not yet")
        return _page(request, "faulty.html", {"title": title, "faults": []}, 404)
    return Response(f"{error.detail}\n", error.status_code, media_type="text/plain")


def application(folder: Folder, by: str, hosts: frozenset[str]) -> ASGIApp:
    """The whole: `hosts` are those that a request may name, with their port."""
    routes = Editor(folder, by).routes()
    handlers: dict[Any, Any] = {HTTPException: _refused}
    return OwnPagesOnly(RequestLimits(Starlette(routes=routes, exception_handlers=handlers)), hosts)


def run(data: Path, port: int, by: str, announce: Callable[[str], None]) -> None:
    """Serve the form over a data folder until Ctrl+C. `announce` is called with its address. Raises
    UsageError where the port is not to be had."""
    try:
        listener = socket.create_server((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        reason = str(getattr(error, "strerror", None) or error)
        message = f"cannot listen on {LOOPBACK}:{port}: {reason}; choose another --port"
        raise UsageError(message) from error
    with listener:
        own = listener.getsockname()[1]
        folder = Folder(data)
        threading.Thread(target=folder.read_harvests, daemon=True).start()
        app = application(folder, by, frozenset({f"{LOOPBACK}:{own}", f"localhost:{own}"}))
        announce(f"http://{LOOPBACK}:{own}/")
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off",
                                server_header=False, ws="none")  # fmt: skip
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
