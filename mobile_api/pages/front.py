"""The front page: who I am here, what waits for me, and how to start."""

from collections import defaultdict
from typing import Any
from urllib.parse import quote

from flask import Blueprint, request

from backend.actor import Actor
from backend.house import house
from backend.services import bikes, cases, notices, places, trail_read
from backend.services.accounts import devices, me
from mobile_api import auth, demo, words
from mobile_api.pages.render import page, see

blp = Blueprint("front", __name__)

MOST_NOTICES = 100
MOST_RECENT = 5
LOOKED_BACK = 100  # Lines of one's own trail.


@blp.get("/")
def front() -> Any:
    """For who is signed in."""
    by = auth.current_actor()
    return page(
        "front.html",
        person=me.show(by=by),
        devices=devices.own_devices(by=by),
        recent=_recent(by),
        notices=[_said(one) for one in notices.unread(0, MOST_NOTICES, by=by)],
        most_notices=MOST_NOTICES,
        work=_work(by),
        demo_tags=[*demo.first_tags(), demo.lamp_tag()] if house().settings.DEMO else [],
    )


def _work(by: Actor) -> list[dict[str, Any]]:
    """Where my cases are worked, and how many wait there for me."""
    waiting = cases.waiting_for(by)
    found = [{"name": name, "path": f"/{name}", "count": count} for name, count in waiting.items()]
    if cases.may_somewhere("case.list", by=by):
        found.append({"name": "cases", "path": "/desk/cases", "count": None})
    if cases.may_somewhere("topic.list", by=by):
        found.append({"name": "topics", "path": "/desk/topics", "count": None})
    if any(cases.may_somewhere(verb, by=by) for verb in ("bike.stolen", "bike.delay-list")):
        found.append({"name": "bikes", "path": "/bikes/desk", "count": None})
    if cases.may_somewhere("bike.fleet", by=by) and bikes.has_fleet(by=by):
        found.append({"name": "fleet", "path": "/bikes/desk/fleet", "count": None})
    return found


def _recent(by: Actor) -> list[dict[str, Any]]:
    """The buildings I opened last, each once, newest first."""
    if not any("trail.own" in house().policy.verbs[role] for role in by.roles):
        return []
    opened: dict[str, Any] = {}
    for line in trail_read.own(None, LOOKED_BACK, by=by)["items"]:
        if line["verb"] == "visit.begin" and line["outcome"] == "done":
            opened.setdefault(line["building"], line["at"])
    return [
        {"code": code, "name": places.find_building(code).name, "at": at}
        for code, at in list(opened.items())[:MOST_RECENT]
    ]


def _said(notice: dict[str, Any]) -> dict[str, Any]:
    """A notice as a sentence; a fact it does not carry is left out."""
    facts = notice["facts"]
    if notice["kind"] == "rule-failed":
        facts = {**facts, "reason": words.word(facts["reason"], "rule_fault")}
    if "colour" in facts:
        facts = {**facts, "colour": words.word(facts["colour"], "bike_colour")}
    sentence = words.word(notice["kind"], "notice") % defaultdict(str, facts)
    return {"sentence": sentence, "at": notice["at"]}


@blp.get("/t")
def typed() -> Any:
    """A tag's code typed by hand leads where its picture would."""
    code = request.args.get("tag", "").strip()
    if "/" in code:  # A whole link, copied from somewhere.
        return see(f"/t/{quote(code, safe='')}")
    return see(f"/{quote(code, safe='')}")
