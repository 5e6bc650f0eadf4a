"""An inspection as a form brings it: answers by item, photos kept at once, errors beside them."""

import json
from dataclasses import dataclass, field
from typing import Any

from flask import request

from backend.actor import Actor
from backend.errors import PhotoUnreadable
from backend.services import photos
from mobile_api import problems, uploads
from mobile_api.pages.render import written
from mobile_api.telling import PHOTO_ID

Plain = dict[str, Any]

MOST_FORM = 32 * 1024 * 1024
MOST_NOTE = 500
NUMBERS = ("whole", "number")


@dataclass
class Draft:
    """What a form said; `kept` are photos that have arrived, by `photo.CODE` or `after.CODE`."""

    uuid: str = ""
    version: int = 1
    made_at: str | None = None
    fix: Plain | None = None
    answers: Plain = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(form: Plain, by: Actor | None) -> Draft:
    """The form of this request. A photo is kept at once, so that no other mistake costs it."""
    if request.mimetype == uploads.FORM:
        uploads.allow(MOST_FORM)
    draft = Draft(uuid=written("uuid", 36), version=int(written("version", 7) or 1))
    draft.fix = _fix()
    for item in form["items"]:
        value = _answer(item, draft, by)
        if value not in (None, "", []):
            draft.answers[item["code"]] = value
    return draft


def _answer(item: Plain, draft: Draft, by: Actor | None) -> Any:
    code, kind = item["code"], item["type"]
    if kind == "photo":
        return _photo("photo", code, draft, by)
    if kind == "choices":
        return [one[:40] for one in request.form.getlist(f"a.{code}")]
    said = written(f"a.{code}", MOST_NOTE)
    if kind in NUMBERS and said:
        return _number(said)
    if kind != "check" or said != "wrong":
        return said
    wrong: Plain = {"result": "wrong"}
    for name in ("photo", "after"):
        if found := _photo(name, code, draft, by):
            wrong[name] = found
    if note := written(f"note.{code}", MOST_NOTE).strip():
        wrong["note"] = note
    if written(f"major.{code}", 1):
        wrong["level"] = "major"
    return wrong


def _number(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return said


def _photo(name: str, code: str, draft: Draft, by: Actor | None) -> str | None:
    """The number of a photo: one that comes now, or that came with an earlier try."""
    field_name = f"{name}.{code}"
    file = request.files.get(field_name)
    content = file.read() if file else b""
    if content and by is not None:
        try:
            draft.kept[field_name] = str(photos.keep(content, by=by)["id"])
        except PhotoUnreadable as refused:
            draft.errors[code] = problems.sentence_of(refused)
    elif PHOTO_ID.fullmatch(earlier := written(f"kept.{field_name}", 32)):
        draft.kept[field_name] = earlier
    return draft.kept.get(field_name)


def _fix() -> Plain | None:
    """The position that the page's script measured, if it could."""
    try:
        said = json.loads(written("fix", 400) or "null")
        names = ("lat", "lon", "accuracy_m", "age_ms")
        numbers = {name: float(said[name]) for name in names}
        return {**numbers, "age_ms": int(numbers["age_ms"]), "crs": str(said["crs"])}
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
