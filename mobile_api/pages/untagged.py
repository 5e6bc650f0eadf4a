"""A report of what bears no tag: where it is, what it is, what is wrong; and a clerk's, by phone.

Two doors lead to the same steps: `/report` for everybody, `/hotline` for whoever takes calls.
Each step is a page, so it needs no script; only finding the position does.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, request
from flask_babel import gettext

from backend import verbs
from backend.actor import Actor
from backend.services import reports
from backend.services.reports import candidates
from mobile_api import auth, choosing, telling
from mobile_api.pages.render import asked, page, see, written
from qr import codes

blp = Blueprint("untagged_pages", __name__)


@dataclass(frozen=True)
class Door:
    """A way in: its address, the channel of what comes through it, and whether calls are taken."""

    path: str
    channel: str
    is_call: bool = False


DOORS = {"report": Door("/report", "web"), "hotline": Door("/hotline", "hotline", is_call=True)}
IN = "<any(report, hotline):door>"


@blp.get(f"/{IN}")
def where(door: str) -> Any:
    """Where it is: a code, a number or an address; a position by script"""
    at, by = _enter(door)
    text = asked("q")
    if text and codes.is_well_formed(text):
        return see(f"/{quote(text, safe='')}")
    found = candidates.named(text, by=by, source=auth.source()) if text else None
    return _where(at, found, place=text)


@blp.post(f"/{IN}/near")
def near(door: str) -> Any:
    """What stands around this position"""
    at, by = _enter(door)
    here = choosing.fix()
    if here is None:
        return _where(at, None, problem=gettext("Your position is missing. Type where it is."))
    found = candidates.near(here, by=by, source=auth.source())
    return _where(at, found, here=here)


@blp.post(f"/{IN}/what")
def what(door: str) -> Any:
    """What is wrong with the things that were chosen"""
    at, _ = _enter(door)
    wanted, here, place = _chosen()
    subjects = choosing.subjects(wanted)
    problem = choosing.fault(wanted, subjects, here, place)
    if problem:
        return _where(at, None, here=here, place=place, problem=problem, status=422, wanted=wanted)
    return _what(at, wanted, subjects, here, place)


@blp.post(f"/{IN}")
def send(door: str) -> Any:
    """Take it in"""
    at, by = _enter(door)
    told = telling.read(by)
    wanted, here, place = _chosen()
    subjects = choosing.subjects(wanted)
    problem = choosing.fault(wanted, subjects, here, place)
    if problem:
        told.errors["thing"] = problem
    things = choosing.things(wanted, here, place)
    answer = telling.file(things, told, channel=_channel(at, by, wanted), by=by)
    if answer is not None:
        return _spoken(answer) if at.is_call else answer
    if telling.wants_json():
        return telling.refused(told)
    if problem:
        return _where(at, None, here=here, place=place, problem=problem, status=422, wanted=wanted)
    return _what(at, wanted, subjects, here, place, told, 422)


def _enter(door: str) -> tuple[Door, Actor | None]:
    """The door, and who comes through it. Calls are taken by those who may write them down."""
    at = DOORS[door]
    if not at.is_call:
        return at, telling.reporter()
    by = auth.current_actor()
    verbs.check(by, "report.file")
    return at, by


def _channel(at: Door, by: Actor | None, wanted: list[str]) -> str:
    if by and not at.is_call:
        return "worker"
    return "scan" if choosing.bike(wanted) and not at.is_call else at.channel


def _chosen() -> tuple[list[str], dict[str, Any] | None, str]:
    return choosing.chosen(), choosing.fix(), written("place", choosing.MOST_PLACE).strip()


def _where(
    at: Door,
    found: list[dict[str, Any]] | None,
    *,
    here: dict[str, Any] | None = None,
    place: str = "",
    problem: str | None = None,
    status: int = 200,
    wanted: list[str] | None = None,
) -> Any:
    return page(
        "untagged/where.html",
        status,
        door=at,
        bike=choosing.bike(wanted or []),
        found=found,
        fix=choosing.carried(here),
        place=place,
        problem=problem,
        number=request.args.get("done", "")[:20],
    )


def _what(
    at: Door,
    wanted: list[str],
    subjects: list[dict[str, Any]],
    here: dict[str, Any] | None,
    place: str,
    told: telling.Told | None = None,
    status: int = 200,
) -> Any:
    told = told or telling.Told(problem=subjects[0].get("likely", ""))
    problems = subjects[0]["problems"]
    if len(problems) == 1:  # Somebody told of it before: it is that.
        told.problem = problems[0]["code"]
    form = {
        "action": at.path,
        "problems": problems,
        "told": told,
        "ticket": reports.ticket(choosing.bike(wanted) or ""),
        "heading": gettext("What is wrong?"),
        "phone_label": gettext("The caller's phone") if at.is_call else None,
        "open": at.is_call,
        "hidden": [
            *(("thing", one) for one in wanted),
            ("fix", choosing.carried(here)),
            ("place", place),
        ],
    }
    names = [one["name"] for one in subjects if one["name"]] or [place]
    return page("untagged/what.html", status, door=at, form=form, names=names)


def _spoken(answer: Any) -> Any:
    """A clerk stays at the desk, and reads the number to the caller."""
    token = telling.token_of(answer)
    number = reports.follow(token)["cases"][0]["number"]
    return see(f"/hotline?done={number}")
