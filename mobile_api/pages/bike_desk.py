"""E-bikes on an officer's phone: on duty, for a case and a reason, and nothing by accident."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotOnDuty,
    NotYourArea,
    Refused,
    TooManyLookUps,
    WrongState,
)
from backend.rules import bikes as life
from backend.services import bikes, shifts
from backend.services.accounts import me
from mobile_api import auth, problems
from mobile_api.pages.render import asked, page, see, sent

blp = Blueprint("bike_desk_pages", __name__, url_prefix="/bikes/desk")

STAYS = (Conflict, Invalid, NotFound, NotOnDuty, NotYourArea, TooManyLookUps, WrongState)
LOOK_UP = {"code": 60, "frame": 40, "case_number": 40, "reason": 20, "words": 200, "delay": 3}
SEARCH = {"code_part": 24, "colour": 20, "brand": 40, "case_number": 40, "reason": 20, "words": 200}


@blp.get("")
def desk() -> Any:
    """What I may do with bikes, and what waits for me"""
    return _desk(auth.current_actor())


@blp.post("/shift")
def shift() -> Any:
    """On duty, or off"""
    by = auth.current_actor()
    if sent("duty", 3) == "on":
        shifts.begin(by=by)
    else:
        shifts.end(by=by)
    return see("/bikes/desk")


@blp.post("/look-up")
def look_up() -> Any:
    """Whose is it? The answer is shown once, and the owner can read that it was asked"""
    by = auth.current_actor()
    form = {name: sent(name, most).strip() or None for name, most in LOOK_UP.items()}
    delay = form.pop("delay")
    asked = {**form, "delay_days": int(delay) if delay and delay.isdecimal() else None}
    try:
        return _desk(by, form=form, told=bikes.look_up(asked, by=by))
    except STAYS as refused:
        return _desk(by, form={**form, "delay": delay}, refused=refused, at="look-up")


@blp.post("/search")
def search() -> Any:
    """What a witness remembers"""
    by = auth.current_actor()
    form = {name: sent(name, most).strip() or None for name, most in SEARCH.items()}
    try:
        return _desk(by, form=form, found=bikes.search(form, by=by))
    except STAYS as refused:
        return _desk(by, form=form, refused=refused, at="search")


@blp.get("/seen/<photo>.jpg")
def seen(photo: str) -> Any:
    """What somebody photographed who saw a stolen bike"""
    content = bikes.sent_to_staff(photo, by=auth.current_actor())
    answer = Response(content, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blp.get("/fleet")
def fleet() -> Any:
    """My company's bikes"""
    return _fleet(auth.current_actor(), asked("q"))


@blp.post("/fleet/<number>")
def act_on_fleet(number: str) -> Any:
    """Stolen, found again, another code, no more"""
    by, action = auth.current_actor(), sent("action", 12)
    try:
        bikes.act_on(bikes.number_in(number), action, sent("words", 200), by=by)
    except STAYS as refused:
        return _fleet(by, sent("q", 40), refused)
    return see(f"/bikes/desk/fleet?done={action}")


@blp.post("/reviews/<number>")
def decide(number: str) -> Any:
    """Register it, or turn it away"""
    by = auth.current_actor()
    try:
        bikes.decide(bikes.number_in(number), sent("outcome", 8), sent("reason", 200), by=by)
    except STAYS as refused:
        return _desk(by, refused=refused, at="reviews")
    return see("/bikes/desk")


@blp.post("/recoveries")
def recover() -> Any:
    """Found, and given back"""
    by = auth.current_actor()
    try:
        bikes.recover(sent("code", 60), sent("case_number", 40), by=by)
    except STAYS as refused:
        return _desk(by, refused=refused, at="stolen")
    return see("/bikes/desk")


@blp.post("/delays/<int:number>")
def decide_delay(number: int) -> Any:
    """Let its owner learn of it later, or now"""
    by = auth.current_actor()
    try:
        bikes.decide_delay(number, sent("answer", 3) == "yes", by=by)
    except STAYS as refused:
        return _desk(by, refused=refused, at="delays")
    return see("/bikes/desk")


def _desk(
    by: Actor,
    *,
    form: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
    found: dict[str, Any] | None = None,
    refused: Refused | None = None,
    at: str = "",
) -> Response:
    verbs = set(me.show(by=by)["verbs"])
    answer = page(
        "bikes/desk.html",
        problems.status_of(type(refused)) if refused else 200,
        verbs=verbs,
        shift=shifts.show(by=by) if "shift.show" in verbs else None,
        form=form or {},
        told=told,
        found=found,
        at=at,
        problem=problems.first_of(refused) if refused else None,
        errors=_errors(refused),
        reasons=life.REASONS,
        colours=life.COLOURS,
        stolen=bikes.stolen(by=by) if "bike.stolen" in verbs else [],
        reviews=bikes.reviews(by=by) if "bike.review" in verbs else [],
        delays=bikes.delays(by=by) if "bike.delay-list" in verbs else [],
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _fleet(by: Actor, text: str, refused: Refused | None = None) -> Response:
    try:
        found = bikes.fleet(text or None, by=by)
    except Invalid as unread:
        refused, found = unread, bikes.fleet(by=by)
    return page(
        "bikes/fleet.html",
        problems.status_of(type(refused)) if refused else 200,
        found=found,
        q=text,
        done=request.args.get("done", ""),
        problem=problems.first_of(refused) if refused else None,
    )


def _errors(refused: Refused | None) -> dict[str, str]:
    found: Any = (refused.facts.get("errors") if refused else None) or {}
    return {name: gettext(said[0]) for name, said in found.items()}
