"""The headers that every HTML response carries: nothing from elsewhere, nothing inline.

A script or a style is a file under /static/. Data for a script stands in attributes or in a
<script> of a type that is no script (application/json, application/ld+json), which no policy
forbids.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

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


def policy(inline_styles: Iterable[str] = (), **more: str) -> str:
    """A Content-Security-Policy.

    `inline_styles` are the contents of <style> elements to allow, by hash. `more` adds sources to
    a directive: policy(style_src_attr="'unsafe-inline'").
    """
    rules = dict(_POLICY)
    for text in inline_styles:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        rules["style-src"] += f" 'sha256-{digest}'"
    for name, sources in more.items():
        directive = name.replace("_", "-")
        rules[directive] = f"{rules.get(directive, '')} {sources}".strip()
    return "; ".join(f"{directive} {sources}" for directive, sources in rules.items())


@lru_cache(maxsize=1)
def _usual() -> Mapping[str, str]:
    return {
        "content-security-policy": policy(),
        "referrer-policy": "strict-origin-when-cross-origin",
        "permissions-policy": ", ".join(f"{power}=()" for power in _POWERS),
        "cross-origin-opener-policy": "same-origin",
    }


def secured(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers (names in lower case) of a response, with those that HTML must have. What a
    handler set itself stays, such as a policy with an exception."""
    if not headers.get("content-type", "").startswith(("text/html", "application/xhtml+xml")):
        return headers
    return {**_usual(), **headers}
