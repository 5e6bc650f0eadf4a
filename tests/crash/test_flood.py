"""10,000 bogus reports in a minute against one lamp: who tells the truth is heard all the same."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from backend.db import database
from backend.models import Case, Mention, Report
from backend.services.reports.filing import index_of
from backend.start import start
from tests import databases, town
from tests.crash.flood import Caller, Met, flood, honest, watch
from tests.crash.servers import Servers
from tests.crash.test_kill import tell
from tests.services.telling import LAMP, tag_of

Capsys = pytest.CaptureFixture[str]
PROBLEMS = ("dark", "always_on", "flickers", "leans", "bare_wire", "rust", "stump")


def told_by_honest(lamp: str, others: list[str]) -> list[dict[str, Any]]:
    """Half of them at the lamp itself, with a phone that can work or without; half elsewhere."""
    at_lamp = [
        {
            "things": [{"tag": lamp}],
            "problem": PROBLEMS[number % 7],
            "words": f"honest {number}",
            "can_work": number % 2 == 0,
        }
        for number in range(25)
    ]
    elsewhere = [
        {
            "things": [{"building": others[number % len(others)]}],
            "problem": ("noise", "drain", "rubbish")[number % 3],
            "words": f"honest {number}",
        }
        for number in range(25, 50)
    ]
    return [one for pair in zip(at_lamp, elsewhere, strict=True) for one in pair]


def flooded(folder: Path, count: int, seconds: float, capsys: Capsys) -> None:
    url = databases.fresh_sqlite(town.build, folder)
    start(town.settings(url))
    lamp = tag_of(LAMP)
    database.close()
    people = told_by_honest(lamp, [house.code for house in town.houses()])
    met, idle = Met(), Met()
    with Servers(url, folder, TRUSTED_PROXIES=1) as servers:
        head = signed_in(servers.port)
        watched(servers.port, head, idle, 3)
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(servers.port, head, met, stop))
        friends = threading.Thread(target=honest, args=(servers.port, people, seconds * 0.9, met))
        watcher.start()
        friends.start()
        began = time.monotonic()
        flood(servers.port, lamp, PROBLEMS, count, seconds, met)
        took = time.monotonic() - began
        friends.join()
        stop.set()
        watcher.join()
        servers.kill()
    bogus = rows_of(url, met.kept)
    tell(
        capsys,
        f"{count} bogus reports in {took:.0f} s: {dict(met.bogus)}, {bogus} rows; honest "
        f"{dict(met.honest)}, {len(met.honest_kept)} with a link; a worker's p99 "
        f"{p99_ms(met):.0f} ms, idle {p99_ms(idle):.0f} ms",
    )
    assert met.honest == {201: 50}, "nobody honest is refused"
    assert len(met.honest_kept) >= 25, "and nobody away from the lamp notices anything"
    assert bogus <= 20
    assert sum(met.bogus.values()) == count
    assert set(met.bogus) <= {201, 429}


def rows_of(url: str, tokens: list[str]) -> int:
    """Rows that the flood left at the lamp, after a look that nothing else is there."""
    start(town.settings(url))
    try:
        rows = Report.select().where(Report.token_index.in_([index_of(one) for one in tokens]))
        ids = [row.id for row in rows]
        assert len(ids) == len(tokens)
        lamps = Case.select(Case.id).where(Case.thing == LAMP)
        at_lamp = Mention.select().where(Mention.case_id.in_(lamps))
        assert Report.select().count() <= len(ids) + 50
        return int(at_lamp.where(Mention.report_id.in_(ids)).count())
    finally:
        database.close()


def signed_in(port: int) -> dict[str, str]:
    said = {"account": "lin", "password": town.PASSWORD}
    with Caller(port) as caller:
        status, answer = caller.posts("/sessions", said, "192.0.2.1")
    assert status == 201
    return {"Authorization": f"Bearer {answer['access_token']}"}


def watched(port: int, head: dict[str, str], met: Met, seconds: float) -> None:
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(port, head, met, stop))
    watcher.start()
    time.sleep(seconds)
    stop.set()
    watcher.join()


def p99_ms(met: Met) -> float:
    times = sorted(met.calls)
    return 1_000 * times[min(len(times) - 1, int(len(times) * 0.99))]


def test_500_bogus_reports_in_5_seconds(tmp_path: Path, capsys: Capsys) -> None:
    flooded(tmp_path, 500, 5, capsys)


@pytest.mark.proof
def test_10000_bogus_reports_in_a_minute(tmp_path: Path, capsys: Capsys) -> None:
    flooded(tmp_path, 10_000, 60, capsys)
