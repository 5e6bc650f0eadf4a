"""A case's way: from the desk to the unit, to the lamp, to somebody who checks, and back."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from backend import clock as house_clock
from backend.actor import Actor
from backend.errors import (
    CaseMoved,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    Refused,
    SecondPersonNeeded,
    VersionMissing,
    WrongState,
)
from backend.models import Area, Case, Message, TrailLine, Unit
from backend.rules import workflow
from backend.rules.deadlines import CHINA, Limit
from backend.rules.permits import Grant
from backend.services import cases, facilities, photos, reports, standards
from backend.services.cases import clocks
from backend.services.standards import Condition

COMMUNITY = "440304004028"


def worker(number: int, role: str, area: str = COMMUNITY) -> Actor:
    path = Area.get_by_id(area).path
    return Actor(number, f"w{number}", f"W {number}", (Grant(role, path),), roles=(role,))


@pytest.fixture
def town(village):
    """A lamp, the unit that owns it, and somebody for every part of the work."""
    here = {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84"}
    form = {"kind": "streetlight", "number": "L1", "owner_unit": "路灯管理所", **here}
    facilities.register({**form, "area": COMMUNITY}, by=worker(5, "building_manager"))
    path = Area.get_by_id(COMMUNITY).path
    Unit.create(code="LD", name="路灯管理所", level="district", area_path=path, duty_phone="0755")
    Unit.create(code="HW", name="环卫所", level="district", area_path=path)
    return village


def told(problem: str = "dark", channel: str = "scan", **more) -> str:
    form = {"things": [{"facility": "L1"}], "problem": problem, **more}
    return reports.file(form, channel=channel)["cases"][0]["number"]


def take(number: str, action: str, by: Actor, **words) -> dict:
    if action == "feed-back":
        words.setdefault("photo", photos.keep(snapshot(), by=by)["id"])
        words.setdefault("fix", {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84"})
    if action == "close":
        words.setdefault("closing", clocks.condition(cases.find(number)).code)
    if action == "return":
        words.setdefault("unit", "HW")
    version = str(cases.find(number).version)
    return cases.moves.take(number, version, {"action": action, **words}, by=by)


def snapshot() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def fen(town):
    return worker(1, "dispatcher")


@pytest.fixture
def wu(town):
    return worker(2, "handler")


@pytest.fixture
def xie(town):
    return worker(3, "checker")


def test_a_dark_lamp_is_dispatched_mended_checked_and_closed(fen, wu, xie):
    told_once = reports.file({"things": [{"facility": "L1"}], "problem": "dark"}, channel="scan")
    number = told_once["cases"][0]["number"]
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="换了灯泡")
    closed = take(number, "close", xie)
    assert closed["state"] == "closed"
    [seen] = reports.follow(told_once["token"])["cases"]
    ways = [(step["action"], step["state"]) for step in seen["steps"]]
    assert ways == [
        ("receive", "received"),
        ("file", "filed"),
        ("dispatch", "dispatched"),
        ("accept", "handling"),
        ("feed-back", "handled"),
        ("close", "closed"),
    ]
    assert seen["steps"][4]["note"] == "换了灯泡"
    assert seen["may_rate"]
    assert seen["closed_at"] is not None
    verbs = [line.verb for line in TrailLine.select() if line.verb.startswith("case.")]
    assert verbs == ["case.dispatch", "case.accept", "case.feed-back", "case.close"]


def test_a_mended_lamp_is_shown_as_it_is_now_and_to_all_once_it_is_closed(fen, wu, xie):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    with pytest.raises(Invalid) as refused:
        take(number, "feed-back", wu, note="done", photo="")
    assert list(refused.value.facts["errors"]) == ["photo"]
    with pytest.raises(NotFound):
        take(
            number,
            "feed-back",
            wu,
            note="done",
            photo=photos.keep(snapshot(), by=worker(6, "handler"))["id"],
        )
    take(number, "feed-back", wu, note="done")
    assert cases.public(cases.find(number))["photos"] == []
    take(number, "close", xie)
    assert [one["purpose"] for one in cases.public(cases.find(number))["photos"]] == ["after"]


def test_who_handled_it_does_not_check_it(fen, wu):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="done")
    both = Actor(2, "wu", "Wu", (*wu.grants, *worker(2, "checker").grants), roles=("checker",))
    with pytest.raises(SecondPersonNeeded):
        take(number, "close", both)
    with pytest.raises(SecondPersonNeeded):
        take(number, "rework", both, reason="?")


def test_what_is_not_right_goes_back_to_its_handler(fen, wu, xie):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="done")
    assert take(number, "rework", xie, reason="还是不亮")["state"] == "handling"
    assert cases.find(number).account_id == 2


def test_what_is_not_ours_goes_back_to_the_desk_and_to_another_unit(fen, wu):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    assert take(number, "return", wu, reason="不归我们管")["state"] == "filed"
    take(number, "dispatch", fen, unit="HW")
    take(number, "reassign", fen, unit="LD")
    assert cases.public(cases.find(number))["unit"]["name"] == "路灯管理所"


def test_a_reason_for_staff_is_not_for_everybody(fen, wu):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "return", wu, reason="不归我们管")
    assert "不归我们管" not in str(cases.public(cases.find(number)))
    assert "不归我们管" in str(cases.show(number, by=fen)["history"])


def test_the_same_problem_may_be_told_anew_once_its_case_is_closed(fen, wu, xie):
    number = told()
    for action, by, words in (
        ("dispatch", fen, {"unit": "LD"}),
        ("accept", wu, {}),
        ("feed-back", wu, {"note": "done"}),
        ("close", xie, {}),
    ):
        take(number, action, by, **words)
    assert told() != number


def test_two_cases_of_one_thing_become_one_and_both_reporters_stay(fen):
    first, second = told("dark"), told("flickers", words="闪")
    take(second, "merge", fen, into=first)
    assert cases.public(cases.find(second))["merged_into"] == first
    assert cases.find(first).reports == 2
    assert [one["words"] for one in cases.show(first, by=fen)["said"]] == [None, "闪"]


def test_a_case_joins_no_closed_one_and_not_itself(fen):
    first, second = told("dark"), told("flickers")
    for into in (second, "20990101-1"):
        with pytest.raises((Invalid, NotFound)):
            take(second, "merge", fen, into=into)
    take(first, "merge", fen, into=second)
    with pytest.raises(Invalid):
        take(second, "merge", fen, into=first)


def test_what_is_declined_says_why(fen):
    number = _place()
    with pytest.raises(Invalid) as refused:
        take(number, "decline", fen)
    assert list(refused.value.facts["errors"]) == ["note"]
    take(number, "decline", fen, note="不在本区")
    assert cases.public(cases.find(number))["steps"][-1]["note"] == "不在本区"


def _place() -> str:
    place = {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}
    form = {"things": [{"place": place}], "problem": "rubbish"}
    return reports.file(form, channel="web")["cases"][0]["number"]


def test_two_who_act_at_once_do_not_undo_each_other(fen):
    number = told()
    version = str(cases.find(number).version)
    cases.moves.take(number, version, {"action": "dispatch", "unit": "LD"}, by=fen)
    with pytest.raises(CaseMoved):
        cases.moves.take(number, version, {"action": "dispatch", "unit": "HW"}, by=fen)
    with pytest.raises(VersionMissing):
        cases.moves.take(number, None, {"action": "comment", "note": "x"}, by=fen)
    assert cases.find(number).unit == "LD"


@pytest.mark.parametrize("action", workflow.MOVES)
def test_what_the_table_does_not_lead_on_to_is_refused(town, action, fen):
    number = told()
    anybody = worker(9, "x")
    object.__setattr__(anybody, "grants", tuple(Grant(r, fen.grants[0].scope_path) for r in ROLES))
    object.__setattr__(anybody, "roles", ROLES)
    words = {"note": "n", "reason": "r", "unit": "LD", "into": told("rust")}
    words |= {"to": "nobody", "until": "2099-01-01", "words": "w", "confirmed": True}
    words |= {"parts": [{"words": "w"}, {"words": "w"}]}
    other = cases.find(words["into"]).id
    refused = set()
    for state in workflow.STATES:
        Case.update(state=state, open_key=None, merged_into=other).where(
            Case.id == cases.find(number).id
        ).execute()
        try:
            take(number, action, anybody, **words)
        except WrongState:
            refused.add(state)
        except Refused:
            pass  # Of this state it may be asked; what else it needs has stories of its own.
    assert refused == workflow.STATES.keys() - workflow.MOVES[action].sources


ROLES = ("dispatcher", "handler", "checker", "supervisor", "collector")


def test_every_state_can_be_reached_and_every_open_one_left():
    led_to = {move.to for move in workflow.MOVES.values()} | {"received"}
    assert led_to >= workflow.OPEN
    assert {"closed", "declined", "merged"} <= led_to
    for state in workflow.OPEN:
        assert [one for one in workflow.actions(state) if workflow.MOVES[one].to != state]


def test_the_lists_end_at_the_border_of_ones_area(fen):
    number = told()
    assert [one["number"] for one in cases.listed(by=fen)["items"]] == [number]
    stranger = worker(7, "dispatcher", "440305")
    assert cases.listed(by=stranger)["items"] == []
    for look in (cases.show, cases.contact):
        with pytest.raises(NotYourArea):
            look(number, by=stranger)
    with pytest.raises(NotAllowed):
        cases.listed(by=worker(8, "collector"))


def test_phones_are_shown_to_few_and_the_look_is_on_the_trail(fen, wu):
    number = told(phone="13900000001")
    assert cases.contact(number, by=fen)[0]["phone"] == "13900000001"
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.fields) == ("case.contact", "phone")
    assert "13900000001" not in str(cases.show(number, by=wu))
    with pytest.raises(NotAllowed):
        cases.contact(number, by=wu)


def test_a_list_goes_on_where_it_stopped(fen):
    numbers = [told(problem) for problem in ("dark", "flickers", "rust")]
    page = cases.listed(most=2, by=fen)
    rest = cases.listed(most=2, before=int(page["next"]), by=fen)
    shown = [one["number"] for one in page["items"] + rest["items"]]
    assert shown == numbers[::-1]
    assert rest["next"] is None


def test_a_deadline_is_an_instant_from_the_first_dispatch_on(fen, wu, xie, clock):
    """Saturday evening; the lamp's two working days are Monday and Tuesday."""
    clock.now = wall("2026-11-21 20:00")
    number = told()
    seen = cases.public(cases.find(number))
    assert (seen["due_at"], seen["is_late"]) == (wall("2026-11-21 20:30"), False)
    clock.now = wall("2026-11-21 20:31")
    assert cases.public(cases.find(number))["is_late"]
    take(number, "dispatch", fen, unit="LD")
    take(number, "return", wu, reason="?")
    take(number, "dispatch", fen, unit="LD")
    due = wall("2026-11-24 18:00")
    seen = cases.public(cases.find(number))
    assert (seen["due_at"], seen["is_late"]) == (due, False)
    take(number, "accept", wu)
    clock.now = wall("2026-11-24 12:00")
    take(number, "feed-back", wu, note="x")
    clock.now = wall("2026-11-25 12:00")
    assert not cases.public(cases.find(number))["is_late"]  # Checking takes nobody's time.
    take(number, "rework", xie, reason="?")
    assert cases.public(cases.find(number))["due_at"] == wall("2026-11-25 18:00")
    clock.now = wall("2026-11-25 18:01")
    take(number, "feed-back", wu, note="x")
    take(number, "close", xie)
    assert cases.public(cases.find(number))["is_late"]  # For good.


