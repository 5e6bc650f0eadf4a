"""Strangers at the gate: a crowd, a flood, a phone that works, a ticket used twice."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from backend import house as houses
from backend.db import writing
from backend.errors import TooManyReports, WorkNeeded
from backend.models import Allowance, Case, Message, Report
from backend.services import reports
from backend.start import start
from tests import town
from tests.services.solver import solve
from tests.services.telling import LAMP, case_in, number_in, tag_of, told
from tests.town import Clock, House

pytestmark = pytest.mark.usefixtures("clock")

HERE = "203.0.113.7"


@pytest.fixture(autouse=True)
def quick_work(opened: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Challenges that take no time."""
    now = houses.house()
    policy = replace(now.policy, reports=replace(now.policy.reports, work_most=20))
    monkeypatch.setattr(houses, "_house", replace(now, policy=policy))
    return


def at_lamp(problem: str = "dark", source: str = HERE, **form: object) -> dict[str, object]:
    return told(problem, source=source, ticket=reports.ticket(tag_of(LAMP)), **form)


def everybody(count: int) -> list[str]:
    """So many addresses of different people."""
    return [f"198.51.{number // 250}.{number % 250}" for number in range(count)]


# --- A crowd at one lamp ------------------------------------------------------------------


def test_the_first_three_are_kept_and_the_others_counted() -> None:
    answers = [at_lamp(source=source) for source in everybody(10)]
    assert [answer["token"] is not None for answer in answers] == [True] * 3 + [False] * 7
    assert {number_in(answer) for answer in answers} == {number_in(answers[0])}
    assert (case_in(answers[0]).reports, Report.select().count()) == (10, 3)


def test_later_there_is_room_again(clock: Clock) -> None:
    for source in everybody(5):
        at_lamp(source=source)
    clock.passes(seconds=199)
    assert at_lamp()["token"] is None
    clock.passes(seconds=1)
    assert at_lamp()["token"] is not None


def test_another_problem_of_a_busy_lamp_is_kept_and_filed() -> None:
    for source in everybody(5):
        at_lamp(source=source)
    answer = at_lamp("leans", can_work=True)
    assert answer["token"] is not None
    assert case_in(answer).state == "filed"


def test_a_phone_that_can_work_does_and_is_kept() -> None:
    for source in everybody(3):
        at_lamp(source=source)
    with pytest.raises(WorkNeeded) as needed:
        at_lamp(can_work=True)
    challenge = needed.value.facts["challenge"]
    answer = at_lamp(can_work=True, work=solve(challenge))
    assert answer["token"] is not None
    assert case_in(answer).reports == 4


def test_the_page_knows_beforehand_that_there_is_work() -> None:
    assert reports.challenge(reports.ticket(tag_of(LAMP))) is None
    for source in everybody(3):
        at_lamp(source=source)
    challenge = reports.challenge(reports.ticket(tag_of(LAMP)))
    assert challenge is not None
    assert at_lamp(can_work=True, work=solve(challenge))["token"] is not None
    assert reports.challenge("junk") is None
    assert reports.challenge(reports.ticket()) is None


def test_work_counts_once() -> None:
    for source in everybody(3):
        at_lamp(source=source)
    work = solve(reports.challenge(reports.ticket(tag_of(LAMP))))
    assert at_lamp(work=work)["token"] is not None
    assert at_lamp(work=work)["token"] is None


def test_work_for_another_thing_or_too_late_counts_nothing(clock: Clock) -> None:
    for source in everybody(3):
        at_lamp(source=source)
    work = solve(reports.challenge(reports.ticket(tag_of(LAMP))))
    elsewhere = tag_of("SW-B001")
    for source in everybody(3):
        told("full", source=source, things=[{"tag": elsewhere}])
    assert told("full", source=HERE, things=[{"tag": elsewhere}], work=work)["token"] is None
    clock.passes(seconds=601)
    for source in everybody(6):
        at_lamp(source=source)
    assert at_lamp(work=work)["token"] is None


@pytest.mark.parametrize("change", [0, 1, 2])
def test_work_that_was_altered_counts_nothing(change: int) -> None:
    for source in everybody(3):
        at_lamp(source=source)
    salt, _, rest = solve(reports.challenge(reports.ticket(tag_of(LAMP)))).rpartition(".:")
    number, mac = rest.split(":")
    parts = [salt.replace(".", ".9", 1), number, mac] if change == 0 else [salt, number, mac]
    if change:
        parts[change] = str(int(number) + 1) if change == 1 else "A" * len(mac)
    assert at_lamp(work=f"{parts[0]}.:{parts[1]}:{parts[2]}")["token"] is None


