"""Validators of a representation, and requests that depend on them (RFC 9110, 8.8 and 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from twingraph.serve.messages import Request, Response

_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_KEPT: Final[tuple[str, ...]] = (
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "Vary",
    "Link",
    "Content-Location",
)


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def tag_of(content: bytes) -> str:
    """A strong entity tag: the same for the same bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_fresh(headers: Mapping[str, str], tag: str, modified: datetime | None) -> bool:
    """Whether the client has this representation already: If-None-Match, and only without one
    If-Modified-Since (section 13.2.2). What is malformed asks for nothing."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or tag in _TAG.findall(tags)
    since = _date(headers.get("if-modified-since"))
    return modified is not None and since is not None and modified.replace(microsecond=0) <= since


def unchanged_since(condition: str, tag: str, modified: datetime | None) -> bool:
    """Whether an If-Range holds: a strong tag, or the very date (section 13.1.5)."""
    if condition.lstrip().startswith(("W/", '"')):
        return condition.strip() == tag
    moment = _date(condition)
    return modified is not None and moment == modified.replace(microsecond=0)


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def conditional(request: Request, response: Response, modified: datetime | None = None) -> Response:
    """A response with its validators, or 304 where the client has it already."""
    if response.status != 200 or not isinstance(response.body, bytes):
        return response
    tag = response.headers.setdefault("ETag", tag_of(response.body))
    if modified is not None:
        response.headers.setdefault("Last-Modified", http_date(modified))
    if not is_fresh(request.headers, tag, modified):
        return response
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return Response(304, kept, b"")
