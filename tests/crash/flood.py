"""A flood of bogus reports at one lamp, and honest people among it, through the served product."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.services.solver import solve
from tests.town import API

BOGUS_FROM = 50  # Addresses.
THREADS = 12


@dataclass
class Met:
    """What the flood and the honest ones met."""

    bogus: Counter[int] = field(default_factory=Counter)  # status -> times
    kept: list[str] = field(default_factory=list)  # Tokens that the flood was given.
    honest: Counter[int] = field(default_factory=Counter)
    honest_kept: list[str] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)  # Seconds of a worker's calls meanwhile.


class Caller:
    """One connection to the server behind a proxy that names the caller's address."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def posts(self, path: str, form: Any, who: str, **head: str) -> tuple[int, Any]:
        said = {"Content-Type": "application/json", "X-Forwarded-For": who, **head}
        self.line.request("POST", API + path, json.dumps(form), said)
        with self.line.getresponse() as answer:
            return answer.status, json.loads(answer.read() or b"{}")

    def gets(self, path: str, **head: str) -> int:
        self.line.request("GET", API + path, headers=head)
        with self.line.getresponse() as answer:
            answer.read()
            return answer.status


def flood(
    port: int, tag: str, problems: Sequence[str], count: int, seconds: float, met: Met
) -> None:
    """So many in so many seconds: some with a ticket, some forging more addresses, none working."""
    began, numbers, turn = time.monotonic(), iter(range(count)), threading.Lock()

    def pours() -> None:
        chance = random.Random(threading.get_ident())
        with Caller(port) as caller:
            while True:
                with turn:
                    number = next(numbers, None)
                if number is None:
                    return
                time.sleep(max(0.0, began + seconds * number / count - time.monotonic()))
                status, said = _bogus(caller, tag, problems, number, chance)
                met.bogus[status] += 1
                if said.get("token"):
                    met.kept.append(said["token"])

    with ThreadPoolExecutor(THREADS) as threads:
        for each in [threads.submit(pours) for _ in range(THREADS)]:
            each.result()


def _bogus(
    caller: Caller, tag: str, problems: Sequence[str], number: int, chance: random.Random
) -> tuple[int, Any]:
    # A forged address stands before the one that our own proxy adds.
    who = f"10.9.{chance.randrange(256)}.{number % 256}, 198.51.100.{number % BOGUS_FROM}"
    form: dict[str, Any] = {
        "things": [{"tag": tag}],
        "problem": chance.choice(problems),
        "words": f"bogus {number}",
        "phone": f"160{chance.randrange(10**8):08d}",
    }
    if number % 4 == 0:
        form["ticket"] = caller.posts("/report-tickets", {"tag": tag}, who)[1]["ticket"]
    if number % 3 == 0:
        form |= {"can_work": True, "work": f"facility:1.9999999999.{number:x}.:1:AAAAAAAAAAAAAAAA"}
    key = {"Idempotency-Key": f"{chance.getrandbits(128):032x}"} if number % 2 else {}
    return caller.posts("/reports", form, who, **key)


def honest(port: int, told: Sequence[dict[str, Any]], seconds: float, met: Met) -> None:
    """Each from an address of their own; whose phone can work does so if it is asked to."""
    for number, form in enumerate(told):
        time.sleep(seconds / len(told))
        with Caller(port) as caller:
            status, answer = _tells(caller, form, f"203.0.113.{number}")
        met.honest[status] += 1
        if answer.get("token"):
            met.honest_kept.append(answer["token"])


def _tells(caller: Caller, form: dict[str, Any], who: str) -> tuple[int, Any]:
    tag = form["things"][0].get("tag")
    ticket = caller.posts("/report-tickets", {"tag": tag}, who)[1]["ticket"]
    said = {**form, "ticket": ticket}
    status, answer = caller.posts("/reports", said, who)
    if status == 429 and answer["code"] == "work-needed":
        said["work"] = solve(answer["challenge"])
        status, answer = caller.posts("/reports", said, who)
    return status, answer


def watch(port: int, head: dict[str, str], met: Met, stop: threading.Event) -> None:
    """A worker's calls, one after the other, and how long each takes."""
    with Caller(port) as caller:
        while not stop.wait(0.02):
            began = time.perf_counter()
            assert caller.gets("/me", **head) == 200
            met.calls.append(time.perf_counter() - began)
