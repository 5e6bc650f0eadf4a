"""What a report without a tag is about: chosen from what stands there, or a place of one's own."""

import json
from typing import Any

from flask import request
from flask_babel import gettext

from backend.errors import NotFound
from backend.services import cases, facilities, places, problems, tags
from mobile_api import faces
from mobile_api.pages.render import written

Plain = dict[str, Any]

MOST = 10
MOST_PLACE = 200
NONE = "place"
"""What is chosen by who sees nothing of it in the list."""
BIKE = "bike"
OF_A_BIKE = ("parking", "fire_lane", "other")
"""What of the street's problems a bike may be; the first is what is meant nearly always."""


def fix() -> Plain | None:
    """The position that the page's script wrote into the form, if it is one."""
    try:
        said = json.loads(written("fix", 500) or "null")
        lat, lon = float(said["lat"]), float(said["lon"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return {"lat": lat, "lon": lon, "crs": str(said.get("crs") or "wgs84")[:20]}


def carried(here: Plain | None) -> str:
    """The position for a hidden field of the next page."""
    return json.dumps(here) if here else ""


def chosen() -> list[str]:
    """What was ticked: `facility:SW-L001`, `building:...`, `bike:CODE`, `case:...` or `place`."""
    return list(dict.fromkeys(request.form.getlist("thing")))[:MOST]


def things(wanted: list[str], here: Plain | None, place: str) -> list[Plain]:
    """The same in the words of `services.reports.file`."""
    found: list[Plain] = []
    for one in wanted:
        noun, _, name = one.partition(":")
        if noun in ("facility", "building", "case") and name:
            found.append({noun: name})
        else:
            where = {"place": {**(here or {}), "address": place or None}}
            found.append({"tag": name, **where} if noun == BIKE else where)
    return found


def bike(wanted: list[str]) -> str | None:
    """The code of the bike that this is about, if it is one bike and nothing else."""
    noun, _, name = wanted[0].partition(":") if len(wanted) == 1 else ("", "", "")
    return name if noun == BIKE and name else None


def subjects(wanted: list[str]) -> list[Plain]:
    """For each thing its kind, what it is called, and the problems it may have. Refuses others."""
    return [_subject(*one.partition(":")[::2]) for one in wanted]


def _subject(noun: str, name: str) -> Plain:
    if noun == "facility":
        row = facilities.find(name)
        return _of(row.kind, row.name or row.number)
    if noun == "case":
        case = cases.find(name)
        told = problems.find(case.kind, case.problem).as_dict()
        return {"kind": f"case:{name}", "name": case.address or case.name, "problems": [told]}
    if noun == "building":
        return _of(problems.BUILDING, places.find_building(name).name)
    if noun == BIKE:
        face = tags.face(name, by=None)
        if not faces.is_bike(face):
            raise NotFound(noun="bike")
        street = _of(problems.STREET, faces.title(face, None))
        known = {one["code"]: one for one in street["problems"]}
        return {**street, "problems": [known[one] for one in OF_A_BIKE], "likely": OF_A_BIKE[0]}
    return _of(problems.STREET, "")


def _of(kind: str, name: str) -> Plain:
    return {"kind": kind, "name": name, "problems": problems.subject(kind).as_dict()["problems"]}


def fault(wanted: list[str], found: list[Plain], here: Plain | None, place: str) -> str | None:
    """Why these cannot be told of together; None if they can."""
    if not wanted:
        return gettext("Choose what it is, or say that it is none of these.")
    if len({one["kind"] for one in found}) > 1:
        return gettext("Choose things of one kind, and report the others apart.")
    if (NONE in wanted or bike(wanted)) and here is None and not place:
        return gettext("Say where it is.")
    return None
