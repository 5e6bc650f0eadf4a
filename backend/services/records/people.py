"""Collecting people: once. Whoever is already known is tied to the room, not written again."""

from collections.abc import Mapping
from typing import Any

from peewee import fn

from backend import clock
from backend.actor import Actor
from backend.db import is_writing
from backend.errors import Conflict, Invalid, NotFound, VersionMissing, VersionStale, VisitNeeded
from backend.house import house
from backend.models import Residence, Resident, Room, keys
from backend.services import places, scope, trail
from backend.services.records import checks, sheet, veil
from backend.verbs import verb

KINDS = ("registered", "living", "owning", "working")


@verb("resident.show", reads=True)
def show(opaque: str, code: str, lease: str | None, *, by: Actor) -> dict[str, Any]:
    """One person as I may see them, with the version to change them from"""
    arrived = on_site(code, lease, "resident.show", by)
    return _shown(arrived, _tie(opaque, arrived))


@verb("resident.add")
def add(code: str, form: Mapping[str, Any], lease: str | None, *, by: Actor) -> dict[str, Any]:
    """Record a person at a room; one whose ID number is known is only tied to it"""
    arrived = on_site(code, lease, "resident.add", by)
    room = room_of(form["room"], arrived.building_id)
    person = checks.person(form)
    known = _known(person["id_number"])
    if known is None:
        known = _create(person, arrived.building_id, by)
    elif _opened(known)[0] != person["name"]:
        raise Conflict(errors={"id_number": ["Recorded under another name. Check both."]})
    tie = _tie_to(room, known, form, arrived.building_id, by)
    trail.write(
        by,
        "resident.add",
        roles=arrived.roles,
        visit_id=arrived.standing.visit_id,
        building_id=arrived.building_id,
        area_path=arrived.head["area"]["path"],
        place=arrived.standing.place,
        subjects=[known.id],
        facts={"room": form["room"], "kind": form["residence_kind"]},
    )
    return _shown(arrived, tie)


