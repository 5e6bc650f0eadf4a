"""Hostile pictures against real processes: each is answered, nobody dies, nobody else waits."""

import http.client
import itertools
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests import databases
from tests.crash import writers
from tests.crash.servers import Servers
from tests.crash.test_kill import Capsys, tell
from tests.pictures import bombs
from tests.pictures.scenes import scene, written
from tests.town import API, PASSWORD

MOST_S = 5.0
MOST_GROWTH = 150 << 20


def asks(port: int, method: str, path: str, body: Any = None, **head: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(method, path, body, head)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def signs_in(port: int, number: int) -> dict[str, str]:
    form = json.dumps({"account": writers.name_of(number), "password": PASSWORD})
    _, body = asks(port, "POST", f"{API}/sessions", form, **{"Content-Type": "application/json"})
    return {"Authorization": f"Bearer {json.loads(body)['access_token']}"}


def sends(port: int, photo: bytes, head: dict[str, str]) -> int:
    body, kind = writers.a_form(photo)
    status, _ = asks(port, "POST", f"{API}/photos", body, **head, **{"Content-Type": kind})
    return status


@contextmanager
def others(port: int, head: dict[str, str]) -> Iterator[list[float]]:
    """Two people who go on asking, twenty times a second each; the seconds each answer took."""
    took: list[float] = []
    stopping = threading.Event()

    def goes_on() -> None:
        while not stopping.is_set():
            started = time.monotonic()
            status, _ = asks(port, "GET", f"{API}/me", **head)
            assert status == 200
            took.append(time.monotonic() - started)
            stopping.wait(0.05)

    threads = [threading.Thread(target=goes_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield took
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


def bombarded(folder: Path, pictures: dict[str, bytes], capsys: Capsys) -> None:
    url = databases.fresh_sqlite(writers.build, folder)
    slow, answers, sizes = [], Counter[int](), []
    with Servers(url, folder) as servers:
        heads = [signs_in(servers.port, number) for number in range(writers.WRITERS)]
        assert sends(servers.port, written(scene(0)), heads[-1]) == 201
        processes = [psutil.Process(pid) for pid in servers.children.values()]
        before = sum(process.memory_info().rss for process in processes)
        with others(servers.port, heads[-1]) as usual:
            time.sleep(8)
        with others(servers.port, heads[-1]) as meanwhile:
            for (name, picture), head in zip(
                pictures.items(), itertools.cycle(heads), strict=False
            ):
                started = time.monotonic()
                answers[sends(servers.port, picture, head)] += 1
                sizes.append(time.monotonic() - started)
                if sizes[-1] > MOST_S:
                    slow.append((name, sizes[-1]))
        alive = [process.is_running() for process in processes]
        grown = sum(process.memory_info().rss for process in processes) - before
        assert sends(servers.port, written(scene(1)), heads[-1]) == 201
    figures = f"{len(pictures)} pictures: {dict(answers)}, the slowest {max(sizes):.2f} s"
    waits = f"others' p99 {p99(usual) * 1e3:.0f} -> {p99(meanwhile) * 1e3:.0f} ms"
    tell(capsys, f"{figures}; {waits}; servers grew by {grown >> 20} MiB")
    assert all(alive)
    assert slow == []
    assert set(answers) <= {201, 422, 503}, "kept, refused, or: we are too busy, come again"
    assert answers[503] < len(pictures) / 20
    assert grown < MOST_GROWTH
    assert p99(meanwhile) < 2 * p99(usual) or p99(meanwhile) < 0.01


@pytest.mark.proof
def test_250_hostile_pictures(tmp_path: Path, capsys: Capsys) -> None:
    pictures = bombs.all_of_them()
    assert len(pictures) >= 250
    bombarded(tmp_path, pictures, capsys)
