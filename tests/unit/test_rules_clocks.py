"""Which clock runs when: read from the steps, so that a restart changes nothing."""

import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from backend.policy import FOLDER
from backend.rules.clocks import CaseLimits, Handling, Step, handling
from backend.rules.deadlines import Span

START = datetime(2026, 11, 23, 1, tzinfo=UTC)


def steps(*told: tuple[str, str]) -> list[Step]:
    """One an hour."""
    return [
        Step(START + timedelta(hours=hour), action, state)
        for hour, (action, state) in enumerate(told)
    ]


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


BEGIN = (("receive", "received"), ("file", "filed"), ("dispatch", "dispatched"))


def test_it_begins_with_the_first_dispatch():
    assert handling(steps(*BEGIN[:2])) == Handling()
    assert handling(steps(*BEGIN)) == Handling(at(2))


def test_who_sends_a_case_back_gains_no_time():
    again = (("return", "filed"), ("dispatch", "dispatched"), ("reassign", "dispatched"))
    assert handling(steps(*BEGIN, *again)) == Handling(at(2))


def test_it_stands_still_while_the_work_is_checked_and_goes_on_after():
    done = (*BEGIN, ("accept", "handling"), ("feed-back", "handled"))
    assert handling(steps(*done)) == Handling(at(2), (), at(4))
    assert handling(steps(*done, ("comment", "handled"))) == Handling(at(2), (), at(4))
    again = steps(*done, ("rework", "handling"))
    assert handling(again) == Handling(at(2), (Span(at(4), at(5)),), None)


def test_a_case_opened_again_begins_anew():
    closed = (*BEGIN, ("accept", "handling"), ("feed-back", "handled"), ("close", "closed"))
    assert handling(steps(*closed, ("reopen", "filed"))) == Handling()
    assert handling(steps(*closed, ("reopen", "filed"), ("dispatch", "dispatched"))).start == at(7)


@pytest.mark.parametrize(
    "changed", [{"dispatch_min": None}, {"dispatch_min": 0}, {"accept_min": "x"}, {"x": 1}]
)
def test_a_mistake_in_the_numbers_is_named(changed):
    said_of_all = tomllib.loads((FOLDER / "cases.toml").read_text())
    tables = ("urging", "sampling")  # Read by rules of their own.
    right = {name: value for name, value in said_of_all.items() if name not in tables}
    CaseLimits.from_mapping(right)
    said = {name: value for name, value in (right | changed).items() if value is not None}
    with pytest.raises(ValueError, match=r"cases\.toml"):
        CaseLimits.from_mapping(said)
