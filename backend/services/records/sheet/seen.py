"""A worker before a building, and what they see there: rows become views, a look a trail line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend import db
from backend.actor import Actor
from backend.errors import NotFound
from backend.house import house
from backend.services import allowances, scope, trail
from backend.services.records import veil
from backend.services.records.sheet.queries import Row, building_of
from backend.services.records.sheet.views import View, views_of
from backend.services.visits import leases


@dataclass(frozen=True)
class Arrived:
    """A worker before a building: which roles count there, and what the lease opens."""

    head: dict[str, Any]
    building_id: int
    roles: tuple[str, ...]
    standing: leases.Standing
    by: Actor

    def seen(self) -> "Seen":
        return Seen(self)

    def standing_view(self) -> dict[str, Any]:
        return {
            "visible": "open" if self.standing.is_open else "masked",
            "reason": self.standing.reason,
            "unlock": self.standing.unlock,
        }


def arrive(code: str, lease: str | None, by: Actor) -> Arrived:
    """Who stands before which building, by what right. Refuses outside area and duty."""
    row = building_of.first(code)
    if row is None:
        raise NotFound(noun="building")
    building_id, path = row[0], row[13]
    roles = scope.check(by, "building.look", building_id, path)
    standing = leases.standing(lease, building_id, by=by)
    if standing.is_open and not views_of(roles):
        standing = leases.Standing(standing.visit_id, standing.kind, "role")
    if not standing.is_open:
        # Paid for before the answer leaves; here the transaction may only read.
        db.after_commit(lambda: allowances.spend_look_up(by, "building.look"))
    head = {
        "code": row[1],
        "name": row[2],
        "address": row[3],
        "lat": row[4],
        "lon": row[5],
        "floors": row[6],
        "height_m": row[7],
        "house_class": row[8],
        "built_year": row[9],
        "version": row[10],
        "area": {"code": row[11], "name": row[12], "path": path},
    }
    return Arrived(head, building_id, roles, standing, by)


class Seen:
    """What one look in one open visit shows, and the line it leaves."""

    def __init__(self, arrived: Arrived) -> None:
        assert arrived.standing.visit_id is not None
        self.arrived = arrived
        self.visit_id = arrived.standing.visit_id
        self.views = views_of(arrived.roles)
        self.rooms: dict[int, str] = {}  # Room key -> house code.
        self.subjects: list[int] = []
        self.shown: list[str] = []
        self.numbers: dict[str, int] = {}

    def residents(self, rows: Sequence[Row]) -> dict[int, list[dict[str, Any]]]:
        """The people by room key, each as the roles may see them."""
        by_room: dict[int, list[dict[str, Any]]] = {}
        view = self.views.get("resident")
        if view is None:
            return by_room
        self.subjects += [row[8] for row in rows]
        people = self._made("resident", view, rows, [(row[8], row[9]) for row in rows])
        for row, person in zip(rows, people, strict=True):
            by_room.setdefault(row[1], []).append(person)
        return by_room

    def businesses(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The firms, with who stands for them as the roles may see it."""
        return self._in_rooms("business", rows)

    def events(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """What happened here, in the order in which it was recorded."""
        return self._in_rooms("event", rows)

    def leave_trail(self) -> None:
        """One line for the whole look: whose records, which fields in full."""
        trail.write(
            self.arrived.by,
            "building.look",
            roles=self.arrived.roles,
            visit_id=self.visit_id,
            building_id=self.arrived.building_id,
            area_path=self.arrived.head["area"]["path"],
            place=self.arrived.standing.place,
            subjects=self.subjects,
            fields=self.shown,
            facts=self.numbers,
        )

    def _in_rooms(self, kind: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
        view = self.views.get(kind)
        if view is None:
            return []
        found = self._made(kind, view, rows, [(row[0], row[5]) for row in rows])
        for row, one in zip(rows, found, strict=True):
            one["room"] = self.rooms.get(row[1])
        return found

    def _made(
        self, kind: str, view: View, rows: Sequence[Row], sealed: Sequence[tuple[int, bytes]]
    ) -> list[dict[str, Any]]:
        """The rows as they may be seen, and a note of them for the trail."""
        self.shown += view.shown
        self.numbers[NUMBERS[kind]] = len(rows)
        if not rows:
            return []
        opened = house().vault.open_all(kind, sealed)
        covered = veil.cover(self.visit_id, kind, [row[0] for row in rows])
        return list(map(view.make, rows, opened, covered))


NUMBERS = {"resident": "residents", "business": "businesses", "event": "events"}
