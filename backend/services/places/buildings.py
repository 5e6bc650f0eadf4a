"""Buildings: found, corrected, and moved from one area to another."""

from collections.abc import Mapping
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.db import is_sqlite
from backend.errors import Invalid, NotFound, VersionMissing, VersionStale
from backend.models import Area, Building, Jurisdiction
from backend.services import areas, classes, scope, trail
from backend.services.places import keys_of
from backend.verbs import verb

AMENDABLE = frozenset({"name", "address", "floors", "height_m", "house_class", "built_year"})


def find_building(code: str) -> Building:
    """The building with its area, or a refusal."""
    return _found(Building.code == code)


def by_id(building_id: int) -> Building:
    """The building with its area, or a refusal."""
    return _found(Building.id == building_id)


def hold(code: str) -> Building:
    """The building, or a refusal; nobody else changes it until this transaction ends.

    Nor its rooms and names, whose keys are counted up from the highest there is. On SQLite the
    write lock sees to that.
    """
    if not is_sqlite():
        list(Building.select(Building.id).where(Building.code == code).for_update())
    return find_building(code)


def _found(which: object) -> Building:
    building: Building | None = (
        Building.select(Building, Area).join(Area).where(which).get_or_none()
    )
    if building is None:
        raise NotFound(noun="building")
    return building


@verb("building.amend")
def amend_building(
    code: str, changes: Mapping[str, Any], version: str | None, *, by: Actor
) -> dict[str, Any]:
    """Correct what is recorded about a building itself"""
    building = hold(code)
    roles = scope.check(by, "building.amend", building.id, building.area.path)
    check_version(version, building.version)
    _check(changes)
    for name, value in changes.items():
        setattr(building, name, value)
    if "address" in changes:
        keys_of.rename_standard(building.id, changes["address"])
    building.version += 1
    building.updated_at = clock.now()
    building.save()
    trail.write(
        by,
        "building.amend",
        roles=roles,
        building_id=building.id,
        area_path=building.area.path,
        fields=sorted(changes),
    )
    return view(building)


@verb("building.move")
def move_building(
    code: str, area: str, reason: str, version: str | None, *, by: Actor
) -> dict[str, Any]:
    """Let another area answer for a building; its code stays, the former area is kept"""
    building = hold(code)
    target = areas.find(area)
    # Whoever gives a building away must answer for both sides, or it could be dumped or taken.
    scope.check_area(by, "building.move", building.area.path)
    scope.check_area(by, "building.move", target.path)
    check_version(version, building.version)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid(errors={"reason": ["Say why, in 1 to 200 characters."]})
    if target.code == building.area.code:
        raise Invalid(errors={"area": ["This area answers for the building already."]})
    now = clock.now()
    before = building.area
    Jurisdiction.create(
        building_id=building.id, area=before, until=now, moved_by=by.name, reason=reason
    )
    building.area = target
    building.version += 1
    building.updated_at = now
    building.save()
    trail.write(
        by,
        "building.move",
        building_id=building.id,
        area_path=target.path,
        facts={"from": before.code, "to": target.code},
    )
    return view(building)


def check_version(sent: str | None, present: int) -> None:
    """Refuse to change what somebody else has changed meanwhile."""
    if sent is None:
        raise VersionMissing()
    if sent != str(present):
        raise VersionStale()


def view(building: Building) -> dict[str, Any]:
    """The building without anybody in it."""
    area = building.area
    return {
        "code": building.code,
        "name": building.name,
        "address": building.address,
        "lat": building.lat,
        "lon": building.lon,
        "floors": building.floors,
        "height_m": building.height_m,
        "house_class": building.house_class,
        "built_year": building.built_year,
        "area": {"code": area.code, "name": area.name, "path": area.path},
        "version": building.version,
    }


def _check(changes: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    if not changes or changes.keys() - AMENDABLE:
        errors["changes"] = [f"Some of {', '.join(sorted(AMENDABLE))}."]
    for name, most in (("name", 80), ("address", 200)):
        if name in changes and not (changes[name] or "").strip():
            errors[name] = ["Is required."]
        elif len(changes.get(name) or "") > most:
            errors[name] = [f"At most {most} characters."]
    for name, least, most in (
        ("floors", 1, 200),
        ("height_m", 0, 1_000),
        ("built_year", 1_000, 2_100),
    ):
        value = changes.get(name)
        if value is not None and not least <= value <= most:
            errors[name] = [f"Between {least} and {most}."]
    if errors:
        raise Invalid(errors=errors)
    classes.check("house", "house_class", changes.get("house_class"))
