"""The disk is full: nothing is half done, nobody is shown unmasked, and it mends by itself."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend import clock as house_clock
from backend.db import database
from backend.models import TrailLine
from backend.services import trail_proof
from backend.start import start
from mobile_api.problems import MEDIA_TYPE
from tests import databases, town
from tests.crash import audit, writers
from tests.crash.disks import fill, small_disk
from tests.crash.servers import Servers
from tests.crash.test_kill import Capsys, tell, work
from tests.crash.writers import Writers
from tests.town import Clock, House, Worker, people_of

Make = Callable[[str], Worker]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, 24) as place:
        yield place


@pytest.fixture
def clock(app: Flask, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The house on the small disk, its clock stopped."""
    url = databases.fresh_sqlite(town.build, disk)
    start(town.settings(url, CHECKPOINTS=str(disk / "checkpoints.jsonl")))
    stopped = Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    yield stopped
    database.close()


def is_full(answer: TestResponse) -> bool:
    """Whether this says that the disk is full, and nothing else."""
    if answer.status_code != 507:
        assert answer.status_code < 500
        return False
    assert answer.mimetype == MEDIA_TYPE
    assert answer.json["code"] == "storage-full"
    assert answer.json.keys() <= {"type", "title", "status", "code", "detail", "request_id"}
    return True


def lines(verb: str) -> int:
    return (
        TrailLine.select().where((TrailLine.verb == verb) & (TrailLine.outcome == "done")).count()
    )


def until_full(ask: Callable[[], TestResponse]) -> int:
    """Ask until the last reserve is gone; how often it was answered before."""
    for answered in range(1_000):
        if is_full(ask()):
            return answered
    pytest.fail("the disk is never full")


def test_nobody_is_shown_unmasked_without_a_line(lin: Worker, disk: Path, house: House) -> None:
    lin.scans(house)
    before = lines("building.look")
    greedy = fill(disk)
    answered = until_full(lambda: lin.looks(house))
    assert lines("building.look") == before + answered
    for _ in range(20):
        assert is_full(lin.looks(house))
        assert is_full(lin.looks(house, "/residents"))
    assert lines("building.look") == before + answered
    greedy.unlink()
    sheet = lin.looks(house)  # The very next one.
    assert sheet.status_code == 200
    assert people_of(sheet.json)
    assert lines("building.look") == before + answered + 1
    trail_proof.seal()
    assert trail_proof.verify().first_bad is None


def test_masked_reading_goes_on(
    lin: Worker, disk: Path, house: House, other_house: House, clock: Clock
) -> None:
    lin.scans(house)
    fill(disk)
    until_full(lambda: lin.looks(house))
    lease = lin.lease
    for _ in range(20):
        for answer in (
            lin.asks("GET", f"/buildings/{house.code}"),
            lin.asks("GET", f"/buildings/{other_house.code}", lease=lease),
            lin.asks("GET", f"/buildings/{house.code}/residents"),
        ):
            assert answer.status_code == 200, answer.json
            assert answer.json["visible"] == "masked"
        assert lin.asks("GET", "/me").status_code == 200
        assert lin.asks("GET", f"/addresses?q={house.code}").status_code == 200
    clock.passes(seconds=91)  # A look at what is masked would note that somebody looks.
    late = lin.looks(house)
    assert (late.status_code, late.json["reason"]) == (200, "lease_expired")


def test_nothing_is_written_in_part(lin: Worker, disk: Path, house: House) -> None:
    lin.scans(house)
    room = lin.looks(house).json["rooms"][0]["code"]
    path = f"/buildings/{house.code}/residents"
    greedy = fill(disk)

    def adds(number: int = 0) -> TestResponse:
        form = {"room": room, "name": f"周小文{number}", "residence_kind": "living"}
        head = {"Idempotency-Key": f"k{number}"}
        return lin.asks("POST", path, form, lease=lin.lease, headers=head)

    numbers = iter(range(1_000))
    answered = until_full(lambda: adds(next(numbers)))
    assert lines("resident.add") == answered
    for _ in range(5):
        assert is_full(adds(answered))
        assert is_full(lin.asks("POST", "/visits/challenges", {}))
        assert is_full(lin.asks("DELETE", "/sessions/current"))
    assert lines("resident.add") == answered
    greedy.unlink()
    assert adds(answered).status_code == 201
    assert adds(answered).headers["Idempotency-Replayed"] == "true"
    assert lines("resident.add") == answered + 1


def test_a_refusal_that_cannot_be_kept_is_no_answer_either(
    lin: Worker, han: Worker, disk: Path, house: House
) -> None:
    lin.scans(house)
    greedy = fill(disk)
    until_full(lambda: han.looks(house))
    wrong = {"account": "lin", "password": "wrong"}
    for _ in range(3):
        assert is_full(han.looks(house))
        assert is_full(han.asks("POST", "/sessions", wrong))
        assert is_full(han.asks("POST", "/sessions", wrong, headers={"Idempotency-Key": "k"}))
    greedy.unlink()
    assert han.looks(house).status_code == 403
    assert han.asks("POST", "/sessions", wrong).status_code == 401


# --- Under load ----------------------------------------------------------------------------


def filled_and_freed(place: Path, cycles: int, capsys: Capsys) -> None:
    """Servers, keeper, checkpoints and database on one disk that is filled again and again."""
    url = databases.fresh_sqlite(writers.build, place)
    slowest, full = 0.0, 0
    with Servers(url, place) as servers:
        with Writers(servers.port, expected=frozenset({"storage-full"})) as book:
            for _ in range(cycles):
                work(book)
                greedy = fill(place)
                before = book.refused.get("storage-full", 0)
                deadline = time.monotonic() + 30
                while book.refused.get("storage-full", 0) < before + 8:
                    assert time.monotonic() < deadline, "nobody meets the full disk"
                    time.sleep(0.01)
                greedy.unlink()
                freed = time.monotonic()
                work(book, answers=8)
                slowest = max(slowest, time.monotonic() - freed)
            full = book.refused.pop("storage-full")
        servers.kill()
        wrong = audit.faults(servers.known, book)
    figures = f"{cycles} full disks, {full} answers of 507, slowest recovery {slowest:.2f} s"
    tell(capsys, f"{figures}: {audit.story(book)}")
    assert wrong == []
    assert book.broken == []
    assert slowest < 5


def test_servers_go_on_after_4_full_disks(disk: Path, capsys: Capsys) -> None:
    filled_and_freed(disk, 4, capsys)


@pytest.mark.proof
def test_servers_go_on_after_50_full_disks(tmp_path: Path, capsys: Capsys) -> None:
    with small_disk(tmp_path, 96) as place:
        filled_and_freed(place, 50, capsys)