def test_a_new_standard_moves_no_old_deadline(fen, wu, xie, monkeypatch):
    number = told()
    take(number, "dispatch", fen, unit="LD")
    due = cases.find(number).due_at
    quicker = Condition(None, None, None, None, None, Limit(1, "urgent_hour"))
    monkeypatch.setattr(standards, "condition_of", lambda kind, problem: quicker)
    take(number, "comment", fen, note="x")
    assert cases.find(number).due_at == due


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = wall("2026-11-21 20:00")

    monkeypatch.setattr(house_clock, "now", lambda: Clock.now)
    return Clock


def test_whoever_left_a_phone_is_told_when_it_is_closed(fen, wu, xie):
    first = reports.file(
        {"things": [{"facility": "L1"}], "problem": "dark", "phone": "13900000001"}, channel="scan"
    )
    reports.file({"things": [{"facility": "L1"}], "problem": "dark"}, channel="scan")
    number = first["cases"][0]["number"]
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    take(number, "feed-back", wu, note="x")
    take(number, "close", xie, note="已更换灯泡。")
    waiting = [(one.kind, one.facts) for one in Message.select().order_by(Message.id)]
    assert waiting == [("received", "{}"), ("closed", '{"note":"已更换灯泡。"}')]


def test_what_stands_among_staff_is_not_for_everybody(fen, wu):
    number = told()
    take(number, "ask-void", fen, reason="演练?")
    assert [one["action"] for one in cases.read(number)["steps"]] == ["receive", "file"]
    assert cases.show(number, by=fen)["history"][-1]["action"] == "ask-void"


def test_a_place_that_somebody_typed_is_told_once_it_was_looked_at_and_never_if_it_was_turned_away(
    fen,
):
    form = {"things": [{"place": {"address": "张三家, 13900000001"}}], "problem": "rubbish"}
    number = reports.file(form, channel="web")["cases"][0]["number"]
    with pytest.raises(NotFound):
        cases.read(number)
    chief = worker(1, "dispatcher", "4403")
    take(number, "decline", chief, note="不是街面问题")
    seen = cases.read(number)
    assert "13900000001" not in str(seen)
    assert seen["state"] == "declined"
