"""The headers that every response carries: any page may read it (CORS); and of HTML, that nothing
comes from elsewhere and nothing is inline.

A script or a style is a file under /static/. Data for a script stands in attributes or in a
<script> of a type that is no script (application/json, application/ld+json), which no policy
forbids.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twingraph.sparql.query_engine import CUT_HEADER

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    # A picture drawn here is turned into a file here: those two schemes lead nowhere else.
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_POWERS: Final = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")


def policy(**more: str) -> str:
    """A Content-Security-Policy. `more` adds sources to a directive:
    policy(style_src_attr="'unsafe-inline'")."""
    rules = dict(_POLICY)
    for name, sources in more.items():
        directive = name.replace("_", "-")
        rules[directive] = f"{rules.get(directive, '')} {sources}".strip()
    return "; ".join(f"{directive} {sources}" for directive, sources in rules.items())


Headers = list[tuple[bytes, bytes]]
"""Of a response, as ASGI has them: names in lower case."""

_OF_ALL: Final[Headers] = [
    # Open data: any page may ask. The one cookie looked at holds the language of pages, no more.
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        f"{CUT_HEADER}, Retry-After, ETag, Link, Content-Range".encode(),
    ),
    (b"vary", b"Accept"),
    (b"x-content-type-options", b"nosniff"),
]
_OF_HTML: Final[Headers] = [
    *_OF_ALL,
    (b"content-security-policy", policy().encode()),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", ", ".join(f"{power}=()" for power in _POWERS).encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_OF_PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match, If-Range, Range"),
    (b"access-control-max-age", b"86400"),
]


class ResponseHeaders:
    """ASGI middleware: the headers that all responses have, unless they set others themselves.

    Starlette's own for CORS answers those alone who name their origin, and marks every response as
    one that depends on it; here no response does, and caches keep one for all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *missing(message["headers"])]
            await send(message)

        if scope["method"] == "OPTIONS":  # A browser asks whether it may (CORS).
            await completed(
                {"type": "http.response.start", "status": 204, "headers": _OF_PREFLIGHT}
            )
            await completed({"type": "http.response.body", "body": b""})
        else:
            await self._app(scope, receive, completed)


def missing(headers: Headers) -> Headers:
    """What a response with these headers must have beside them."""
    found = dict(headers)
    is_html = found.get(b"content-type", b"").startswith((b"text/html", b"application/xhtml+xml"))
    wanted = _OF_HTML if is_html else _OF_ALL
    return [(name, value) for name, value in wanted if name not in found]
