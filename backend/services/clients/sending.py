"""A client's report: the thing or place it names is found, then the one intake takes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.db import writing
from backend.errors import Invalid, PhotoUnreadable, Refused
from backend.rules import pictures
from backend.services import cases, photos, places, problems, reports
from backend.services.cases import About
from backend.services.clients import keys
from backend.services.clients.keys import Known
from backend.services.clients.offer import Service, service
from backend.services.photos import Taken
from backend.services.reports import subjects

CHANNEL = "open311"
MOST_PHOTOS = 3
NAMED = ("tag", "asset", "address_id")
"""What names a thing of the register, the surest first."""

Sent = dict[str, Any]
"""`number`, None while somebody has to look at it first; `token`; `unit`; `joined`."""


def take_photos(contents: Sequence[bytes], *, to_try: bool = False) -> list[Taken]:
    """Store what came with a report, before its transaction; only looked at if it is to try."""
    if len(contents) > MOST_PHOTOS:
        raise Invalid(errors={"media": ["At most 3 photos."]})
    try:
        if not to_try:
            return [photos.take(content) for content in contents]
        for content in contents:
            pictures.look(content)
    except PhotoUnreadable as refusal:
        raise Invalid(errors={"media": [refusal.sentence]}) from refusal
    return []


def send(form: Mapping[str, Any], taken_photos: Sequence[Taken], client: Known) -> Sent:
    """Take a client's report in.

    `form`: `service`; where: `tag`, `asset`, `address_id`, `lat` and `lon` (WGS-84) or `address`;
    and if wanted `answers`, `words`, `phone`, `name`, `email`, `language`.
    """
    wanted = service(form["service"])
    thing = _thing(wanted, form)
    with writing():
        keys.spend(client)
        stored = [photos.enter(one, by=None) for one in taken_photos]
        taken = reports.file(
            {**form, "things": [thing], "problem": wanted.problem.code, "photos": stored},
            channel=CHANNEL,
            client=client.name,
        )
        (one,) = taken["cases"]
        case = cases.find(one["number"])
        return {
            "number": one["number"] if cases.is_public(case) else None,
            "token": taken["token"],
            "unit": cases.public(case)["unit"],
            "joined": one["joined"],
        }


def _thing(wanted: Service, form: Mapping[str, Any]) -> dict[str, Any]:
    """How the intake is to find what this is about."""
    kind = wanted.subject.code
    for name in NAMED:
        if form.get(name):
            return _named(kind, name, _about(name, form[name]))
    place = {"kind": kind, "address": form.get("address")}
    if form.get("lat") is not None and form.get("lon") is not None:
        return {"place": {**place, "lat": form["lat"], "lon": form["lon"], "crs": "wgs84"}}
    return _at_address(kind, place)


def _about(name: str, text: str) -> About:
    """What a tag or a number names. Every reason why not is told of this field."""
    try:
        if name == "tag":
            return subjects.about({"tag": text})
        is_building = name == "address_id" and len(text) == BUILDING_CODE
        return subjects.about({"building" if is_building else "facility": text})
    except Invalid:
        raise
    except Refused as refusal:
        raise Invalid(errors={name: [str(refusal)]}) from refusal


BUILDING_CODE = 19  # Characters.


def _named(kind: str, name: str, about: About) -> dict[str, Any]:
    if about.kind == kind:
        return {"facility" if about.facility_id is not None else "building": about.thing}
    if kind == problems.STREET or about.kind == problems.BUILDING:
        return _beside(kind, about.address, about.lat, about.lon)
    raise Invalid(errors={name: ["Another kind of thing has this number."]})


def _at_address(kind: str, place: dict[str, Any]) -> dict[str, Any]:
    """The building, if it alone is called so; else a place of this name, where we know it."""
    named = places.named(place["address"] or "")
    if named is None:
        return {"place": place}
    if named.is_whole and kind == problems.BUILDING:
        return {"building": named.building.code}
    return _beside(kind, place["address"], named.building.lat, named.building.lon)


def _beside(kind: str, address: str | None, lat: float | None, lon: float | None) -> dict[str, Any]:
    return {"place": {"kind": kind, "address": address, "lat": lat, "lon": lon, "crs": "wgs84"}}
