"""People of many roles who do anything at all with a few cases, and what must hold all the same.

The walk knows the tables of moves only to choose well; what it asserts it reads from the rows.
"""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import writing
from backend.errors import Refused
from backend.house import house
from backend.models import Account, Area, Case, CaseStep, CaseTask, RoleGrant, Unit
from backend.rules import clocks, deadlines, workflow
from backend.rules.clocks import Step
from backend.rules.deadlines import Limit
from backend.rules.permits import Grant
from backend.services import cases, facilities, reports
from backend.services.cases import clocks as clocks_of

COMMUNITY, STREET, DISTRICT = "440304004028", "440304004", "440304"
HERE = {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84"}
PROBLEMS = ("dark", "rust", "stump", "leans")
PEOPLE = (
    ("collector", COMMUNITY, None),
    ("dispatcher", STREET, "D1"),
    ("dispatcher", DISTRICT, "D2"),
    ("supervisor", STREET, None),
    ("supervisor", DISTRICT, None),
    ("checker", STREET, None),
    ("checker", COMMUNITY, None),
    ("handler", COMMUNITY, "LD"),
    ("handler", COMMUNITY, "LD"),
    ("handler", COMMUNITY, "HW"),
    ("handler", COMMUNITY, "HW"),
    ("handler", COMMUNITY, None),
)


def settle_the_town() -> list[Actor]:
    """Lamps and bins, four units with heads, and the people; for an empty village."""
    manager = _actor(5, "building_manager", COMMUNITY)
    for index in range(6):
        form = {"kind": "bin" if index > 3 else "streetlight", "number": f"T{index}", **HERE}
        facilities.register({**form, "area": COMMUNITY}, by=manager)
    for code, area, head in (
        ("LD", COMMUNITY, "p107"), ("HW", COMMUNITY, None), ("D1", STREET, "p101"),
        ("D2", DISTRICT, "p102"),
    ):  # fmt: skip
        path = Area.get_by_id(area).path
        Unit.create(
            code=code, name=code, level="street", area_path=path, is_desk=code[0] == "D", head=head
        )
    return [_person(100 + index, *one) for index, one in enumerate(PEOPLE)]


def people() -> list[Actor]:
    """Those of a town that is settled already."""
    return [_actor(100 + index, role, area) for index, (role, area, _) in enumerate(PEOPLE)]


def _person(number: int, role: str, area: str, unit: str | None) -> Actor:
    Account.create(
        id=number, name=f"p{number}", full_name=f"P {number}", password_hash="", unit=unit,
        created_at=clock.now(),
    )  # fmt: skip
    RoleGrant.create(account=number, role=role, area=area, since=clock.now(), granted_by="x")
    return _actor(number, role, area)


def _actor(number: int, role: str, area: str) -> Actor:
    path = Area.get_by_id(area).path
    return Actor(number, f"p{number}", f"P {number}", (Grant(role, path),), roles=(role,))


class Walk:
    """So many steps of chance. `done` counts what happened, by action or by the refusal's code."""

    def __init__(self, seed: int, actors: list[Actor]) -> None:
        self.chance = random.Random(seed)
        self.actors = actors
        self.tokens: list[str] = []
        self.versions: dict[int, int] = {}
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        kind = self.chance.random()
        if kind < 0.04 or not self.tokens:
            self.report()
        elif kind < 0.09:
            self.reporter_acts()
        elif kind < 0.15:
            self.keep()
        else:
            self.move()

    def report(self) -> None:
        if self.chance.random() < 0.3:
            form = {
                "things": [{"place": HERE}],
                "problem": self.chance.choice(("rubbish", "other")),
            }
            channel = "web"
        else:
            lamp = self.chance.randrange(6)
            problem = self.chance.choice(("full", "dirty") if lamp > 3 else PROBLEMS)
            form, channel = {"things": [{"facility": f"T{lamp}"}], "problem": problem}, "scan"
        found = reports.file(form, channel=channel)
        self.tokens = [*self.tokens[-40:], found["token"]]
        self.done["report"] += 1

    def reporter_acts(self) -> None:
        token = self.chance.choice(self.tokens)
        case = self.chance.choice(reports.follow(token)["cases"])
        try:
            if self.chance.random() < 0.5:
                form = {"solved": False, "again": True}
                reports.rate(token, case["number"], form)
                self.done["reopen"] += 1
            else:
                reports.appeal(token, case["number"], "x")
                self.done["appeal"] += 1
        except Refused as refused:
            self.done[refused.code] += 1

    def keep(self) -> None:
        duty = self.chance.choice(
            (cases.dispatch_waiting, cases.accept_due, cases.resume_due, cases.close_unsampled)
        )
        self.done[f"keeper.{duty.__name__}"] += bool(in_one(duty))

    def move(self) -> None:
        case = self._some_case()
        if self.chance.random() < 0.85:
            action = self.chance.choice(list(workflow.actions(case.state)))
            by = self.chance.choice([one for one in self.actors if _holds(one, action)])
        else:
            action, by = self.chance.choice([*workflow.MOVES]), self.chance.choice(self.actors)
        if action in SELDOM and self.chance.random() < 0.8:
            return  # Else hardly anything would ever come to its end.
        before = _row(case)
        refusal = self._taken(case, action, by)
        self.done[refusal or action] += 1
        if refusal:
            assert _row(Case.get_by_id(case.id)) == before, (action, refusal)
        else:
            check(Case.get_by_id(case.id))

    def _taken(self, case: Case, action: str, by: Actor) -> str | None:
        """The code of the refusal, if there was one."""
        form = {"action": action, **self._words(case)}
        if action in ("rework", "acknowledge", "report-done") and self.chance.random() < 0.7:
            del form["unit"]  # Nearly always one's own, or none.
        version = case.version if self.chance.random() < 0.97 else case.version - 1
        try:
            cases.moves.take(cases.number_of(case), str(version), form, by=by)
        except Refused as refused:
            return refused.code
        return None

    def _some_case(self) -> Case:
        newest = Case.select().order_by(Case.id.desc()).limit(12)
        return self.chance.choice(list(newest))

    def _words(self, case: Case) -> dict[str, Any]:
        chance = self.chance
        other = self._some_case()
        day = clock.now().astimezone(deadlines.CHINA).date() + timedelta(days=chance.randint(1, 9))
        return {
            "note": "n",
            "reason": "r",
            "unit": chance.choice(("LD", "HW", "LD", "HW", "D1", "XX")),
            "into": cases.number_of(other),
            "to": f"p{chance.randint(105, 112)}",
            "until": day.isoformat(),
            "words": "w",
            "confirmed": chance.random() < 0.5,
            "parts": [{"words": "a", "unit": chance.choice(("LD", None))}, {"words": "b"}],
            "photo": "p",
            "fix": HERE,
            "closing": clocks_of.condition(case).code,
            "condition": chance.choice((None, None, None, "component-0137-5", "event-0503-1")),
        }


SELDOM = frozenset(
    {
        "void", "ask-void", "decline", "merge", "refuse", "comment", "urge", "ask-extension",
        "ask-shelving", "join-in",
    }
)  # fmt: skip


def _holds(by: Actor, action: str) -> bool:
    return f"case.{action}" in house().policy.verbs[by.roles[0]]


def in_one(duty: Any) -> Any:
    """As the keeper does it: all of it in one transaction; dispatching makes its own."""
    if duty is cases.dispatch_waiting:
        return duty()
    with writing():
        return duty()


def _row(case: Case) -> dict[str, Any]:
    return {**case.__data__}


def check_all(versions: dict[int, int] | None = None) -> None:
    """Every case, and that the chain of all of them holds."""
    for case in Case.select():
        check(case)
        if versions is not None:
            assert case.version >= versions.get(case.id, 0)
            versions[case.id] = case.version
    keys = [row.open_key for row in Case.select().where(Case.open_key.is_null(False))]
    assert len(keys) == len(set(keys))
    assert cases.prove().first_bad is None


def check(case: Case) -> None:
    """What must hold of a case, whatever was done to it."""
    told = (case.id, case.state)
    steps = list(CaseStep.select().where(CaseStep.case_id == case.id).order_by(CaseStep.id))
    assert case.state in workflow.STATES, told
    assert steps[-1].state == case.state, told
    assert all(one.state == two.before for one, two in itertools.pairwise(steps)), told
    _check_place(case, told)
    _check_clocks(case, [Step(one.at, one.action, one.state) for one in steps], told)
    _check_ends(case, steps, told)
    assert case.returns <= 2, told
    assert (case.asked is None) == (case.asked_by is None), told


def _check_place(case: Case, told: object) -> None:
    """Somebody answers for it: a unit, and once it is taken, a person; and what belongs to it."""
    if case.state in ("dispatched", "handling", "handled", "shelved"):
        assert case.unit is not None or case.state == "handling", told
    if case.state in ("handling", "handled", "shelved"):
        assert case.account_id is not None, told
    if case.state not in workflow.OPEN:
        assert case.open_key is None, told
        assert case.closed_at is not None, told
    else:
        assert case.closed_at is None, told
    if case.state == "merged":
        assert Case.get_by_id(case.merged_into).merged_into is None, told
    tasks = list(
        CaseTask.select().where((CaseTask.case_id == case.id) & (CaseTask.round == case.round))
    )
    assert sum(one.part == "lead" for one in tasks) in (0, 1), told
    assert bool(tasks) == any(one.part == "lead" for one in tasks), told
    if case.state in ("handled", "closed"):
        assert all(one.done_at for one in tasks if one.part == "assist"), told
    parts = list(Case.select().where(Case.parent_id == case.id))
    if parts:
        assert case.parent_id is None, told


def _check_clocks(case: Case, steps: list[Step], told: object) -> None:
    """The instants are those that the steps make; at most one clock stands still."""
    limits, now = house().policy.cases, clocks.round_of(case.opened_at, steps)
    assert case.dispatch_by == now.began + timedelta(minutes=limits.dispatch_min), told
    assert (case.dispatched_at, case.accepted_at) == (now.dispatched_at, now.accepted_at), told
    assert case.accept_by == _after(now.sent_at, limits.accept_min), told
    assert case.answer_by == _after(now.ended_at, limits.feedback_min), told
    handling = clocks.handling(steps)
    assert case.handled_at == handling.paused_at, told
    due: datetime | None = None
    if handling.start is not None:
        assert case.limit_value is not None, told
        assert case.limit_unit is not None, told
        limit = Limit(case.limit_value, case.limit_unit)
        due = deadlines.due(handling.start, limit, house().policy.calendar, handling.pauses)
    assert case.due_at == due, told


def _after(start: datetime | None, minutes: int) -> datetime | None:
    return None if start is None else start + timedelta(minutes=minutes)


def _check_ends(case: Case, steps: list[CaseStep], told: object) -> None:
    """Nobody checks what they did themselves."""
    doer = None
    for one in steps:
        if one.action == "feed-back":
            doer = one.account_id
        if one.action in ("close", "rework") and one.account_id is not None:
            assert one.account_id != doer, told
