"""Collectors who write without a pause, whatever becomes of the server, and keep their own books.

What a server has answered is promised; what it has not answered may have happened or not, and is
asked for again under the same Idempotency-Key, as a phone does.
"""

import hashlib
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from argon2 import PasswordHasher

from backend import clock
from backend.db import database
from backend.models import Account, Area, RoleGrant
from backend.rules import signing
from mobile_api.walk import fix_at, metres_north
from tests import town
from tests.api.matrix.places import snapshot

API = town.API
WRITERS = 8
MOST_PATIENCE_S = 60


def build(url: str) -> None:
    """The small town as of now, with eight collectors in the first grid."""
    town._fill(url)
    area = Area.get(Area.code == town.houses()[0].area)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(town.PASSWORD)
    for number in range(WRITERS):
        account = Account.create(
            name=name_of(number),
            full_name=f"采集员{number}",
            password_hash=quick,
            area=area,
            created_at=clock.now(),
        )
        RoleGrant.create(
            account=account, role="collector", area=area, since=clock.now(), granted_by="guan"
        )
    database.close()


def name_of(number: int) -> str:
    return f"writer{number}"


def id_number(serial: int) -> str:
    """An invented person's: county 440399, born in 1955 or later, the check digit right."""
    born, order = divmod(serial, 1000)
    year, day = divmod(born, 336)
    month, date = divmod(day, 28)
    text = f"440399{1955 + year}{month + 1:02}{date + 1:02}{order:03}"
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True))
    return text + "10X98765432"[total % 11]


@dataclass(frozen=True)
class Person:
    """Somebody a writer records: asked for again under the same key until it is answered."""

    writer: str
    key: str
    id_number: str
    name: str
    room: str
    house: str


@dataclass
class Book:
    """What all writers asked for and what was promised to them."""

    tried: dict[str, Person] = field(default_factory=dict)  # by ID number
    promised: dict[str, str] = field(default_factory=dict)  # ID number -> opaque id
    events_tried: set[str] = field(
        default_factory=set
    )  # Their words; nothing else tells them apart.
    events: set[str] = field(default_factory=set)
    visits: dict[str, int] = field(default_factory=dict)  # visit -> last beat answered
    ended: set[str] = field(default_factory=set)
    looks: dict[str, int] = field(default_factory=dict)  # visit -> unmasked looks answered
    photos: dict[str, str] = field(default_factory=dict)  # id -> SHA-256 of what was sent
    reports: dict[str, str] = field(default_factory=dict)  # token -> its photo
    answers: int = 0
    unanswered: int = 0
    refused: dict[str, int] = field(default_factory=dict)  # code -> times
    broken: list[str] = field(default_factory=list)  # answers of 5xx other than those expected

    def so_far(self) -> "Book":
        """A copy; what was asked for last, so that it holds all that was promised."""
        return Book(
            promised=self.promised.copy(),
            visits=self.visits.copy(),
            ended=self.ended.copy(),
            looks=self.looks.copy(),
            events=self.events.copy(),
            events_tried=self.events_tried.copy(),
            photos=self.photos.copy(),
            reports=self.reports.copy(),
            tried=self.tried.copy(),
        )


class Unanswered(Exception):
    """The connection broke: it may have happened or not."""


