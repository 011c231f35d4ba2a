"""Headers that nobody sends in good faith: long, malformed, made to be slow to read."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from tests.service import Server, file_client, request_of
from twingraph.build import Built
from twingraph.errors import UsageError
from twingraph.reconcile.service import read_json
from twingraph.serve.application import HOST
from twingraph.serve.files import _wants_a_range
from twingraph.serve.negotiation import (
    accepted_codings,
    choose,
    language_of,
    media_ranges,
    posted_type,
)
from twingraph.serve.protocol import pairs_of
from twingraph.serve.representations import not_modified
from twingraph.sparql.query_syntax import readable_tokens

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
    "Accept": media_ranges,
    "Accept-Encoding": accepted_codings,
    "Accept-Language": lambda text: language_of(request_of(headers={"accept-language": text})),
    "Cookie": lambda text: language_of(request_of(headers={"cookie": text})),
    "If-None-Match": lambda text: _condition("if-none-match", text),
    "If-Modified-Since": lambda text: _condition("if-modified-since", text),
}


def _condition(name: str, text: str) -> object:
    return not_modified(request_of(headers={name: text}), MutableHeaders({"ETag": '"x"'}))


@pytest.mark.parametrize("reader", READERS)
def test_no_header_is_slow_to_read(reader: str) -> None:
    begun = time.process_time()
    for text in LONG.values():
        READERS[reader](text)
    # Read in quadratic time, one of them alone takes a minute.
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("name", ["Range", "If-Range"])
def test_no_range_is_slow_to_read(tmp_path: Path, name: str) -> None:
    client = file_client(tmp_path, b"0123456789")
    begun = time.process_time()
    for text in LONG.values():
        answer = client.get("/", headers={"Range": "bytes=0-1", name: text})
        assert answer.status_code in (200, 416)
    assert time.process_time() - begun < 10


def _seconds(reader: Callable[[str], object], text: str) -> float:
    """The least of three: what else runs here only adds."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        reader(text)
        times.append(time.process_time() - begun)
    return min(times)


@pytest.mark.parametrize("start", ['lang="', "lang=", "lang=; a="])
@pytest.mark.parametrize("unit", ['\\"', "\\", " ", "\\1", '"; '])
def test_a_cookie_of_twice_the_length_takes_twice_the_time(start: str, unit: str) -> None:
    """The standard library's parser takes 42 s for 60,000 backslashes and quotes, and four times
    as long for twice as many."""
    read = READERS["Cookie"]
    short, long = (_seconds(read, start + unit * n + "x y") for n in (LENGTH, 8 * LENGTH))
    # Linear: 8. Quadratic: 64.
    assert long < 24 * max(short, 0.0005)


def _refused(read: Callable[[str], object]) -> Callable[[str], object]:
    def reader(text: str) -> object:
        with contextlib.suppress(HTTPException):
            return read(text)
        return None

    return reader


PARSERS = {
    **{name: _refused(reader) for name, reader in READERS.items()},
    "Content-Type": _refused(lambda text: posted_type(request_of(headers={"content-type": text}))),
    "Host": lambda text: re.fullmatch(HOST, text.encode("latin-1")),
    "Range": lambda text: _wants_a_range(
        {"type": "http", "method": "GET", "headers": [(b"range", text.encode("latin-1"))]}
    ),
    "query": _refused(lambda text: pairs_of(text.encode("latin-1"), 10**9)),
    "query of a page": lambda text: request_of(text.encode("latin-1")).query_params.multi_items(),
    "SPARQL": lambda text: list(readable_tokens(text)),
    "JSON": lambda text: _json(text),
}
"""What reads a stranger's bytes in the service itself (a batch's JSON: in a process of its own)."""

PIECES = st.sampled_from(
    ['\\"', "\\", '"', " ", "\t", "; ", ";", ",", "=", "&", "%", "+", "%41", "%ff", "a", "a=b&"]
    + ["*/*,", ";q=1", ";q=", '"x",', 'W/"', "bytes=", "1-,", "--", "\xe9", "lang=", "(", "<", "{"]
    + ["[", "]", '{"":', "'", "#", "\n", "<a:b>", "?a", "\\u0041", "a=b; ", "*0*="]
)


def _json(text: str) -> object:
    with contextlib.suppress(UsageError):
        return read_json(text, "queries")
    return None


@pytest.mark.parametrize("parser", PARSERS)
@settings(max_examples=25, phases=[Phase.generate])  # Shrunk for minutes.
@given(start=st.lists(PIECES, max_size=3), unit=st.lists(PIECES, min_size=1, max_size=3),
       end=st.lists(PIECES, max_size=2))  # fmt: skip
def test_no_parser_takes_more_than_linear_time(
    parser: str, start: list[str], unit: list[str], end: list[str]
) -> None:
    """Eight times as much takes about eight times as long; in quadratic time it took 64 times."""
    read = PARSERS[parser]
    one = "".join(unit)

    def seconds(length: int) -> float:
        return _seconds(read, "".join(start) + one * (length // len(one)) + "".join(end))

    assert seconds(32_000) < 24 * max(seconds(4_000), 0.001)


@pytest.mark.parametrize("path", ["sparql", "query", "reconcile"])
def test_no_multipart_form_is_parsed(site: Server, path: str) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=" + "-" * 60}
    for body in (b"--" + b"-" * 60 + b"\r\n" * 100_000, b'\r\n--"' * 100_000, b"-" * 900_000):
        answer = requests.post(site.url + path, body, headers=kind, timeout=60)
        assert answer.status_code == 415
        assert answer.elapsed.total_seconds() < 5


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
