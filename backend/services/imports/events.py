"""What happened in buildings."""

from collections.abc import Sequence
from typing import Any

from backend.models import Event
from backend.services.imports.columns import Column, choice, instant, prose, text
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Classes, Csv, Parsed
from backend.services.imports.references import BUILDING, ROOM, Places
from backend.services.imports.upsert import Record, Upsert

STATUSES = ("reported", "dispatched", "handled", "closed")


class Events(Csv):
    """Load events of buildings; their words are sealed"""

    name = "events"
    tables = (Event,)
    takes = frozenset({"scheme"})
    columns = (
        Column("key", text(40), required=True),
        BUILDING,
        ROOM,
        Column("event_class", text(20), required=True),
        Column("at", instant, required=True),
        Column("status", choice(*STATUSES), required=True),
        Column("text", prose(2_000), required=True, personal=True),
    )

    def prepare(self) -> None:
        self.places = Places(self.findings)
        self.classes = Classes("event", self.options.scheme)
        columns = ("event_class", "at", "status", "room_id")
        self.upsert = Upsert(self, Event, "key", columns, sealed_as="event")

    def take(self, batch: Sequence[Parsed]) -> Tally:
        self.places.learn(batch, 1, 2)
        found = [self._record(row, values) for row, values in batch]
        return self.upsert([record for record in found if record])

    def _record(self, row: int, values: Sequence[Any]) -> Record | None:
        key, building, room, kind, at, status, words = values
        place = self.places.find(row, (building, room))
        if kind not in self.classes.codes:
            self.findings.add(row, "event_class", self.classes.complaint, kind)
            return None
        if place is None:
            return None
        return Record(row, key, place[0], (kind, at, status, place[1]), (words,))
