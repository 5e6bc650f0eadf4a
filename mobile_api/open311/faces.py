"""A case in the words of Open311."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

from backend.house import house
from backend.services import problems
from mobile_api.open311.answers import when
from mobile_api.open311.services import name_of
from mobile_api.open311.trees import Listed
from mobile_api.words import N_

Plain = dict[str, Any]


def request(case: Plain, *, is_extended: bool = False) -> Plain:
    """A service request. What is not known is left out; what a reporter wrote is never in it."""
    subject = problems.subject(case["kind"])
    name = name_of({"zh": subject.zh, "en": subject.en}, case["problem"])
    unit = case["unit"] or {}
    found = {
        "service_request_id": case["number"],
        "status": "open" if case["is_open"] else "closed",
        "status_notes": _notes(case),
        "service_name": name,
        "service_code": f"{case['kind']}.{case['problem']['code']}",
        "description": case["words"] or name,
        "agency_responsible": unit.get("name"),
        "requested_datetime": when(case["opened_at"]),
        "updated_datetime": when(_updated(case)),
        "expected_datetime": when(case["due_at"]) if case["is_open"] else None,
        "address": case["address"],
        "address_id": case["thing"],
        "lat": case["lat"],
        "long": case["lon"],
        "media_url": next(_photos(case), None),
    }
    known = {field: value for field, value in found.items() if value not in (None, "")}
    return {**known, **_extension(case)} if is_extended else known


def update(step: Plain) -> Plain:
    """A request update of mySociety's extension."""
    return {
        "update_id": str(step["id"]),
        "service_request_id": step["number"],
        "status": status_of(step),
        "updated_datetime": when(step["at"]),
        "description": sentence_of(step),
        "external_status_code": step["state"],
    }


def status_of(step: Plain) -> str:
    """What has happened, in the extension's words: what was done says more than where it led."""
    return BY_ACTION.get(step["action"]) or BY_STATE[step["state"]]


def sentence_of(step: Plain) -> str:
    """What staff wrote for everybody, else what such a step means."""
    if step["note"]:
        return str(step["note"])
    if step["action"] == "comment":  # A reporter's words, which staff alone read.
        return gettext("More was said about it.")
    return gettext(SENTENCES[status_of(step)])


BY_ACTION = {
    "return": "INTERNAL_REFERRAL",
    "reassign": "INTERNAL_REFERRAL",
    "reopen": "REOPEN",
}
BY_STATE = {
    "received": "OPEN",
    "filed": "OPEN",
    "dispatched": "ACTION_SCHEDULED",
    "handling": "IN_PROGRESS",
    "handled": "INVESTIGATING",  # Said to be done; somebody else goes and looks.
    "shelved": "ACTION_SCHEDULED",
    "closed": "FIXED",
    "declined": "NO_FURTHER_ACTION",
    "merged": "DUPLICATE",
}
STATUSES = frozenset(
    {
        *BY_ACTION.values(), *BY_STATE.values(),
        "CANCELLED", "CLOSED", "NOT_COUNCILS_RESPONSIBILITY",
    }
)  # fmt: skip
SENTENCES = {
    "OPEN": N_("The city has taken this on."),
    "ACTION_SCHEDULED": N_("It is with those who put it right."),
    "IN_PROGRESS": N_("Somebody is working on it."),
    "INVESTIGATING": N_("The work is said to be done; somebody else checks it."),
    "FIXED": N_("It was put right and checked."),
    "NO_FURTHER_ACTION": N_("The city does nothing about this."),
    "DUPLICATE": N_("It goes on under another number."),
    "INTERNAL_REFERRAL": N_("Another unit sees to it."),
    "REOPEN": N_("It was opened again: a reporter says that it is not put right."),
}


def _notes(case: Plain) -> str | None:
    """The last public word on it; of a closed one the reason, at least in general."""
    is_last = case["is_open"]
    said = [
        step["note"]
        for step in case["steps"]
        if step["note"] and (is_last or step["state"] == case["state"])
    ]
    if said or is_last:
        return said[-1] if said else None
    sentence = gettext(SENTENCES[BY_STATE[case["state"]]])
    return f"{sentence} {case['merged_into']}" if case["merged_into"] else sentence


def _updated(case: Plain) -> Any:
    return case["updated_at"] if case["is_open"] else case["closed_at"] or case["updated_at"]


def _extension(case: Plain) -> Plain:
    area = str(case["area"])
    extended = {
        "asset_code": case["thing"] if case["is_facility"] else None,
        "building_code": None if case["is_facility"] else case["thing"],
        "grid_code": area if len(area) == GRID else None,
        "area_code": area,
        "reports": case["reports"],
        "merged_into": case["merged_into"],
    }
    notes = [
        {
            "datetime": when(step["at"]),
            "description": sentence_of(step),
            "type": step["action"],
        }
        for step in case["steps"]
    ]
    pictures = list(_photos(case))
    if pictures:
        extended["photos"] = Listed("photo", pictures)
    return {
        "extended_attributes": {name: value for name, value in extended.items() if value},
        "notes": Listed("note", notes),
    }


def _photos(case: Plain) -> Iterator[str]:
    """The addresses of the photos that everybody may see."""
    for photo in case["photos"]:
        yield f"{house().settings.public_url}/p/{photo['id']}.jpg"


GRID = 15  # Digits of a grid's code.
