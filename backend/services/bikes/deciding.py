"""What an officer decides: a registration that a machine did not, and a bike that was found."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend import clock
from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound
from backend.house import house
from backend.models import Bike, BikeStep
from backend.services import tags, trail
from backend.services.bikes import asking, owners, steps
from backend.verbs import verb

MOST = 100


@verb("bike.review", reads=True)
def reviews(*, most: int = 50, by: Actor) -> list[dict[str, Any]]:
    """The registrations that wait for a person, the oldest first, with who asks and why"""
    waiting = (Bike.state == "review") & asking.in_reach(by, "bike.review")
    rows = Bike.select().where(waiting).order_by(Bike.asked_at, Bike.id).limit(min(most, MOST))
    found = [_view(bike) for bike in rows]
    facts = {"bikes": len(found)}
    trail.write(by, "bike.review", fields=("name", "id_number"), facts=facts)
    return found


@verb("bike.decide")
def decide(bike_id: int, outcome: str, reason: str | None = None, *, by: Actor) -> dict[str, Any]:
    """Register it, or turn it away and say why; a person's word, after a machine's"""
    if outcome not in ("approve", "reject"):
        raise Invalid(errors={"outcome": ["One of approve, reject."]})
    if outcome == "reject" and not (reason or "").strip():
        raise Invalid(errors={"reason": ["Say it in a few words."]})
    bike = steps.held(bike_id, outcome)
    asking.roles_at(by, "bike.decide", bike.area_path)
    if outcome == "approve":
        _take_frame(bike)
        bike.registered_at = clock.now()
        bike.code = bike.code or tags.mint_bound("ebike", bike.id)
    facts = {"reason": (reason or "").strip()[:200] or None}
    steps.step(bike, outcome, account_id=by.account_id, facts=facts)
    _write(by, "bike.decide", bike, {"outcome": outcome})
    return {"id": bike.id, "state": bike.state, "code": bike.code}


@verb("bike.recover")
def recover(code: str, case_number: str, *, by: Actor) -> dict[str, Any]:
    """A stolen bike was found and is given back: never without a case"""
    found: Bike | None = Bike.get_or_none(Bike.code == tags.read(code))
    if found is None:
        raise NotFound(noun="bike")
    if not case_number.strip():
        raise Invalid(errors={"case_number": ["Say under which case."]})
    bike = steps.held(found.id, "recover")
    asking.roles_at(by, "bike.recover", bike.area_path)
    bike.stolen_at = None
    facts = {"case_number": case_number.strip()[:40]}
    steps.step(bike, "recover", account_id=by.account_id, facts=facts)
    _write(by, "bike.recover", bike, facts)
    return {"id": bike.id, "state": bike.state, "code": bike.code}


def _take_frame(bike: Bike) -> None:
    """A frame has one living registration: whoever has it now must be heard first."""
    other = Bike.get_or_none((Bike.frame_key == bike.frame) & (Bike.id != bike.id))
    if other is not None:
        raise Conflict(errors={"frame": ["Another registration of this frame lives."]})
    bike.frame_key = bike.frame


def _view(bike: Bike) -> dict[str, Any]:
    row = owners.of_bike(bike.id)
    person = owners.opened(row) if row else None
    steps_ = BikeStep.select().where(BikeStep.bike_id == bike.id).order_by(BikeStep.id)
    return {
        "id": bike.id,
        "brand": bike.brand,
        "colour": bike.colour,
        "frame": bike.frame,
        "frame_form": bike.frame_form,
        "asked_at": bike.asked_at,
        "owner": person._asdict() if person else None,
        "steps": [
            {"at": one.at, "action": one.action, "facts": orjson.loads(one.facts)} for one in steps_
        ],
        "is_served": not set(house().policy.bikes.served).isdisjoint(bike.area_path.split("/")),
    }


def _write(by: Actor, verb_name: str, bike: Bike, facts: Mapping[str, object]) -> None:
    told = {"bike": str(bike.id), "tag": bike.code, **facts}
    trail.write(by, verb_name, area_path=bike.area_path, facts=told)
