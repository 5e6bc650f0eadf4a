"""The town of the permission matrix: two buildings, everybody once, and every kind of lease.

Everybody gets their visits as if each of these people had once been let in: what a role must
not see stays unseen even with a lease that lives.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from argon2 import PasswordHasher
from flask import Flask

from backend import clock as house_clock
from backend.actor import Actor
from backend.db import writing
from backend.models import (
    Account,
    Building,
    Challenge,
    Duty,
    Notice,
    Residence,
    Tag,
    Visit,
)
from backend.rules import presence
from backend.services import notices, trail
from backend.services.accounts import sessions
from backend.services.places import buildings
from backend.services.records import veil
from backend.services.visits import exceptional, states
from backend.start import start
from tests import town
from tests.api.matrix.places import Place, blank, place_at
from tests.town import Worker

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.txt"

WHO = {
    "nobody": "lin",  # Lin's leases, but no token.
    "han": "han",
    "collector": "lin",
    "safety_officer": "an",
    "building_head": "chen",
    "police_officer": "zhao",
    "enforcer": "qiao",
    "dispatcher": "fen",
    "clerk": "tao",
    "handler": "wu",
    "checker": "xie",
    "supervisor": "du",
    "building_manager": "mei",
    "auditor": "shen",
    "administrator": "bao",
}
"""Role -> who plays it: each for an area that holds "own" and not "other"."""

PLACES = ("own", "other")
VISITS = ("none", "live", "lapsed", "elsewhere")

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OTHER_AREA = "440305001"  # A street of the next district.


@dataclass
class Person:
    """Somebody of the matrix: their phone, and for every place and kind of visit a lease."""

    worker: Worker
    actor: Actor
    nonce: str = ""
    visits: dict[tuple[str, str], Visit] = field(default_factory=dict)
    leases: dict[tuple[str, str], str] = field(default_factory=dict)
    granted: dict[str, str] = field(default_factory=dict)  # Place -> a remote visit to take.
    notices: dict[str, int] = field(default_factory=dict)  # "own" mine, "other" somebody else's.
    devices: dict[str, str] = field(default_factory=dict)
    hung: dict[str, str] = field(default_factory=dict)  # Place -> a tag they have just claimed.


class World:
    """Everything set up once; `ask` leaves no trace."""

    def __init__(self, app: Flask, url: str) -> None:
        self.house = start(town.settings(url))
        self.clock = town.Clock()
        self.app, self.client = app, app.test_client()
        with self.stopped():
            self._make()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The house's clock stands still, and hashing a password takes no time either."""
        quick = mock.patch.object(sessions, "_hasher", QUICK_HASHER)
        with quick, mock.patch.object(house_clock, "now", self.clock):
            yield

    def _make(self) -> None:
        own, self.elsewhere, *_, other, _ = town.houses()
        guan = Worker(self.client, "guan").signs_in()
        _open_accounts(guan)
        _move(other, guan)
        self.places = {
            "own": place_at(own, "liu", "440304004028005"),
            "other": place_at(other, "nan", "440305002"),
        }
        _cheapen_passwords()
        self.people = {who: self._person(name) for who, name in WHO.items()}
        self.people["nobody"] = self.people["collector"]
        with writing():
            for person in {id(one): one for one in self.people.values()}.values():
                self._let_in(person)
        self.reviews = {place: self._emergency(at) for place, at in self.places.items()}
        for at in self.places.values():
            self._look(at)

    def _person(self, name: str) -> Person:
        worker = Worker(self.client, name).signs_in().enrols()
        actor = sessions.actor_of_token(worker.token)
        return Person(worker, actor)

    def _let_in(self, person: Person) -> None:
        person.nonce = f"nonce-of-{person.actor.name}"
        Challenge.create(
            nonce=person.nonce,
            account_id=person.actor.account_id,
            issued_at=self.clock(),
        )
        for place, at in self.places.items():
            self._visit(person, (place, "live"), at.id, at.house.tag)
            there = Building.get(Building.code == self.elsewhere.code)
            self._visit(person, (place, "elsewhere"), there.id, self.elsewhere.tag)
            self.clock.passes(minutes=-5)
            self._visit(person, (place, "lapsed"), at.id, at.house.tag)
            self.clock.passes(minutes=5)
            person.granted[place] = self._remote(person, at)
            person.hung[place] = self._claimed(person, at)
        person.notices = {"own": _notice(person.actor.account_id), "other": _notice(0)}
        person.devices = {
            "own": person.worker.device["device_id"],
            "other": self.places["own"].device,
        }

    def _visit(self, person: Person, kind: tuple[str, str], building: int, tag: str) -> None:
        """A visit as the rules begin it, with its lease: `kind` is (place, visit)."""
        visit = Visit(
            id=f"{Visit.select().count():032x}",
            account_id=person.actor.account_id,
            device_id=person.worker.device["device_id"],
            session_id=person.actor.session_id,
            building_id=building,
            tag=tag,
        )
        opening = presence.Opening("verified", 1.0, ())
        state = presence.begun(self.house.policy.limits, self.clock(), opening=opening, tag=tag)
        states.fill(visit, state)
        visit.save(force_insert=True)
        lease = states.lease_of(visit, person.actor)
        assert lease is not None
        person.visits[kind], person.leases[kind] = visit, lease["token"]

    def _remote(self, person: Person, at: Place) -> str:
        visit = exceptional._open(
            "remote", Building.get_by_id(at.id), person.actor.account_id, None, 1_800, person.actor
        )
        visit.granted_by = visit.reviewed_by = "guan"
        visit.reviewed_at = self.clock()
        visit.save()
        return str(visit.id)

    def _claimed(self, person: Person, at: Place) -> str:
        code = blank(at.area)
        Tag.update(
            state="bound",
            building_id=at.id,
            bound_at=self.clock(),
            bound_by=person.actor.account_id,
        ).where(Tag.code == code).execute()
        return code

    def _emergency(self, at: Place) -> str:
        """A break-glass visit of Officer Qian that waits for a review, and looks doubtful."""
        qian = Account.get(Account.name == "qian")
        by = Actor(qian.id, "qian", "")
        with writing():
            building = Building.get_by_id(at.id)
            visit = exceptional._open("break_glass", building, qian.id, None, 900, by)
            visit.evidence = '{"flags": ["mock"]}'
            visit.save()
        return str(visit.id)

    def _look(self, at: Place) -> None:
        """Somebody who has gone since has looked at a resident here."""
        by = Actor(10_000, "liu", "")
        with writing():
            trail.write(
                by,
                "building.look",
                roles=["collector"],
                visit_id="0" * 32,
                building_id=at.id,
                area_path=Building.get_by_id(at.id).area.path,
                place=at.house.door,
                subjects=[Residence.get_by_id(at.resident).resident_id],
                fields=["resident.name"],
            )

    def key_of(self, person: Person, kind: tuple[str, str], record: str, number: int) -> str:
        """The opaque id of a row in this visit; one that leads nowhere without a visit."""
        visit = person.visits.get(kind)
        return veil.cover(visit.id if visit else "none", record, [number])[0]


