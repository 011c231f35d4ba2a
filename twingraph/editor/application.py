"""The pages of `twingraph edit`, and the server that answers on the loopback address alone."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
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

from twingraph.contributions.contribution import Refused
from twingraph.contributions.form.checking import at_inputs
from twingraph.contributions.form.composed import InputFault
from twingraph.contributions.form.page import Desk, Typed
from twingraph.contributions.form.typed import MOST_BYTES, MOST_FIELDS
from twingraph.contributions.writing import Plan, plan
from twingraph.editor.desk import Folder
from twingraph.editor.guard import OwnPagesOnly
from twingraph.editor.preview import stated_towns, town_page, view_of
from twingraph.errors import DataError, UsageError
from twingraph.model.lookup import Lookup
from twingraph.serve.files import asset_routes
from twingraph.serve.http_limits import RequestLimits
from twingraph.serve.negotiation import language_of
from twingraph.serve.pages.front import SUGGESTED, suggestion
from twingraph.serve.pages.reader import Reader
from twingraph.serve.pages.site import FORM_SCRIPT, frame, html_response, parameters
from twingraph.serve.protocol import posted_pairs
from twingraph.web import environment
from twingraph.web.assets import asset
from twingraph.web.locale import Locale, locale_of

LOOPBACK: Final = "127.0.0.1"
WRITE, PREVIEW, CHECK_ALL, BACK = "write", "preview", "check-all", "back"
REPLACE: Final = "replace"


class Editor:
    """The form over a data folder. `by` is who decides which item a town is."""

    def __init__(self, folder: Folder, by: str) -> None:
        self._folder = folder
        self._by = by

    def routes(self) -> list[Route]:
        """Its pages, and what they load."""
        return [
            Route("/", self._form, methods=["GET"]),
            Route("/", self._pressed, methods=["POST"]),
            Route("/suggest", self._suggest),
            *asset_routes(),
        ]

    # --- requests -------------------------------------------------------------------------------

    async def _form(self, request: Request) -> Response:
        return await asyncio.to_thread(self._begun, request)

    async def _pressed(self, request: Request) -> Response:
        posted = await posted_pairs(request, MOST_FIELDS, MOST_BYTES)
        return await asyncio.to_thread(self._answered, request, posted)

    async def _suggest(self, request: Request) -> Response:
        return await asyncio.to_thread(self._suggested, request)

    def _suggested(self, request: Request) -> Response:
        try:
            standing = self._folder.standing()
        except (DataError, UsageError):
            return Response(b"[]", media_type="application/json")
        reader = Reader(standing.lookup, locale_of(language_of(request)))
        names = standing.finder.find(parameters(request).get("q", ""), SUGGESTED)
        found = [suggestion(reader, standing.finder, name) for name in names]
        return Response(orjson.dumps(found), media_type="application/json")

    def _desk(self, locale: Locale) -> Desk:
        standing = self._folder.standing()
        return Desk(standing.known, standing.towns, locale, self._by)

    def _begun(self, request: Request) -> Response:
        locale = locale_of(language_of(request))
        try:
            typed = Typed.start(self._desk(locale), date.today())
        except (DataError, UsageError) as error:
            return self._faulty(request, locale, error)
        return self._shown(request, typed, typed.values())

    def _answered(self, request: Request, posted: Sequence[tuple[str, str]]) -> Response:
        locale = locale_of(language_of(request))
        try:
            typed = Typed.of(posted, self._desk(locale))
            return self._answer(request, typed)
        except (DataError, UsageError) as error:
            return self._faulty(request, locale, error)

    def _answer(self, request: Request, typed: Typed) -> Response:
        if typed.action in ("", BACK):
            return self._shown(request, typed, typed.values())
        found = typed.checked
        # What is typed is checked by itself as it is typed; with all the rest when that is asked.
        if typed.action not in (WRITE, REPLACE, PREVIEW, CHECK_ALL) or not (
            found.is_good and found.contribution
        ):
            return self._shown(request, typed, typed.values(found.faults), good=found.is_good)
        try:
            made = plan(self._folder.path, found.contribution, date.today())
        except Refused as refused:
            faults = list(at_inputs(typed.root, typed.made, refused.faults))
            return self._shown(request, typed, typed.values(faults))
        except DataError as error:
            faults = [InputFault("", str(problem)) for problem in error.problems]
            return self._shown(request, typed, typed.values(faults))
        if typed.action == PREVIEW:
            return self._preview(request, typed, made)
        if typed.action == REPLACE or (typed.action == WRITE and not _replaces(made)):
            made.write()
            return self._written(request, typed.desk.locale, made)
        return self._shown(request, typed, typed.values(), True, made)

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
        replaces = made is not None and _replaces(made)
        lead = _("Enter what one page or paper says. Each field may have the words of the page "
                 "that say it. Nothing is written before you press “Write the files”.")  # fmt: skip
        shown = {
            "title": _("Enter what a page says"),
            "lead": [lead],
            "action": "/",
            "asks_remark": False,
            "doubted": None,
            "good": _("Nothing is wrong with it so far.") if good else "",
            "doubts": [
                *([_entered(made, typed.desk.locale)] if made and replaces else []),
                *(f"{d.message} → {d.cure}" for d in (made.doubts if made else ())),
            ],
            "buttons": [
                (CHECK_ALL, _("Check")),
                (PREVIEW, _("Preview")),
                (REPLACE, _("Put this in its place"))
                if replaces
                else (WRITE, _("Write the files")),
            ],
        }
        return _page(request, "form.html", {**values, **shown})

    def _preview(self, request: Request, typed: Typed, made: Plan) -> Response:
        locale, view = typed.desk.locale, view_of(made)
        keys = stated_towns(view, made.contribution.key)
        if not keys:  # Of what states no partnership there is no such page.
            return self._shown(request, typed, typed.values(), True, made)
        # First the town whose page it is: the others are partners of it.
        wanted = (typed.town, made.contribution.source.get("publisher_authority"))
        key = next((one for one in wanted if one in keys), keys[0])
        _, reader = locale.gettext, Reader(Lookup.of_view(view), locale)
        values = town_page(view, reader, key)
        buttons = [
            ("do", BACK, _("Back to the form")),
            ("do", WRITE, _("Write the files")),
            *(("town", one, reader.town(one)) for one in keys if one != key),
        ]
        hidden = [*typed.hidden(), ("do", PREVIEW)]
        return _page(request, "preview.html", {**values, "hidden": hidden, "buttons": buttons})

    def _written(self, request: Request, locale: Locale, made: Plan) -> Response:
        _ = locale.gettext
        values = {
            "title": _("Written") if made.texts else _("Nothing new: it is all there already"),
            "files": [path.as_posix() for path in made.texts],
            "rows": [(register, row["key"]) for register, row in made.rows],
            "kept": [str(problem) for problem in made.kept],
        }
        return _page(request, "written.html", values)

    def _faulty(self, request: Request, locale: Locale, error: DataError | UsageError) -> Response:
        _ = locale.gettext
        problems = error.problems if isinstance(error, DataError) else [error]
        values = {
            "title": _("The data folder has faults of its own"),
            "files": [],
            "rows": [],
            "kept": [str(problem) for problem in problems],
        }
        return _page(request, "written.html", values, 409)


def _replaces(made: Plan) -> bool:
    """Whether something else was entered of the same source, and would be gone."""
    return made.source in made.texts and made.before.get(made.source) is not None


def _entered(made: Plan, locale: Locale) -> str:
    _ = locale.gettext
    return _("This source was entered before, in %(file)s, and said otherwise. To have what stands "
             "here in place of that, press “Put this in its place”; what is another page needs "
             "another title.", file=made.source.name)  # fmt: skip


def _page(request: Request, template: str, values: dict[str, Any], status: int = 200) -> Response:
    language = language_of(request)
    around = replace(
        frame(request, language), sections=[], more=[], search="", script=asset(FORM_SCRIPT)
    )
    text = environment.render(f"contribute/{template}", around, **values)
    return html_response(request, text, language, status)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
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
