"""Addresses behave like folders and files; tested with a real web server and a real S3 server on this machine."""

import hashlib
import logging
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import pytest

from flows.sources.base import SourceError
from flows.sources.local import count_files, find_files, read_all, read_bytes
from flows.sources.reach import Door, Reach, SlowHosts
from flows.sources.redact import conceal

MEGABYTE = 1 << 20
LINES = b'{"title": "Lock", "text": "It is open."}\n' * 50_000
PAGES = {
    "/a.txt": b"one",
    "/lines": LINES,
    "/big.txt": b"word " * 600_000,
    "/empty.txt": b"",
    "/?id=1": b"page",
}


class Pages(BaseHTTPRequestHandler):
    """Supports only GET; `/flaky` fails once, `/locked` requires a password, `/cut` breaks off."""

    failures = 0

    def do_GET(self):
        if self.path == "/locked" and not self.headers["Authorization"]:
            self.send_error(401)
        elif self.path == "/flaky" and Pages.failures == 0:
            Pages.failures += 1
            self.send_error(503)
        elif self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path.startswith("/silent"):
            time.sleep(3)
        elif self.path == "/drops":
            self._drip()
        elif self.path == "/cut":
            self._send(b"half", length=100)
        elif self.path in PAGES or self.path in ("/locked", "/flaky"):
            self._send(PAGES.get(self.path, b"text"))
        else:
            self.send_error(404)

    def _send(self, data, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(length or len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _drip(self):
        """Send a byte now and then, as long as the client listens."""
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def elsewhere():
    """Another server on this machine, to which no source refers, and the number of requests it received."""
    requests = []

    class Secrets(Pages):
        def do_GET(self):
            requests.append(self.path)
            self._send(b"hush")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Secrets)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", requests
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def bucket():
    """`s3://news` on a local server; the keys come from the environment, as with Amazon S3."""
    boto3, moto_server = pytest.importorskip("boto3"), pytest.importorskip("moto.server")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto_server.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key-of-tests")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-tests")
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="news")
        for name in (
            "2024/b.txt",
            "2024/a.txt",
            "2024/.hidden",
            "2024/deep/c.md",
            "2023/d.txt",
            "2024/empty.txt",
        ):
            client.put_object(Bucket="news", Key=name, Body=b"" if "empty" in name else name.encode())
        yield client
    server.stop()


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")  # one for all tests
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def paths(*sources):
    return [file.path for file in find_files(list(sources))]


def read_one(source, max_bytes=MEGABYTE, **reach):
    (file,) = find_files([source], reach=Reach(**reach))
    return read_bytes(file, max_bytes)


# --- web ----------------------------------------------------------------------------------------------------


def test_a_web_address_is_one_file(web):
    result = read_one(f"{web}/a.txt")
    assert (result.path, result.data) == (f"{web}/a.txt", b"one")
    assert result.file_sha256 == hashlib.sha256(b"one").hexdigest()
    assert read_one(f"{web}/?id=1").data == b"page"


@pytest.mark.parametrize(
    ("page", "code", "words"),
    [
        ("/none.txt", "vanished", "does not exist"),
        ("/locked", "unreadable", "permission denied"),
        ("/big.txt", "too_large", "limit of 1,048,576 bytes"),
        ("/empty.txt", "empty_file", "is empty"),
        ("/cut", "unreadable", "cannot be read"),
    ],
)
def test_a_failed_download_is_a_reject_with_its_reason(web, page, code, words):
    result = read_one(web + page)
    assert (result.reason_code, result.data) == (code, None)
    assert words in result.reason


def test_a_large_page_waits_on_disk(web):
    (file,) = find_files([f"{web}/lines"])
    result = read_bytes(file, 4 * MEGABYTE, max_held=MEGABYTE)
    with result.stream as stream:
        assert (result.data, stream.read()) == (None, LINES)
    assert result.file_sha256 == hashlib.sha256(LINES).hexdigest()


def test_a_server_that_fails_once_is_retried(web):
    Pages.failures = 0
    assert read_one(f"{web}/flaky").data == b"text"


