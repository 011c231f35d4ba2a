"""The pages of the release that is served, under the head of the service's own pages.

The files themselves are served as they were published, under their own names.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from twingraph.release.pages.editions import CHANGES, LANDING, QUALITY, WIKIDATA
from twingraph.release.pages.embedding import (
    embedded,
    language_of_page,
    languages_of_page,
    structured_of_page,
)
from twingraph.serve.negotiation import language_of
from twingraph.serve.pages.site import frame, html_response
from twingraph.serve.release_folder import ReleaseFolder
from twingraph.serve.representations import conditional, links_of_release
from twingraph.serve.service import Service

ADDRESSES: Final = {
    LANDING: "/data",
    QUALITY: "/quality",
    WIKIDATA: "/wikidata",
    CHANGES: "/changes/",
}
"""Where each page is. Links of a page to files of the release are relative: this is the place of a
folder where that of the page is one."""


class ReleasePages:
    """The pages of a service's release."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pages = {address: page for page, address in ADDRESSES.items()}

    def routes(self) -> list[Route]:
        """A route for each page."""
        return [Route(path, self._respond, name="release pages") for path in self._pages]

    async def _respond(self, request: Request) -> Response:
        wanted = language_of(request)
        text = await asyncio.to_thread(self._read, self._pages[request.scope["path"]], wanted)
        # A release may have its pages in fewer languages than the service.
        language, known = language_of_page(text) or wanted, languages_of_page(text)
        around = frame(request, language)
        around = replace(around, languages=[one for one in around.languages if one[0] in known])
        headers = {"Link": ", ".join(links_of_release(self._service, request))}
        here = f"{request.base_url}{request.scope['path'][1:]}"
        shown = embedded(text, around, ADDRESSES, here)
        return conditional(request, html_response(request, shown, language, headers=headers))

    def _read(self, page: str, language: str) -> str:
        text = text_of_page(self._service.folder, page, language)
        if text is None:
            raise HTTPException(404, "the release that is served has no such page")
        return text


def dataset_of(folder: ReleaseFolder | None, language: str) -> dict[str, Any]:
    """The dataset as the landing page of a release describes it for search engines."""
    return structured_of_page(text_of_page(folder, LANDING, language) or "")


def text_of_page(folder: ReleaseFolder | None, page: str, language: str) -> str | None:
    """A page of a release, in a language if it is there in it; None where there is none."""
    for name in (f"{page}.{language}.html", f"{page}.html"):
        if folder is not None and name in folder.sums:
            return (folder.path / name).read_text("utf-8")
    return None
