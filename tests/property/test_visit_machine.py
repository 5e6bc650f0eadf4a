"""Lin with two phones and two houses, through the real API, in any order of anything.

After each step people are seen exactly when the oracle says so, on either phone, at either
house; and with her lease in hand Officer Zhao sees nobody.
"""

import itertools
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest import mock

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from backend import clock as house_clock
from backend.db import database
from backend.models import Account, Duty, Visit
from backend.services.accounts import sessions
from backend.start import start
from mobile_api.walk import fix_at, metres_north
from tests import databases, town
from tests.property.visit_oracle import Oracle
from tests.town import Clock, Worker, people_of

pytestmark = pytest.mark.wide

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HOUSES = dict(zip("AB", town.houses(), strict=False))
ELSEWHERE = "440304004028005"  # A grid that is not Lin's.
PHONES = ("old", "new")


class Phone(Worker):
    """A worker whose requests are counted."""

    requests = 0

    def asks(self, *args: Any, **kwargs: Any) -> TestResponse:
        Phone.requests += 1
        return super().asks(*args, **kwargs)


class Day:
    """The town as it is in the morning, with everybody signed in: copied for every story."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.folder, self.clock = folder, Clock()
        self.template = databases.sqlite_template(town.build)
        self.file = folder / "day.db"
        shutil.copyfile(self.template, self.file)
        start(town.settings(f"sqlite:///{self.file}"))
        Account.update(password_hash=QUICK.hash(town.PASSWORD)).execute()
        Duty.delete().where(Duty.role == "collector").execute()  # By her grid alone.
        client = app.test_client()
        people = [
            ("old", "lin"),
            ("new", "lin"),
            ("zhao", "zhao"),
            ("guan", "guan"),
            ("mei", "mei"),
        ]
        self.people = {key: Worker(client, name).signs_in().enrols() for key, name in people}
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        self.morning = self.file.read_bytes()
        self.numbers = itertools.count()

    def begins(self) -> dict[str, Worker]:
        """A fresh copy of the morning."""
        database.close()
        file = self.folder / f"day{next(self.numbers)}.db"
        file.write_bytes(self.morning)
        start(town.settings(f"sqlite:///{file}"))
        database.execute_sql("PRAGMA synchronous = OFF")
        self.clock.at = town.MONDAY
        fresh = {}
        for key, known in self.people.items():
            fresh[key] = Phone(known.client, known.name)
            fresh[key].token, fresh[key].refresh = known.token, known.refresh
            fresh[key].device = dict(known.device)
        return fresh

    def ends(self) -> None:
        database.close()
        for file in self.folder.glob("day*.db*"):
            if file != self.file:
                file.unlink()


WAITS = st.sampled_from([1, 5, 20, 30, 31, 45, 60, 89, 90, 91, 299, 301, 899, 901, 1_140, 1_201])
RARELY = st.integers(0, 5).map(lambda dice: dice == 5)
phones, houses = st.sampled_from(PHONES), st.sampled_from(sorted(HOUSES))


class AnyDay(RuleBasedStateMachine):
    """One story. `day` is set before the machine runs."""

    day: ClassVar[Day]
    open_looks: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        people = self.day.begins()
        self.phones = {name: people[name] for name in PHONES}
        self.zhao, self.guan, self.mei = people["zhao"], people["guan"], people["mei"]
        self.oracle = Oracle()
        self.kept: dict[str, tuple[str | None, float]] = dict.fromkeys(PHONES, (None, 0.0))
        self.trembles = itertools.count()
        self.taken = 0  # The number of the last beat that was taken.

    def teardown(self) -> None:
        self.day.ends()

    # --- Time and looks ------------------------------------------------------------------

    @rule(seconds=WAITS)
    def time_passes(self, seconds: int) -> None:
        self._wait(seconds)
        self._look_around()

    @rule(phone=phones, house=houses)
    def looks(self, phone: str, house: str) -> None:
        self._look(phone, house)

    @precondition(lambda self: self._has_visit())
    @rule(gap=st.sampled_from([30, 80, 850]), beats=st.integers(1, 18), reads=st.booleans())
    def stays(self, gap: int, beats: int, reads: bool) -> None:
        """The ordinary day: be there, and now and then read."""
        for _ in range(beats):
            self._wait(gap)
            self.beats_inside(doubt=False, vague=False, reads=reads)

    @rule(phone=phones, house=houses)
    def somebody_looks_with_lin_s_lease(self, phone: str, house: str) -> None:
        lease, _ = self.kept[phone]
        if lease is not None:
            answer = self.zhao.asks("GET", f"/buildings/{HOUSES[house].code}", lease=lease)
            assert answer.status_code == 403 or people_of(answer.json) == []

    def _wait(self, seconds: int) -> None:
        self.day.clock.passes(seconds=seconds)
        self.oracle.passes(seconds)

    def _look_around(self) -> None:
        """Where the visit is, on its phone, and on the other: all that could have changed."""
        visit = self.oracle.visit
        for phone in PHONES:
            if visit is not None and (visit.phone == phone or self.kept[phone][0] is not None):
                self._look(phone, visit.building)

    def _look(self, phone: str, house: str) -> None:
        lease, until = self.kept[phone]
        path = f"/buildings/{HOUSES[house].code}"
        answer = self.phones[phone].asks("GET", path, lease=lease)
        is_seen = answer.status_code == 200 and bool(people_of(answer.json))
        if not self.oracle.may_act(phone) or house in self.oracle.away:
            assert answer.status_code in (401, 403)
            due = False
        else:
            due = lease is not None and self.oracle.looks(phone, house, until)
        assert is_seen == due, (answer.json.get("reason"), self.oracle.visit, self.oracle.now)
        AnyDay.open_looks += due

    # --- Opening -------------------------------------------------------------------------

    def _fix(self, house: str, metres: float = 0.0, **changes: Any) -> dict[str, Any]:
        """A position that trembles as real ones do: never the same numbers twice."""
        tremble = 0.05 * next(self.trembles)
        return fix_at(metres_north(HOUSES[house].door, metres + tremble)) | changes

    @initialize()
    def the_day_begins(self) -> None:
        self.scans("old", "A", doubt=False, vague=False)

    @rule(phone=phones, house=houses, doubt=RARELY, vague=RARELY)
    def scans(self, phone: str, house: str, doubt: bool, vague: bool) -> None:
        self._wait(10)  # Nobody walks from door to door in less.
        fix = self._fix(house, is_mock=doubt, accuracy_m=80 if vague else 8)
        worker = self.phones[phone]
        answer = worker.scans(HOUSES[house], fix)
        oracle, tag = self.oracle, HOUSES[house].tag
        if not oracle.may_act(phone):
            assert answer.status_code in (401, 403)
        elif tag in oracle.withdrawn:
            assert answer.json["code"] == "tag-revoked"
        elif house in oracle.away:
            assert answer.json["code"] == "not-your-area"
        else:
            assert answer.status_code == 201, answer.json
            oracle.opens(phone, house, tag, doubt=doubt, vague=vague)
            self.taken = 0
            self._keep(phone, answer.json)
        self._look_around()

    @rule(phone=phones, house=houses, trick=st.sampled_from(["far", "old", "coarse", "replay"]))
    def scans_in_vain(self, phone: str, house: str, trick: str) -> None:
        fix = {
            "far": self._fix(house, 400),
            "old": self._fix(house, age_ms=31_000),
            "coarse": self._fix(house, accuracy_m=101),
            "replay": self._fix(house),
        }[trick]
        more = {"nonce": "used-before"} if trick == "replay" else {}
        assert self.phones[phone].scans(HOUSES[house], fix, **more).status_code >= 400
        self._look(phone, house)

    def _keep(self, phone: str, visit: dict[str, Any]) -> None:
        assert self.oracle.visit is not None
        if visit["lease"] is not None:
            self.kept[phone] = visit["lease"]["token"], self.oracle.visit.lease

    # --- Beats ---------------------------------------------------------------------------

    def _has_visit(self) -> bool:
        visit = self.oracle.visit
        return visit is not None and self.oracle.may_act(visit.phone)

    def _beats(self, fix: dict[str, Any] | None = None, **changes: Any) -> Any:
        visit = self.oracle.visit
        assert visit is not None
        return self.phones[visit.phone].beats(fix, **changes)

    def _after(self, answer: Any, happens: Any, reads: bool = True) -> None:
        """A beat was taken: what it means, and whether the phone is told so."""
        oracle, visit = self.oracle, self.oracle.visit
        assert visit is not None
        assert answer.status_code == 200, answer.json
        self.taken = self.phones[visit.phone].seq
        if visit.state != "closed" and not oracle.may_stay():
            oracle.is_over()
        elif visit.state != "closed":
            oracle.let_time_work()
            if visit.state != "closed":
                happens()
        assert answer.json["state"] == visit.state, (answer.json, visit)
        assert (answer.json["lease"] is not None) == (visit.state == "open")
        assert (visit.state == "closed") == bool(answer.json["wipe"])
        self._keep(visit.phone, answer.json)
        if reads:
            self._look_around()

    @precondition(_has_visit)
    @rule(doubt=RARELY, vague=st.booleans(), reads=st.booleans())
    def beats_inside(self, doubt: bool, vague: bool, reads: bool) -> None:
        visit = self.oracle.visit
        assert visit is not None
        fix = self._fix(visit.building, is_mock=doubt, accuracy_m=80 if vague else 8)
        after = self._beats(fix)
        self._after(after, lambda: self.oracle.is_inside(doubt=doubt, vague=vague), reads)

    @precondition(_has_visit)
    @rule(metres=st.sampled_from([260, 300, 5_000]), doubt=RARELY)
    def beats_outside(self, metres: int, doubt: bool) -> None:
        visit = self.oracle.visit
        assert visit is not None
        fix = self._fix(visit.building, metres, is_mock=doubt)
        self._after(self._beats(fix), lambda: self.oracle.is_outside(doubt=doubt))

    @precondition(_has_visit)
    @rule(metres=st.sampled_from([0, 900]), changes=st.sampled_from(
        [{"accuracy_m": 3_000}, {"accuracy_m": 101}, {"age_ms": 30_001}, {"age_ms": 10**9}]
    ))  # fmt: skip
    def beats_that_prove_nothing(self, metres: int, changes: dict[str, Any]) -> None:
        visit = self.oracle.visit
        assert visit is not None
        self._after(self._beats(self._fix(visit.building, metres, **changes)), lambda: None)

    @precondition(_has_visit)
    @rule(number=st.integers(0, 3))
    def scans_a_tag_of_the_building(self, number: int) -> None:
        visit = self.oracle.visit
        assert visit is not None
        house = HOUSES[visit.building]
        tag = [house.tag, *house.other_tags][number]
        if tag in self.oracle.withdrawn and visit.state != "closed" and self.oracle.may_stay():
            assert self._beats(tag=tag).json["code"] == "tag-revoked"
        else:
            self._after(self._beats(tag=tag), lambda: self.oracle.scans_again(tag))

    @precondition(_has_visit)
    @rule()
    def scans_a_tag_of_another_building(self) -> None:
        visit = self.oracle.visit
        assert visit is not None
        other = HOUSES["B" if visit.building == "A" else "A"]
        answer = self._beats(tag=other.other_tags[0])
        assert answer.status_code in (200, 409), answer.json
        if answer.status_code == 200:  # A closed visit asks for nothing more.
            self._after(answer, lambda: None)
        self._look_around()

    @precondition(_has_visit)
    @rule()
    def sends_a_beat_again(self) -> None:
        visit = self.oracle.visit
        assert visit is not None
        if self.taken and visit.state != "closed":  # A closed one says so, however often.
            again = self._beats(self._fix(visit.building), seq=self.taken)
            assert again.json["code"] == "beat-out-of-order"
        self._look_around()

    @precondition(_has_visit)
    @rule(forged=st.booleans())
    def somebody_else_beats(self, forged: bool) -> None:
        """A token on a phone without the secret ends the visit; another's token finds none."""
        visit = self.oracle.visit
        assert visit is not None
        worker = self.phones[visit.phone]
        thief = worker if forged else self.zhao
        form = {"seq": 10_000, "fix": self._fix(visit.building), "sig": "0" * 64}
        path = f"/visits/{worker.visit['id']}/beats"
        answer = thief.asks("POST", path, form)
        assert answer.json["code"] == ("signature-wrong" if forged else "not-found")
        if forged:
            self.oracle.is_over()
        self._look_around()

    @precondition(_has_visit)
    @rule()
    def leaves(self) -> None:
        visit = self.oracle.visit
        assert visit is not None
        assert self.phones[visit.phone].leaves().json["state"] == "closed"
        self.oracle.is_over()
        self._look_around()

    # --- Rights --------------------------------------------------------------------------

    @rule(house=houses, lasts=RARELY)
    def a_border_moves(self, house: str, lasts: bool) -> None:
        """A house goes to another grid, and mostly comes back at once."""
        self._move(house)
        self._look_around()
        if not lasts and house in self.oracle.away:
            self._move(house)
            self._look_around()

    def _move(self, house: str) -> None:
        path = f"/buildings/{HOUSES[house].code}"
        version = self.mei.asks("GET", path).headers["ETag"]
        area = HOUSES[house].area if house in self.oracle.away else ELSEWHERE
        form = {"area": area, "reason": "the border moved"}
        moved = self.guan.asks("PUT", f"{path}/jurisdiction", form, headers={"If-Match": version})
        assert moved.status_code == 200, moved.json
        self.oracle.away ^= {house}

    @rule(lasts=RARELY)
    def a_role_ends_or_is_given(self, lasts: bool) -> None:
        self._change_role()
        self._look_around()
        if not lasts and not self.oracle.has_role:
            self._change_role()
            self._look_around()

    def _change_role(self) -> None:
        roles = self.guan.asks("GET", "/accounts/lin").json["roles"]
        for role in roles:
            self.guan.asks("DELETE", f"/accounts/lin/roles/{role['id']}")
        if not roles:
            form = {"role": "collector", "area": HOUSES["A"].area}
            assert self.guan.asks("POST", "/accounts/lin/roles", form).status_code == 201
        self.oracle.has_role = not roles

    @rule(what=st.sampled_from(["tag", "phone", "account"]), phone=phones, house=houses,
          dice=st.integers(0, 9))  # fmt: skip
    def something_is_lost_for_good(self, what: str, phone: str, house: str, dice: int) -> None:
        oracle = self.oracle
        if dice or oracle.is_out or phone in oracle.lost:
            return
        if what == "tag":
            tag = HOUSES[house].tag
            answer = self.mei.asks("POST", f"/tags/{tag}/retirement", {"reason": "torn"})
            assert answer.status_code == 200
            oracle.withdrawn.add(tag)
        elif what == "phone":
            device = self.phones[phone].device["device_id"]
            assert self.guan.asks("POST", f"/devices/{device}/revocation").status_code == 204
            oracle.lost.add(phone)
        else:
            version = self.guan.asks("GET", "/accounts/lin").headers["ETag"]
            form, head = {"active": False}, {"If-Match": version}
            assert self.guan.asks("PATCH", "/accounts/lin", form, headers=head).status_code == 200
            oracle.is_out = True
            oracle.is_over()
            assert Visit.select().where(Visit.state != "closed").count() == 0
        self._look_around()


@pytest.fixture(scope="module")
def day(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """SQLite whatever the run is on: a story begins with the copy of a file."""
    clock = Clock()
    with (
        mock.patch.object(house_clock, "now", clock),
        mock.patch.object(sessions, "_hasher", QUICK),
        # No story is about renewing.
        mock.patch.object(sessions, "ACCESS_LIFE", timedelta(days=2)),
    ):
        made = Day(app, tmp_path_factory.mktemp("day"))
        made.clock = clock
        yield made
    database.close()


def run(day: Day, stories: int, is_new: bool = False) -> None:
    AnyDay.day, AnyDay.open_looks, Phone.requests = day, 0, 0
    run_state_machine_as_test(
        AnyDay,
        settings=settings(
            max_examples=stories,
            derandomize=not is_new,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # Else the stories were too sad to tell anything.
    assert AnyDay.open_looks > Phone.requests / 20


def test_people_are_seen_when_the_oracle_says_so_and_never_else(day: Day) -> None:
    run(day, stories=45)
    print(Phone.requests, AnyDay.open_looks)


@pytest.mark.proof
def test_a_hundred_thousand_requests(day: Day) -> None:
    run(day, stories=1_200, is_new=True)
    assert Phone.requests > 100_000
