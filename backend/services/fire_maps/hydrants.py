"""The hydrants of the fire map: where water is, and where somebody found it wanting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import fn

from backend.models import Area, Facility, Hazard
from backend.prepared import Prepared
from backend.rules.drawings import Spot
from backend.services import facilities
from backend.services.fire_maps.boxes import Box, portions

KIND = "hydrant"
MOST = 2_000


@dataclass(frozen=True)
class Hydrant:
    """One in use; `hazards` counts what was found wrong with it and is not put right."""

    number: str
    address: str | None
    form: str | None
    lat: float
    lon: float
    hazards: int

    def as_dict(self) -> dict[str, Any]:
        chosen = {one.code: one for one in facilities.kinds()[KIND].by_code["form"].choices}
        form = chosen.get(self.form or "")
        return {
            "number": self.number,
            "address": self.address,
            "form": {"zh": form.zh, "en": form.en} if form else None,
            "hazards": self.hazards,
        }

    def feature(self, box: Box) -> dict[str, Any]:
        """As map programs want it."""
        point = {"type": "Point", "coordinates": box.told(self.lon, self.lat)}
        return {"type": "Feature", "geometry": point, "properties": self.as_dict()}

    def spot(self) -> Spot:
        return Spot((self.lon, self.lat), "hydrant-wrong" if self.hazards else "hydrant")


def standing(where: Any) -> list[Hydrant]:
    """Those of some areas, the first `MOST`."""
    rows = Facility.select(Facility.id).join(Area).where(_is_one() & where)
    return _told([row.id for row in rows.order_by(Facility.number).limit(MOST)])


def inside(box: Box, where: Any) -> list[Hydrant]:
    """Those of some areas inside a box."""
    return _told(box.inside(_in_cells, MOST), where)


def _told(ids: Sequence[int], where: Any = None) -> list[Hydrant]:
    found = []
    for part in portions(ids):
        rows = Facility.select().join(Area).where(Facility.id.in_(part))
        wrong = _hazards(part)
        found += [_hydrant(row, wrong) for row in (rows.where(where) if where else rows)]
    return sorted(found, key=lambda one: one.number)


def _hydrant(row: Facility, wrong: dict[str, int]) -> Hydrant:
    return Hydrant(
        number=row.number,
        address=row.address,
        form=orjson.loads(row.facts).get("form"),
        lat=row.lat,
        lon=row.lon,
        hazards=wrong.get(f"facility:{row.id}", 0),
    )


def _hazards(ids: Sequence[int]) -> dict[str, int]:
    rows: Any = (
        Hazard.select(Hazard.subject, fn.COUNT(Hazard.id))
        .where(Hazard.subject.in_([f"facility:{one}" for one in ids]))
        .where(Hazard.state.in_(("open", "passed_on")))
        .group_by(Hazard.subject)
        .tuples()
    )
    return dict(rows)


def _is_one() -> Any:
    return (Facility.kind == KIND) & (Facility.state == "in_use")


_in_cells = Prepared(
    lambda first, last: Facility.select(Facility.id, Facility.lat, Facility.lon).where(
        Facility.cell.between(first, last) & _is_one()
    )
)