class Writer(threading.Thread):
    """One collector on site. `expected` are the 5xx codes that are no fault in this story."""

    def __init__(
        self, number: int, port: int, book: Book, expected: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(name=name_of(number), daemon=True)
        self.number, self.port, self.book, self.expected = number, port, book, expected
        self.house = town.houses()[number % 6]
        self.rooms = [row["code"] for row in town.of_house(self.house, "rooms.csv")]
        self.chance = random.Random(number)
        self.stopping = threading.Event()
        self.failure: BaseException | None = None
        self.serial = 0
        self.steps = 0
        self.line: http.client.HTTPConnection | None = None
        self.token = ""
        self.device: dict[str, str] = {}
        self.visit: dict[str, Any] | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                self.does_something()
        except BaseException as error:  # noqa: BLE001 - told by `stop`.
            self.failure = error
        finally:
            self.hangs_up()

    def does_something(self) -> None:
        try:
            if not self.token:
                self.signs_in()
            elif not self.device:
                self.enrols()
            elif self.visit is None:
                self.begins()
            else:
                self.chance.choice(WORK)(self)
                if self.chance.random() < 0.03:
                    self.ends()
        except Unanswered:
            self.book.unanswered += 1

    # --- What a collector does -------------------------------------------------------------

    def signs_in(self) -> None:
        form = {"account": self.name, "password": town.PASSWORD}
        tokens = self.asks("POST", "/sessions", form)
        if tokens is None:
            return
        self.token, self.device = tokens["access_token"], {}

    def enrols(self) -> None:
        self.device = self.asks("POST", "/devices", {"name": "a phone"}) or {}

    def begins(self) -> None:
        asked = self.asks("POST", "/visits/challenges", {})
        if asked is None:
            return
        form = {
            "nonce": asked["nonce"],
            "tag": self.house.tag,
            "fix": self.fix(),
            "device_id": self.device["device_id"],
        }
        visit = self.insists("POST", "/visits", self.signed(form), key=asked["nonce"])
        if visit is not None:
            self.book.visits[visit["id"]] = 0
            self.visit = visit

    def adds(self) -> None:
        assert self.visit is not None
        self.serial += 1
        person = Person(
            writer=self.name,
            key=f"{self.name}-{self.serial}",
            id_number=id_number(self.number * 100_000 + self.serial),
            name=f"赵新{self.serial}",
            room=self.chance.choice(self.rooms),
            house=self.house.code,
        )
        self.book.tried[person.id_number] = person
        made = self.insists("POST", f"/buildings/{person.house}/residents", form_of(person),
                            key=person.key, lease=True)  # fmt: skip
        if made is not None:
            self.book.promised[person.id_number] = made["id"]

    def notes(self) -> None:
        """An event: sent twice and kept twice, it would be two."""
        self.serial += 1
        words = f"{self.name} 记 {self.serial}"
        self.book.events_tried.add(words)
        form = {"event_class": "0101", "event_text": words}
        path = f"/buildings/{self.house.code}/events"
        if self.insists("POST", path, form, key=words, lease=True) is not None:
            self.book.events.add(words)

    def reports(self) -> None:
        """Something wrong at this house, with a photo of it: sent before, as phones do."""
        self.serial += 1
        words = f"{self.name} {self.serial}"
        content = snapshot() + words.encode()
        photo = self.insists("POST", "/report-photos", key=f"photo of {words:.>30}", photo=content)
        if photo is None:
            return
        self.book.photos[photo["id"]] = hashlib.sha256(content).hexdigest()
        form = {
            "things": [{"building": self.house.code}],
            "problem": self.chance.choice(("rubbish", "drain", "noise")),
            "words": words,
            "phone": "16099900000",
            "photos": [photo["id"]],
        }
        made = self.insists("POST", "/reports", form, key=f"report {words:.>30}")
        if made is not None:
            self.book.reports[made["token"]] = photo["id"]

    def looks(self) -> None:
        assert self.visit is not None
        sheet = self.asks("GET", f"/buildings/{self.house.code}", lease=True)
        if sheet is None:
            return
        if sheet["visible"] == "open":
            looks = self.book.looks
            looks[self.visit["id"]] = looks.get(self.visit["id"], 0) + 1
        else:
            self.visit = None

    def beats(self) -> None:
        assert self.visit is not None
        seq = self.visit["seq"] = self.visit["seq"] + 1
        form = self.signed({"seq": seq, "fix": self.fix()})
        beaten = self.asks("POST", f"/visits/{self.visit['id']}/beats", form)
        if beaten is not None:
            self.book.visits[beaten["id"]] = seq
            self.visit = beaten if beaten["lease"] else None

    def ends(self) -> None:
        visit, self.visit = self.visit, None  # Answered or not, it may have ended.
        if visit is not None:
            ended = self.asks("POST", f"/visits/{visit['id']}/end")
            if ended is not None:
                self.book.ended.add(ended["id"])

    def fix(self) -> dict[str, Any]:
        """A receiver that trembles, as real ones do."""
        self.steps += 1
        return fix_at(metres_north(self.house.door, self.steps % 7 + self.chance.random()))

    def signed(self, form: dict[str, Any]) -> dict[str, Any]:
        form["device_time"] = datetime.now(UTC).isoformat()
        raw = json.dumps(form).encode()
        return {**form, "sig": signing.sign(self.device["secret"], raw)}

    # --- How it is said --------------------------------------------------------------------

    def insists(self, *what: Any, **how: Any) -> Any:
        """The same request under the same key until there is an answer."""
        deadline = time.monotonic() + MOST_PATIENCE_S
        while not self.stopping.is_set():
            try:
                return self.asks(*what, **how)
            except Unanswered:
                self.book.unanswered += 1
                assert time.monotonic() < deadline, "no answer for a minute"
        return None

    def asks(
        self,
        method: str,
        path: str,
        form: Any = None,
        *,
        key: str = "",
        lease: bool = False,
        photo: bytes | None = None,
    ) -> Any:
        """The JSON of a good answer, None for a refusal. Raises Unanswered."""
        head = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        if key:
            head["Idempotency-Key"] = quote(key)
        if lease and self.visit is not None:
            head["Visit-Lease"] = self.visit["lease"]["token"]
        body = None if form is None else json.dumps(form).encode()
        if photo is not None:
            body, head["Content-Type"] = a_form(photo)
        status, said = self.sends(method, API + path, body, head)
        self.book.answers += 1
        if status < 400:
            return said
        code = str(said.get("code"))
        if code == "too-many-photos":  # Nobody takes so many, and nothing is lost by it.
            return None
        self.book.refused[code] = self.book.refused.get(code, 0) + 1
        if status >= 500 and code not in self.expected:
            self.book.broken.append(f"{method} {path}: {status} {said}")
        if status == 401:
            self.token, self.visit = "", None
        elif status == 403 or code == "visit-closed":
            self.visit = None
        elif status >= 500:
            time.sleep(0.01)
            if key:
                raise Unanswered
        return None

    def sends(self, method: str, path: str, body: bytes | None, head: Any) -> tuple[int, Any]:
        try:
            if self.line is None:
                self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self.line.request(method, path, body, head)
            with self.line.getresponse() as answer:
                raw = answer.read()
                return answer.status, json.loads(raw or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            self.hangs_up()
            time.sleep(0.01)
            raise Unanswered from None

    def hangs_up(self) -> None:
        if self.line is not None:
            self.line.close()
        self.line = None


def form_of(person: Person) -> dict[str, Any]:
    return {
        "room": person.room,
        "name": person.name,
        "id_number": person.id_number,
        "residence_kind": "living",
    }


WORK = (
    Writer.adds,
    Writer.adds,
    Writer.notes,
    Writer.looks,
    Writer.beats,
    Writer.reports,
)


def a_form(photo: bytes) -> tuple[bytes, str]:
    """A photo as a browser sends it, and what the request says about its body."""
    part = b'--frontier\r\nContent-Disposition: form-data; name="photo"; filename="x"\r\n\r\n'
    body = part + photo + b"\r\n--frontier--\r\n"
    return body, "multipart/form-data; boundary=frontier"


class Writers:
    """All of them, at work inside the `with`."""

    def __init__(self, port: int, expected: frozenset[str] = frozenset(), most: int = WRITERS):
        self.book = Book()
        self.threads = [Writer(number, port, self.book, expected) for number in range(most)]

    def __enter__(self) -> Book:
        for writer in self.threads:
            writer.start()
        return self.book

    def __exit__(self, *_: object) -> None:
        for writer in self.threads:
            writer.stopping.set()
        for writer in self.threads:
            writer.join(MOST_PATIENCE_S)
        failures = [writer.failure for writer in self.threads if writer.failure]
        if failures:
            raise failures[0]
