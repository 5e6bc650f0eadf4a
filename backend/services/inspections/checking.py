"""A night's look over all records: what a rule doubts is noted, what has been put right is not.

Records are read in portions and outside the write lock; what is found is written in small
transactions. It may be killed, doubled or begun again: a flaw is one row for its rule and record.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeVar

from peewee import Value, fn

from backend import clock
from backend.db import writing
from backend.errors import BadIdNumber
from backend.house import house
from backend.models import (
    Account,
    Building,
    Business,
    Duty,
    Flaw,
    FlawCheck,
    Registration,
    Residence,
    Resident,
    Room,
    SmallPlace,
    keys,
)
from backend.rules import identity, quality
from backend.rules.addresses import normal
from backend.rules.quality import Rule
from backend.services import places, scope
from backend.services.inspections import flaws, subjects, tasks

T = TypeVar("T")

PORTION = 5_000
WRITTEN = 200


class Suspect(NamedTuple):
    """A record that a rule doubts. `where` is a subject's key, `room` the row of a room."""

    record: str
    mark: str
    where: str
    room: int | None = None
    many: int | None = None


def check_if_due() -> dict[str, int] | None:
    """The look of this night, once; None by day, or when it has been done."""
    now = clock.now().astimezone(scope.SHENZHEN)
    is_night = now.hour >= house().policy.quality.hour
    if not is_night or FlawCheck.get_or_none(FlawCheck.day == scope.today()):
        return None
    return check()


def check() -> dict[str, int]:
    """Look over all records by all rules, and give out what waits; how many of each."""
    seen: set[tuple[str, str]] = set()
    new = 0
    for rule in house().policy.quality.rules.values():
        for some in _batches(CHECKS[rule.code](rule), WRITTEN):
            seen.update((rule.code, one.record) for one in some)
            new += _note(rule.code, some)
    gone = _withdraw_others(seen)
    counts = {"found": len(seen), "new": new, "gone": gone, "given": flaws.give()}
    with writing():
        FlawCheck.delete().where(FlawCheck.day == scope.today()).execute()
        FlawCheck.create(day=scope.today(), at=clock.now(), **counts)
    return counts


def _note(rule: str, some: Sequence[Suspect]) -> int:
    """Write down what is new, or found once more; how many."""
    with writing():
        records = [one.record for one in some]
        rows = Flaw.select().where((Flaw.rule == rule) & Flaw.record.in_(records))
        known = {row.record: row for row in rows}
        rooms = _numbers_of([one.room for one in some])
        return sum(_noted(rule, one, known.get(one.record), rooms) for one in some)


def _noted(rule: str, one: Suspect, row: Flaw | None, rooms: Mapping[int, str]) -> bool:
    is_new = row is None
    if row is None:
        row = Flaw(rule=rule, record=one.record, state="found", found_at=clock.now())
    elif quality.found_again(row.state, row.mark, one.mark):
        is_new = True
        row.state, row.found_at, row.times = "found", clock.now(), row.times + 1
        row.ended_at = row.ended_by = None
    thing = subjects.of(one.where)
    row.subject, row.area_path, row.mark = thing.key, thing.area_path, one.mark
    row.room, row.count = rooms.get(one.room or 0), one.many
    row.save()
    return is_new


def _numbers_of(rooms: Iterable[int | None]) -> dict[int, str]:
    wanted = [room for room in rooms if room is not None]
    rows: Any = Room.select(Room.id, Room.number).where(Room.id.in_(wanted))
    return dict(rows.tuples())


def _withdraw_others(seen: Collection[tuple[str, str]]) -> int:
    """What is open and was not found this time has been put right; how many."""
    rows = Flaw.select().where(Flaw.state.in_(quality.OPEN)).order_by(Flaw.id)
    gone = [row for row in rows.iterator() if (row.rule, row.record) not in seen]
    for some in _batches(gone, WRITTEN):
        with writing():
            flaws.withdraw(some)
    return len(gone)


# --- The rules ----------------------------------------------------------------------------


def _without_room(rule: Rule) -> Iterator[Suspect]:
    """Somebody living, a firm or a small place without a room that is on record."""
    for row in _walk(Business, Business.room_id.is_null() & _lasts(Business)):
        yield Suspect(f"business:{row.id}", _mark(row.version), _building(row.id))
    for row in _walk(SmallPlace, SmallPlace.room_id.is_null()):
        yield Suspect(f"place:{row.id}", _mark(row.name), f"place:{row.id}")
    known = Room.select(Value(1)).where(Room.id == Residence.room_id)
    for row in _walk(Residence, ~fn.EXISTS(known) & _lasts(Residence)):
        yield Suspect(f"residence:{row.id}", _mark(row.version), _building(row.id))


def _id_wrong(rule: Rule) -> Iterator[Suspect]:
    """Residents whose ID number breaks its own rules."""
    vault, today = house().vault, scope.day()
    for some in _batches(_walk(Resident, Resident.id_index.is_null(False)), PORTION):
        opened = vault.open_all("resident", [(row.id, bytes(row.sealed)) for row in some])
        wrong = [
            row
            for row, values in zip(some, opened, strict=True)
            if values[1] and not _is_possible(values[1], today)
        ]
        yield from _at_home(wrong, "resident")


def _is_possible(number: str, today: date) -> bool:
    try:
        identity.check_id_number(number, today)
    except BadIdNumber:
        return False
    return True


def _twice(rule: Rule) -> Iterator[Suspect]:
    """The second and later rows under one ID number."""
    several = (
        Resident.select(Resident.id_index)
        .where(Resident.id_index.is_null(False))
        .group_by(Resident.id_index)
        .having(fn.COUNT(Resident.id) > 1)
    )
    first: bytes | None = None
    again = []
    rows = Resident.select().where(Resident.id_index.in_(several))
    for row in list(rows.order_by(Resident.id_index, Resident.id)):
        index = bytes(row.id_index or b"")
        if index == first:
            again.append(row)
        first = index
    for some in _batches(again, WRITTEN):
        yield from _at_home(some, "resident")