def _open_accounts(guan: Worker) -> None:
    for name, area, role in (("bao", "440304", "administrator"), ("nan", OTHER_AREA, "collector")):
        form = {
            "name": name,
            "full_name": name,
            "password": "long enough",
            "area": area,
            "roles": [{"role": role, "area": area}],
        }
        assert guan.asks("POST", "/accounts", form).status_code == 201


def _move(house: town.House, guan: Worker) -> None:
    """The building of "other" into the next district, and out of everybody's duties."""
    form = {"area": OTHER_AREA, "reason": "for the matrix"}
    moved = guan.asks(
        "PUT", f"/buildings/{house.code}/jurisdiction", form, headers={"If-Match": "1"}
    )
    assert moved.status_code == 200
    building = buildings.find_building(house.code)
    Duty.delete().where(Duty.building_id == building.id).execute()
    nan = Account.get(Account.name == "nan")
    Duty.create(building_id=building.id, account=nan, role="collector", since="2026-01-01")


def _cheapen_passwords() -> None:
    """One quick hash for everybody: thousands of cells sign in."""
    Account.update(password_hash=QUICK_HASHER.hash(town.PASSWORD)).execute()


def _notice(account_id: int) -> int:
    notices.tell_account(account_id, "remote-visit", {"building": "x"})
    return int(Notice.select().order_by(Notice.id.desc()).first().id)
