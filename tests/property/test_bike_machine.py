"""A few bikes, people and officers, in any order of anything: every bike is what it should be.

The oracle knows nothing of the tables: it says what each act must answer, and what becomes of each
bike. Nothing is undone by a refusal here, so that one that comes too late shows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from peewee import fn

from backend import clock as house_clock
from backend.db import database
from backend.errors import Refused
from backend.house import House
from backend.models import Bike, Ownership, Sighting, Tag
from backend.services import bikes, tags
from tests import town
from tests.riders import form, id_number
from tests.services.conftest import village
from tests.services.test_bikes_looking_up import officer
from tests.town import Clock

pytestmark = pytest.mark.wide
__all__ = ["village"]

FRAMES = ("123422300000001", "123422300000002", "WH-OLD-2009")
LIVE = ("review", "registered", "stolen")
MOST_EACH = 5


@dataclass
class Told:
    """What the oracle knows of one bike."""

    id: int
    state: str
    frame: str
    token: str | None
    person: int
    code: str | None
    holds_frame: bool
    was_asked: bool = False
    offer: tuple[str, int, Any] | None = None  # Its link, to whom, until when.
    old_codes: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)  # Tokens of who had it before.
    links: list[str] = field(default_factory=list)  # Of every offer there was.


pick = st.integers(0, 19)
people = st.integers(1, 4)


class Life(RuleBasedStateMachine):
    clock: ClassVar[Clock]
    acts: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock.at = town.MONDAY
        self.outer = database.atomic()
        self.undone = self.outer.__enter__()
        self.known: list[Told] = []
        self.phones = 0
        self.sightings = 0
        self.zhao = officer()

    def teardown(self) -> None:
        self.undone.rollback()
        self.outer.__exit__(None, None, None)

    # --- What happens ---------------------------------------------------------------------

    @precondition(lambda self: len(self.known) < 12)
    @rule(person=people, frame=st.sampled_from(FRAMES))
    def is_registered(self, person: int, frame: str) -> None:
        standing = next((one for one in self.known if one.holds_frame and one.frame == frame), None)
        is_stolen = standing is not None and standing.state == "stolen"
        expected = "review" if is_stolen or self._many(person) else "registered"
        expected = "rejected" if standing and not is_stolen else expected
        answer = self._does(lambda: bikes.register(self._form(person, frame)), "")
        assert answer["state"] == expected
        row = Bike.select().order_by(Bike.id.desc()).first()
        self.known.append(
            Told(
                self._id_of(answer["token"]), expected, frame, answer["token"], person,
                answer["code"], expected in LIVE and not is_stolen,
            )
        )  # fmt: skip
        assert (answer["code"] is not None) == (expected == "registered"), row.id

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_stolen(self, number: int) -> None:
        token, told = self._one(number, "registered")
        expected = "" if told.state in ("registered", "stolen") else "wrong-state"
        if self._says(lambda: bikes.cry_theft(token), self._if_theirs(told, token, expected)):
            told.state, told.offer = "stolen", None

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_found_by_its_owner(self, number: int) -> None:
        token, told = self._one(number, "stolen")
        expected = "" if told.state == "stolen" else "wrong-state"
        if self._says(lambda: bikes.find(token), self._if_theirs(told, token, expected)):
            told.state = "registered"

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_recovered_by_the_police(self, number: int) -> None:
        _, told = self._one(number, "stolen")
        code = told.code or (told.old_codes or ["000000000000"])[-1]
        expected = "not-found" if told.code is None else ""
        if told.code is None and not told.old_codes:
            expected = "tag-unknown"
        if not expected and told.state != "stolen":
            expected = "wrong-state"
        if self._says(lambda: bikes.recover(code, "A2026-7", by=self.zhao), expected):
            told.state = "registered"

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_scrapped(self, number: int) -> None:
        token, told = self._one(number, "registered")
        expected = "" if told.state == "registered" else "wrong-state"
        if self._says(lambda: bikes.scrap(token), self._if_theirs(told, token, expected)):
            self._ends(told, "scrapped")

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def loses_its_plate(self, number: int) -> None:
        token, told = self._one(number, "registered", "stolen")
        expected = "" if told.state in ("registered", "stolen") else "wrong-state"
        answer = self._does(lambda: bikes.retag(token), self._if_theirs(told, token, expected))
        if answer:
            self._ends_code(told)
            told.code = answer["code"]

    @precondition(lambda self: self.known)
    @rule(number=pick, colour=st.sampled_from(["red", "蓝色"]))
    def is_painted(self, number: int, colour: str) -> None:
        token, told = self._one(number, "registered", "review")
        expected = "" if told.state in ("registered", "review") else "wrong-state"
        change = {"colour": colour}
        self._says(lambda: bikes.correct(token, change), self._if_theirs(told, token, expected))

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_withdrawn(self, number: int) -> None:
        token, told = self._one(number, "rejected", "scrapped")
        expected = "wrong-state" if told.state in ("stolen", "withdrawn") else ""
        if self._says(lambda: bikes.withdraw(token), self._if_theirs(told, token, expected)):
            self._ends(told, "withdrawn")
            told.past.append(token)
            told.token = None

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def asks_for_a_person(self, number: int) -> None:
        token, told = self._one(number, "rejected")
        expected = "" if told.state == "rejected" else "wrong-state"
        if not expected and told.was_asked:
            expected = "conflict"
        if self._says(lambda: bikes.ask_review(token), self._if_theirs(told, token, expected)):
            told.state, told.was_asked = "review", True

    @precondition(lambda self: self.known)
    @rule(number=pick, outcome=st.sampled_from(["approve", "reject"]))
    def is_decided(self, number: int, outcome: str) -> None:
        _, told = self._one(number, "review")
        expected = "" if told.state == "review" else "wrong-state"
        others = (one for one in self.known if one is not told and one.frame == told.frame)
        if not expected and outcome == "approve" and any(one.holds_frame for one in others):
            expected = "conflict"
        answer = self._does(lambda: bikes.decide(told.id, outcome, "看过", by=self.zhao), expected)
        if answer:
            told.state = answer["state"]
            told.code, told.holds_frame = answer["code"], outcome == "approve"
            assert told.state == ("registered" if outcome == "approve" else "rejected")

    @precondition(lambda self: self.known)
    @rule(number=pick, person=people)
    def is_offered(self, number: int, person: int) -> None:
        token, told = self._one(number, "registered")
        expected = "" if told.state == "registered" else "wrong-state"
        if not expected and told.offer and told.offer[2] > self.clock.at:
            expected = "conflict"
        answer = self._does(
            lambda: bikes.offer(token, phone_of(person)), self._if_theirs(told, token, expected)
        )
        if answer:
            told.links.append(answer["token"])
            told.offer = (answer["token"], person, self.clock.at + timedelta(hours=72))

    @precondition(lambda self: self.known)
    @rule(number=pick, person=people, is_thief=st.booleans(), is_stolen=st.booleans())
    def is_offered_and_then(
        self, number: int, person: int, is_thief: bool, is_stolen: bool
    ) -> None:
        """What usually happens in a row; and then it is stolen, or a thief has the link."""
        self.is_offered(number, person)
        if is_stolen:
            self.is_stolen(number)
        offered = [one for one in self.known if one.offer]
        if offered:
            self._takes(offered[number % len(offered)], is_thief)

    @precondition(lambda self: self.known)
    @rule(number=pick)
    def is_kept_after_all(self, number: int) -> None:
        token, told = self._one(number, "registered")
        expected = "" if told.state == "registered" else "wrong-state"
        if not expected and told.offer is None:
            expected = "conflict"
        if self._says(lambda: bikes.take_back(token), self._if_theirs(told, token, expected)):
            told.offer = None

    @precondition(lambda self: any(told.offer for told in self.known))
    @rule(number=pick, is_thief=st.booleans(), refuses=st.booleans())
    def is_taken_or_refused(self, number: int, is_thief: bool, refuses: bool) -> None:
        offered = [told for told in self.known if told.offer]
        told = offered[number % len(offered)]
        assert told.offer
        if not refuses:
            self._takes(told, is_thief)
        elif self._says(
            lambda: bikes.refuse(str(told.offer and told.offer[0])), self._if_it_stands(told)
        ):
            told.offer = None

    def _takes(self, told: Told, is_thief: bool) -> None:
        assert told.offer
        link, person, _ = told.offer
        expected = self._if_it_stands(told)
        if not expected and is_thief:
            expected = "phone-not-proved"
        elif not expected and self._many(person):
            expected = "conflict"
        taker = person % 4 + 1 if is_thief else person
        papers = self._form(taker, told.frame, phone=phone_of(taker))
        answer = self._does(lambda: bikes.accept(link, papers), expected)
        if answer:
            told.past.append(str(told.token))
            told.token, told.person, told.offer = answer["token"], person, None

    def _if_it_stands(self, told: Told) -> str:
        return "" if told.offer and told.offer[2] > self.clock.at else "not-found"

    @precondition(lambda self: self.known)
    @rule(number=pick, source=st.sampled_from(["203.0.113.1", "203.0.113.2"]))
    def is_scanned(self, number: int, source: str) -> None:
        _, told = self._one(number, "stolen")
        code = told.code or "000000000000"
        assert bikes.seen(code, source) == (told.state == "stolen")

    @rule(hours=st.sampled_from([1, 24, 73]))
    def time_passes(self, hours: int) -> None:
        self.clock.passes(hours=hours)

    # --- What must be so ------------------------------------------------------------------

    @invariant()
    def every_bike_is_what_it_should_be(self) -> None:
        rows = {row.id: row for row in Bike.select()}
        assert rows.keys() == {told.id for told in self.known}
        for told in self.known:
            row = rows[told.id]
            assert (row.state, row.code) == (told.state, told.code)
            assert (row.frame_key is not None) == told.holds_frame
            assert (row.stolen_at is not None) == (told.state == "stolen")

    @invariant()
    def never_two_owners_and_never_none(self) -> None:
        living = Ownership.select(Ownership.bike_id, Ownership.live_key, Ownership.token_index)
        found = [row for row in living if row.live_key is not None]
        assert len({row.bike_id for row in found}) == len(found)
        assert all(row.live_key == row.bike_id for row in found)
        owned = {told.id for told in self.known if told.state != "withdrawn"}
        assert {row.bike_id for row in found} == owned

    @invariant()
    def never_two_registrations_of_a_frame(self) -> None:
        alive = Bike.state.in_(("registered", "stolen"))
        counts = Bike.select(fn.COUNT(Bike.id)).where(alive).group_by(Bike.frame).tuples()
        assert all(count == 1 for (count,) in counts)

    @invariant()
    def a_code_leads_to_one_bike_and_an_old_one_nowhere(self) -> None:
        bound = Tag.select(Tag.code, Tag.bike_id).where(
            Tag.bike_id.is_null(False) & (Tag.state == "bound")
        )
        expected = {(told.code, told.id) for told in self.known if told.code}
        assert {(row.code, row.bike_id) for row in bound} == expected
        for told in self.known:
            for old in told.old_codes:
                assert tags.face(old)["subject"] is None

    @invariant()
    def who_had_it_before_has_no_say(self) -> None:
        for told in self.known[-2:]:
            for token in told.past[-1:]:
                self._is_refused(lambda token=token: bikes.cry_theft(token), "not-found")

    @invariant()
    def an_offer_that_ended_leads_nowhere(self) -> None:
        for told in self.known:
            for link in told.links[-2:]:
                stands = told.offer and told.offer[0] == link and told.offer[2] > self.clock.at
                self._is_refused(
                    lambda link=link: bikes.offered(link), "" if stands else "not-found"
                )

    @invariant()
    def only_what_is_stolen_is_seen(self) -> None:
        count = Sighting.select().count()
        stolen = any(told.state == "stolen" for told in self.known)
        assert count == self.sightings or stolen
        self.sightings = count

    # --- The oracle's hands ---------------------------------------------------------------

    def _does(self, act: Callable[[], Any], expected: str) -> Any:
        """Do it; its answer, or None if it is refused, as it must be."""
        type(self).acts += 1
        return self._is_refused(act, expected)

    def _is_refused(self, act: Callable[[], Any], expected: str) -> Any:
        answer, said = None, ""
        try:
            answer = act()
        except Refused as refusal:
            said = refusal.code
        assert said == expected
        return answer

    def _says(self, act: Callable[[], Any], expected: str) -> bool:
        self._does(act, expected)
        return expected == ""

    def _one(self, number: int, *states: str) -> tuple[str, Told]:
        """Mostly a bike in a state for which the act is meant, by its owner; sometimes any."""
        meant = [told for told in self.known if told.state in states]
        among = meant if meant and number < 16 else self.known
        told = among[number % len(among)]
        if told.token is None or (told.past and number == 19):
            return told.past[-1], told
        return told.token, told

    def _if_theirs(self, told: Told, token: str, expected: str) -> str:
        return expected if token == told.token else "not-found"

    def _many(self, person: int) -> bool:
        return sum(1 for one in self.known if one.token and one.person == person) >= MOST_EACH

    def _form(self, person: int, frame: str, **changes: Any) -> dict[str, Any]:
        self.phones += 1  # A phone registers twenty bikes an hour, these people many more.
        given = {"phone": f"137{self.phones:08d}", "frame": frame, **changes}
        return form(person, id_number=id_number(person), **given)

    def _id_of(self, token: str) -> int:
        from backend.services.bikes import owners

        return int(owners.of_token(token).bike_id)

    def _ends(self, told: Told, state: str) -> None:
        told.state, told.offer, told.holds_frame = state, None, False
        self._ends_code(told)

    def _ends_code(self, told: Told) -> None:
        if told.code is not None:
            told.old_codes.append(told.code)
            told.code = None


def phone_of(person: int) -> str:
    return f"1390000000{person}"


@pytest.fixture
def stage(village: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Life.clock, Life.acts = Clock(), 0
    monkeypatch.setattr(house_clock, "now", Life.clock)
    yield
    print(Life.acts, "acts")


def run(stories: int, is_new: bool = False) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=stories,
            derandomize=not is_new,
            stateful_step_count=30,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("stage")
def test_a_bike_in_any_order_of_anything() -> None:
    run(stories=100)


@pytest.mark.proof
@pytest.mark.usefixtures("stage")
def test_many_bikes_in_any_order_of_anything() -> None:
    while Life.acts < 100_000:
        run(stories=500, is_new=True)
