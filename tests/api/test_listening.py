"""One port for all server processes, and for nobody else."""

import socket
from collections.abc import Iterator

import pytest

from backend.config import SettingError, Settings
from mobile_api.__main__ import listen, listen_beside


@pytest.fixture
def first() -> Iterator[socket.socket]:
    """The first process's socket, on a port that was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with listen(Settings(PORT=port)) as listener:
        yield listener


def test_every_process_gets_its_share_of_the_connections(first: socket.socket) -> None:
    with listen_beside(first) as second:
        callers = [socket.create_connection(first.getsockname()) for _ in range(64)]
        taken = [accepted(first), accepted(second)]
        for caller in callers:
            caller.close()
    assert sum(taken) == 64
    assert min(taken) >= 8  # Less happens once in ten thousand million times.


def accepted(listener: socket.socket) -> int:
    """How many connections wait at a socket."""
    count = 0
    while True:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return count
        connection.close()
        count += 1


def test_a_second_house_is_told_that_the_port_is_taken(first: socket.socket) -> None:
    port = first.getsockname()[1]
    with pytest.raises(SettingError, match=f"Cannot listen on 127.0.0.1:{port}"):
        listen(Settings(PORT=port))
