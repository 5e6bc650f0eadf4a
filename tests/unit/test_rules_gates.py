"""What becomes of a stranger's report, thing by thing."""

import itertools
import tomllib

import pytest

from backend.policy import FOLDER
from backend.rules.gates import GateLimits, Way, judge

QUIET = {
    "is_busy": False,
    "is_crowded": False,
    "is_news": True,
    "is_known": False,
    "worked": False,
    "can_work": False,
}


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, Way.KEEP),
        ({"is_busy": True}, Way.KEEP),  # Another problem of a thing that many tell of.
        ({"is_crowded": True}, Way.DOUBT),
        ({"is_news": False, "is_known": True}, Way.KEEP),
        ({"is_news": False, "is_known": True, "is_busy": True}, Way.COUNT),
        ({"is_news": False, "is_known": True, "is_busy": True, "can_work": True}, Way.WORK),
        ({"is_news": False, "is_known": True, "is_busy": True, "worked": True}, Way.KEEP),
        ({"is_news": False, "is_crowded": True}, Way.REFUSE),
        ({"is_news": False, "is_crowded": True, "can_work": True}, Way.WORK),
        ({"is_news": False, "is_crowded": True, "worked": True}, Way.KEEP),
    ],
)
def test_what_becomes_of_it(changes: dict[str, bool], way: Way) -> None:
    assert judge(**{**QUIET, **changes}) is way


def test_nobody_s_first_report_of_a_problem_is_refused_or_has_to_work() -> None:
    for busy, crowded, can_work in itertools.product((False, True), repeat=3):
        state = {**QUIET, "is_busy": busy, "is_crowded": crowded, "can_work": can_work}
        assert judge(**state) in (Way.KEEP, Way.DOUBT)


def test_a_phone_that_cannot_work_is_refused_only_where_nothing_can_be_counted() -> None:
    for values in itertools.product((False, True), repeat=6):
        state = dict(zip(QUIET, values, strict=True))
        if judge(**state) is Way.REFUSE:
            assert not state["is_news"]
            assert not state["is_known"]
            assert not state["worked"]


def test_the_numbers_are_checked_when_the_house_opens() -> None:
    known = tomllib.loads((FOLDER / "reports.toml").read_text(encoding="utf-8"))
    limits = GateLimits.from_mapping(known)
    assert limits.buckets["thing"].per_s == pytest.approx(3 / 600)
    for broken in (
        {**known, "more": {"most": 1}},
        {name: value for name, value in known.items() if name != "work"},
        {**known, "work": {"most": 0, "lives_s": 600}},
        {**known, "work": {"most": True, "lives_s": 600}},
        {**known, "buckets": {**known["buckets"], "thing": {"most": "3", "per_hour": 18}}},
    ):
        with pytest.raises(ValueError, match="report limits"):
            GateLimits.from_mapping(broken)
