"""A tag is scanned: by a citizen's phone, by a worker's, or by us in a photo of it."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend import sandbox, turns
from backend.actor import Actor
from backend.errors import NoTagInPhoto, PhotoUnreadable, TagUnknown, TooManyScans
from backend.house import house
from backend.models import Tag
from backend.rules import pictures, pixels
from backend.services import allowances, photos, trail
from backend.services.tags import faces, positions, things
from backend.services.tags.reading import read
from backend.verbs import verb

SCANS_MOST, SCANS_PER_S = 120.0, 2.0
"""A face costs one row. Many phones may share one address, so a stranger gets as much."""
PHOTOS_MOST, PHOTOS_PER_S = 6.0, 1 / 20
"""A photo in which nothing is found costs up to 1.5 CPU-seconds (measured: 24 megapixels)."""
STRANGERS_MOST, STRANGERS_PER_S = 60.0, 1.0
"""All strangers together: many addresses must not take the processor away from the workers."""


def scan(
    text: str, fix: Mapping[str, Any] | None, *, by: Actor | None, source: str
) -> dict[str, Any]:
    """What a scanned text is and what one may do next. Junk is answered without the database."""
    try:
        code = read(text)
    except TagUnknown as refusal:
        return faces.no_tag(str(refusal.facts["why"]))
    _spend("scan", by, source, SCANS_MOST, SCANS_PER_S)
    if by is not None and any("tag.scan" in house().policy.verbs[role] for role in by.roles):
        return note(code, fix, by=by)
    return faces.face(code, by=by)


@verb("tag.scan")
def note(code: str, fix: Mapping[str, Any] | None, *, by: Actor) -> dict[str, Any]:
    """Scan a tag as a worker: a position near its thing accepts it, two far ones suspect it"""
    tag = Tag.get_or_none(Tag.code == code)
    if tag is None:
        return faces.no_tag("unknown", code)
    thing = things.of_tag(tag)
    here = positions.fix_of(fix) if fix else None
    if thing is not None and tag.state == "bound" and here is not None:
        positions.note(tag, thing, here, by)
    trail.write(
        by,
        "tag.scan",
        building_id=thing.building_id if thing else None,
        area_path=thing.area_path if thing else None,
        place=(here.lat, here.lon) if here else None,
        facts={"tag": code, "state": tag.state},
    )
    return faces.of_tag(tag, by)


def scan_photo(photo: bytes, *, by: Actor | None, source: str) -> dict[str, Any]:
    """The same for a photo of a tag, decoded here because the phone's browser cannot.

    Several symbols: the first that is a tag of ours counts.
    """
    _spend("photo", by, source, PHOTOS_MOST, PHOTOS_PER_S)
    if by is None:
        _spend("photo", None, "strangers", STRANGERS_MOST, STRANGERS_PER_S)
    with turns.aside():
        texts = _texts_in(photo)
    if not texts:
        raise NoTagInPhoto()
    return scan(_ours(texts), None, by=by, source=source)


def _texts_in(photo: bytes) -> list[str]:
    """What the codes in a photo say. Raises PhotoUnreadable."""
    pictures.look(photo, most=pictures.MOST_PIXELS_READ)
    try:
        found: list[str] = orjson.loads(sandbox.run(pixels.read_codes, photo))
    except sandbox.Failed as failure:
        raise photos.refused(failure) from failure
    except orjson.JSONDecodeError as broken:
        raise PhotoUnreadable() from broken
    return found


def _ours(texts: list[str]) -> str:
    for text in texts:
        try:
            return read(text)
        except TagUnknown:
            continue
    return texts[0]


def _spend(what: str, by: Actor | None, source: str, most: float, per_s: float) -> None:
    who = f"account:{by.account_id}" if by else allowances.network(source)
    allowances.spend(f"{what}:{who}"[:120], most=most, per_s=per_s, refusal=TooManyScans)
