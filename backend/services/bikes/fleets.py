"""A company's fleet: the codes that belong on its bikes' plates."""

from typing import NamedTuple

from backend.actor import Actor
from backend.house import house
from backend.models import Bike
from backend.services import trail, units
from backend.verbs import verb


class Plate(NamedTuple):
    """What a plate maker needs for one bike."""

    frame: str
    code: str
    link: str


@verb("bike.codes", reads=True)
def plates(unit_code: str, *, by: Actor) -> list[Plate]:
    """The codes of a company's bikes, by frame number, for who makes their plates"""
    unit = units.find(unit_code)
    mine = (Bike.operator == unit.code) & Bike.code.is_null(False)
    rows = Bike.select(Bike.frame, Bike.code).where(mine).order_by(Bike.frame).tuples()
    base = house().settings.public_url
    found = [Plate(frame, code, f"{base}/{code}") for frame, code in rows.iterator()]
    trail.write(by, "bike.codes", facts={"unit": unit.code, "bikes": len(found)})
    return found
