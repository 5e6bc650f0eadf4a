"""What staff do with a case, one verb a move; the table in `rules.workflow` says when.

Each takes the version that was read, so that two who act at once do not undo each other: the
second is told to read again.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, Invalid
from backend.models import Account, Case
from backend.rules import workflow
from backend.services import notices, photos, scope, units
from backend.services.cases import (
    clocks,
    confirming,
    faces,
    granting,
    handlers,
    joining,
    presence,
    returning,
    splitting,
    tasks,
)
from backend.services.cases.filing import filed_under
from backend.services.cases.moving import Moved, held, moved, said
from backend.services.cases.opening import free_key, step
from backend.verbs import verb


def take(number: str, version: str | None, form: Mapping[str, Any], *, by: Actor) -> Moved:
    """The move that `form["action"]` names, with the words it needs. Refuses if one is missing."""
    action = form["action"]
    needs = workflow.MOVES[action].needs
    missing = sorted(name for name in needs if form.get(name) in NOTHING)
    if missing:
        raise Invalid(errors={name: ["Say it in a few words."] for name in missing})
    words = {name: form[name] for name in TAKES[action] if form.get(name) not in NOTHING}
    return TAKEN_BY[action](number, version, **words, by=by)


NOTHING: tuple[object, ...] = (None, "", [])
"""What counts as not said; a plain no is an answer."""


@verb("case.file")
def file(number: str, version: str | None, condition: str | None = None, *, by: Actor) -> Moved:
    """Take a case on, under another condition of the standard if that fits better"""
    case = held(number, "file", version, by)
    return moved(case, "file", by, facts=filed_under(case, condition))


@verb("case.decline")
def decline(number: str, version: str | None, note: str, *, by: Actor) -> Moved:
    """Take a report on no further, and tell the reporter why"""
    case = held(number, "decline", version, by)
    return moved(case, "decline", by, note=said(note, "note"))


@verb("case.merge")
def merge(number: str, version: str | None, into: str, *, by: Actor) -> Moved:
    """Put a case with another of the same; its reporters hear of that one from now on"""
    case = held(number, "merge", version, by)
    other = _parent(into, case)
    scope.check_area(by, "case.merge", other.area_path)
    case.merged_into = other.id
    other.reports += case.reports
    step(other, "absorb", account_id=by.account_id, facts={"case": number})
    return moved(case, "merge", by, facts={"into": into})


@verb("case.dispatch")
def dispatch(
    number: str,
    version: str | None,
    unit: str,
    note: str | None = None,
    condition: str | None = None,
    *,
    by: Actor,
) -> Moved:
    """Send a case to the unit that handles it"""
    case = held(number, "dispatch", version, by)
    facts = filed_under(case, condition)
    case.unit, case.rule = units.find(unit).code, "desk"
    return moved(case, "dispatch", by, note=note, facts=facts)


@verb("case.accept")
def accept(number: str, version: str | None, *, by: Actor) -> Moved:
    """Take a case into one's own hands"""
    case = held(number, "accept", version, by)
    case.account_id = by.account_id
    return moved(case, "accept", by)


@verb("case.reassign")
def reassign(number: str, version: str | None, unit: str, *, by: Actor) -> Moved:
    """Send a case to another unit"""
    case = held(number, "reassign", version, by)
    facts: dict[str, object] = {"from": case.unit}
    case.unit, case.account_id = units.find(unit).code, None
    return moved(case, "reassign", by, facts=facts)


@verb("case.feed-back")
def feed_back(
    number: str,
    version: str | None,
    note: str,
    photo: str | None = None,
    reason: str | None = None,
    fix: Mapping[str, Any] | None = None,
    *,
    by: Actor,
) -> Moved:
    """Say what was done, with a photo of the thing; somebody else checks it

    At a thing of the register one shows to be there, by its tag or a fix; or says why not.
    """
    case = held(number, "feed-back", version, by)
    if tasks.open_assists(case):
        raise Conflict(errors={"action": ["A unit that assists is not done yet."]})
    if photo is not None:
        photos.use(photo, case.area_path, by=by, purpose="after", case_id=case.id)
    elif case.facility_id is not None:
        raise Invalid(errors={"photo": ["Take a photo of it as it is now."]})
    case.account_id = by.account_id
    facts = {"photo": photo, **presence.of_handler(case, fix, reason, by)}
    return moved(case, "feed-back", by, note=said(note, "note"), facts=facts, fix=fix)


@verb("case.rework")
def rework(
    number: str, version: str | None, reason: str, unit: str | None = None, *, by: Actor
) -> Moved:
    """Send a case back to its handler, and to a unit that assisted: it is not right yet"""
    case = held(number, "rework", version, by)
    if unit is not None:
        tasks.again(case, unit)
    facts: dict[str, object] = {"reason": said(reason, "reason")}
    return moved(case, "rework", by, facts=facts | ({"unit": unit} if unit else {}))


