"""Runs and their pieces as the tables have them, for whoever may reach them."""

import re
from typing import Any, NamedTuple

from backend.actor import SYSTEM, Actor
from backend.db import locked
from backend.errors import NotFound
from backend.models import Area, Run, RunPiece, Tag, keys
from backend.services import scope

NUMBER = re.compile(r"R(\d{4})-0*(\d{1,9})")
DEAD = ("revoked", "lost", "replaced")  # A label with such a code would be a dead one.


class Words(NamedTuple):
    """What a label says about its thing."""

    thing: str
    title: str
    place: str
    grade: str


def number_of(run: Run) -> str:
    """The number people say: R2026-00012."""
    return f"R{run.ordered_at.astimezone(scope.SHENZHEN).year}-{run.id:05d}"


def find(number: str, *, hold: bool = False) -> Run:
    """The run of this number with its area; with `hold` nobody else changes it meanwhile."""
    said = NUMBER.fullmatch(number.strip().upper())
    if said is None:
        raise NotFound(noun="print run")
    key = int(said.group(2))
    if hold:
        list(locked(Run.select(Run.id).where(Run.id == key)))
    run: Run | None = Run.select(Run, Area).join(Area, on=Run.area).where(Run.id == key).first()
    if run is None or not number_of(run).startswith(f"R{said.group(1)}-"):
        raise NotFound(noun="print run")
    return run


def reach(by: Actor, verb: str, path: str) -> None:
    """Refuse unless somebody may do this for that area; the command line may everywhere."""
    if by.account_id != SYSTEM.account_id:
        scope.check_area(by, verb, path)


def within(by: Actor, verb: str) -> Any:
    """The condition that an `Area` lies where `by` may do `verb`; none for the command line."""
    if by.account_id == SYSTEM.account_id:
        return Area.path.is_null(False)
    return scope.within(Area.path, scope.paths(by, verb))


def words_of(run: Run, first: int = 1, last: int | None = None) -> dict[int, Words]:
    """Piece -> what its label says; nothing for blanks."""
    base = keys.first(run.id)
    rows = RunPiece.select().where(RunPiece.id.between(base + first, base + (last or run.count)))
    return {row.id - base: Words(row.thing, row.title, row.place, row.grade) for row in rows}


def tags_of(run: Run, first: int = 1, last: int | None = None) -> list[Tag]:
    """The tags of a run in the order of its pieces."""
    return list(
        Tag.select()
        .where((Tag.run_id == run.id) & Tag.piece.between(first, last or run.count))
        .order_by(Tag.piece)
    )
