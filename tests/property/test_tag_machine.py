"""A few tags, two workers and a manager, in any order of anything: every tag is what it should be.

The oracle knows nothing of the tables: it says what each act must answer, and where each tag
leads afterwards. Nothing is undone by a refusal here, so that one that comes too late shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend.actor import Actor
from backend.db import database
from backend.errors import Refused
from backend.models import Run, Tag
from backend.services import places, tags
from backend.services.tags import Subject
from mobile_api.walk import fix_at
from tests import town
from tests.api.matrix.places import blank
from tests.services.cast import actor
from tests.town import Clock

pytestmark = pytest.mark.wide

HOUSES = dict(zip("AB", town.houses(), strict=False))
TEAM = "440304004028"
UNDO_S = 600


@dataclass
class Told:
    """What the oracle knows of one tag."""

    state: str = "minted"
    house: str | None = None
    claimed: tuple[str, float] | None = None  # By whom, when.
    is_seen: bool = False  # A worker has read it on the wall.
    replaced_by: str | None = None
    task: int = 0  # When somebody was first asked to replace it; 0: nobody is.
    task_done: int = 0


pick = st.integers(0, 9)
houses, workers = st.sampled_from(sorted(HOUSES)), st.sampled_from(["lin", "an"])


class Lifecycle(RuleBasedStateMachine):
    clock: ClassVar[Clock]
    people: ClassVar[dict[str, Actor]]
    acts: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock.at = town.MONDAY
        self.outer = database.atomic()
        self.undone = self.outer.__enter__()
        self.tasks = 0
        self.known: dict[str, Told] = {}
        self.ids = {name: places.find_building(one.code).id for name, one in HOUSES.items()}
        first = blank(TEAM)
        self.run = Run.get(Run.id == Tag.get_by_id(first).run_id).id
        self.known[first] = Told("issued")
        self.pieces = {first: 1}

    def teardown(self) -> None:
        self.undone.rollback()
        self.outer.__exit__(None, None, None)

    # --- What happens ---------------------------------------------------------------------

    @initialize()
    def the_plates_of_two_houses(self) -> None:
        for name, one in HOUSES.items():
            self.known[one.tag] = Told("bound", name)

    @precondition(lambda self: len(self.known) < 7)
    @rule(house=st.sampled_from([None, "A", "B"]))
    def is_minted(self, house: str | None) -> None:
        subject = None if house is None else Subject(self.ids[house])
        piece = max(self.pieces.values()) + 1
        [code] = tags.mint_for(self.run, "building", [subject], first_piece=piece)
        self.known[code], self.pieces[code] = Told("minted", house), piece

    @rule(to=st.sampled_from(["printed", "issued"]))
    def moves_on(self, to: str) -> None:
        tags.move_run(self.run, to)
        before = {"printed": "minted", "issued": "printed"}[to]
        for told in self._of_run():
            if told.state == before:
                told.state = "bound" if told.house and to == "issued" else to

    @rule(number=pick)
    def is_spoiled(self, number: int) -> None:
        code = sorted(self.pieces)[number % len(self.pieces)]
        told = self.known[code]
        hangs = told.state in ("lost", "replaced", "revoked") or told.is_seen
        if self._says(
            lambda: tags.spoil(self.run, [self.pieces[code]]), "conflict" if hangs else ""
        ):
            told.state = "revoked"

    @rule(number=pick, house=houses, who=workers)
    def is_claimed(self, number: int, house: str, who: str) -> None:
        self._claims(self._one(number, "issued")[0], house, who)

    @rule(
        lost=st.lists(pick, min_size=1, max_size=2), new=pick, who=workers, is_wrong=st.booleans()
    )
    def is_missed_and_another_hung(
        self, lost: list[int], new: int, who: str, is_wrong: bool
    ) -> None:
        """What usually happens in a row; and then it was the wrong house."""
        for number in lost:
            self.is_missed(number, "damaged", who)
        house = self.known[self._one(lost[0], "bound")[0]].house or "A"
        code = self._one(new, "issued")[0]
        self._claims(code, house, who)
        self.is_missed(list(self.known).index(code), "damaged", who)
        if is_wrong:
            self._takes_back(code, who)

    def _claims(self, code: str, house: str, who: str) -> None:
        told = self.known[code]
        form = {"building": HOUSES[house].code, "fix": self._fix(house)}
        if self._says(lambda: tags.claim(code, form, by=self.people[who]), self._not_blank(told)):
            self._hangs(code, told, house, who)
            due = [old for old, one in self.known.items() if one.task and one.house == house]
            if due:
                self._is_replaced(min(due, key=lambda old: self.known[old].task), code)

    @rule(number=pick, who=workers)
    def is_taken_back(self, number: int, who: str) -> None:
        self._takes_back(self._one(number, "bound")[0], who)

    def _takes_back(self, code: str, who: str) -> None:
        told = self.known[code]
        expected = ""
        if told.state != "bound" or told.claimed is None:
            expected = "conflict"
        elif told.claimed[0] != who:
            expected = "not-your-area"
        elif self._now() - told.claimed[1] > UNDO_S:
            expected = "too-late-to-undo"
        if self._says(lambda: tags.undo(code, by=self.people[who]), expected):
            self.known[code] = Told("issued")
            for other in self.known.values():
                if other.replaced_by == code:
                    other.replaced_by, other.task = None, other.task_done
                    other.state = "bound" if other.state == "replaced" else other.state

    @rule(number=pick, reason=st.sampled_from(tags.LOSSES), who=workers)
    def is_missed(self, number: int, reason: str, who: str) -> None:
        code, told = self._one(number, "bound")
        hangs = told.state in ("bound", "lost")
        if self._says(
            lambda: tags.report_loss(code, reason, by=self.people[who]), "" if hangs else "conflict"
        ):
            told.state = "lost" if reason == "lost" else told.state
            self.tasks += 1
            told.task = told.task or self.tasks

    @rule(old=pick, new=pick, who=workers)
    def is_replaced(self, old: int, new: int, who: str) -> None:
        code, told = self._one(old, "bound", "lost")
        fresh, other = self._one(new, "issued")
        expected = ""
        if told.house is None or told.state not in ("bound", "lost") or told.replaced_by:
            expected = "conflict"
        elif code == fresh:
            expected = "invalid"
        elif not self._waits(other, told.house):
            expected = self._not_blank(other)
        form = {"code": fresh, "fix": self._fix(told.house or "A")}
        if self._says(lambda: tags.replace(code, form, by=self.people[who]), expected):
            assert told.house is not None
            self._hangs(fresh, other, told.house, who)
            self._is_replaced(code, fresh)

    @rule(number=pick)
    def is_withdrawn(self, number: int) -> None:
        code, told = self._one(number)
        self._says(lambda: tags.revoke(code, "torn", by=self.people["mei"]), "")
        if told.state not in ("lost", "replaced"):
            told.state = "revoked"

    @rule(number=pick, who=workers)
    def is_scanned_on_the_wall(self, number: int, who: str) -> None:
        code, told = self._one(number)
        fix = self._fix(told.house or "A")
        tags.scan(code, fix, by=self.people[who], source="x")
        told.is_seen |= told.state == "bound"

    @rule(seconds=st.sampled_from([1, 300, 600, 601, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.clock.passes(seconds=seconds)

    # --- What must be so ------------------------------------------------------------------

    @invariant()
    def every_tag_is_what_it_should_be(self) -> None:
        for code, told in self.known.items():
            row = Tag.get_by_id(code)
            assert (row.state, row.replaced_by) == (told.state, told.replaced_by), code
            assert row.building_id == (self.ids[told.house] if told.house else None)
            assert (row.accepted_at is not None) == told.is_seen
            assert (row.ended_at is not None) == (told.state in ("lost", "replaced", "revoked"))

    @invariant()
    def what_is_to_be_replaced_is_on_the_list(self) -> None:
        listed = tags.tasks(None, 99, by=self.people["mei"])["items"]
        expected = sorted(code for code, told in self.known.items() if told.task)
        assert sorted(one["tag"] for one in listed) == expected

    @invariant()
    def every_tag_leads_where_it_should(self) -> None:
        for code, told in self.known.items():
            opens = {"bound": "", "replaced": "tag-replaced", "lost": "tag-revoked"}
            opens |= {"revoked": "tag-revoked"}
            self._says(lambda code=code: tags.resolve(code), opens.get(told.state, "tag-not-hung"))
            subject = tags.face(code)["subject"]
            assert (subject is not None) == (told.state in ("bound", "replaced"))
            if subject:
                assert subject["code"] == HOUSES[str(told.house)].code

    # --- The oracle's hands ---------------------------------------------------------------

    def _says(self, act: Any, expected: str) -> bool:
        """Do it; whether it was done. What it says must be what was expected."""
        type(self).acts += 1
        try:
            act()
            said = ""
        except Refused as refusal:
            said = refusal.code
        assert said == expected
        return said == ""

    def _one(self, number: int, *states: str) -> tuple[str, Told]:
        """Mostly a tag in a state for which the act is meant, sometimes any."""
        meant = [code for code, told in self.known.items() if told.state in states]
        among = meant if meant and number < 8 else list(self.known)
        code = among[number % len(among)]
        return code, self.known[code]

    def _of_run(self) -> list[Told]:
        return [self.known[code] for code in self.pieces]

    def _fix(self, house: str) -> dict[str, Any]:
        return {"is_mock": False, **fix_at(HOUSES[house].door)}

    def _now(self) -> float:
        return self.clock.at.timestamp()

    def _not_blank(self, told: Told) -> str:
        """What a claim says; nothing if this is a blank that may be hung."""
        if told.state in ("lost", "replaced", "revoked"):
            return "tag-revoked"
        if told.state == "bound" or told.house is not None:
            return "tag-bound"
        return "" if told.state == "issued" else "tag-not-issued"

    def _waits(self, told: Told, house: str) -> bool:
        is_fresh = told.state == "bound" and told.claimed is None and not told.is_seen
        return is_fresh and told.house == house

    def _hangs(self, code: str, told: Told, house: str, who: str) -> None:
        self.known[code] = Told("bound", house, (who, self._now()), is_seen=True)

    def _is_replaced(self, old: str, new: str) -> None:
        told = self.known[old]
        told.replaced_by, told.task, told.task_done = new, 0, told.task
        told.state = "replaced" if told.state == "bound" else told.state


@pytest.fixture
def stage(app: Flask, clock: Clock) -> Iterator[None]:
    Lifecycle.clock, Lifecycle.acts = clock, 0
    Lifecycle.people = {name: actor(name) for name in ("lin", "an", "mei")}
    yield
    print(Lifecycle.acts, "acts")


def run(stories: int, is_new: bool = False) -> None:
    run_state_machine_as_test(
        Lifecycle,
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
def test_a_tag_in_any_order_of_anything() -> None:
    run(stories=25)


@pytest.mark.proof
@pytest.mark.usefixtures("stage")
def test_many_tags_in_any_order_of_anything() -> None:
    run(stories=600, is_new=True)
