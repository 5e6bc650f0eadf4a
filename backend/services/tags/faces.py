"""What a code says to whoever scans it: the truth about the tag, and what one may do next.

A citizen's page, a worker's page and a program get the same face; what differs is `next`.
"""

from typing import Any

from backend.actor import Actor
from backend.errors import Refused, TagUnknown
from backend.house import house
from backend.models import Tag
from backend.services.tags import teams, things
from backend.services.tags.reading import read
from backend.services.tags.things import Thing
from qr import codes


def face(text: str, *, by: Actor | None = None) -> dict[str, Any]:
    """What anybody may know about a scanned text. Refuses nothing: junk has a face as well.

    `notice` says what is wrong: mistyped, foreign, forged or unknown (no tag of ours), not_hung
    (a blank), replaced (it still leads to its thing), lost or revoked; None: all is well.
    """
    try:
        code = read(text)
    except TagUnknown as refusal:
        return no_tag(str(refusal.facts["why"]))
    tag = Tag.get_or_none(Tag.code == code)
    return no_tag("unknown", code) if tag is None else of_tag(tag, by)


def no_tag(notice: str, code: str | None = None) -> dict[str, Any]:
    return {
        "code": code,
        "shown": codes.show(code) if code else None,
        "kind": None,
        "state": None,
        "notice": notice,
        "subject": None,
        "next": [] if notice == "mistyped" else ["report"],
    }


def of_tag(tag: Tag, by: Actor | None) -> dict[str, Any]:
    thing = things.of_tag(tag)
    notice = NOTICES.get(tag.state)
    leads = thing is not None and notice in (None, "replaced")
    return {
        "code": tag.code,
        "shown": codes.show(tag.code),
        "kind": tag.kind,
        "state": "not_hung" if notice == "not_hung" else tag.state,
        "notice": notice,
        "subject": thing.public() if thing and leads else None,
        "next": ["report", *(_next(tag, thing, by) if by else ())],
    }


NOTICES = {
    "minted": "not_hung",
    "printed": "not_hung",
    "issued": "not_hung",
    "replaced": "replaced",
    "lost": "lost",
    "revoked": "revoked",
}


def _next(tag: Tag, thing: Thing | None, by: Actor) -> list[str]:
    """What this worker may do with it now; asking all the same is refused in the usual way."""
    if thing is None:
        return ["claim"] if tag.state == "issued" and teams.may_hang(tag, by) else []
    if tag.state != "bound":
        return []
    wanted = [("visit.begin", "open-visit")] if thing.building_id is not None else []
    wanted += [("tag.report-loss", "report-loss"), ("tag.replace", "replace")]
    return [action for verb, action in wanted if _may(thing, by, verb)]


def photo_of(code: str, *, by: Actor) -> str | None:
    """The photo taken when this tag was hung, for who may look at it; it may show passers-by."""
    tag = Tag.get_or_none(Tag.code == code)
    if tag is None or tag.photo is None:
        return None
    thing = things.of_tag(tag)
    return str(tag.photo) if thing and _may(thing, by, "photo.show") else None


def _may(thing: Thing, by: Actor, verb: str) -> bool:
    if not any(verb in house().policy.verbs[role] for role in by.roles):
        return False
    try:
        thing.check(by, verb)
    except Refused:
        return False
    return True
