"""A company's fleet: its people find a bike, say that it was stolen or is there again; its codes.

A fleet's bike has a company and no owner, so nobody has a link to it: whoever works for the company
(`unit` of the account) answers for it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid, NotFound
from backend.house import house
from backend.models import Bike
from backend.rules import bikes as rules
from backend.services import trail, units
from backend.services.bikes import acts, life, searching, steps
from backend.services.bikes.looking_up import face
from backend.verbs import verb

MOST = 50
LEAST_TEXT = 4
ACTS: Mapping[str, Callable[[Bike, Mapping[str, object], int | None], None]] = {
    "cry-theft": acts.cry_theft,
    "find": lambda bike, said, by: acts.find(bike, by),
    "retag": lambda bike, said, by: acts.retag(bike, by),
    "scrap": lambda bike, said, by: acts.scrap(bike, by),
}
"""What a company does with a bike of its own; it is given away by nobody and forgets nobody."""


class Plate(NamedTuple):
    """What a plate maker needs for one bike."""

    frame: str
    code: str
    link: str


@verb("bike.codes", reads=True)
def plates(unit_code: str, *, by: Actor) -> list[Plate]:
    """The codes of a company's bikes, by frame number, for who makes their plates"""
    unit = units.find(unit_code)
    mine = (Bike.operator == unit.code) & Bike.code.is_null(False)
    rows = Bike.select(Bike.frame, Bike.code).where(mine).order_by(Bike.frame).tuples()
    base = house().settings.public_url
    found = [Plate(frame, code, f"{base}/{code}") for frame, code in rows.iterator()]
    trail.write(by, "bike.codes", facts={"unit": unit.code, "bikes": len(found)})
    return found


@verb("bike.fleet", reads=True)
def fleet(text: str | None = None, *, by: Actor) -> dict[str, Any]:
    """My company's bikes: those that are stolen and where each was seen, or those that go by a text

    `text`: a code, or the first digits of a frame number.
    """
    wanted = _mine(by) & (_named(text) if text else Bike.state == "stolen")
    rows = list(Bike.select().where(wanted).order_by(Bike.frame).limit(MOST + 1))
    unit = units.of_account(by.account_id)
    trail.write(by, "bike.fleet", facts={"unit": unit, "bikes": len(rows[:MOST])})
    return {
        "unit": units.public(units.of(unit)),
        "counts": _counts(by),
        "items": [_view(bike) for bike in rows[:MOST]],
        "is_more": len(rows) > MOST,
    }


def has_fleet(*, by: Actor) -> bool:
    """Whether this account works for a company that has bikes here."""
    return bool(Bike.select(Bike.id).where(_mine(by)).exists())


@verb("bike.fleet-act")
def act_on(bike_id: int, action: str, words: str | None = None, *, by: Actor) -> dict[str, Any]:
    """A bike of my company was stolen, is there again, is no more, or needs another code"""
    if action not in ACTS:
        raise Invalid(errors={"action": [f"One of {', '.join(ACTS)}."]})
    if not Bike.select(Bike.id).where(_mine(by) & (Bike.id == bike_id)).exists():
        raise NotFound(noun="bike")
    bike = steps.held(bike_id, action)
    ACTS[action](bike, {"words": life.short(words)}, by.account_id)
    facts = {"bike": str(bike.id), "tag": bike.code, "action": action, "unit": bike.operator}
    trail.write(by, "bike.fleet-act", area_path=bike.area_path, facts=facts)
    return _view(bike)


def _mine(by: Actor) -> Any:
    """The bikes of whom this account works for; of nobody, if it says of nobody."""
    return Bike.operator == (units.of_account(by.account_id) or "")


def _named(text: str) -> Any:
    plain = "".join(text.split()).upper()
    if len(plain) < LEAST_TEXT:
        raise Invalid(errors={"q": ["At least 4 characters of the code or frame number."]})
    if not plain.isascii() or not plain.replace("-", "").isalnum():
        raise Invalid(errors={"q": ["This is neither a code nor a frame number."]})
    pattern = searching.pattern_of(plain)
    by_frame = Bike.frame.startswith(plain)
    return by_frame if pattern is None else by_frame | (Bike.code**pattern)


def _counts(by: Actor) -> dict[str, int]:
    """How many of them are in which state."""
    rows = Bike.select(Bike.state, fn.COUNT(Bike.id)).where(_mine(by)).group_by(Bike.state)
    found: Any = rows.order_by(Bike.state).tuples()
    return {str(state): int(count) for state, count in found}


def _view(bike: Bike) -> dict[str, Any]:
    may = rules.actions(bike.state, "owner")
    return {
        **face(bike),
        "actions": [action for action in ACTS if action in may],
        "sightings": searching.sightings(bike) if bike.state == "stolen" else [],
    }
