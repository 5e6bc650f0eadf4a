"""Cases as staff see them: lists by place and state, and one with what its reporters said."""

from typing import Any

import orjson

from backend.actor import Actor
from backend.errors import Refused
from backend.house import house
from backend.models import Account, Case, CaseStep, CaseTask, Mention, Report
from backend.rules import workflow
from backend.services import areas, photos, phrases, problems, scope, standards, trail, units
from backend.services.cases import (
    checks,
    clocks,
    confirming,
    explaining,
    faces,
    guards,
    handlers,
    lines,
    queues,
    reading,
    tasks,
)
from backend.services.standards import Condition
from backend.verbs import verb

MOST = lines.MOST


@verb("case.list", reads=True)
def listed(
    *,
    area: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    unit: str | None = None,
    before: int | None = None,
    most: int = 50,
    by: Actor,
) -> dict[str, Any]:
    """Cases of one's areas, the latest first; those still open unless a state is named"""
    states = [state] if state else sorted(workflow.OPEN)
    wanted = [Case.state.in_(states), scope.within(Case.area_path, _paths(area, by))]
    for column, value in ((Case.kind, kind), (Case.unit, unit)):
        if value is not None:
            wanted.append(column == value)
    if before is not None:
        wanted.append(Case.id < before)
    most = max(1, min(most, MOST))
    rows = list(Case.select().where(*wanted).order_by(Case.id.desc()).limit(most + 1))
    following = str(rows[most - 1].id) if len(rows) > most else None
    return {"items": [lines.of(case) for case in rows[:most]], "next": following}


@verb("case.show", reads=True)
def show(number: str, *, by: Actor) -> dict[str, Any]:
    """A case with all its steps, who took them, and what its reporters said"""
    case = faces.find(number)
    scope.check_area(by, "case.show", case.area_path)
    trail.write(by, "case.show", area_path=case.area_path, facts={"case": number})
    actions = [one for one in workflow.actions(case.state) if _may(case, one, by)]
    return {
        **faces.public(case),
        **lines.decided_by(case),
        "thing": faces.thing(case),
        "version": case.version,
        "channel": case.channel,
        "actions": actions,
        "ready": {one: phrases.of_move(one, case.kind, case.problem) for one in actions},
        "arbiter": units.public(units.of(case.arbiter)),
        "proposals": _proposals(case) if "dispatch" in actions or "file" in actions else [],
        "tasks": [_task(task) for task in tasks.of_case(case)],
        "handler": _name_of(case.account_id),
        "history": _history(case),
        "said": _said(case),
        "condition": _condition(clocks.condition(case)),
        "photos": photos.of_case(case.id, public=False),
    }


@verb("case.contact", reads=True)
def contact(number: str, *, by: Actor) -> list[dict[str, Any]]:
    """The reporters' names and phones, for whoever has to ask them back"""
    case = faces.find(number)
    scope.check_area(by, "case.contact", case.area_path)
    found = [_contact(report) for report in _reports(case)]
    facts = {"case": number, "reports": len(found)}
    trail.write(by, "case.contact", area_path=case.area_path, fields=("phone",), facts=facts)
    return [one for one in found if one["phone"] or one["name"] or one["email"]]


def _proposals(case: Case) -> list[dict[str, Any]]:
    """What its words make of it, the likeliest first, and which of them spoke for and against."""
    return [
        {
            "unit": units.public(units.of(one.unit)),
            "problem": problems.find(one.kind, one.problem).as_dict()
            if one.kind and one.problem
            else None,
            "condition": one.condition,
            "sureness": one.sureness,
            "why": list(one.why),
        }
        for one in reading.proposals(case)
    ]


def _task(task: CaseTask) -> dict[str, Any]:
    """What one unit does of a case that several handle."""
    return {
        "unit": units.public(units.of(task.unit)),
        "part": task.part,
        "words": task.words,
        "by": _name_of(task.account_id),
        "given_at": task.given_at,
        "accepted_at": task.accepted_at,
        "done_at": task.done_at,
        "note": task.note,
    }


