"""The server in front of the app: slow phones hold nobody up, and nonsense is refused in form."""

import http.client
import json
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from mobile_api.problems import MEDIA_TYPE
from tests import databases, town
from tests.crash import writers
from tests.crash.servers import Servers
from tests.crash.test_kill import Capsys, tell
from tests.town import API


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    folder = tmp_path_factory.mktemp("server")
    with Servers(databases.fresh_sqlite(writers.build, folder), folder) as running:
        yield running


# --- Slow phones ---------------------------------------------------------------------------

LARGE = 1_000_000  # bytes that are promised and never all sent


def slow_upload(port: int) -> socket.socket:
    """A phone in a lift: it has begun to send, and is in no hurry."""
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = f"POST {API}/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    line.sendall(f"{head}Content-Length: {LARGE}\r\n\r\n".encode() + b" " * 2_000)
    return line


def token(port: int) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with closing(line):
        form = {"account": writers.name_of(0), "password": town.PASSWORD}
        line.request(
            "POST", f"{API}/sessions", json.dumps(form), {"Content-Type": "application/json"}
        )
        return str(json.loads(line.getresponse().read())["access_token"])


def others_wait(port: int, held: int, looks: int) -> list[float]:
    """The seconds each of so many questions takes while so many uploads are held open."""
    head = {"Authorization": f"Bearer {token(port)}"}
    waited = []
    with ExitStack() as stack:
        slow = [stack.enter_context(slow_upload(port)) for _ in range(held)]
        line = stack.enter_context(
            closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20))
        )
        for number in range(looks):
            slow[number % held].sendall(b" " * 10)  # They do go on.
            started = time.monotonic()
            line.request("GET", f"{API}/me", headers=head)
            answer = line.getresponse()
            answer.read()
            waited.append(time.monotonic() - started)
            assert answer.status == 200
    return waited


def held_open(servers: Servers, held: int, looks: int, capsys: Capsys) -> None:
    waited = sorted(others_wait(servers.port, held, looks))
    p99 = statistics.quantiles(waited, n=100)[98]
    tell(capsys, f"{held} slow uploads held open: GET p99 {p99 * 1000:.0f} ms of {looks}")
    assert p99 < 0.25


def test_60_slow_uploads_hold_nobody_up(servers: Servers, capsys: Capsys) -> None:
    held_open(servers, 60, 150, capsys)


@pytest.mark.proof
def test_200_slow_uploads_hold_nobody_up(servers: Servers, capsys: Capsys) -> None:
    held_open(servers, 200, 1_000, capsys)


# --- What is no request --------------------------------------------------------------------

GOOD = f"POST {API}/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
NO_REQUESTS = {
    "a body beyond all measure": (f"{GOOD}Content-Length: 99999999\r\n\r\n", 413, "too-large"),
    "headers beyond all measure": (f"{GOOD}X: {'x' * 300_000}\r\n\r\n", 431, "headers-too-large"),
    "no HTTP at all": ("hello\r\n\r\n", 400, "malformed"),
    "a version of its own": ("GET / HTTP/x.y\r\n\r\n", 400, "malformed"),
    "a length that is none": (f"{GOOD}Content-Length: many\r\n\r\n", 400, "malformed"),
    "a length below nothing": (f"{GOOD}Content-Length: -1\r\n\r\n", 400, "malformed"),
    "two lengths": (f"{GOOD}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}", 400, "malformed"),
    "a way of sending we do not know": (f"{GOOD}Transfer-Encoding: zip\r\n\r\n", 501, "http-501"),
    "a chunk without a size": (
        f"{GOOD}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400, "malformed"),
    "a header without a name": (f"{GOOD}: x\r\n\r\n", 400, "malformed"),
    "a header with a line break in it": (f"{GOOD}A: b\rC: d\r\n\r\n", 400, "malformed"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_REQUESTS)
def test_what_is_no_request_is_refused_as_everything_else(servers: Servers, what: str) -> None:
    sent, status, code = NO_REQUESTS[what]
    with socket.create_connection(("127.0.0.1", servers.port), timeout=20) as line:
        line.sendall(sent.encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        said = json.loads(answer.read())
    assert (answer.status, said["status"], said["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert said["detail"]


def test_the_server_lives_on(servers: Servers) -> None:
    assert token(servers.port)
