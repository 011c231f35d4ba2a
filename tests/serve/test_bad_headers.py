"""Headers that nobody sends in good faith: long, malformed, made to be slow to read."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.service import Server
from twingraph.build import Built
from twingraph.serve.assets import accepted_codings
from twingraph.serve.conditional import is_fresh, unchanged_since
from twingraph.serve.messages import Request
from twingraph.serve.negotiate import choose, parse_accept
from twingraph.serve.ranges import Unsatisfiable, wanted_range
from twingraph.web.languages import language_of

LENGTH = 60_000
"""A head may have 64 KiB."""

LONG = {
    "escapes": '"' + '\\"' * (LENGTH // 2),
    "parameter": 'text/html;a="' + '\\"' * (LENGTH // 2),
    "semicolons": "text/html" + "; " * (LENGTH // 2),
    "commas": "," * LENGTH,
    "quotes": '"' * LENGTH,
    "letters": "a" * LENGTH,
    "spaces": "bytes=" + " " * LENGTH + "1-" + " " * LENGTH + "x",
    "language": "en" + " " * LENGTH + "x",
    "digits": "bytes=" + "9" * LENGTH,
    "tags": 'W/"' * (LENGTH // 3),
    "dates": "Mon, " * (LENGTH // 5),
    "cookies": "lang=pl; " * (LENGTH // 9),
}
READERS: dict[str, Callable[[str], object]] = {
    "Accept": parse_accept,
    "Accept-Encoding": accepted_codings,
    "Accept-Language": lambda text: language_of(Request(headers={"accept-language": text})),
    "Cookie": lambda text: language_of(Request(headers={"cookie": text})),
    "Range": lambda text: wanted_range(text, 10),
    "If-Range": lambda text: unchanged_since(text, '"x"', None),
    "If-None-Match": lambda text: is_fresh({"if-none-match": text}, '"x"', None),
    "If-Modified-Since": lambda text: is_fresh({"if-modified-since": text}, '"x"', None),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_header_is_slow_to_read(reader: str) -> None:
    begun = time.process_time()
    for text in LONG.values():
        with contextlib.suppress(Unsatisfiable):
            READERS[reader](text)
    # Read in quadratic time, one of them alone takes a minute.
    assert time.process_time() - begun < 10


def test_a_quote_that_is_never_closed_spoils_its_own_element_only() -> None:
    assert choose('text/turtle, text/html;a="b, image/png', ("text/html", "text/turtle")) == (
        "text/turtle"
    )


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    running = Server(built.out)
    yield running
    assert running.stop() == 0


MALFORMED = {
    "Accept": ["nonsense", ";;;", "text/", "*/turtle", 'text/html;a="', "\xff\xfe", "a/b;q=x"],
    "Accept-Language": ["", "-", "pl;q=2", "\xff", "*" * 5000],
    "Accept-Encoding": ["gzip;q", ";", "\xff", "gzip;q=;q=1"],
    "Range": ["bytes", "bytes=", "bytes=--1", "bytes=1--2", "bytes=\xb2-", "octets=0-1", "=0-1"],
    "If-Range": ['"', "W/", "yesterday"],
    "If-None-Match": ['"', "W/", "", "*, *"],
    "If-Modified-Since": ["yesterday", "Thu, 99 Foo 99999 99:99:99 GMT", "0"],
    "Cookie": ["lang", "lang=xx", "=;=;", 'lang="'],
    "Host": ["", "a b", "<script>", "x" * 300, "[::1", "evil.example/path"],
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_headers_get_a_clear_answer(site: Server, name: str) -> None:
    with requests.Session() as session:
        for path in ("municipality/pl-sieniawa", "municipality/pl-sieniawa.html", "twingraph.ttl"):
            for value in MALFORMED[name]:
                headers: dict[str, str | bytes | None] = {"Accept": "text/turtle"}
                headers[name] = value.encode("latin-1")
                answer = session.get(site.url + path, headers=headers, timeout=60,
                                     allow_redirects=False)  # fmt: skip
                assert answer.status_code in (200, 303, 400, 406), (path, value, answer.text)
                assert "<script>" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("municipality/" + "a" * 60_000, (404,)),
        ("municipality/" + "%C3%A9" * 10_000, (404,)),
        ("municipality/pl-sieniawa?" + "x" * 60_000, (303,)),
        ("a" * 100_000, (400, 414, 431)),
        ("municipality/" + "../" * 5000, (404,)),
        ("municipality/pl-sieniawa" + ".ttl" * 10_000, (404,)),
    ],
)
def test_long_addresses(site: Server, path: str, status: tuple[int, ...]) -> None:
    request = requests.Request("GET", site.url, headers={"Accept": "text/turtle"}).prepare()
    request.url = site.url + path
    try:
        with requests.Session() as session:
            answer = session.send(request, timeout=60, allow_redirects=False)
        assert answer.status_code in status
    except requests.ConnectionError:
        assert len(path) > 65_536  # hung up on before all of it was sent
    assert requests.get(f"{site.url}health", timeout=60).status_code == 200
