"""Time presses: at 50, 80, 100 and 300 percent, each person once, nobody of what is in time."""

from datetime import timedelta

import orjson
import pytest

from backend.db import writing
from backend.models import Account, Area, Case, CaseStep, Notice, RoleGrant, Unit, UnitMessage
from backend.services import cases, messages, outbox
from tests.services.test_cases_moves import (
    COMMUNITY,
    clock,
    fen,
    snapshot,
    take,
    told,
    town,
    wall,
    worker,
    wu,
    xie,
)

__all__ = ["clock", "fen", "snapshot", "town", "wu", "xie"]
STREET, DISTRICT = "440304004", "440304"


@pytest.fixture
def staff(town, clock):
    """Who may be told: by name."""
    path = Area.get_by_id(DISTRICT).path
    Unit.create(code="DESK", name="区分拨中心", level="district", area_path=path, is_desk=True)
    Unit.update(head="head").where(Unit.code == "LD").execute()
    return {
        "wu": person("wu", "handler", DISTRICT, unit="LD"),
        "head": person("head", "handler", DISTRICT, unit="LD"),
        "other": person("other", "handler", DISTRICT, unit="HW"),
        "fen": person("fen", "dispatcher", DISTRICT),
        "near": person("near", "supervisor", STREET),
        "far": person("far", "supervisor", DISTRICT),
    }


def person(name: str, role: str, area: str, unit: str | None = None) -> Account:
    made = Account.create(
        name=name, full_name=name, password_hash="x", created_at=wall("2026-01-01 00:00"), unit=unit
    )
    RoleGrant.create(
        account=made, role=role, area=area, since=wall("2026-01-01 00:00"), granted_by="guan"
    )
    return made


@pytest.fixture
def lamp(staff, fen, clock):
    """Dispatched on a Monday at eight: half its two days are gone at six in the evening."""
    clock.now = wall("2026-11-23 08:00")
    number = told()
    take(number, "dispatch", fen, unit="LD")
    return number


def taken(number: str, staff: dict[str, Account]) -> None:
    wu = worker(staff["wu"].id, "handler")
    take(number, "accept", wu)


def heard(staff: dict[str, Account]) -> list[tuple[str, str, int]]:
    """(name, kind, percent) of every notice, in order."""
    names = {account.id: name for name, account in staff.items()}
    rows = Notice.select().where(Notice.account_id.in_(list(names))).order_by(Notice.id)
    return [(names[row.account_id], row.kind, orjson.loads(row.facts)["percent"]) for row in rows]


def written() -> list[tuple[str, str]]:
    return [(row.unit, row.kind) for row in UnitMessage.select().order_by(UnitMessage.id)]


def looks(clock, at: str) -> int:
    clock.now = wall(at)
    return cases.urge_due()


# --- The ordinary days --------------------------------------------------------------------


def test_each_share_tells_one_more_level(lamp, staff, clock):
    taken(lamp, staff)
    assert looks(clock, "2026-11-23 17:59") == 0
    assert looks(clock, "2026-11-23 18:00") == 1
    assert heard(staff) == [("wu", "case-share", 50)]
    assert looks(clock, "2026-11-24 14:48") == 1
    assert heard(staff)[1:] == [("wu", "case-share", 80), ("head", "case-share", 80)]
    assert looks(clock, "2026-11-24 18:00") == 1
    late = [name for name, kind, _ in heard(staff)[3:] if kind == "case-overdue"]
    assert sorted(late) == ["fen", "head", "near", "wu"]
    assert looks(clock, "2026-11-30 18:00") == 1
    assert sorted(name for name, _, percent in heard(staff) if percent == 300) == [
        "far", "fen", "head", "near", "wu",
    ]  # fmt: skip
    assert looks(clock, "2027-11-30 18:00") == 0
    assert written() == [
        ("LD", "dispatched"), ("LD", "share"), ("LD", "share"),
        ("DESK", "overdue"), ("LD", "overdue"), ("DESK", "overdue"), ("LD", "overdue"),
    ]  # fmt: skip


