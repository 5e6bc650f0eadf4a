"""Many phones at once: kept connections, requests ready as bytes, one process of their own.

A load generator in C would take less of the cores it shares with the server. This one takes
10 to 40 us a request and tells how much it was, so that it can be taken off again.
"""

import itertools
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rush:
    """What the callers met: seconds from request to whole answer, sorted."""

    times: list[float]
    seconds: float  # How long it went on.
    cpu_s: float  # Processor time of the callers themselves.
    refused: int  # Other answers than good ones, and connections that broke.
    first: bytes  # The first answer, to look at.

    @property
    def per_s(self) -> float:
        return len(self.times) / self.seconds

    def ms(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))] * 1000


def rush(
    port: int,
    requests: Sequence[bytes] | Callable[[], Iterator[bytes]],
    connections: int,
    seconds: float,
    good: bytes = b"HTTP/1.1 200",
) -> Rush:
    """Ask as fast as the answers come: each connection sends its next request upon an answer.

    `requests` go round and round; if it is a function, what it makes is sent once.
    """
    coming = requests() if callable(requests) else itertools.cycle(requests)
    poll, lines = select.epoll(), {}
    for _ in range(connections):
        line = _Line(port)
        lines[line.fileno] = line
        poll.register(line.fileno, select.EPOLLIN)
    times: list[float] = []
    refused, first, clock, busy = 0, b"", time.perf_counter, time.process_time()
    started = clock()
    end = started + seconds
    for line in lines.values():
        line.ask(next(coming))
    while lines:
        ready = poll.poll(10)
        if not ready:
            refused += len(lines)
            break
        for number, _ in ready:
            line = lines[number]
            answer = line.hear()
            if answer is None:
                continue
            now = clock()
            if answer.startswith(good):
                times.append(now - line.asked)
            else:
                refused += 1
            first = first or answer
            if now < end and answer:
                line.ask(next(coming))
            else:
                poll.unregister(number)
                lines.pop(number).close()
    return Rush(sorted(times), clock() - started, time.process_time() - busy, refused, first)


def drip(port: int, connections: int, seconds: float) -> int:
    """Uploads that never end: a byte a connection five times a second. How many stayed open."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for line in lines:
        line.sendall(UPLOAD)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for line in lines:
            line.send(b" ")
        time.sleep(0.2)
    for line in lines:
        line.setblocking(False)
    still_open = sum(map(_is_open, lines))
    for line in lines:
        line.close()
    return still_open


UPLOAD = (
    b"POST /api/v1/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
)


def _is_open(line: socket.socket) -> bool:
    try:
        line.recv(1)
    except BlockingIOError:  # Nothing said, nothing closed.
        return True
    return False


class _Line:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fileno = self.socket.fileno()
        self.close: Callable[[], None] = self.socket.close
        self.heard, self.whole, self.asked = b"", 0, 0.0

    def ask(self, request: bytes) -> None:
        self.heard, self.whole, self.asked = b"", 0, time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> bytes | None:
        """The answer, once it is whole; b"" when the server has hung up."""
        part = self.socket.recv(262_144)
        self.heard = self.heard + part if self.heard else part
        if not part:
            return b""
        if not self.whole:
            end = self.heard.find(b"\r\n\r\n")
            if end < 0:
                return None
            size = self.heard.index(b"Content-Length: ", 0, end) + 16
            self.whole = end + 4 + int(self.heard[size : self.heard.index(b"\r", size)])
        return self.heard if len(self.heard) >= self.whole else None
