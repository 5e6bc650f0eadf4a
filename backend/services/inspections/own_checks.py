"""Owners check for themselves: the same form under the place's own tag, without an account.

What they find is theirs to put right: it opens no hazard and touches no grade, so that nobody is
the worse off for having looked. The next worker sees that somebody did.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from backend import clock, together
from backend.db import from_ms, to_ms
from backend.errors import NotFound, TooManyReports
from backend.house import house
from backend.models import Inspection
from backend.prepared import Prepared
from backend.rules import forms as rules
from backend.services import allowances, tags
from backend.services.inspections import forms, subjects
from backend.services.inspections.forms import Published
from backend.services.inspections.subjects import Subject
from backend.services.inspections.submitting import answered, insert, uuid_in

MOST, PER_S = 10.0, 10 / 86_400  # Of one network, at one tag: ten at once, ten a day.


def offered(code: str) -> dict[str, Any]:
    """What the owner whose tag this is may check: the places of the room, or of the building."""
    found = tags.resolve(code)
    things = [
        one
        for one in subjects.places_in(found.building_id)
        if found.room_id is None or one.room_id == found.room_id
    ]
    if found.room_id is None:
        things.insert(0, subjects.building_by_id(found.building_id))
    listed = [one.as_dict() for one in things if _form_of(one) is not None]
    return {"tag": found.code, "items": listed}


def ask(code: str, subject: str) -> dict[str, Any]:
    """The form for one of those."""
    thing = _named(code, subject)
    asked = _form_of(thing)
    assert asked is not None
    return {"subject": thing.as_dict(), "form": asked.as_dict(), "last": last(thing.key)}


def send(code: str, subject: str, form: Mapping[str, Any], *, source: str) -> dict[str, Any]:
    """Keep what an owner found, and tell them what has to be put right, and by which law."""
    thing = _named(code, subject)
    asked = _form_of(thing)
    assert asked is not None
    limits = house().policy.inspections
    asked = forms.sendable(asked.form.code, form["version"], limits.draft_days)
    uuid = uuid_in(form["uuid"])
    kept = answered(asked, thing, form["answers"], needs_photos=False)
    found = rules.found(asked.form, kept)
    key = f"own-check:{tags.read(code)}:{allowances.network(source)}"
    allowances.spend(key[:120], most=MOST, per_s=PER_S, refusal=TooManyReports)
    together.write(lambda: _keep(uuid, asked, thing, kept, len(found)))
    return {
        "subject": thing.as_dict(),
        "title": {"zh": asked.form.zh, "en": asked.form.en},
        "wrong": [
            {"words": one.item.fault, "law": one.item.law or None, "level": one.level}
            for one in found
        ],
    }


def last(subject_key: str) -> dict[str, Any] | None:
    """When the owner last looked, and what they found."""
    row = _last.first(subject_key)
    if row is None:
        return None
    at, form, version, answers = row
    asked = forms.version(form, version).form
    wrong = rules.found(asked, orjson.loads(answers))
    return {"at": from_ms(at), "wrong": [one.item.fault for one in wrong]}


def _keep(uuid: str, asked: Published, thing: Subject, kept: dict[str, Any], wrong: int) -> None:
    body = orjson.dumps(kept).decode()
    now = to_ms(clock.now())
    digest = hashlib.sha256(f"own:{thing.key}:{body}".encode()).hexdigest()
    insert.first(
        uuid,
        digest,
        thing.key,
        thing.area_path,
        asked.form.code,
        asked.version,
        None,
        now,
        now,
        "unverified",
        None,
        None,
        None,
        body,
        wrong,
        0,
        None,
    )


def _named(code: str, subject: str) -> Subject:
    if subject not in {one["code"] for one in offered(code)["items"]}:
        raise NotFound(noun="place")
    return subjects.named(subject)


def _form_of(thing: Subject) -> Published | None:
    """The form by which such a thing is patrolled."""
    wanted = house().policy.inspections.patrol_forms.get(thing.sort)
    found = {one.form.code: one for one in forms.of_subject(thing.sort)}
    return found.get(wanted or "")


_last = Prepared(
    lambda subject: (
        Inspection.select(Inspection.at, Inspection.form, Inspection.version, Inspection.answers)
        .where((Inspection.subject == subject) & Inspection.account_id.is_null())
        .order_by(Inspection.at.desc())
        .limit(1)
    )
)
