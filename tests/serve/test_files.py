"""The files of a release over HTTP: whole, in parts, compressed, and while releases change."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT

from tests.service import BASE, Server, file_client, write_release
from twingraph.build import Built
from twingraph.release.exports import exports
from twingraph.release.files import File
from twingraph.release.publish import seal
from twingraph.serve.files import MEDIA_TYPES

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def site(built: Built) -> Iterator[Server]:
    """A release of the founding data, served."""
    running = Server(built.out)
    yield running
    assert running.stop() == 0


def test_what_a_release_offers_is_served_as_what_it_is(built: Built) -> None:
    for one in exports():
        file, (end, *_) = File.of(built.out, one), Path(one.name).suffixes[::-1]
        expected = file.compression or file.packaging or file.content_type
        served = MEDIA_TYPES.get(end, "text/plain").partition(";")[0]
        assert served == expected, f"{one.name}: add {end} to MEDIA_TYPES of serve/files.py"


def get(server: Server, path: str, **headers: str) -> requests.Response:
    sent = PLAIN | {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(server.url + path, headers=sent, timeout=20)


def test_every_file_is_served_as_it_is(site: Server, built: Built) -> None:
    sums = (built.out / "SHA256SUMS").read_text().splitlines()
    assert len(sums) > 50
    with requests.Session() as session:
        for line in sums:
            digest, _, name = line.partition("  ")
            answer = session.get(site.url + name, headers=PLAIN, timeout=20)
            assert answer.status_code == 200, name
            assert hashlib.sha256(answer.content).hexdigest() == digest, name
            assert answer.headers["ETag"] == f'"{digest}"'
            assert answer.headers["Content-Length"] == str(len(answer.content))
            assert answer.headers["Accept-Ranges"] == "bytes"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert get(site, "SHA256SUMS").content == (built.out / "SHA256SUMS").read_bytes()


def test_the_catalogue_leads_to_files_of_its_media_types(site: Server, built: Built) -> None:
    catalogue = Graph().parse(built.out / "catalog.ttl")
    found = 0
    for distribution, address in catalogue.subject_objects(DCAT.downloadURL):
        answer = get(site, str(address).removeprefix(BASE))
        packed = catalogue.value(distribution, DCAT.compressFormat) or catalogue.value(
            distribution, DCAT.packageFormat
        )
        expected = packed or catalogue.value(distribution, DCAT.mediaType)
        media_type = answer.headers["Content-Type"].partition(";")[0]
        assert expected == URIRef(f"https://www.iana.org/assignments/media-types/{media_type}")
        assert len(answer.content) == int(str(catalogue.value(distribution, DCAT.byteSize)))
        assert "Content-Encoding" not in answer.headers
        found += 1
    assert found >= 5


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=95-200", (95, 100)),
        ("bytes=-1000", (0, 100)),
        ("BYTES = 0-0 ", (0, 1)),
        ("bytes=0-1,5-6", None),
        ("bytes=9-3", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=1-2-3", None),
        ("bytes=" + "9" * 400 + "-", None),
        ("bytes=0-9" + " " * 400, (0, 10)),
        ("lines=0-9", None),
        ("nonsense", None),
        ("", None),
        ("bytes=100-", 416),
        ("bytes=-0", 416),
    ],
)
def test_ranges(tmp_path: Path, header: str, expected: tuple[int, int] | int | None) -> None:
    content = bytes(range(100))
    answer = file_client(tmp_path, content).get("/", headers={"Range": header})
    if isinstance(expected, int):
        assert answer.status_code == expected
    elif expected is None:
        assert (answer.status_code, answer.content) == (200, content)
    else:
        first, stop = expected
        assert (answer.status_code, answer.content) == (206, content[first:stop])
        assert answer.headers["Content-Range"] == f"bytes {first}-{stop - 1}/100"


def test_nothing_of_an_empty_file_is_in_a_range(tmp_path: Path) -> None:
    client = file_client(tmp_path, b"")
    for header in ("bytes=0-", "bytes=-5"):
        assert client.get("/", headers={"Range": header}).status_code == 416


def test_parts_of_a_file(site: Server, built: Built) -> None:
    whole = (built.out / "twingraph.nq.gz").read_bytes()
    part = get(site, "twingraph.nq.gz", Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert get(site, "twingraph.nq.gz", Range="bytes=-7").content == whole[-7:]
    beyond = get(site, "twingraph.nq.gz", Range=f"bytes={len(whole)}-")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"
    several = get(site, "twingraph.nq.gz", Range="bytes=0-1,5-6")
    assert (several.status_code, several.content) == (200, whole)
    tag, modified = part.headers["ETag"], part.headers["Last-Modified"]
    never = "Thu, 01 Jan 1970 00:00:00 GMT"
    conditions = {
        tag: 206, modified: 206, '"other"': 200, f"W/{tag}": 200, never: 200, "nonsense": 200,
    }  # fmt: skip
    for condition, status in conditions.items():
        answer = get(site, "twingraph.nq.gz", Range="bytes=0-9", If_Range=condition)
        assert answer.status_code == status, condition


def test_curl_takes_up_a_download_that_broke_off(
    site: Server, built: Built, tmp_path: Path
) -> None:
    whole = (built.out / "twingraph.ttl").read_bytes()
    begun = tmp_path / "twingraph.ttl"
    begun.write_bytes(whole[:5000])
    command = ["curl", "-sSf", "-C", "-", "-o", str(begun), f"{site.url}twingraph.ttl"]
    subprocess.run(command, check=True, timeout=60)
    assert begun.read_bytes() == whole


def test_head_and_conditional_requests(site: Server) -> None:
    whole = get(site, "twingraph.ttl")
    head = requests.head(f"{site.url}twingraph.ttl", headers=PLAIN, timeout=20)
    assert (head.status_code, head.content) == (200, b"")
    names = ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Repr-Digest", "Link")
    assert all(head.headers[name] == whole.headers[name] for name in names)
    digest = base64.b64encode(hashlib.sha256(whole.content).digest()).decode()
    assert whole.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    tag, modified = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert get(site, "twingraph.ttl", If_None_Match=tag).status_code == 304
    assert get(site, "twingraph.ttl", If_Modified_Since=modified).status_code == 304
    assert get(site, "twingraph.ttl", If_None_Match='"other"').status_code == 200
    assert requests.put(f"{site.url}twingraph.ttl", data=b"", timeout=20).status_code == 405


def test_text_is_compressed_on_the_way_and_archives_are_not(site: Server, built: Built) -> None:
    whole = (built.out / "twingraph.ttl").read_bytes()
    packed = get(site, "twingraph.ttl", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(whole) / 3
    assert packed.content == whole  # as requests unpacks it
    assert packed.headers["ETag"] != get(site, "twingraph.ttl").headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = get(site, "twingraph.ttl", Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    assert again.status_code == 304
    for refused in ("gzip;q=0", "br", "identity", "gzip;q=nonsense,"):
        plain = get(site, "twingraph.ttl", Accept_Encoding=refused)
        assert plain.content == whole
    archive = get(site, "twingraph.nt.gz", Accept_Encoding="gzip")
    assert "Content-Encoding" not in archive.headers
    assert archive.headers["Content-Type"] == "application/gzip"
    assert b"twinnedWith" in gzip.decompress(archive.content)


@pytest.mark.parametrize("name", ["twingraph.nt", "twingraph.nq", "twingraph.trig"])
def test_a_compressed_dump_is_there_as_what_it_holds(site: Server, built: Built, name: str) -> None:
    packed = (built.out / f"{name}.gz").read_bytes()
    kind = MEDIA_TYPES[f".{name.rpartition('.')[2]}"]
    taken = {"Accept-Encoding": "gzip"}
    coded = requests.get(site.url + name, headers=taken, stream=True, timeout=20)
    assert (coded.raw.read(), coded.headers["Content-Encoding"]) == (packed, "gzip")
    plain = get(site, name)
    assert plain.content == gzip.decompress(packed)
    assert "Content-Encoding" not in plain.headers and "Repr-Digest" not in plain.headers
    for answer in (coded, plain):
        assert answer.headers["Content-Type"] == kind
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert coded.headers["ETag"] != plain.headers["ETag"]
    again = get(site, name, If_None_Match=plain.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    head = requests.head(site.url + name, headers=PLAIN, timeout=20)
    assert (head.status_code, head.content) == (200, b"")
    # The file that is compressed is still one.
    assert get(site, f"{name}.gz").headers["Content-Type"] == "application/gzip"
    assert get(site, "shacl-report-full.ttl").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "../SHA256SUMS",
        "ontology/../../data/dataset.yaml",
        "ontology/..%2f..%2f..%2f..%2fetc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cetc/passwd",
        "/etc/passwd",
        "ontology",
        "ontology/",
        "twingraph.ttl/",
        "twingraph.ttl%00.html",
        "./twingraph.ttl",
        "ontology//twingraph.ttl",
        "~root/.profile",
    ],
)
def test_no_way_out_of_the_release(site: Server, path: str) -> None:
    with socket.create_connection(("127.0.0.1", site.port), 20) as connection:
        head = f"GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    # The page of the vocabulary is where the folder of its files would be.
    assert re.match(b"HTTP/1.1 (303|404)" if path == "ontology" else b"HTTP/1.1 404", answer)
    assert b"root:" not in answer


def test_the_landing_page_may_use_its_style(site: Server) -> None:
    answer = requests.get(f"{site.url}index.pl.html", timeout=20)
    (sheet,) = re.findall('<link rel="stylesheet" href="([^"/]+)">', answer.text)
    assert "style-src 'self';" in answer.headers["Content-Security-Policy"]
    style = requests.get(f"{site.url}{sheet}", timeout=20)
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


# --- while releases change ---------------------------------------------------------------------

LARGE = 24 << 20


def publish(folder: Path, name: str, letter: bytes) -> None:
    """A release with one large file of a single letter, made the current one."""
    kept = folder / name
    write_release(kept)
    (kept / "large.csv").write_bytes(letter * LARGE)
    seal(kept)
    link = folder / f"{name}.link"
    link.symlink_to(kept)
    link.rename(folder / "public")


def test_a_new_release_does_not_mix_with_a_download_under_way(tmp_path: Path) -> None:
    publish(tmp_path, "one", b"a")
    running = Server(tmp_path / "public")
    try:
        address = f"{running.url}large.csv"
        with requests.get(address, headers=PLAIN, stream=True, timeout=60) as download:
            chunks = download.iter_content(1 << 16)
            received = len(next(chunks))
            publish(tmp_path, "two", b"b")
            tag = download.headers["ETag"]
            deadline = time.monotonic() + 60
            while requests.head(address, headers=PLAIN, timeout=20).headers["ETag"] == tag:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            shutil.rmtree(tmp_path / "one")
            for chunk in chunks:
                assert not chunk.strip(b"a")
                received += len(chunk)
        assert received == LARGE
        # Taken up again, it is of the release that stands now, and the client is told: 200.
        headers = {**PLAIN, "Range": "bytes=100-", "If-Range": tag}
        rest = requests.get(address, headers=headers, timeout=60)
        assert (rest.status_code, len(rest.content)) == (200, LARGE)
        assert not rest.content.strip(b"b")
    finally:
        assert running.stop() == 0


def test_a_file_that_is_changed_in_place_breaks_the_download_off(tmp_path: Path) -> None:
    publish(tmp_path, "one", b"a")
    running = Server(tmp_path / "public")
    try:
        address = f"{running.url}large.csv"
        before = requests.head(address, headers=PLAIN, timeout=20).headers["ETag"]
        with requests.get(address, headers=PLAIN, stream=True, timeout=60) as download:
            next(download.iter_content(1 << 16))
            with (tmp_path / "one" / "large.csv").open("r+b") as file:
                file.write(b"c")
                os.utime(file.fileno(), (time.time() + 5, time.time() + 5))
            with pytest.raises(
                (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
            ):
                for _ in download.iter_content(1 << 16):
                    pass
        assert requests.head(address, headers=PLAIN, timeout=20).headers["ETag"] != before
    finally:
        assert running.stop() == 0