def test_a_missing_server_is_a_reject():
    result = read_one("http://127.0.0.1:9/a.txt")
    assert result.reason_code == "unreadable"


def test_passwords_are_used_but_never_shown(web):
    source = f"{web}/locked?token=abc".replace("http://", "http://me:hidden@")
    for given in (source.partition("?")[0], conceal(source.partition("?")[0])):
        (file,) = find_files([given])
        result = read_bytes(file, MEGABYTE)
        assert result.data == b"text"
        assert "hidden" not in f"{file} {result}"
    assert "hidden" not in read_one(source).reason and "abc" not in read_one(source).reason


def test_redirections_are_followed_as_far_as_is_allowed(web):
    assert read_one(f"{web}/to?/to?/a.txt").data == b"one"
    assert read_one(f"{web}/to?/to?/a.txt", web_redirects=1).reason_code == "unreadable"
    assert read_one(f"{web}/to?/a.txt", web_redirects=0).reason_code == "unreadable"
    assert read_one(f"{web}/round").reason_code == "unreadable"


@pytest.mark.parametrize(
    "host", ["{place}", "localhost:{port}", "[::ffff:127.0.0.1]:{port}", "2130706433:{port}"]
)
def test_no_redirection_leads_to_a_host_of_this_network_that_nobody_named(web, elsewhere, host):
    place, requests = elsewhere
    there = host.format(place=place, port=place.partition(":")[2])
    result = read_one(f"{web}/to?http://{there}/keys")
    assert result.data is None and result.reason_code in ("host_refused", "unreadable")
    assert requests == []


def test_a_redirection_leads_to_no_file_of_this_machine(web, tmp_path):
    (tmp_path / "secret.txt").write_text("hush")
    assert read_one(f"{web}/to?file://{tmp_path}/secret.txt").data is None


def test_a_host_of_this_network_may_be_allowed(web, elsewhere):
    place, requests = elsewhere
    assert read_one(f"{web}/to?http://{place}/keys", web_hosts=("127.0.0.1",)).data == b"hush"
    assert requests.pop() == "/keys"


def test_an_address_in_an_archive_is_guarded_too(web, elsewhere):
    place, requests = elsewhere
    with suppress(SourceError):
        assert read_one(f"zip://a.txt::{web}/to?http://{place}/keys").data is None
    assert requests == []


@pytest.mark.parametrize("page", ["silent", "drops"])
def test_a_slow_server_gets_its_time_limit_and_no_more(web, page, monkeypatch):
    monkeypatch.setattr("flows.sources.web._slow", SlowHosts())
    start = time.monotonic()
    result = read_one(f"{web}/{page}", web_seconds=0.5)
    assert (result.reason_code, result.data) == ("too_slow", None)
    assert "ONRECORD_WEB_SECONDS" in result.reason
    assert time.monotonic() - start < 2


def test_a_host_that_was_too_slow_does_not_hold_up_the_others(web, monkeypatch, elsewhere):
    monkeypatch.setattr("flows.sources.web._slow", SlowHosts())
    place, requests = elsewhere
    slow = [f"{web}/silent?{number}" for number in range(20)]
    quick = f"http://localhost:{place.partition(':')[2]}/a"
    start = time.monotonic()
    files = find_files([*slow, quick], reach=Reach(web_seconds=0.5))
    results = list(read_all(list(files), MEGABYTE, MEGABYTE))
    assert results[0].reason_code == "too_slow" and results[-1].data == b"hush"
    assert time.monotonic() - start < 5
    requests.clear()


def test_answers_are_no_larger_than_the_setting(web):
    result = read_one(f"{web}/lines", web_bytes=1000)
    assert (result.reason_code, result.data) == ("too_large", None)


def test_a_named_host_may_lead_from_http_to_https_and_to_no_other_port():
    door = Door(("cms.intranet", 80))
    assert door.admits("cms.intranet", 443, "10.1.2.3")
    assert not door.admits("cms.intranet", 6379, "10.1.2.3")