def test_even_those_who_work_leave_a_few_rows_only() -> None:
    """Seven problems, three kept, six worked for: a flood at one lamp is nothing more."""
    for source in everybody(60):
        for problem in ("dark", "leans", "rust"):
            ticket = reports.ticket(tag_of(LAMP))
            challenge = reports.challenge(ticket)
            work = solve(challenge) if challenge else None
            told(problem, source=source, ticket=ticket, work=work)
    assert Report.select().count() <= 12
    assert Case.select().count() == 3


def test_from_one_address_an_hour_s_worth_is_counted() -> None:
    case = case_in(at_lamp())
    for _ in range(100):
        at_lamp()
    assert Case.get_by_id(case.id).reports == 3 + 60


def test_the_same_from_a_thousand_addresses_of_one_ipv6_block() -> None:
    case = case_in(at_lamp())
    for number in range(100):
        at_lamp(source=f"2001:db8::{number:x}")
    assert Case.get_by_id(case.id).reports <= 3 + 60


# --- A crowd from one place ---------------------------------------------------------------


def test_without_a_ticket_a_scan_counts_as_the_web() -> None:
    assert case_in(told(source=HERE)).channel == "web"
    assert case_in(at_lamp("leans")).channel == "scan"


def test_a_ticket_is_for_one_report_of_its_own_tag_within_half_an_hour(clock: Clock) -> None:
    ticket, other = reports.ticket(tag_of(LAMP)), reports.ticket(tag_of("SW-B001"))
    late = reports.ticket(tag_of(LAMP))

    def channel(problem: str, ticket: str) -> str:
        return case_in(told(problem, source=HERE, ticket=ticket)).channel

    assert channel("dark", ticket) == "scan"
    assert channel("leans", ticket) == "web"
    assert channel("rust", other) == "web"
    assert channel("stump", ticket[:-1] + ("A" if ticket[-1] != "A" else "B")) == "web"
    clock.passes(minutes=30, seconds=1)
    assert channel("flickers", late) == "web"


def test_a_crowded_address_s_first_report_of_a_lamp_is_taken_and_looked_at_first() -> None:
    for number in range(20):
        told("other", "web", source=HERE, things=[{"place": {"address": f"福民路{number}号"}}])
    answer = told(source=HERE)
    assert answer["token"] is not None
    assert case_in(answer).state == "received"


def test_places_without_a_tag_cost_work_and_then_patience() -> None:
    def tells(**form: object) -> dict[str, object]:
        things = [{"place": {"address": "福民路 12 号"}}]
        return told("light", "web", source=HERE, things=things, **form)

    for _ in range(20):
        tells()
    with pytest.raises(TooManyReports) as refused:
        tells()
    assert 0 < refused.value.facts["retry_after_s"] <= 180
    with pytest.raises(WorkNeeded) as needed:
        tells(can_work=True)
    assert tells(work=solve(needed.value.facts["challenge"]))["token"]
    assert told("light", "web", source="198.51.100.9",
                things=[{"place": {"address": "福民路 12 号"}}])["token"]  # fmt: skip


def test_a_refusal_takes_nothing() -> None:
    for source in everybody(3):
        at_lamp(source=source)
    before = {row.key: row.left for row in Allowance.select()}
    ticket = reports.ticket(tag_of(LAMP))
    for _ in range(3):
        with pytest.raises(WorkNeeded):
            told(source=HERE, ticket=ticket, can_work=True)
    assert {row.key: row.left for row in Allowance.select()} == before


def test_one_phone_number_is_not_told_by_others_again_and_again() -> None:
    """A stranger's number in many reports: its owner is not flooded with messages."""
    for source in everybody(30):
        things = [{"place": {"address": "福民路 12 号"}}]
        try:
            told("light", "web", source=source, things=things, phone="16012345678")
        except TooManyReports:
            continue
    assert Message.select().count() == 5


def test_messages_to_the_grid_are_no_hole(house: House) -> None:
    kept = refused = 0
    for source in everybody(30):
        try:
            told("message", "message", source=source, things=[{"tag": house.tag}])
            kept += 1
        except TooManyReports:
            refused += 1
    assert (kept, refused) == (3, 27)


def test_limits_outlive_a_restart(url: str) -> None:
    for source in everybody(3):
        at_lamp(source=source)
    start(town.settings(url))
    assert at_lamp()["token"] is None


def test_staff_and_known_clients_pass() -> None:
    for _ in range(10):
        assert told()["token"] is not None


def test_a_ticket_counts_where_the_report_has_a_key_as_well() -> None:
    with writing():
        assert case_in(at_lamp()).channel == "scan"
