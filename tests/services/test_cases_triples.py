"""Every state with every role and every action: what the two tables allow, and nothing else."""

from datetime import timedelta

import pytest

from backend import clock
from backend.actor import Actor
from backend.db import database
from backend.errors import NotAllowed, Refused, WrongState
from backend.house import house
from backend.models import Account, Area, Case, CaseTask, RoleGrant
from backend.policy import read_policy
from backend.rules import workflow
from backend.rules.permits import Grant
from backend.services import cases, photos
from tests.services.test_cases_moves import COMMUNITY, fen, snapshot, told, town

__all__ = ["fen", "snapshot", "town"]

ROLES = sorted(read_policy().verbs)
ME, OTHER = 50, 60


@pytest.fixture
def ground(town, monkeypatch):
    """A lamp's case to be put into any state, one to join, and a colleague."""
    monkeypatch.setattr(photos, "use", lambda *_, **__: "photo")
    path = Area.get_by_id(COMMUNITY).path
    for number, name in ((ME, "me"), (OTHER, "colleague")):
        Account.create(
            id=number, name=name, full_name=name, password_hash="", created_at=clock.now()
        )
    RoleGrant.create(
        account=OTHER, role="handler", area=COMMUNITY, since=clock.now(), granted_by="x"
    )
    return path, told("dark"), told("rust")


def put(number: str, other: str, state: str, action: str) -> None:
    """The case in a state, with all that the action asks for beside it."""
    soon = clock.now() + timedelta(minutes=30)
    asked = workflow.ASKS.get(action, "void" if action == "refuse" else None)
    Case.update(
        state=state,
        unit="LD",
        account_id=ME if action == "pass-on" else OTHER,
        asked=asked,
        asked_by=OTHER if asked else None,
        asked_facts='{"share": 0.5, "until": "2099-01-01"}' if asked else None,
        merged_into=cases.find(other).id if state == "merged" else None,
        accept_by=soon,
        due_at=soon + timedelta(days=1),
        limit_value=1,
        limit_unit="day",
    ).where(Case.id == cases.find(number).id).execute()
    if action in ("acknowledge", "report-done"):
        CaseTask.create(
            case_id=cases.find(number).id, unit="HW", part="assist", given_at=clock.now()
        )


def words(other: str, state: str) -> dict:
    soon = (clock.now() + timedelta(days=9)).date().isoformat()
    fix = {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84"}
    return {
        "note": "n",
        "reason": "r",
        "unit": "HW",
        "into": other,
        "to": "colleague",
        "until": soon,
        "words": "w",
        "confirmed": True,
        "parts": [{"words": "a"}, {"words": "b"}],
        "photo": "p",
        "fix": fix,
        "closing": "component-0137-3",
    }


@pytest.mark.parametrize("role", ROLES)
def test_the_tables_say_who_may_do_what_when(ground, role):
    path, number, other = ground
    by = Actor(ME, "me", "Me", (Grant(role, path),), roles=(role,))
    for state in workflow.STATES:
        for action, move in workflow.MOVES.items():
            with database.atomic() as undone:
                put(number, other, state, action)
                form = {"action": action, **words(other, state)}
                if action in ("rework", "acknowledge", "report-done"):
                    form.pop("unit")
                version = str(cases.find(number).version)
                told_so = _outcome(number, version, form, by)
                undone.rollback()
            if f"case.{action}" not in house().policy.verbs[role]:
                assert told_so == NotAllowed.code, (state, action)
            elif state not in move.sources:
                assert told_so == WrongState.code, (state, action)
            elif action == "join-in" and role == "handler":
                assert told_so == "not-your-case"  # Of a lead, its head alone.
            else:
                assert told_so == (move.to or state), (state, action)


def _outcome(number: str, version: str, form: dict, by: Actor) -> str:
    try:
        return str(cases.moves.take(number, version, form, by=by)["state"])
    except Refused as refused:
        return refused.code


def test_every_state_is_reached_and_left_again():
    moves = [*workflow.MOVES.values(), *workflow.REPORTERS.values()]
    reached = {move.to for move in moves if move.sources - {move.to}} | {"received"}
    assert reached - {None} == workflow.STATES.keys()
    for state in workflow.STATES:
        assert any(state in move.sources and move.to not in (None, state) for move in moves), state
