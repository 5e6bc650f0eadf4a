"""Figures by hand: a month of twenty-four cases, counted with a pencil."""

import math
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.rules.deadlines import CHINA
from backend.rules.figures import histograms, periods, table
from backend.rules.figures.facts import About, Fact, Happening, Promises, facts_of
from backend.rules.figures.periods import Period

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
PROMISES = Promises(30 * 60_000, 60 * 60_000)
STATES = {
    "receive": "received", "file": "filed", "decline": "declined", "merge": "merged",
    "dispatch": "dispatched", "accept": "handling", "taken": "handling", "return": "filed",
    "reassign": "dispatched", "feed-back": "handled", "rework": "handling", "close": "closed",
    "reopen": "filed", "shelve": "shelved", "resume": "handling", "appeal": "received",
}  # fmt: skip


def ms(text: str) -> int:
    """`02 09:30` of November on the wall; `12-01 09:30` of another month."""
    day, at = text.split()
    whole = day if "-" in day else f"11-{day}"
    return (
        int(datetime.fromisoformat(f"2026-{whole}T{at}").replace(tzinfo=CHINA).timestamp()) * 1000
    )


def case(history: str, due: str | None = None, **about) -> list[Fact]:
    """`history`: `02 09:00 receive, 02 09:10 dispatch, ...`. `taken` is an acceptance by time."""
    steps, state = [], "received"
    for number, said in enumerate(history.split(", "), 1):
        day, at, action, *told = said.split()
        state = STATES.get(action, state)
        facts = _facts(action, told)
        is_by_person = action != "taken"
        action = "accept" if action == "taken" else action
        steps.append(Happening(number, ms(f"{day} {at}"), action, state, "LD", is_by_person, facts))
    known = {"due_at": ms(due) if due else None, "answer_by": None, "answered_at": None}
    for name in ("answer_by", "answered_at", "voided_at"):
        known[name] = ms(about.pop(name)) if name in about else None
    fields = {"is_part": False, "reports": 1, "voided_at": None} | known | about
    return facts_of(
        About(1, "4403/440304", "LD", "streetlight", "dark", "scan", **fields), steps, PROMISES
    )


def _facts(action: str, told: list[str]) -> dict[str, object]:
    if action == "rate":
        return {"solved": told[0] == "yes", "stars": int(told[1]) if len(told) > 1 else None}
    if action == "reopen":
        return {"was": {"due_at": ms(" ".join(told)), "answer_by": None, "answered_at": None}}
    return {}