@verb("case.close")
def close(
    number: str,
    version: str | None,
    note: str | None = None,
    closing: str | None = None,
    fix: Mapping[str, Any] | None = None,
    *,
    by: Actor,
) -> Moved:
    """Close a case that was put right, as somebody who did not handle it

    Where the standard says when it may be closed, `closing` is the code of that condition: the
    checker says by it that it is fulfilled.
    """
    case = held(number, "close", version, by)
    fulfilled = clocks.condition(case)
    if fulfilled.closing and closing != fulfilled.code:
        raise Invalid(errors={"closing": ["Say that the closing condition is fulfilled."]})
    photos.release(case.id)
    facts: dict[str, object] = {"closing": closing} if fulfilled.closing else {}
    return moved(case, "close", by, note=note, facts=facts, fix=fix)


@verb("case.unmerge")
def unmerge(number: str, version: str | None, *, by: Actor) -> Moved:
    """Take a case out again that was put with another"""
    case = held(number, "unmerge", version, by)
    other = locked(Case.select().where(Case.id == case.merged_into)).get()
    other.reports -= case.reports
    step(other, "let-go", account_id=by.account_id, facts={"case": number})
    case.merged_into = case.closed_at = None
    case.open_key = free_key(case)
    return moved(case, "unmerge", by)


@verb("case.pass-on")
def pass_on(number: str, version: str | None, to: str, *, by: Actor) -> Moved:
    """Give a case to a colleague, who answers for it from now on"""
    case = held(number, "pass-on", version, by)
    account = Account.get_or_none((Account.name == to) & Account.active)
    if account is None or not _may_handle(account, case):
        raise Invalid(errors={"to": ["Name a colleague who handles cases there."]})
    case.account_id = account.id
    facts = {"case": number, "name": case.name}
    notices.tell_account(account.id, "case-passed-on", facts)
    return moved(case, "pass-on", by, facts={"to": to})


@verb("case.urge")
def urge(number: str, version: str | None, *, by: Actor) -> Moved:
    """Press for a case: whoever has it is told"""
    case = held(number, "urge", version, by)
    facts = {"case": number, "name": case.name}
    if case.account_id is not None:
        notices.tell_account(case.account_id, "case-urged", facts)
    else:
        role = "dispatcher" if case.state in ("received", "filed") else "handler"
        notices.tell_role(role, case.area_path, "case-urged", facts)
    return moved(case, "urge", by)


def _may_handle(account: Account, case: Case) -> bool:
    return account.unit in (None, case.unit) and handlers.works_at(account, case)


@verb("case.comment")
def comment(number: str, version: str | None, note: str, *, by: Actor) -> Moved:
    """Tell everybody how far a case is"""
    case = held(number, "comment", version, by)
    return moved(case, "comment", by, note=said(note, "note"))


def _parent(into: str, case: Case) -> Case:
    """The open case that this one joins; one that was merged itself takes nobody in."""
    other: Case = locked(Case.select().where(Case.id == faces.find(into).id)).get()
    if other.id == case.id or other.state not in workflow.OPEN:
        raise Invalid(errors={"into": ["Name another case that is open."]})
    if Case.select().where(Case.merged_into == case.id).exists():
        # Else its reporters would be two cases away from what becomes of it.
        raise Conflict(errors={"into": ["Others were put with this one: put that one with it."]})
    return other


TAKEN_BY: Mapping[str, Callable[..., Moved]] = {
    "file": file,
    "decline": decline,
    "merge": merge,
    "dispatch": dispatch,
    "accept": accept,
    "ask-confirmation": confirming.ask_confirmation,
    "confirm": confirming.confirm,
    "split": splitting.split,
    "return": returning.return_,
    "join-in": joining.join_in,
    "acknowledge": joining.acknowledge,
    "report-done": joining.report_done,
    "reassign": reassign,
    "feed-back": feed_back,
    "rework": rework,
    "close": close,
    "unmerge": unmerge,
    "pass-on": pass_on,
    "ask-extension": granting.ask_extension,
    "extend": granting.extend,
    "ask-shelving": granting.ask_shelving,
    "shelve": granting.shelve,
    "resume": granting.resume,
    "refuse": granting.refuse,
    "ask-void": granting.ask_void,
    "void": granting.void,
    "urge": urge,
    "comment": comment,
}
TAKES = {
    action: inspect.signature(function).parameters.keys() - {"number", "version", "share", "by"}
    for action, function in TAKEN_BY.items()
}
"""The words of a form that each move takes."""
