"""A worker's form about a blank: where the phone is, and what the blank hangs at now."""

import json
from typing import Any

from flask import request
from marshmallow import ValidationError

from backend.actor import Actor
from backend.errors import Invalid
from backend.services import facilities, photos, places, tags
from mobile_api import uploads, words
from mobile_api.pages.render import sent, written
from mobile_api.schemas.visits import Fix
from qr import designs

Plain = dict[str, Any]
NEW = {"number": 40, "name": 80, "address": 200}
"""What one may say of a facility that nobody has recorded, and the most characters of it."""


def sent_fix() -> Plain:
    """The position that the page's script wrote into the form."""
    try:
        found: Plain = Fix().load(json.loads(sent("fix", 500)))
    except (ValidationError, ValueError, RecursionError):
        raise Invalid(
            errors={"fix": ["Your position is missing. Allow it, and send the form again."]}
        ) from None
    return found


def told_fix() -> Plain | None:
    """The position in a stranger's form, if there is one that can be read."""
    try:
        found: Plain = Fix().load(json.loads(written("fix", 500)))
    except (ValidationError, ValueError, RecursionError):
        return None
    return found


def sent_claim(by: Actor) -> Plain:
    """What the form says the blank hangs at, in the words of `tags.claim`, with its photo."""
    request.max_content_length = uploads.MOST_PHOTO
    fix = sent_fix()
    return {**_sent_choice(), "fix": fix, "photo": _sent_photo(by)}


def _sent_choice() -> Plain:
    choice = sent("choice", 60)
    noun, _, code = choice.partition(":")
    if choice == "new":
        return {
            "new_facility": {name: sent(name, most).strip() or None for name, most in NEW.items()}
        }
    if noun == "facility":
        return {"facility": code}
    if noun != "building":
        raise Invalid(errors={"choice": ["Choose what the tag hangs at."]})
    if "room" not in request.form:
        return {"building": code}
    return {"room": places.room_code(code, sent("room", 40).strip())}


def _sent_photo(by: Actor) -> str:
    """The number under which the photo is kept."""
    file = request.files.get("photo")
    content = file.read() if file else b""
    if not content:
        raise Invalid(errors={"photo": ["Take a photo of the tag where it hangs."]})
    return str(photos.keep(content, by=by)["id"])


def around(text: str, by: Actor) -> list[Plain]:
    """What stands around that a tag of this kind may hang at, nearest first."""
    fix = sent_fix()
    kind = tags.face(text, by=by)["kind"]
    if kind in facility_labels():
        found = facilities.listed(
            near=(fix["lat"], fix["lon"]), crs=fix["crs"], kind=facility_labels()[kind], by=by
        )
        return [
            _choice("facility", one["number"], one["name"] or one["number"], one)
            for one in found["items"][:20]
        ]
    near = places.near(fix["lat"], fix["lon"], fix["crs"], accuracy_m=fix["accuracy_m"], by=by)
    return [_choice("building", one["code"], one["name"], one) for one in near]


def _choice(noun: str, code: str, name: str, one: Plain) -> Plain:
    return {
        "value": f"{noun}:{code}",
        "name": name,
        "address": one["address"],
        "metres": one["distance_m"],
    }


def facility_labels() -> dict[str, str]:
    """Kind of tag -> kind of facility."""
    return {kind.label: kind.code for kind in facilities.kinds().values()}


def kind_name(kind: str) -> str:
    """What a tag of this kind hangs at, in the reader's language."""
    if kind in designs.kinds():
        design = designs.design(kind)
        return words.chosen(design.name, design.english)
    return words.word(kind, "tag_kind")
