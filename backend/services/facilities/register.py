"""The register of facilities: added, corrected, and taken out of use."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend import clock
from backend.actor import Actor
from backend.db import locked
from backend.errors import Conflict, Invalid
from backend.models import Area, Building, Facility
from backend.rules import datum
from backend.rules.datum import Position
from backend.services import areas, places, scope, trail
from backend.services.facilities import checks
from backend.services.facilities.kinds import FacilityKind, find_kind, kinds
from backend.services.facilities.rows import hold, view
from backend.services.places.buildings import check_version
from backend.verbs import verb

AMENDABLE = frozenset(
    {*checks.TEXTS, "class_scheme", "class_code", "area", "lat", "lon", "crs", "facts"}
)
REACH_M = 500  # A facility that names no area belongs where the nearest building does.
DIGITS = 7  # A centimetre; more would be noise.

Errors = dict[str, list[str]]


@verb("facility.register")
def register(form: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """Add a street light, manhole cover, bin or newsstand to the register"""
    return view(add(form, "facility.register", by=by))


def add(form: Mapping[str, Any], permit: str, *, by: Actor) -> Facility:
    """Make the row, inside a verb that the actor may do there: `permit`.

    Without a number it gets one: the district, the class and a serial, sixteen digits.
    """
    kind = find_kind(form["kind"])
    errors: Errors = {}
    values: dict[str, Any] = checks.texts(form, errors)
    values["class_scheme"], values["class_code"] = checks.class_of(
        kind, form.get("class_scheme"), form.get("class_code"), errors
    )
    facts = checks.facts(kind, form.get("facts") or {}, errors)
    number = _number(form.get("number"), errors)
    _refuse(errors)
    here = _position(form)
    area = _area(form.get("area"), here)
    scope.check_area(by, permit, area.path)
    row = Facility.create(
        number=number or _next_number(area, values["class_code"]),
        kind=kind.code,
        area=area,
        lat=here.lat,
        lon=here.lon,
        cell=places.cell_of(here.lat, here.lon),
        facts=_json(facts),
        updated_at=clock.now(),
        **values,
    )
    _note(by, "facility.register", row)
    return row


@verb("facility.amend")
def amend(
    number: str, changes: Mapping[str, Any], version: str | None, *, by: Actor
) -> dict[str, Any]:
    """Correct what is recorded about a facility"""
    row = hold(number)
    scope.check_area(by, "facility.amend", row.area.path)
    check_version(version, row.version)
    _refuse_removed(row)
    if not changes or changes.keys() - AMENDABLE:
        raise Invalid(errors={"facility": [f"Some of {', '.join(sorted(AMENDABLE))}."]})
    _change(row, kinds()[row.kind], changes)
    if changes.get("area"):
        row.area = areas.find(changes["area"])
        # Whoever gives a facility away must answer for both sides.
        scope.check_area(by, "facility.amend", row.area.path)
    row.version += 1
    row.updated_at = clock.now()
    row.save()
    _note(by, "facility.amend", row, sorted(changes))
    return view(row)


@verb("facility.remove")
def remove(number: str, version: str | None, *, by: Actor) -> None:
    """Take a facility out of use; its row and its number stay for ever"""
    row = hold(number)
    scope.check_area(by, "facility.remove", row.area.path)
    check_version(version, row.version)
    _refuse_removed(row)
    row.state = "removed"
    row.version += 1
    row.updated_at = clock.now()
    row.save()
    _note(by, "facility.remove", row)


def _change(row: Facility, kind: FacilityKind, changes: Mapping[str, Any]) -> None:
    errors: Errors = {}
    values: dict[str, Any] = checks.texts(changes, errors)
    if "class_scheme" in changes or "class_code" in changes:
        values["class_scheme"], values["class_code"] = checks.class_of(
            kind, changes.get("class_scheme"), changes.get("class_code"), errors
        )
    facts = checks.facts(kind, changes.get("facts") or {}, errors)
    _refuse(errors)
    if changes.keys() & {"lat", "lon", "crs"}:
        here = _position(changes)
        values |= {"lat": here.lat, "lon": here.lon, "cell": places.cell_of(here.lat, here.lon)}
    if facts:
        values["facts"] = _json({**orjson.loads(row.facts), **facts})
    for name, value in values.items():
        setattr(row, name, value)


def _number(given: str | None, errors: Errors) -> str | None:
    """The number as it is kept, free to take."""
    if given is None:
        return None
    number = checks.number_in(given)
    if number is None:
        errors["number"] = ["1 to 40 letters, digits, dots and dashes."]
    elif Facility.select().where(Facility.number == number).exists():
        raise Conflict(errors={"number": ["Another facility has this number."]})
    return number


def _position(form: Mapping[str, Any]) -> Position:
    lat, lon = form.get("lat"), form.get("lon")
    if lat is None or lon is None:
        raise Invalid(errors={"lat": ["A position is lat, lon and crs together."]})
    here = datum.to_wgs84(lat, lon, form.get("crs"))
    return Position(round(here.lat, DIGITS), round(here.lon, DIGITS))


def _area(code: str | None, here: Position) -> Area:
    """The area that is named, else the one that answers for the nearest building."""
    if code is not None:
        return areas.find(code)
    nearest = places.around(here, REACH_M)[:1]
    for _, building_id in nearest:
        building: Building = places.by_id(building_id)
        return building.area
    raise Invalid(errors={"area": ["No building is near; say which area it belongs to."]})


def _next_number(area: Area, class_code: str | None) -> str:
    """District, class and the next serial; whoever else wants one in this district waits."""
    district = area.code[:6].ljust(6, "0")
    list(locked(Area.select(Area.code).where(Area.code == area.code[:6])))
    start = f"{district}{(class_code or '0').zfill(4)[:4]}"
    taken = (
        Facility.select(Facility.number)
        .where((Facility.number >= f"{start}000000") & (Facility.number <= f"{start}999999"))
        .order_by(Facility.number.desc())
    )
    last = next((row.number for row in taken if _is_serial(row.number)), f"{start}000000")
    serial = int(last[10:]) + 1
    if serial > 999_999:
        raise Conflict(errors={"number": ["No number is left here; say one."]})
    return f"{start}{serial:06d}"


def _is_serial(number: str) -> bool:
    return len(number) == 16 and number.isascii() and number.isdigit()


def _json(facts: Mapping[str, Any]) -> str:
    """Only what is known, in one order, so that equal facts are equal texts."""
    known = {code: value for code, value in facts.items() if value is not None}
    return orjson.dumps(known, option=orjson.OPT_SORT_KEYS).decode()


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(errors=errors)


def _refuse_removed(row: Facility) -> None:
    if row.state == "removed":
        raise Conflict(errors={"number": ["This facility has been taken out of use."]})


def _note(by: Actor, name: str, row: Facility, fields: list[str] | None = None) -> None:
    trail.write(
        by,
        name,
        area_path=row.area.path,
        place=(row.lat, row.lon),
        fields=fields or (),
        facts={"facility": row.number, "kind": row.kind},
    )
