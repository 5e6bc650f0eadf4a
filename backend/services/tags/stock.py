"""The stock of codes as the house itself looks at it: made without a run, counted, listed."""

from collections.abc import Callable
from typing import Any

from peewee import fn

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Tag
from backend.services import facilities, trail
from backend.services.tags import things
from backend.services.tags.minting import BATCH, mint_for
from backend.services.tags.things import AT_BUILDINGS, IN_ROOMS
from backend.verbs import verb
from qr import designs


@verb("tag.mint")
def mint(
    kind: str,
    count: int,
    *,
    issue: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    by: Actor,
) -> list[str]:
    """Make blank codes outside any run; a plate maker draws them, any team may hang them"""
    known = {*designs.kinds(), *AT_BUILDINGS, *IN_ROOMS, *facilities.kinds()}
    if kind not in known:
        raise Invalid(errors={"kind": [f"One of {', '.join(sorted(known))}."]})
    made: list[str] = []
    while len(made) < count:
        fresh = mint_for(None, kind, [None] * min(BATCH, count - len(made)))
        if issue:
            Tag.update(state="issued").where(Tag.code.in_(fresh)).execute()
        made += fresh
        progress(len(made))
    trail.write(by, "tag.mint", facts={"kind": kind, "count": count, "issued": issue})
    return made


def stock(
    *, state: str | None = None, kind: str | None = None, run_id: int | None = None, limit: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(how many of each kind and state, the newest rows). For the command line alone."""
    given = ((Tag.state, state), (Tag.kind, kind), (Tag.run_id, run_id))
    which = [column == value for column, value in given if value is not None]
    counted: Any = Tag.select(Tag.kind, Tag.state, fn.COUNT(Tag.code).alias("count"))
    counted = counted.group_by(Tag.kind, Tag.state).order_by(Tag.kind, Tag.state)
    listed: Any = Tag.select().order_by(Tag.minted_at.desc(), Tag.piece, Tag.code).limit(limit)
    if which:
        counted, listed = counted.where(*which), listed.where(*which)
    return list(counted.dicts()), [_listed(row) for row in listed]


def _listed(row: Tag) -> dict[str, Any]:
    thing = things.of_tag(row)
    return {
        "tag": row.code,
        "kind": row.kind,
        "state": row.state,
        "run": row.run_id,
        "piece": row.piece,
        "minted_at": row.minted_at,
        "at": thing.name if thing else None,
    }