def test_late_since_the_deadline_and_for_good(lamp, staff, clock):
    taken(lamp, staff)
    looks(clock, "2026-11-26 09:00")
    case = cases.find(lamp)
    assert case.overdue_at == wall("2026-11-24 18:00") == case.due_at
    step = CaseStep.select().order_by(CaseStep.id.desc()).first()
    assert (step.action, step.unit, step.account_id) == ("remind", "LD", None)
    assert orjson.loads(step.facts) == {"clock": "handling", "percent": 100}


def test_nobody_s_page_grows_old_because_time_presses(lamp, staff, clock):
    version = cases.find(lamp).version
    looks(clock, "2026-11-23 18:00")
    assert cases.find(lamp).version == version


def test_until_somebody_has_it_the_whole_unit_hears(lamp, staff, clock):
    looks(clock, "2026-11-23 18:00")
    assert sorted(name for name, _, _ in heard(staff)) == ["head", "wu"]


def test_a_case_that_lies_at_the_desk_is_told_of_after_24_minutes_and_after_30(staff, clock):
    clock.now = wall("2026-11-21 23:00")
    told()
    assert looks(clock, "2026-11-21 23:23") == 0
    assert looks(clock, "2026-11-21 23:24") == 1
    assert heard(staff) == [("fen", "case-dispatch-share", 80)]
    assert looks(clock, "2026-11-21 23:30") == 1
    assert sorted(name for name, _, share in heard(staff) if share == 100) == ["fen", "near"]
    assert written() == [("DESK", "dispatch-share")] * 2


def test_what_is_done_in_time_is_told_of_to_nobody(lamp, staff, xie, clock):
    taken(lamp, staff)
    clock.now = wall("2026-11-23 10:00")
    take(lamp, "feed-back", worker(staff["wu"].id, "handler"), note="换了灯泡")
    assert looks(clock, "2026-12-24 18:00") == 0
    take(lamp, "close", xie)
    assert looks(clock, "2027-01-24 18:00") == 0
    assert heard(staff) == []
    assert cases.find(lamp).overdue_at is None


# --- What is strange ----------------------------------------------------------------------


def test_a_keeper_that_was_away_tells_each_person_once_of_the_largest_share(lamp, staff, clock):
    taken(lamp, staff)
    assert looks(clock, "2026-12-24 18:00") == 1
    assert sorted(heard(staff)) == [
        (name, "case-overdue", 300) for name in ("far", "fen", "head", "near", "wu")
    ]
    assert cases.urge_due() == 0


def test_more_time_moves_what_is_still_to_be_told(lamp, staff, clock):
    taken(lamp, staff)
    looks(clock, "2026-11-24 14:48")  # 80 percent of two days.
    take(lamp, "ask-extension", worker(staff["wu"].id, "handler"), reason="等配件")
    take(lamp, "extend", worker(staff["far"].id, "supervisor"))
    assert cases.find(lamp).urged == 50, "of three days"
    assert looks(clock, "2026-11-25 11:11") == 0
    assert looks(clock, "2026-11-25 11:12") == 1
    assert [percent for name, _, percent in heard(staff) if name == "head"] == [80, 80]
    assert looks(clock, "2026-11-25 18:00") == 1
    assert cases.find(lamp).overdue_at == wall("2026-11-25 18:00")


def test_what_was_late_when_somebody_handled_it_stays_late(lamp, staff, xie, clock):
    """The keeper was away; the step itself sees that the time was over."""
    taken(lamp, staff)
    clock.now = wall("2026-11-25 09:00")
    take(lamp, "feed-back", worker(staff["wu"].id, "handler"), note="换了灯泡")
    assert cases.find(lamp).overdue_at == wall("2026-11-24 18:00")
    clock.now = wall("2026-11-25 11:00")
    take(lamp, "rework", xie, reason="还是不亮")
    assert cases.find(lamp).overdue_at == wall("2026-11-24 18:00")
    with writing():
        case = cases.find(lamp)
        case.state = "closed"
        cases.reopen(case, None)
    assert cases.find(lamp).overdue_at is None, "another round, another clock"