def _at_home(residents: Sequence[Resident], kind: str) -> Iterator[Suspect]:
    """Where to look for somebody: their latest tie; who has left everywhere is history."""
    ids = [row.id for row in residents]
    ties = Residence.select().where(Residence.resident_id.in_(ids) & _lasts(Residence))
    home = {tie.resident_id: tie for tie in ties.order_by(Residence.id)}
    for row in residents:
        if tie := home.get(row.id):
            where = _building(tie.id)
            yield Suspect(f"{kind}:{row.id}", _mark(row.version), where, tie.room_id)


def _two_homes(rule: Rule) -> Iterator[Suspect]:
    """Whoever lives in two buildings today: asked at the one that was verified longest ago."""
    living = (Residence.kind == "living") & _lasts(Residence)
    house_of = Residence.id.bin_and(BUILDING_BITS)
    several = (
        Residence.select(Residence.resident_id)
        .where(living)
        .group_by(Residence.resident_id)
        .having(fn.COUNT(fn.DISTINCT(house_of)) > 1)
    )
    rows = Residence.select().where(living & Residence.resident_id.in_(several))
    rows = rows.order_by(Residence.resident_id, Residence.verified_at, Residence.id)
    for person, ties in groupby(list(rows), lambda row: row.resident_id):
        known = list(ties)
        oldest = min(known, key=lambda tie: (tie.verified_at or "", tie.id))
        said = _mark(*(f"{tie.id}.{tie.version}" for tie in known))
        yield Suspect(f"resident:{person}", said, _building(oldest.id), oldest.room_id)


def _no_duty(rule: Rule) -> Iterator[Suspect]:
    """Buildings that are no grid worker's duty today."""
    today = scope.today()
    known = (
        Duty.select(Value(1))
        .join(Account)
        .where((Duty.building_id == Building.id) & Duty.role.in_(tasks.PATROLLERS))
        .where(Account.active & (Duty.since <= today))
        .where(Duty.until.is_null() | (Duty.until > today))
    )
    for row in _walk(Building, ~fn.EXISTS(known)):
        yield Suspect(f"building:{row.id}", "", f"building:{row.id}")


def _nowhere(rule: Rule) -> Iterator[Suspect]:
    """商事登记 x 统一地址: firms whose registered address names no house or no room of ours."""
    for row in _walk(Registration, _lasts(Registration), Registration.key, ""):
        found = places.named(row.address)
        if found is None:
            where = f"area:{row.area_path}"
        elif found.is_whole or _has_room(found.building.id, found.rest):
            continue
        else:
            where = f"building:{found.building.id}"
        yield Suspect(f"registration:{row.key}", _mark(row.address), where)


def _has_room(building_id: int, rest: str) -> bool:
    rows: Any = Room.select(Room.number).where(_within(Room, building_id)).tuples()
    return any(normal(number) == rest for (number,) in rows)


def _crowded(rule: Rule) -> Iterator[Suspect]:
    """Rooms with more firms than a room holds."""
    count = fn.COUNT(Business.id)
    rows: Any = (
        Business.select(Business.room_id, count)
        .where(Business.room_id.is_null(False) & _lasts(Business))
        .group_by(Business.room_id)
        .having(count > rule.most)
        .order_by(Business.room_id)
        .tuples()
    )
    for room, firms in rows:
        yield Suspect(f"room:{room}", _mark(firms), _building(room), room, firms)


def _unlicensed(rule: Rule) -> Iterator[Suspect]:
    """Small places behind which there is no firm with a credit code that lasts."""
    licensed = Business.select(Value(1)).where(
        (Business.id == SmallPlace.business_id)
        & Business.credit_code.is_null(False)
        & _lasts(Business)
    )
    for row in _walk(SmallPlace, ~fn.EXISTS(licensed)):
        said = _mark(row.name, row.business_id)
        yield Suspect(f"place:{row.id}", said, f"place:{row.id}", row.room_id)


CHECKS: Mapping[str, Callable[[Rule], Iterator[Suspect]]] = {
    "room_missing": _without_room,
    "id_wrong": _id_wrong,
    "person_twice": _twice,
    "two_homes": _two_homes,
    "no_duty": _no_duty,
    "firm_nowhere": _nowhere,
    "firms_crowded": _crowded,
    "place_unlicensed": _unlicensed,
}
"""Each code of `rules.quality.CODES` with what it reads."""


# --- Reading ------------------------------------------------------------------------------

BUILDING_BITS = ~((1 << 20) - 1)
"""What of a key says the building."""


def _walk(table: Any, wanted: Any, key: Any = None, after: Any = -1) -> Iterator[Any]:
    """Rows by their keys, a portion at a time: no lock and no cursor lasts."""
    key = table.id if key is None else key
    while True:
        rows = table.select().where((key > after) & wanted)
        portion = list(rows.order_by(key).limit(PORTION))
        yield from portion
        if len(portion) < PORTION:
            return
        after = getattr(portion[-1], key.name)


def _lasts(table: Any) -> Any:
    return table.until.is_null() | (table.until > scope.today())


def _within(table: Any, building_id: int) -> Any:
    return table.id.between(keys.first(building_id), keys.last(building_id))


def _building(key: int) -> str:
    return f"building:{keys.building_of(key)}"


def _mark(*said: object) -> str:
    """The state of a record, in a few letters that tell nothing."""
    text = "\x1f".join(map(str, said))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
