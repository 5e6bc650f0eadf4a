"""What a report without a tag is about: chosen from what stands there, or a place of one's own."""

import json
from typing import Any

from flask import request
from flask_babel import gettext

from backend.services import cases, facilities, places, problems
from mobile_api.pages.render import written

Plain = dict[str, Any]

MOST = 10
MOST_PLACE = 200
NONE = "place"
"""What is chosen by who sees nothing of it in the list."""


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
    """What was ticked: `facility:SW-L001`, `building:...`, `case:...` or `place`."""
    return list(dict.fromkeys(request.form.getlist("thing")))[:MOST]


def things(wanted: list[str], here: Plain | None, place: str) -> list[Plain]:
    """The same in the words of `services.reports.file`."""
    found: list[Plain] = []
    for one in wanted:
        noun, _, name = one.partition(":")
        if noun in ("facility", "building", "case") and name:
            found.append({noun: name})
        else:
            found.append({"place": {**(here or {}), "address": place or None}})
    return found


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
    return _of(problems.STREET, "")


def _of(kind: str, name: str) -> Plain:
    return {"kind": kind, "name": name, "problems": problems.subject(kind).as_dict()["problems"]}


def fault(wanted: list[str], found: list[Plain], here: Plain | None, place: str) -> str | None:
    """Why these cannot be told of together; None if they can."""
    if not wanted:
        return gettext("Choose what it is, or say that it is none of these.")
    if len({one["kind"] for one in found}) > 1:
        return gettext("Choose things of one kind, and report the others apart.")
    if NONE in wanted and here is None and not place:
        return gettext("Say where it is.")
    return None
