"""What a code leads to, for programs and for pages: the tag's face, and all that stands on it."""

from functools import cache
from pathlib import Path
from typing import Any

from backend.actor import Actor
from backend.services import cases, facilities, places, problems, reports, units
from mobile_api import telling, words

Plain = dict[str, Any]

DRAWINGS = Path(__file__).parent / "static" / "things"


def whole(face: Plain) -> Plain:
    """A tag's face with `facility`: what anybody may know of it, None for anything else."""
    return face | {"facility": facility_of(face)}


def facility_of(face: Plain) -> Plain | None:
    return facilities.public(face["subject"]["code"]) if _is_facility(face) else None


def _is_facility(face: Plain) -> bool:
    subject = face["subject"]
    return subject is not None and subject["type"] == "facility"


def is_bike(face: Plain) -> bool:
    """Whether it is ridden, and stands where it was left."""
    subject = face["subject"]
    return subject is not None and subject["type"] == "bike"


def is_stolen_bike(face: Plain) -> bool:
    """Whether each scan of it is a sighting."""
    return is_bike(face) and face["subject"]["bike"]["state"] == "stolen"


def title(face: Plain, facility: Plain | None) -> str:
    """What the thing is called; of a code that leads nowhere, what is wrong with it."""
    subject = face["subject"]
    if facility is not None:
        return facility["name"] or f"{words.tongue(facility['kind_name'])} {facility['number']}"
    if is_bike(face):
        return (
            f"{subject['bike']['brand']} · {words.word(subject['bike']['colour'], 'bike_colour')}"
        )
    if subject is not None:
        return f"{subject['name']} {subject['room'] or ''}".strip()
    return words.word(face["notice"], "tag_notice_title")


def record(facility: Plain | None, verbs: list[str], by: Actor | None) -> Plain | None:
    """What staff read beside the public facts."""
    if facility is None or by is None or "facility.show" not in verbs:
        return None
    return facilities.show(facility["number"], by=by)


def unit_of(face: Plain) -> Plain | None:
    """Who answers for a building's surroundings: the office of its community."""
    if face["subject"] is None or _is_facility(face) or is_bike(face):
        return None
    building = places.find_building(face["subject"]["code"])
    return units.public(units.of_area(building.area.path))


def open_cases(face: Plain) -> list[Plain]:
    """What has been told of the thing and is not done yet. Messages are nobody else's business."""
    subject = face["subject"]
    if subject is None or is_bike(face):
        return []
    if _is_facility(face):
        return cases.open_at(facility_id=facilities.find(subject["code"]).id)
    building = places.find_building(subject["code"])
    found = cases.open_at(building_id=building.id)
    return [one for one in found if one["problem"]["code"] != "message"]


def form(face: Plain, facility: Plain | None, told: telling.Told | None) -> Plain | None:
    """The form about this thing; None where there is nothing to report of, or no longer."""
    if (
        face["subject"] is None
        or is_bike(face)
        or (facility is not None and facility["state"] != "in_use")
    ):
        return None
    kind = facility["kind"] if facility else problems.BUILDING
    return {
        "action": f"/{face['code']}/reports",
        "problems": problems.subject(kind).as_dict()["problems"],
        "told": told or telling.Told(),
        "ticket": reports.ticket(face["code"]),
    }


def channel_of(face: Plain) -> str:
    """A stranger's way in: the tag of a thing is scanned, a plate takes messages."""
    return "scan" if _is_facility(face) else "message"


def drawing(face: Plain) -> str | None:
    """The file with a drawing of such a thing, until there is a photo of this one."""
    if face["subject"] is None:
        return None
    if is_bike(face):
        return _drawing_of("ebike")
    kind = facilities.find(face["subject"]["code"]).kind if _is_facility(face) else "building"
    return _drawing_of(kind)


@cache
def _drawing_of(kind: str) -> str:
    return f"things/{kind}.svg" if (DRAWINGS / f"{kind}.svg").is_file() else "things/thing.svg"
