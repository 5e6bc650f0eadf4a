"""Whatever somebody does to a step behind our back is found, and told by case and step."""

import itertools

import pytest

from backend.db import database
from backend.house import house
from backend.models import Case, CaseStep, TrailLine
from backend.services import cases, trail_proof
from backend.services.cases import chain
from tests.services.test_cases_moves import clock, fen, snapshot, take, told, town, worker, wu, xie

__all__ = ["clock", "fen", "snapshot", "town", "wu", "xie"]


@pytest.fixture
def three(fen, wu, xie):
    """A case that is closed, one at its unit, one that nobody has looked at."""
    first, second, third = told("dark"), told("rust"), told("stump")
    for number in (first, second):
        take(number, "dispatch", fen, unit="LD", note="bitte")
    take(first, "accept", wu)
    take(first, "feed-back", wu, note="done")
    take(first, "close", xie)
    return first, second, third


def test_what_nobody_touched_is_whole(three):
    proof = cases.prove()
    assert (proof.first_bad, proof.cases, proof.steps, proof.old) == (None, 3, 11, 0)
    assert cases.seal() == 11
    assert cases.seal() == 0
    assert cases.prove().witnesses == 1
    assert trail_proof.verify().first_bad is None


def test_a_step_says_who_did_what_in_which_role_and_where(three):
    step = CaseStep.select().where(CaseStep.action == "feed-back").get()
    assert (step.before, step.state, step.role, step.serial) == (
        "handling",
        "handled",
        "handler",
        5,
    )
    assert (step.lat, step.lon) == (22.5244, 114.0582)


CHANGED = {
    "case_id": 2, "serial": 9, "at": 1, "action": "void", "before": "x", "state": "closed",
    "account_id": 99, "role": "x", "unit": "x", "device_id": "x", "lat": 1.5, "lon": 1.5,
    "note": "x", "facts": '{"x":1}', "mac": b"x" * 32,
}  # fmt: skip


def test_every_value_of_every_step_counts(three):
    assert CHANGED.keys() == {*chain.VALUES, "mac"}
    mark = "?" if house().settings.DATABASE_URL.startswith("sqlite") else "%s"
    for step in list(CaseStep.select()):
        for column, value in CHANGED.items():
            if getattr(step, column) == value:
                continue
            with database.atomic() as undone:
                database.execute_sql(
                    f"UPDATE case_step SET {column} = {mark} WHERE id = {mark}", (value, step.id)
                )
                assert cases.prove().first_bad is not None, (step.action, column)
                undone.rollback()
    assert cases.prove().first_bad is None


def test_a_missing_an_added_and_a_swapped_step_are_found(three):
    cases.seal()
    for step in list(CaseStep.select()):
        with database.atomic() as undone:
            step.delete_instance()
            assert cases.prove().first_bad is not None
            undone.rollback()
        with database.atomic() as undone:
            values = {name: getattr(step, name) for name in (*chain.VALUES, "mac")}
            CaseStep.create(**values)
            assert cases.prove().first_bad is not None
            undone.rollback()
    rows = list(CaseStep.select().where(CaseStep.case_id == 1).order_by(CaseStep.id))
    for one, other in itertools.pairwise(rows):
        with database.atomic() as undone:
            CaseStep.update(id=10_000).where(CaseStep.id == one.id).execute()
            CaseStep.update(id=one.id).where(CaseStep.id == other.id).execute()
            CaseStep.update(id=other.id).where(CaseStep.id == 10_000).execute()
            assert cases.prove().first_bad is not None
            undone.rollback()


def test_who_takes_the_last_steps_away_and_puts_the_case_back_is_found(three):
    cases.seal()
    number = three[0]
    rows = list(CaseStep.select().where(CaseStep.case_id == cases.find(number).id))
    last = rows[-2]
    rows[-1].delete_instance()
    Case.update(state=last.state, steps=last.serial, mac=last.mac).where(
        Case.id == cases.find(number).id
    ).execute()
    found = cases.prove().first_bad
    assert found is not None
    assert "of the trail saw them" in found


def test_a_case_and_its_step_are_named(three):
    number = three[1]
    step = CaseStep.get((CaseStep.case_id == cases.find(number).id) & (CaseStep.serial == 3))
    CaseStep.update(note="not this").where(CaseStep.id == step.id).execute()
    assert cases.prove().first_bad == f"case {number}, step 3 is not as it was written"


def test_steps_from_before_there_were_macs_are_told_as_such(three, fen):
    """As after an upgrade: the first new step is chained to the old ones."""
    case = cases.find(three[2])
    CaseStep.update(mac=None, serial=None).where(CaseStep.case_id == case.id).execute()
    Case.update(mac=None, steps=0).where(Case.id == case.id).execute()
    proof = cases.prove()
    assert (proof.first_bad, proof.old) == (None, 2)
    take(three[2], "dispatch", fen, unit="LD")
    assert (cases.prove().first_bad, cases.prove().old) == (None, 2)
    CaseStep.update(note="x").where(
        (CaseStep.case_id == case.id) & CaseStep.mac.is_null()
    ).execute()
    assert cases.prove().first_bad == f"case {three[2]}, step 3 is not as it was written"


def test_a_seal_is_a_line_of_the_trail(three):
    cases.seal()
    line = TrailLine.select().where(TrailLine.verb == "case.seal").get()
    assert line.account == "system"
    take(three[1], "accept", worker(2, "handler"))
    assert cases.seal() == 1
    assert cases.prove().witnesses == 2
