"""Topics on a phone: what many suddenly tell of, whose it is, and until when."""

from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext

from backend.errors import Invalid, NotFound, Refused, TopicEnded, VersionStale
from backend.services import topics, units
from mobile_api import auth, problems
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import page, see, sent

blp = Blueprint("topic_pages", __name__, url_prefix="/desk/topics")

STAYS = (Invalid, NotFound, TopicEnded, VersionStale)
"""What is said beside the form it answers; any other refusal is a page of its own."""
FIELDS = {"unit": 20, "account": 40, "due_on": 10, "words": 500, "note": 500}


@blp.get("")
def ledger() -> Any:
    """Topics of my areas: what is open, or all of one state."""
    state = request.args.get("state", "")
    found = topics.listed(
        state=state if state in topics.STATES else None,
        before=cursor(request.args.get("before")),
        most=30,
        by=auth.current_actor(),
    )
    return page("topics/list.html", found=found, state=state, states=topics.STATES)


@blp.get("/<int:topic>")
def one(topic: int) -> Any:
    """A topic, its cases, and what I may do with it."""
    return _topic(topic)


@blp.post("/<int:topic>")
def act(topic: int) -> Any:
    """Give it to somebody, settle it, or call it none; back to it."""
    by = auth.current_actor()
    action = sent("action", 20)
    form = {"action": action, **{name: sent(name, most) for name, most in FIELDS.items()}}
    version = sent("version", 10)
    try:
        if action == "assign":
            topics.assign(
                topic,
                version,
                due_on=_day(form["due_on"]),
                unit=form["unit"] or None,
                account=form["account"] or None,
                words=form["words"] or None,
                by=by,
            )
        elif action in ("settle", "dismiss"):
            take = topics.settle if action == "settle" else topics.dismiss
            take(topic, version, form["note"], by=by)
        else:
            raise Invalid(errors={"action": ["There is no such move."]})
    except STAYS as refused:
        return _topic(topic, refused, form)
    return see(f"/desk/topics/{topic}")


def _topic(topic: int, refused: Refused | None = None, form: dict[str, Any] | None = None) -> Any:
    found = topics.show(topic, by=auth.current_actor())
    return page(
        "topics/one.html",
        problems.status_of(type(refused)) if refused else 200,
        topic=found,
        most_reports=max((one["reports"] for one in found["days"]), default=1),
        units=units.all_units(),
        form=form or {},
        errors=_errors(refused) if refused else {},
        problem=problems.sentence_of(refused) if refused else None,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(errors={"due_on": ["Name today or a later day."]}) from None


def _errors(refused: Refused) -> dict[str, str]:
    found: Any = refused.facts.get("errors") or {}
    return {name: gettext(said[0]) for name, said in found.items()}