def test_one_that_fails_keeps_no_other_back(lamp, staff, fen, clock, monkeypatch, caplog):
    other = told("rust")
    take(other, "dispatch", fen, unit="LD")
    tell = outbox.tell_unit

    def breaks(case: Case, *args: object, **more: object) -> None:
        if case.id == cases.find(lamp).id:
            raise ValueError("broken")
        tell(case, *args, **more)

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "tell_unit", breaks)
        assert looks(clock, "2026-12-24 18:00") == 1
    assert cases.find(lamp).overdue_at is None, "what was begun is undone"
    assert "nobody was urged" in caplog.text
    clock.now += timedelta(hours=1)
    assert cases.urge_due() == 1
    assert cases.find(lamp).overdue_at is not None


def test_who_may_go_by_then_is_not_told(lamp, staff, clock):
    Account.update(active=False).where(Account.name == "wu").execute()
    RoleGrant.update(until=wall("2026-11-20 00:00")).where(
        RoleGrant.account == staff["near"]
    ).execute()
    looks(clock, "2026-11-24 18:00")
    assert sorted(name for name, _, _ in heard(staff)) == ["far", "fen", "head"]


def test_in_a_place_without_desk_unit_or_people_nothing_breaks(town, fen, clock):
    clock.now = wall("2026-11-23 08:00")
    number = told()
    take(number, "dispatch", fen, unit="HW")
    assert looks(clock, "2026-12-24 18:00") == 1
    assert Notice.select().count() == 0
    assert COMMUNITY in cases.find(number).area_path


# --- What units hear of moves -------------------------------------------------------------


def test_units_hear_of_what_concerns_them(lamp, staff, fen, xie, clock):
    taken(lamp, staff)
    wu = worker(staff["wu"].id, "handler")
    take(lamp, "urge", worker(staff["far"].id, "supervisor"))
    take(lamp, "reassign", fen, unit="HW")
    take(lamp, "return", worker(staff["other"].id, "handler"), reason="不归我们管", unit="LD")
    take(lamp, "dispatch", fen, unit="LD")
    take(lamp, "accept", wu)
    take(lamp, "feed-back", wu, note="换了灯泡")
    take(lamp, "rework", xie, reason="还是不亮")
    assert written() == [
        ("LD", "dispatched"), ("LD", "urged"), ("HW", "dispatched"), ("LD", "withdrawn"),
        ("DESK", "returned"), ("LD", "dispatched"), ("LD", "rework"),
    ]  # fmt: skip


def test_a_move_that_is_undone_tells_nobody(lamp, staff, fen):
    def breaks() -> None:
        with writing():
            take(lamp, "reassign", fen, unit="HW")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert written() == [("LD", "dispatched")]


def test_not_solved_reaches_unit_and_desk(lamp, staff, xie):
    taken(lamp, staff)
    take(lamp, "feed-back", worker(staff["wu"].id, "handler"), note="换了灯泡")
    take(lamp, "close", xie)
    with writing():
        cases.reopen(cases.find(lamp), None)
    assert written()[1:] == [("DESK", "reopened"), ("LD", "reopened")]


# --- Feedback -----------------------------------------------------------------------------


def test_nobody_left_to_tell_is_told_at_once(lamp, staff, xie):
    taken(lamp, staff)
    take(lamp, "feed-back", worker(staff["wu"].id, "handler"), note="换了灯泡")
    take(lamp, "close", xie)
    case = cases.find(lamp)
    assert case.answered_at == case.closed_at
    step = CaseStep.select().order_by(CaseStep.id.desc()).first()
    assert orjson.loads(step.facts)["told"] == 0
    assert messages.deliver() == 0