MONTH = {
    # In time at everything; two reports; told after 4 minutes; solved, five stars.
    1: case(
        "02 09:00 receive, 02 09:00 file, 02 09:05 dispatch, 02 09:30 accept, 03 10:00 feed-back, "
        "03 12:00 close, 04 08:00 rate yes 5",
        "04 09:05", reports=2, answer_by="03 12:10", answered_at="03 12:04",
    ),
    # Dispatched after 31 minutes; told too late; not solved, two stars.
    2: case(
        "02 10:00 receive, 02 10:20 file, 02 10:31 dispatch, 02 11:00 accept, 04 09:00 feed-back, "
        "04 10:00 close, 04 11:00 rate no 2",
        "04 10:31", answer_by="04 10:10", answered_at="04 10:11",
    ),
    # Exactly 30 minutes are in time; accepted after an hour and a minute; nobody to tell.
    3: case(
        "02 11:00 receive, 02 11:00 file, 02 11:30 dispatch, 02 12:31 accept, 05 09:00 feed-back, "
        "05 15:00 close",
        "05 11:30", answer_by="05 15:10", answered_at="05 15:00",
    ),  # closed after its deadline
    # Not answered to this day.
    4: case(
        "03 09:00 receive, 03 09:00 file, 03 09:01 dispatch, 03 09:31 accept, 03 10:00 feed-back, "
        "03 11:00 close",
        "05 09:01", answer_by="03 11:10",
    ),
    # Closed at the very instant of its deadline: in time. A rating without stars.
    5: case(
        "03 10:00 receive, 03 10:00 file, 03 10:01 dispatch, 03 10:02 accept, 05 09:00 feed-back, "
        "05 10:01 close, 05 12:00 rate yes",
        "05 10:01",
    ),
    # Sent back once, then right.
    6: case(
        "03 11:00 receive, 03 11:00 file, 03 11:10 dispatch, 03 11:40 return, 03 13:00 dispatch, "
        "03 13:20 accept, 04 10:00 feed-back, 04 12:00 close",
        "05 11:10",
    ),
    # Sent elsewhere by the desk; accepted in time by the second.
    7: case(
        "04 09:00 receive, 04 09:00 file, 04 09:20 dispatch, 04 12:00 reassign, 04 12:30 accept, "
        "05 10:00 feed-back, 05 11:00 close",
        "06 09:20",
    ),
    # Found not right once, then too late.
    8: case(
        "04 10:00 receive, 04 10:00 file, 04 10:10 dispatch, 04 10:20 accept, 05 09:00 feed-back, "
        "05 10:00 rework, 09 09:00 feed-back, 09 10:00 close",
        "06 10:10",
    ),
    # Given more time.
    9: case(
        "04 11:00 receive, 04 11:00 file, 04 11:10 dispatch, 04 11:20 accept, 05 09:00 extend, "
        "10 09:00 feed-back, 10 10:00 close",
        "11 11:10",
    ),
    # Shelved for a while, back again, in time.
    10: case(
        "05 09:00 receive, 05 09:00 file, 05 09:10 dispatch, 05 09:20 accept, 06 09:00 shelve, "
        "16 09:00 resume, 17 09:00 feed-back, 17 10:00 close",
        "18 09:10",
    ),
    # Shelved to this day: deferred.
    11: case(
        "05 10:00 receive, 05 10:00 file, 05 10:10 dispatch, 05 10:20 accept, 06 10:00 shelve",
        "10 10:10",
    ),
    # Accepted by time alone.
    12: case(
        "05 11:00 receive, 05 11:00 file, 05 11:10 dispatch, 05 12:10 taken, 06 09:00 feed-back, "
        "06 10:00 close",
        "09 11:10",
    ),
    # Still being handled past its deadline.
    13: case(
        "06 09:00 receive, 06 09:00 file, 06 09:10 dispatch, 06 09:20 accept", "10 09:10"
    ),
    # Handled, waits for its check past the deadline.
    14: case(
        "06 10:00 receive, 06 10:00 file, 06 10:10 dispatch, 06 10:20 accept, 09 10:00 feed-back",
        "10 10:10",
    ),
    # Its deadline is in December.
    15: case(
        "27 09:00 receive, 27 09:00 file, 27 09:10 dispatch, 27 09:20 accept", "12-03 09:10"
    ),
    # It came in October and is due in November.
    16: case(
        "10-30 09:00 receive, 10-30 09:00 file, 10-30 09:10 dispatch, 10-30 09:20 accept, "
        "02 09:00 feed-back, 02 10:00 close",
        "03 09:10",
    ),
    # Closed on the last evening; opened again in December.
    17: case(
        "26 09:00 receive, 26 09:00 file, 26 09:10 dispatch, 26 09:20 accept, 30 09:00 feed-back, "
        "30 23:59 close, 12-01 09:00 rate no 1, 12-01 09:00 reopen 30 09:10, 12-01 09:05 dispatch",
        "12-04 09:05",
    ),
    # Turned away.
    18: case("09 09:00 receive, 09 09:30 decline"),
    # Turned away, appealed, taken on; dispatched 10 minutes after the appeal.
    19: case(
        "09 10:00 receive, 09 10:30 decline, 10 09:00 appeal, 10 09:05 file, 10 09:10 dispatch",
        "12-10 09:10",
    ),
    # Put with another case.
    20: case("09 11:00 receive, 09 11:00 file, 09 11:20 merge"),
    # Waits at the desk.
    21: case("30 12:00 receive"),
    # Struck out: in nothing but its own count.
    22: case(
        "10 09:00 receive, 10 09:00 file, 10 09:10 dispatch, 11 09:00 void", "12 09:10",
        voided_at="11 09:00",
    ),
    # A part of another case: it did not come in by itself.
    23: case(
        "10 09:00 receive, 10 09:00 file, 10 09:10 dispatch, 10 09:20 accept, 11 09:00 feed-back, "
        "11 10:00 close",
        "12 09:10", is_part=True,
    ),
    # Sent at 00:10 on the first of December, though told of at 23:50 in November.
    24: case("30 23:50 receive, 30 23:50 file, 12-01 00:10 dispatch", "12-03 00:10"),
}  # fmt: skip

BY_HAND = {
    # Received in November: 1-15, 17-21, 24 (16 was October's, 22 is void, 23 a part): 21.
    "filed": (19, 21),  # All of them but 18 and 21.
    "declined": (1, 21),  # 18; the appeal of 19 was heard.
    "joined": (2, 22),  # A second report of 1, and 20; 21 cases and that one report.
    # First sent in November: 1-15, 17, 19, 23.
    "prompt": (17, 18),  # 2 took 31 minutes.
    "once": (16, 18),  # Not 6 and 7.
    "returned": (1, 18),  # 6.
    "extended": (1, 18),  # 9.
    "shelved": (2, 18),  # 10, 11.
    # Accepted in November: 1-15, 17, 23.
    "accepted": (15, 17),  # Not 3 (61 minutes), not 12 (by time).
    # Due in November: 1-10, 12-14, 16, 17, 23; 11 is deferred.
    "done": (14, 16),  # Not 13, 14.
    "kept": (11, 16),  # Nor 3, 8, and 17, which was due at 09:10 and closed at 23:59.
    # Handled for good in November: 1-10, 12, 14, 16, 17, 23.
    "reworked": (1, 15),  # 8.
    # Closed in November: 1-10, 12, 16, 17, 23.
    "again": (1, 14),  # 17.
    # Somebody was to be told of 1, 2 and 4.
    "answered_soon": (1, 3),
    "answered": (2, 3),
    "solved": (2, 4),  # 1 and 5 of 1, 2, 5, 17.
    "pleased": (1, 3),  # 1 of 1, 2, 17.
}


