"""A case on a page: one form for each move of the table, what it was sent, and why it was refused.

The desk, the handler's page and the checker's page show the same case and take the same moves.
"""

from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    OutsideChina,
    PhotoUnreadable,
    Refused,
    SecondPersonNeeded,
    WrongState,
)
from backend.rules import datum, workflow
from backend.services import cases, photos, phrases, units
from backend.services.problems import subject
from mobile_api import auth, claims, problems, uploads, words
from mobile_api.pages.render import sent
from mobile_api.strict import is_clean

Plain = dict[str, Any]

STAYS = (Conflict, Invalid, PhotoUnreadable, SecondPersonNeeded, WrongState)
"""What is said beside the form it answers; any other refusal is a page of its own."""
FIELDS = {
    "photo": 32,
    "unit": 20,
    "into": 20,
    "to": 40,
    "until": 10,
    "confirmed": 3,
    "closing": 24,
    "parts": 0,
    "words": 500,
    "condition": 24,
    "reason": 500,
    "note": 500,
    "fix": 500,
}
"""What a form may say, in the order in which it asks, and the most characters of it."""
PHRASED = ("reason", "note")
"""Words for which there are ready phrases."""
PART = {"words": 500, "problem": 40, "unit": 20}
"""What is said of each part that a case is split into."""
FEWEST_PARTS = 3


@dataclass(frozen=True)
class Tried:
    """A move as somebody sent it: what the form said, and why it was not taken, if so."""

    form: Plain = field(default_factory=dict)
    refused: Refused | None = None

    @property
    def status(self) -> int:
        return problems.status_of(type(self.refused)) if self.refused else 200

    @property
    def problem(self) -> str | None:
        """Why, in a sentence."""
        if self.refused is None:
            return None
        told = words.word(self.refused.code, "case_problem")
        return problems.sentence_of(self.refused) if told == self.refused.code else told

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with which field."""
        found: Any = (self.refused.facts.get("errors") if self.refused else None) or {}
        return {name: gettext(said[0]) for name, said in found.items()}


def take(number: str, by: Actor) -> Tried:
    """The move that was sent, taken or not."""
    if request.mimetype == uploads.FORM:
        uploads.allow(uploads.MOST_PHOTO)
    action = sent("action", 20)
    form: Plain = {"action": action}
    form |= {name: _said(name, most) for name, most in FIELDS.items() if name != "parts"}
    form["parts"] = _parts()
    if action not in workflow.MOVES:
        raise Invalid(errors={"action": ["There is no such move."]})
    try:
        form["photo"] = _kept_photo(by) or form["photo"]
        cases.moves.take(number, sent("version", 10), form | _meant(form), by=by)
    except STAYS as refused:
        return Tried(form, refused)
    return Tried(form)


def shown(number: str, by: Actor, tried: Tried | None = None, rows: int = 0) -> Plain:
    """A case, and all that its forms are made of; `rows` for the parts of a split."""
    tried = tried or Tried()
    case = cases.show(number, by=by)
    return {
        "case": case,
        "moves": workflow.MOVES,
        "asks": {action: asks(action, case) for action in case["actions"]},
        "phrased": PHRASED,
        "units": units.all_units(),
        "away": phrases.of_move("away", case["kind"], case["problem"]["code"]),
        "colleagues": cases.handlers.colleagues(number) if "pass-on" in case["actions"] else [],
        "problems": subject(case["kind"]).as_dict()["problems"],
        "rows": max(FEWEST_PARTS, rows, len(tried.form.get("parts", ()))),
        "most_rows": cases.MOST_PARTS,
        "form": tried.form,
        "errors": tried.errors,
        "problem": tried.problem,
    }


def form_of(action: str, tried: Tried) -> Plain:
    """The form of one move alone, for whoever does not see the whole case."""
    return {
        "moves": workflow.MOVES,
        "asks": {action: [name for name in FIELDS if name in cases.moves.TAKES[action]]},
        "form": tried.form,
        "errors": tried.errors,
        "problem": tried.problem,
    }


def way_to(case: Plain) -> Plain | None:
    """Links that a phone's map opens; none is opened before somebody taps it."""
    if case["lat"] is None or case["lon"] is None:
        return None
    here = datum.Position(case["lat"], case["lon"])
    lat, lon = _in_china(here)
    return {
        "geo": f"geo:{here.lat:.6f},{here.lon:.6f}?q={here.lat:.6f},{here.lon:.6f}",
        "amap": f"https://uri.amap.com/marker?position={lon:.6f},{lat:.6f}",
    }


def _in_china(here: datum.Position) -> tuple[float, float]:
    """As Chinese maps count; outside of China they count as everybody."""
    try:
        return datum.from_wgs84(here, "gcj02")
    except OutsideChina:
        return here


def asks(action: str, case: Plain) -> list[str]:
    """What the form of a move asks for, of this case."""
    taken = cases.moves.TAKES[action]
    return [name for name in FIELDS if name in taken and name not in _answered(action, case)]


def _answered(action: str, case: Plain) -> set[str]:
    """What needs no asking: there is nothing to tick, or only one unit that may be meant."""
    assisting = [task for task in case["tasks"] if task["part"] == "assist"]
    found = set() if case["condition"]["closing"] else {"closing"}
    if action in ("acknowledge", "report-done") and len(assisting) < MANY:
        found.add("unit")
    if action == "rework" and not assisting:
        found.add("unit")
    return found


MANY = 2


def at_thing(numbers: list[str], by: Actor) -> list[Plain]:
    """What this handler has to do at a thing, ready for the form."""
    mine = cases.handlers.mine_among(numbers, by) if numbers else []
    return [shown(number, by) for number in mine[:MOST_HERE]]


MOST_HERE = 3


def merge(number: str, by: Actor) -> Tried:
    """Put those that were ticked with this case; the first refusal ends it."""
    for one in request.form.getlist("other")[: cases.MOST]:
        other, _, version = one.partition(":")
        if not auth.is_from_our_pages() or not is_clean(one):
            abort(422)
        try:
            cases.moves.take(other, version, {"action": "merge", "into": number}, by=by)
        except STAYS as refused:
            return Tried({"action": "merge"}, refused)
    return Tried({"action": "merge"})


def chosen(action: str, condition: str) -> Tried:
    """The form of a move as a link opens it, with a condition that was found for it."""
    return Tried({"action": action, "condition": condition} if action in workflow.MOVES else {})


def _meant(form: Plain) -> Plain:
    """What the fields of a form mean that are no text."""
    yes_or_no = {"yes": True, "no": False}.get(form["confirmed"])
    return {"confirmed": yes_or_no, "fix": claims.sent_fix() if form["fix"] else None}


def _parts() -> list[Plain]:
    """The parts of which something was said; an empty row is none."""
    rows = (
        {name: sent(f"part-{name}-{number}", most).strip() for name, most in PART.items()}
        for number in range(cases.MOST_PARTS)
    )
    return [{name: value or None for name, value in row.items()} for row in rows if row["words"]]


def _said(name: str, most: int) -> str:
    """What was written, after the phrase that was tapped."""
    written = sent(name, most)
    phrase = sent(f"{name}-phrase", most) if name in PHRASED else ""
    return " ".join(filter(None, (phrase, written.strip())))[:most] if phrase else written


def _kept_photo(by: Actor) -> str | None:
    """The number of the photo that came with the form, if one did."""
    file = request.files.get("photo")
    content = file.read() if file else b""
    return str(photos.keep(content, by=by)["id"]) if content else None
