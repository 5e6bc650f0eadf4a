"""What a tag hangs at, whatever it is: where it stands, who answers for it, what all may know."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.actor import SYSTEM, Actor
from backend.errors import Conflict, Invalid, NotFound
from backend.models import Bike, Building, Facility, Room, Tag, TagTask, keys
from backend.rules.datum import Position
from backend.rules.geometry import distance_m, distance_to_footprint_m
from backend.services import facilities, places, scope
from backend.services.tags.minting import Subject


class Thing(ABC):
    """A building, a room of one, or a facility."""

    @property
    @abstractmethod
    def subject(self) -> Subject:
        """What the tag's row remembers."""

    @property
    @abstractmethod
    def area_path(self) -> str:
        """Who answers for it now."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What a message calls it: its code."""

    @property
    @abstractmethod
    def kinds(self) -> frozenset[str]:
        """The tags that may hang here."""

    @property
    def building_id(self) -> int | None:
        return self.subject.building_id

    @abstractmethod
    def metres(self, here: Position) -> float:
        """How far away it is."""

    @abstractmethod
    def public(self) -> dict[str, Any]:
        """What anybody in the street may read: nothing about who lives here."""

    def check(self, by: Actor, verb: str) -> None:
        """Refuses whoever may not do this here. The house itself may."""
        if by.account_id != SYSTEM.account_id:
            self._check(by, verb)

    @abstractmethod
    def _check(self, by: Actor, verb: str) -> None: ...


@dataclass(frozen=True)
class Place(Thing):
    """A building, or one of its rooms."""

    building: Building
    room: Room | None = None

    @property
    def subject(self) -> Subject:
        return Subject(self.building.id, self.room.id if self.room else None)

    @property
    def area_path(self) -> str:
        return str(self.building.area.path)

    @property
    def name(self) -> str:
        return self.room.code if self.room else self.building.code

    @property
    def kinds(self) -> frozenset[str]:
        return IN_ROOMS if self.room else AT_BUILDINGS

    def metres(self, here: Position) -> float:
        return distance_to_footprint_m(here, json.loads(self.building.footprint))

    def _check(self, by: Actor, verb: str) -> None:
        scope.check(by, verb, self.building.id, self.building.area.path)

    def public(self) -> dict[str, Any]:
        return {
            "type": "room" if self.room else "building",
            "code": self.building.code,
            "name": self.building.name,
            "address": self.building.address,
            "room": self.room.number if self.room else None,
            "area": self.building.area.name,
            "bike": None,
        }


AT_BUILDINGS = frozenset({"building", "extinguisher", "meter"})
IN_ROOMS = frozenset({"room", "extinguisher", "meter"})


@dataclass(frozen=True)
class Furniture(Thing):
    """A facility: a street light, a manhole cover, a bin, a newsstand."""

    facility: Facility

    @property
    def subject(self) -> Subject:
        return Subject(facility_id=self.facility.id)

    @property
    def area_path(self) -> str:
        return str(self.facility.area.path)

    @property
    def name(self) -> str:
        return self.facility.number

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({facilities.kinds()[self.facility.kind].label})

    def metres(self, here: Position) -> float:
        return distance_m(here, Position(self.facility.lat, self.facility.lon))

    def _check(self, by: Actor, verb: str) -> None:
        scope.check_area(by, verb, self.facility.area.path)

    def public(self) -> dict[str, Any]:
        return {
            "type": "facility",
            "code": self.facility.number,
            "name": self.facility.name,
            "address": self.facility.address,
            "room": None,
            "area": self.facility.area.name,
            "bike": None,
        }


@dataclass(frozen=True)
class Ridden(Thing):
    """An e-bike. It stands anywhere, and whoever asks learns nothing of whose it is."""

    bike: Bike

    @property
    def subject(self) -> Subject:
        return Subject(bike_id=self.bike.id)

    @property
    def area_path(self) -> str:
        return self.bike.area_path

    @property
    def name(self) -> str:
        return self.bike.code or ""

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset({"ebike"})

    def metres(self, here: Position) -> float:
        return 0.0

    def _check(self, by: Actor, verb: str) -> None:
        scope.check_area(by, verb, self.bike.area_path)

    def public(self) -> dict[str, Any]:
        return {
            "type": "bike",
            "code": None,
            "name": f"{self.bike.brand} {self.bike.colour}",
            "address": None,
            "room": None,
            "area": None,
            "bike": {
                "brand": self.bike.brand,
                "colour": self.bike.colour,
                "state": "stolen" if self.bike.state == "stolen" else "registered",
            },
        }


def of_tag(tag: Tag | TagTask) -> Thing | None:
    """What a tag hangs at or is meant for, or a task is about; None for a blank."""
    if tag.facility_id is not None:
        return Furniture(facilities.by_id(tag.facility_id))
    if isinstance(tag, Tag) and tag.bike_id is not None:
        return Ridden(Bike.get_by_id(tag.bike_id))
    if tag.building_id is None:
        return None
    room = Room.get_by_id(tag.room_id) if tag.room_id is not None else None
    return Place(places.by_id(tag.building_id), room)


def named(tag: Tag, form: Mapping[str, Any], *, by: Actor) -> Thing:
    """The thing a claim names by its code, or a facility that it adds to the register.

    Raises NotFound, Invalid, and Conflict for a facility that was taken out of use.
    """
    if form.get("new_facility") is not None:
        return _added(tag, form, by)
    return existing(form)


def existing(form: Mapping[str, Any]) -> Thing:
    """The building, room or facility that a request names by its code."""
    if form.get("facility"):
        facility = facilities.find(form["facility"])
        if facility.state != "in_use":
            raise Conflict(errors={"facility": ["It was taken out of use."]})
        return Furniture(facility)
    if form.get("room"):
        room = Room.get_or_none(Room.code == form["room"])
        if room is None:
            raise NotFound(noun="room")
        return Place(places.by_id(keys.building_of(room.id)), room)
    if form.get("building"):
        return Place(places.find_building(form["building"]))
    raise Invalid(errors={"building": ["Name what the tag hangs at."]})


def hangs_at(subject: Subject) -> Any:
    """The rows of the tags at this very thing; those of a building's rooms hang elsewhere."""
    if subject.facility_id is not None:
        return Tag.facility_id == subject.facility_id
    if subject.bike_id is not None:
        return Tag.bike_id == subject.bike_id
    in_room = Tag.room_id.is_null() if subject.room_id is None else Tag.room_id == subject.room_id
    return (Tag.building_id == subject.building_id) & in_room


def _added(tag: Tag, form: Mapping[str, Any], by: Actor) -> Thing:
    """A facility nobody had recorded stands where the worker who found it stands."""
    known = [kind.code for kind in facilities.kinds().values() if kind.label == tag.kind]
    if not known:
        raise Invalid(errors={"new_facility": ["Tags of this kind hang at no facility."]})
    here = {name: form["fix"][name] for name in ("lat", "lon", "crs")}
    found = {**form["new_facility"], **here, "kind": known[0]}
    return Furniture(facilities.add(found, "tag.claim", by=by))