@pytest.mark.parametrize(
    ("host", "port", "address", "is_admitted"),
    [
        ("news.example", 443, "93.184.215.14", True),
        ("other.example", 443, "93.184.215.14", True),
        ("cms.intranet", 8000, "10.1.2.3", True),
        ("cms.intranet", 22, "10.1.2.3", False),
        ("cms.intranet", 8000, "169.254.169.254", False),
        ("cms.intranet", 8000, "::ffff:169.254.169.254", False),
        ("other.intranet", 8000, "10.1.2.4", False),
        ("allowed.intranet", 8000, "10.1.2.4", True),
        ("rebound.example", 80, "127.0.0.1", False),
        ("rebound.example", 80, "::1", False),
        ("rebound.example", 80, "fe80::1%eth0", False),
        ("rebound.example", 80, "fd00::1", False),
        ("rebound.example", 80, "100.64.0.1", False),
        ("rebound.example", 80, "0.0.0.0", False),
        ("rebound.example", 80, "224.0.0.1", False),
        ("rebound.example", 80, "::ffff:10.0.0.1", False),
        ("rebound.example", 80, "2002:7f00:1::", False),
    ],
)
def test_hosts_of_this_network_are_contacted_only_when_named(host, port, address, is_admitted):
    assert Door(("cms.intranet", 8000), ("allowed.intranet",)).admits(host, port, address) == is_admitted


# --- S3 -----------------------------------------------------------------------------------------------------


def test_a_folder_of_a_bucket_is_read_like_a_folder(bucket):
    found = list(find_files(["s3://news/2024"]))
    assert [file.path for file in found] == [
        "s3://news/2024/a.txt", "s3://news/2024/b.txt", "s3://news/2024/empty.txt", "s3://news/2024/deep/c.md",
    ]  # fmt: skip
    results = list(read_all(found, MEGABYTE, MEGABYTE))
    assert [result.path for result in results] == [file.path for file in found]
    assert [result.data for result in results] == [b"2024/a.txt", b"2024/b.txt", None, b"2024/deep/c.md"]
    assert results[2].reason_code == "empty_file"


def test_globs_and_files_of_a_bucket(bucket):
    assert paths("s3://news/*/*.txt", "s3://news/2024/a.txt") == [
        "s3://news/2023/d.txt", "s3://news/2024/a.txt", "s3://news/2024/b.txt", "s3://news/2024/empty.txt",
    ]  # fmt: skip
    assert paths("s3://news/*.pdf") == []


def test_an_object_over_the_limit_and_one_that_vanished(bucket):
    bucket.put_object(Bucket="news", Key="2022/large.txt", Body=b"word " * 600_000)
    assert read_one("s3://news/2022/large.txt").reason_code == "too_large"
    (file,) = find_files(["s3://news/2023"])
    bucket.delete_object(Bucket="news", Key="2023/d.txt")
    assert read_bytes(file, MEGABYTE).reason_code == "vanished"
    bucket.put_object(Bucket="news", Key="2023/d.txt", Body=b"2023/d.txt")


def test_a_missing_bucket_is_an_error(bucket):
    with pytest.raises(SourceError, match="no such file or folder: s3://none/a"):
        find_files(["s3://none/a"])


# --- others -------------------------------------------------------------------------------------------------


def test_sources_of_all_kinds_can_be_combined(tmp_path, memory):
    memory.pipe("/news/a.txt", b"far")
    (tmp_path / "b.txt").write_bytes(b"near")
    files = list(find_files([str(tmp_path), "memory://news"]))
    assert [result.data for result in read_all(files, MEGABYTE, MEGABYTE)] == [b"near", b"far"]
    assert count_files(["memory://news"]) is None
    assert count_files([str(tmp_path)]) == 1


def test_an_empty_folder_is_a_reject_and_a_scheme_nobody_knows_an_error(memory):
    memory.mkdir("/void")
    assert read_one("memory://void").reason_code == "empty_folder"
    for source in ("memory://none", "nosuch://a/b", "memory://a\0b"):
        with pytest.raises(SourceError):
            find_files([source])


def test_a_local_file_may_look_like_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s3:").mkdir()
    (tmp_path / "s3:" / "a.txt").write_text("near")
    assert read_one("s3://a.txt").data == b"near"
    assert read_one(f"file://{tmp_path}/s3:/a.txt").data == b"near"
