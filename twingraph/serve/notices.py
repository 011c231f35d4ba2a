"""Notices for machines that look around: robots.txt (RFC 9309) and security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from twingraph.serve.negotiation import LANGUAGE

_ASKING: Final = ("/sparql", "/query", "/reconcile", "/search", "/contribute")
"""Whatever is there is an answer to a question, and there is no end of questions."""
_READ_ON: Final = ("page", LANGUAGE)
"""The parameters that lead to more of a document, or to it in another language; all others choose
and sort, in more ways than anybody could read."""
_ROBOTS: Final = "\n".join(
    [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _ASKING),
        "Disallow: /*?",
        # Of the rules that match an address, the longest counts (section 2.2.2).
        *(f"Allow: /*?{name}=\nDisallow: /*?{name}=*&" for name in _READ_ON),
        "",
    ]
)
_VALID: Final = timedelta(days=90)


def notice_routes(contact: str) -> list[Route]:
    """Both; security.txt is there where a contact is given, as a URI (mailto:, https:)."""

    async def robots(request: Request) -> Response:
        text = f"{_ROBOTS}\nSitemap: {request.base_url}sitemap.xml\n"
        return PlainTextResponse(text, headers={"Cache-Control": "max-age=86400"})

    async def security(request: Request) -> Response:
        if not contact:
            raise HTTPException(404, "nobody is named here")
        expires = (datetime.now(UTC) + _VALID).strftime("%Y-%m-%dT00:00:00Z")
        own = f"{request.base_url}.well-known/security.txt"
        text = f"Contact: {contact}\nExpires: {expires}\nCanonical: {own}\n"
        return PlainTextResponse(text, headers={"Cache-Control": "max-age=86400"})

    return [
        Route("/robots.txt", robots, name="robots"),
        Route("/.well-known/security.txt", security, name="security"),
    ]