def sums_of(facts: list[Fact], period: Period = NOVEMBER) -> table.Sums:
    sums: table.Sums = Counter()
    first, last = periods.day_of(period.start_ms), periods.day_of(period.end_ms - 1)
    for fact in facts:
        for day, key, count in table.contributions(fact):
            if first <= day <= last:
                sums[key] += count
    return sums


ALL = [fact for facts in MONTH.values() for fact in facts]


@pytest.mark.parametrize("name", table.FIGURES)
def test_every_figure_is_what_a_pencil_says(name):
    [share] = [one for one in table.shares(sums_of(ALL)) if one.figure.name == name]
    assert (share.part, share.whole) == BY_HAND[name]


def test_what_is_deferred_and_struck_out_is_counted_apart():
    sums = sums_of(ALL)
    assert (sums["deferred"], sums["voided"], sums["closed"]) == (1, 1, 14)


def test_a_case_opened_again_is_a_round_more_and_no_case_more():
    first, second = MONTH[17]
    assert (first.round, second.round, first.again, second.again) == (1, 2, 1, 0)
    assert (first.received, second.received) == (1, 0)
    december = sums_of(ALL, periods.month(date(2026, 12, 1)))
    assert (december["received"], december["dispatched"], december["prompt"]) == (0, 2, 2)


def test_nothing_to_divide_by_is_no_share():
    assert {one.share for one in table.shares(Counter())} == {None}
    assert {one.median_s for one in table.durations(Counter())} == {None}


def test_a_case_without_a_step_is_not_there():
    assert (
        facts_of(About(1, "4403", None, "a", "b", "scan", False, 1, *[None] * 4), [], PROMISES)
        == []
    )


def test_every_measure_and_figure_has_its_words_and_counts():
    assert all(one.zh and one.en for one in (*table.MEASURES.values(), *table.FIGURES.values()))
    assert {one.at for one in table.MEASURES.values()} <= set(Fact._fields)
    for figure in table.FIGURES.values():
        part, whole = table.MEASURES[figure.part], table.MEASURES[figure.whole]
        assert part.at == whole.at, figure.name


def test_a_part_is_never_more_than_its_whole():
    for one in table.shares(sums_of(ALL)):
        assert 0 <= one.part <= one.whole


# --- Durations -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_medians_are_within_the_error_that_is_stated(seed):
    dice = random.Random(seed)
    exact = sorted(int(dice.lognormvariate(10, 3)) + 1_000 for _ in range(dice.randint(1, 400)))
    counts = Counter(histograms.bucket(one) for one in exact)
    for share in (0.5, 0.9):
        true = exact[math.ceil(len(exact) * share) - 1] / 1000
        told = histograms.quantile(counts, share)
        assert abs(told - true) <= histograms.ERROR * true


def test_less_than_a_second_is_nothing():
    assert histograms.quantile({histograms.bucket(999): 3}, 0.9) == 0
    assert histograms.quantile({}, 0.5) is None


# --- Periods -------------------------------------------------------------------------------


def test_a_day_begins_at_midnight_in_china():
    before = int(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC).timestamp()) * 1000
    assert periods.spans_of(periods.day_of(before)) == ("2026-10-31", "2026-10")
    assert periods.spans_of(periods.day_of(before + 1_000)) == ("2026-11-01", "2026-11")
    assert NOVEMBER.start_ms == before + 1_000


@pytest.mark.parametrize("seed", range(50))
def test_spans_cover_every_day_once(seed):
    dice = random.Random(seed)
    first = date(2025, 1, 1) + timedelta(days=dice.randrange(700))
    period = Period(first, first + timedelta(days=dice.randrange(500)))
    days: list[str] = []
    for span in periods.spans(period):
        whole = periods.month(date.fromisoformat(f"{span}-01")) if len(span) == 7 else None
        days += [span] if whole is None else days_of(whole)
    assert days == days_of(period)


def days_of(period: Period) -> list[str]:
    return [(period.first + timedelta(days=n)).isoformat() for n in range(period.days)]


@pytest.mark.parametrize(
    ("name", "first", "last", "first_before", "last_before"),
    [
        ("day", "2026-03-31", "2026-03-31", "2026-03-30", "2026-03-30"),
        ("week", "2026-03-30", "2026-03-31", "2026-03-28", "2026-03-29"),
        ("month", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("last-month", "2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31"),
        ("year", "2026-01-01", "2026-03-31", "2025-10-03", "2025-12-31"),
    ],
)
def test_a_period_has_a_name_and_one_before_it(name, first, last, first_before, last_before):
    period = periods.named(name, date(2026, 3, 31))
    assert [day.isoformat() for day in period] == [first, last]
    assert [day.isoformat() for day in periods.before(period)] == [first_before, last_before]


def test_a_month_that_is_not_over_is_held_against_as_many_days():
    period = periods.named("month", date(2026, 11, 21))
    assert periods.before(period) == Period(date(2026, 10, 1), date(2026, 10, 21))
