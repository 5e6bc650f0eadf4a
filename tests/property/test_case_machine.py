"""A few cases and a dozen people who do anything at all, for weeks: nothing ever breaks."""

from datetime import timedelta

import pytest

from backend import clock as house_clock
from backend.models import Case, CaseStep
from backend.rules import workflow
from backend.services import photos
from tests.case_walk import Walk, check_all, settle_the_town
from tests.services.conftest import village
from tests.services.test_cases_moves import wall

__all__ = ["village"]


class Clock:
    """Moves a little with every step, and now and then over a night."""

    def __init__(self) -> None:
        self.at = wall("2026-11-23 08:00")

    def __call__(self):
        return self.at


@pytest.fixture
def walk(village, monkeypatch):
    moving = Clock()
    monkeypatch.setattr(house_clock, "now", moving)
    monkeypatch.setattr(photos, "use", lambda *_, **__: "photo")
    actors = settle_the_town()

    def go(seed: int, steps: int, every: int = 500) -> Walk:
        one = Walk(seed, actors)
        for count in range(1, steps + 1):
            far = one.chance.random() < 0.02
            moving.at += a_while(one, far)
            one.step()
            if count % every == 0:
                check_all(one.versions)
        check_all(one.versions)
        return one

    return go


def a_while(one: Walk, far: bool):
    return timedelta(seconds=one.chance.uniform(1, 40_000 if far else 300))


@pytest.mark.wide
def test_two_thousand_steps_of_chance_break_nothing(walk):
    one = walk(1, 2_000)
    assert one.done.keys() >= workflow.MOVES.keys() - RARE
    reached = {row.state for row in CaseStep.select(CaseStep.state).distinct()}
    assert reached >= workflow.STATES.keys() - {"shelved"}


RARE = {
    "acknowledge",
    "report-done",
    "rework",
    "split",
    "confirm",
    "unmerge",
    "shelve",
    "resume",
    "void",
    "extend",
    "refuse",
}


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_hundred_thousand_steps_in_ten_walks_break_nothing(walk, capsys, seed):
    one = walk(seed, 10_000, every=2_500)
    assert one.done.keys() >= workflow.MOVES.keys()
    with capsys.disabled():
        print(f"\n{sum(one.done.values()):,} steps, {Case.select().count():,} cases")
        print(", ".join(f"{name} {count:,}" for name, count in one.done.most_common()))