@verb("case.conditions", reads=True)
def conditions(words: str, most: int, *, by: Actor) -> list[dict[str, Any]]:
    """Conditions of the standard, to choose what a case is filed under"""
    return [_condition(one) for one in standards.search(words, most)]


def _condition(found: Condition) -> dict[str, Any]:
    """What the standard says: when it is filed, how long it may take, when it may be closed."""
    return {
        "code": found.code,
        "class_scheme": standards.standard().scheme if found.class_code else None,
        "class_code": found.class_code,
        "class_name": found.class_name,
        "filing": found.filing,
        "closing": found.closing,
        "limit_value": found.limit.value,
        "limit_unit": found.limit.unit,
    }


def may(number: str, verb: str, *, by: Actor) -> bool:
    """Whether this actor holds a verb where the case is."""
    return scope.holds_area(by, verb, faces.find(number).area_path)


def may_somewhere(verb: str, *, by: Actor) -> bool:
    """Whether this actor holds a verb in any area."""
    return bool(scope.paths(by, verb))


def waiting_for(by: Actor) -> dict[str, int]:
    """What waits for this actor: at the desk, to be worked on, to be checked."""
    found = {}
    if may_somewhere("case.queues", by=by):
        found["desk"] = queues.waiting(by)
    if may_somewhere("case.tasks", by=by):
        counts = handlers.waiting(by)
        found["work"] = counts["mine"] + counts["new"] + counts["joint"]
    if may_somewhere("case.checks", by=by):
        found["checks"] = checks.waiting(by)
    if may_somewhere("case.to-confirm", by=by):
        found["confirmations"] = confirming.waiting(by)
    return found


def _paths(area: str | None, by: Actor) -> list[str]:
    """Where this actor may list: the areas of the roles that include it, or a part of them."""
    if area is None:
        return scope.paths(by, "case.list")
    path = areas.find(area).path
    scope.check_area(by, "case.list", path)
    return [path]


def _may(case: Case, action: str, by: Actor) -> bool:
    if not scope.holds_area(by, f"case.{action}", case.area_path):
        return False
    if action in workflow.ASKS:
        return case.asked == workflow.ASKS[action] and case.asked_by != by.account_id
    if action.startswith("ask-"):
        return case.asked is None
    if action == "refuse":
        return case.asked is not None
    try:
        guards.check(case, action, by)
    except Refused:
        return False
    return True


def _history(case: Case) -> list[dict[str, Any]]:
    steps = CaseStep.select().where(CaseStep.case_id == case.id).order_by(CaseStep.id)
    return [
        {
            "at": one.at,
            "action": one.action,
            "state": one.state,
            "by": _name_of(one.account_id),
            "unit": one.unit,
            "note": one.note,
            "facts": explaining.explain(orjson.loads(one.facts)),
        }
        for one in steps
    ]


def _name_of(account_id: int | None) -> str | None:
    if account_id is None:
        return None
    row = Account.get_or_none(Account.id == account_id)
    return str(row.full_name) if row else None


def _reports(case: Case) -> list[Report]:
    """Those of the case and of the cases that were put with it, in the order they came."""
    merged = Case.select(Case.id).where(Case.merged_into == case.id)
    told = Mention.select(Mention.report_id).where(
        (Mention.case_id == case.id) | Mention.case_id.in_(merged)
    )
    return list(Report.select().where(Report.id.in_(told)).order_by(Report.id).limit(MOST))


def _said(case: Case) -> list[dict[str, Any]]:
    mentions = Mention.select().where(Mention.case_id == case.id)
    answers = {mention.report_id: mention.answers for mention in mentions}
    return [
        {
            "at": report.at,
            "channel": report.channel,
            "words": _opened(report)[1],
            "answers": problems.answered(
                case.kind, case.problem, orjson.loads(answers.get(report.id, "{}"))
            ),
        }
        for report in _reports(case)
    ]


def _contact(report: Report) -> dict[str, Any]:
    _, _, phone, name, email = _opened(report)
    return {"at": report.at, "phone": phone, "name": name, "email": email}


def _opened(report: Report) -> list[str | None]:
    return house().vault.open(f"report:{report.id}".encode(), bytes(report.sealed))
