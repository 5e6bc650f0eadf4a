"""What goes on the labels: the buildings, rooms and facilities a list names, and their words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from backend.models import Area, Building, Facility, Room, Tag, keys
from backend.rules.areas import path_contains
from backend.services import facilities, scope
from backend.services.runs.finding import DEAD
from backend.services.runs.lists import Finding, Line, refuse
from backend.services.tags import Subject
from qr import glyphs, sheets
from qr.labels.arrange import WIDE_CODE
from qr.labels.layout import DoesNotFit, Piece

T = TypeVar("T")

BATCH = 500

SENTENCES = {
    "unknown": "There is no such thing of this kind in the register.",
    "outside": "This lies outside the area of the run.",
    "glyphs": "The labels' typeface has no such characters.",
    "fit": "These words do not fit on the label. Shorten them or take a larger form.",
}


@dataclass(frozen=True)
class Wanted:
    """One label that was asked for: its thing, the words on it, its grade."""

    row: int
    thing: str
    title: str
    place: str
    grade: str
    subject: Subject


Known = dict[str, tuple[Subject, str, str, str]]
"""Code of a thing -> what its tag hangs at, title, place, path of its area."""


def named(kind: str) -> bool:
    """Whether tags of this kind can be ordered for things by name."""
    return kind in SOURCES or kind in facilities.kinds()


def wanted(
    kind: str, lines: Sequence[Line], area_path: str, before: Sequence[Finding] = ()
) -> list[Wanted]:
    """The things of a list, in its order. Raises ListWrong with everything that is wrong with it,
    what was found `before` too: of such a line only that is said."""
    codes = [line.code for line in lines]
    known = SOURCES[kind](codes) if kind in SOURCES else _facilities(kind, codes)
    findings, found = list(before), []
    told = {one.row for one in before if one.column == "code"}
    for line in lines:
        if line.row in told:
            continue
        if line.code not in known:
            findings.append(Finding(line.row, "code", SENTENCES["unknown"], line.code))
            continue
        subject, title, place, path = known[line.code]
        if not path_contains(area_path, path):
            findings.append(Finding(line.row, "code", SENTENCES["outside"], line.code))
        found.append(Wanted(line.row, line.code, title, place, line.grade, subject))
    refuse(findings)
    return found


def untagged(kind: str, area_path: str) -> list[Line]:
    """Everything of this kind in an area that no living tag was made for yet, by its code."""
    inside = scope.within(Area.path, [area_path])
    living = (Tag.kind == kind) & Tag.state.not_in(DEAD)
    if kind == "room":
        codes = list(_untagged_rooms(inside, living))
    elif kind == "building":
        tagged = Tag.select(Tag.building_id).where(living & Tag.building_id.is_null(False))
        houses = Building.select(Building.code).join(Area).order_by(Building.code)
        codes = [house.code for house in houses.where(inside & Building.id.not_in(tagged))]
    else:
        tagged = Tag.select(Tag.facility_id).where(living & Tag.facility_id.is_null(False))
        rows = Facility.select(Facility.number).join(Area).order_by(Facility.number)
        rows = rows.where(inside & (Facility.kind == kind) & (Facility.state == "in_use"))
        codes = [row.number for row in rows.where(Facility.id.not_in(tagged))]
    return [Line(row, code) for row, code in enumerate(codes, start=1)]


def _untagged_rooms(inside: Any, living: Any) -> Iterator[str]:
    """Building by building: a room's key begins with its building's number."""
    houses = Building.select(Building.id).join(Area).where(inside).order_by(Building.code)
    for house in list(houses):
        first, last = keys.first(house.id), keys.last(house.id)
        tagged = Tag.select(Tag.room_id).where(living & Tag.room_id.between(first, last))
        rooms = Room.select(Room.code).where(Room.id.between(first, last)).order_by(Room.code)
        yield from (room.code for room in rooms.where(Room.id.not_in(tagged)))


def check_words(order: sheets.Order, things: Iterable[Wanted]) -> None:
    """Refuse what cannot be drawn before a single code is spent on it. Raises ListWrong."""
    findings = []
    for one in things:
        piece = Piece(WIDE_CODE, one.title, one.place, one.grade)
        for word, value in faults(order, piece):
            findings.append(Finding(one.row, "code", SENTENCES[word], f"{one.thing}: {value}"))
    refuse(findings)


def faults(order: sheets.Order, piece: Piece) -> Iterator[tuple[str, str]]:
    """What keeps the words of one label from being drawn: (which sentence, the words)."""
    known = glyphs.advances()
    said = "".join(text for text, _ in order.layout.texts(piece))
    missing = "".join(dict.fromkeys(letter for letter in said if letter not in known))
    if missing:
        yield "glyphs", " ".join(f"{one} U+{ord(one):04X}" for one in missing)
        return
    try:
        order.layout.words(piece)
    except DoesNotFit:
        yield "fit", f"{piece.title} {piece.place}"


def _buildings(codes: Sequence[str]) -> Known:
    rows: list[Any] = [
        row
        for some in _batches(codes)
        for row in Building.select(
            Building.id, Building.code, Building.name, Building.address, Area.path
        )
        .join(Area)
        .where(Building.code.in_(some))
        .tuples()
    ]
    return {
        code: (Subject(building_id=number), _line(name), _line(address), path)
        for number, code, name, address, path in rows
    }


def _rooms(codes: Sequence[str]) -> Known:
    rows: list[Any] = [
        row
        for some in _batches(codes)
        for row in Room.select(Room.id, Room.code, Room.number).where(Room.code.in_(some)).tuples()
    ]
    houses = _houses({keys.building_of(number) for number, _, _ in rows})
    return {
        code: (
            Subject(building_id=keys.building_of(number), room_id=number),
            _line(said),
            *houses[keys.building_of(number)],
        )
        for number, code, said in rows
    }


def _houses(numbers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The name and the path of each building."""
    rows: list[Any] = [
        row
        for some in _batches(sorted(numbers))
        for row in Building.select(Building.id, Building.name, Area.path)
        .join(Area)
        .where(Building.id.in_(some))
        .tuples()
    ]
    return {number: (_line(name), path) for number, name, path in rows}


def _facilities(kind: str, numbers: Sequence[str]) -> Known:
    """Those of this kind that are in use."""
    rows: list[Any] = [
        row
        for some in _batches(numbers)
        for row in Facility.select(
            Facility.id, Facility.number, Facility.name, Facility.address, Area.path
        )
        .join(Area)
        .where(Facility.number.in_(some), Facility.kind == kind, Facility.state == "in_use")
        .tuples()
    ]
    return {
        number: (Subject(facility_id=key), number, _line(address or name), path)
        for key, number, name, address, path in rows
    }


SOURCES: Mapping[str, Callable[[Sequence[str]], Known]] = {"building": _buildings, "room": _rooms}


def _batches(items: Sequence[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


def _line(text: str) -> str:
    """One line: what was typed in two is printed in one."""
    return " ".join((text or "").split())
