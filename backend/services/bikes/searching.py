"""A bike that somebody saw go: found by a part of its code, its colour, its brand.

What comes out are bikes. Whose they are is a look-up of its own, each with its line.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Bike, BikeStep, Sighting
from backend.rules import bikes as life
from backend.services import trail
from backend.services.bikes import asking
from backend.services.bikes.looking_up import face
from backend.verbs import verb
from qr import codes

SEARCHES_MOST, SEARCHES_PER_S = 10.0, 1 / 360
"""A witness remembers little, and an officer tries a few; ten an hour are no enumeration."""
MOST = 20
LEAST_KNOWN = 3
MOST_BRAND = 40
MOST_STOLEN, MOST_SEEN = 200, 20
_READ_AS = str.maketrans("ILO", "110")


def search(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """`found`, so many an hour.

    `form`: at least two of code_part, colour and brand; case_number, reason.
    """
    asking.spend(by, "bike.search", most=SEARCHES_MOST, per_s=SEARCHES_PER_S)
    return found(form, by=by)


@verb("bike.search")
def found(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Bikes by what a witness remembers: a part of the code, colour, brand; nothing of owners"""
    asked = asking.checked(form, by=by)
    said = _said(form)
    rows = list(_matching(said, asking.in_reach(by, "bike.search")).limit(MOST + 1))
    facts = {**asked.facts(), "by": sorted(said), "bikes": len(rows[:MOST])}
    trail.write(by, "bike.search", facts=facts)
    return {"items": [face(bike) for bike in rows[:MOST]], "is_more": len(rows) > MOST}


def _said(form: Mapping[str, Any]) -> dict[str, str]:
    """What the witness remembers, each as it is looked for. Raises Invalid."""
    said, errors = dict[str, str](), dict[str, list[str]]()
    brand = " ".join(str(form.get("brand") or "").split())
    if len(brand) > MOST_BRAND or not brand.isprintable():
        errors["brand"] = [f"At most {MOST_BRAND} characters."]
    elif brand:
        said["brand"] = brand
    if form.get("colour"):
        colour = life.colour_of(str(form["colour"]))
        if colour is None:
            errors["colour"] = ["Choose a colour."]
        else:
            said["colour"] = colour
    if form.get("code_part"):
        pattern = pattern_of(str(form["code_part"]))
        if pattern is None:
            errors["code_part"] = [
                "3 to 12 letters or digits of the code, with a ? for each that nobody has read."
            ]
        else:
            said["code_part"] = pattern
    if not errors and len(said) < 2:
        errors["form"] = ["Say two of: a part of the code, the colour, the brand."]
    if errors:
        raise Invalid(errors=errors)
    return said


def pattern_of(text: str) -> str | None:
    """What LIKE looks for. Twelve places stand where they are read, fewer anywhere in a row."""
    plain = re.sub(r"[\s\-·]", "", text).upper().replace("？", "?").translate(_READ_AS)
    known = [mark for mark in plain if mark != "?"]
    if not set(known) <= set(codes.ALPHABET) or not len(known) >= LEAST_KNOWN:
        return None
    if len(plain) > codes.LENGTH:
        return None
    pattern = plain.replace("?", "_")
    return pattern if len(plain) == codes.LENGTH else f"%{pattern}%"


def _matching(said: Mapping[str, str], in_reach: Any) -> Any:
    rows = Bike.select().where(Bike.state.in_(("registered", "stolen")) & in_reach)
    if "code_part" in said:
        rows = rows.where(Bike.code ** said["code_part"])
    if "colour" in said:
        rows = rows.where(Bike.colour == said["colour"])
    if "brand" in said:
        rows = rows.where(Bike.brand.contains(said["brand"]))
    return rows.order_by(Bike.id.desc())


@verb("bike.stolen", reads=True)
def stolen(*, by: Actor) -> list[dict[str, Any]]:
    """The stolen bikes of my areas, the latest first, and where each was seen; no owners"""
    mine = (Bike.state == "stolen") & asking.in_reach(by, "bike.stolen")
    rows = Bike.select().where(mine).order_by(Bike.stolen_at.desc(), Bike.id)
    found = list(rows.limit(MOST_STOLEN))
    trail.write(by, "bike.stolen", facts={"bikes": len(found)})
    return [{**face(bike), "words": _words(bike), "sightings": sightings(bike)} for bike in found]


def _words(bike: Bike) -> str | None:
    """Where it was seen last, in its owner's words."""
    cries = (BikeStep.bike_id == bike.id) & (BikeStep.action == "cry-theft")
    last = BikeStep.select().where(cries).order_by(BikeStep.id.desc()).first()
    return orjson.loads(last.facts).get("words") if last else None


def sightings(bike: Bike) -> list[dict[str, Any]]:
    """Where it was seen since it was stolen, the latest first."""
    since = (Sighting.bike_id == bike.id) & (Sighting.at >= bike.stolen_at)
    rows = Sighting.select().where(since).order_by(Sighting.id.desc()).limit(MOST_SEEN)
    return [
        {
            "at": one.at,
            "lat": one.lat,
            "lon": one.lon,
            "accuracy_m": one.accuracy_m,
            "photo": one.photo,
            "by": "staff" if one.account_id else "citizen",
        }
        for one in rows
    ]