@verb("resident.amend")
def amend(
    opaque: str,
    code: str,
    changes: Mapping[str, Any],
    version: str | None,
    lease: str | None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Correct what is recorded about a person"""
    arrived = on_site(code, lease, "resident.amend", by)
    tie = _tie(opaque, arrived)
    person = Resident.get_by_id(tie.resident_id)
    check_version(version, f"{person.version}.{tie.version}")
    checks.some(changes)
    before = dict(zip(checks.SEALED, _opened(person), strict=True)) | {
        "sex": person.sex,
        "people_class": person.people_class,
    }
    after = checks.person({**before, **changes})
    holder = _known(after["id_number"])
    if holder is not None and holder.id != person.id:
        raise Conflict(errors={"id_number": ["Recorded for somebody else. Check both."]})
    _write(person, after)
    person.version += 1
    person.updated_at, person.updated_by = clock.now(), by.name
    person.save()
    if "verified_at" in changes or "source" in changes:
        tie.verified_at = changes.get("verified_at", tie.verified_at)
        tie.source = changes.get("source", tie.source)
        tie.version += 1
        tie.save()
    _leave_act(arrived, "resident.amend", person, changes)
    return _shown(arrived, tie)


@verb("resident.move")
def move(
    opaque: str,
    code: str,
    form: Mapping[str, Any],
    version: str | None,
    lease: str | None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Move a person to another room of this building; the former tie ends, and is kept"""
    arrived = on_site(code, lease, "resident.move", by)
    tie = _tie(opaque, arrived)
    person = Resident.get_by_id(tie.resident_id)
    check_version(version, f"{person.version}.{tie.version}")
    room = room_of(form["room"], arrived.building_id)
    if room.id == tie.room_id:
        raise Invalid(errors={"room": ["This is the room the person is tied to already."]})
    since = form.get("since") or scope.today()
    _end(tie, since, by)
    moved = {"residence_kind": tie.kind, "source": tie.source} | dict(form) | {"since": since}
    new = _tie_to(room, person, moved, arrived.building_id, by)
    _leave_act(arrived, "resident.move", person, {"room": form["room"]})
    return _shown(arrived, new)


@verb("resident.leave")
def leave(
    opaque: str,
    code: str,
    until: str | None,
    version: str | None,
    lease: str | None,
    *,
    by: Actor,
) -> None:
    """End a person's tie to a room: they have moved out; the history stays"""
    arrived = on_site(code, lease, "resident.leave", by)
    tie = _tie(opaque, arrived)
    person = Resident.get_by_id(tie.resident_id)
    check_version(version, f"{person.version}.{tie.version}")
    _end(tie, until or scope.today(), by)
    _leave_act(arrived, "resident.leave", person, {"room": ""})


def on_site(code: str, lease: str | None, name: str, by: Actor) -> sheet.Arrived:
    """Personal data is read and changed at the building only."""
    if is_writing():
        places.hold(code)  # Keys are counted up: two who add at once take turns.
    arrived = sheet.arrive(code, lease, by)
    scope.check(by, name, arrived.building_id, arrived.head["area"]["path"])
    if not arrived.standing.is_open:
        raise VisitNeeded(
            reason=arrived.standing.reason,
            unlock=arrived.standing.unlock,
            building_id=arrived.building_id,
        )
    return arrived


def _tie(opaque: str, arrived: sheet.Arrived) -> Residence:
    key = veil.uncover(arrived.standing.visit_id or "", "resident", opaque)
    tie = Residence.get_or_none(Residence.id == key)
    if tie is None or keys.building_of(key) != arrived.building_id:
        raise NotFound(noun="resident")
    if tie.until is not None and tie.until <= scope.today():  # Gone, as every list says.
        raise NotFound(noun="resident")
    return tie


def _shown(arrived: sheet.Arrived, tie: Residence) -> dict[str, Any]:
    """The tie as the actor may see it; a look like any other, with its line."""
    seen = arrived.seen()
    row = sheet.residents_of(tie.id, tie.id, "", 1)
    by_room = seen.residents(row)
    seen.leave_trail()
    room = Room.get_by_id(tie.room_id)
    return by_room[tie.room_id][0] | {"room": room.code}


def room_of(code: str, building_id: int) -> Room:
    room = Room.get_or_none(Room.code == code)
    if room is None or keys.building_of(room.id) != building_id:
        raise Invalid(errors={"room": ["There is no such room in this building."]})
    return room


def _known(id_number: str | None) -> Resident | None:
    if not id_number:
        return None
    indexes = house().vault.indexes("id_number", id_number)
    found: Resident | None = Resident.get_or_none(Resident.id_index.in_(indexes))
    return found


def _opened(person: Resident) -> list[str | None]:
    return house().vault.open(b"resident:%d" % person.id, bytes(person.sealed))


def _create(values: dict[str, Any], building_id: int, by: Actor) -> Resident:
    person = Resident(id=next_key(Resident, building_id), version=1)
    _write(person, values)
    person.updated_at, person.updated_by = clock.now(), by.name
    person.save(force_insert=True)
    return person


def _write(person: Resident, values: dict[str, Any]) -> None:
    vault = house().vault
    sealed = [values[name] for name in checks.SEALED]
    person.sealed = vault.seal(b"resident:%d" % person.id, *sealed)
    number, phone = values["id_number"], values["phone"]
    person.id_index = vault.index("id_number", number) if number else None
    person.phone_index = vault.index("phone", phone) if phone else None
    person.sex, person.people_class = values["sex"], values["people_class"]


def _tie_to(
    room: Room, person: Resident, form: Mapping[str, Any], building_id: int, by: Actor
) -> Residence:
    kind = checks.one_of("residence_kind", form["residence_kind"], KINDS)
    same = Residence.select().where(
        (Residence.resident_id == person.id)
        & (Residence.room_id == room.id)
        & (Residence.kind == kind)
        & (Residence.until.is_null() | (Residence.until > scope.today()))
    )
    if same.exists():
        raise Conflict(errors={"room": ["This person is tied to this room already."]})
    return Residence.create(
        id=next_key(Residence, building_id),
        resident_id=person.id,
        room_id=room.id,
        kind=kind,
        since=form.get("since") or scope.today(),
        until=None,
        source=form.get("source") or "visit",
        verified_at=form.get("verified_at") or scope.today(),
        updated_at=clock.now(),
        updated_by=by.name,
    )


def _end(tie: Residence, until: str, by: Actor) -> None:
    checks.days(tie.since, until)
    tie.until = until
    tie.version += 1
    tie.updated_at, tie.updated_by = clock.now(), by.name
    tie.save()


def next_key(table: type[Any], building_id: int) -> int:
    """The next free key in the building's range; the write lock makes it ours."""
    first, last = keys.first(building_id), keys.last(building_id)
    highest = table.select(fn.MAX(table.id)).where(table.id.between(first, last)).scalar()
    return int(highest if highest is not None else first) + 1


def check_version(sent: str | None, present: str) -> None:
    if sent is None:
        raise VersionMissing()
    if sent != present:
        raise VersionStale()


def _leave_act(
    arrived: sheet.Arrived, name: str, person: Resident, changes: Mapping[str, Any]
) -> None:
    trail.write(
        arrived.by,
        name,
        roles=arrived.roles,
        visit_id=arrived.standing.visit_id,
        building_id=arrived.building_id,
        area_path=arrived.head["area"]["path"],
        place=arrived.standing.place,
        subjects=[person.id],
        fields=sorted(changes),
    )
