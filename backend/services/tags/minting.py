"""The mint: new codes for a run, and what becomes of them until they hang.

These are steps of other verbs (of ordering, releasing, printing and issuing a run), which ask
the permit, open the transaction and write the line.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from backend import clock
from backend.db import to_ms
from backend.errors import Conflict, Invalid
from backend.house import house
from backend.models import Tag
from backend.prepared import Prepared
from qr import codes

NEXT = {"minted": "printed", "printed": "issued"}
"""A run moves its tags one step at a time; `bound` comes with a claim, or with being issued."""
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What a tag hangs at: a building, a room of it, a facility or an e-bike."""

    building_id: int | None = None
    room_id: int | None = None
    facility_id: int | None = None
    bike_id: int | None = None

    def __post_init__(self) -> None:
        known = (self.building_id, self.facility_id, self.bike_id)
        if sum(one is not None for one in known) != 1:
            raise ValueError("A tag hangs at one building, facility or bike.")


def mint_for(
    run_id: int | None, kind: str, subjects: Sequence[Subject | None], *, first_piece: int = 1
) -> list[str]:
    """New codes, one for each subject (None: a blank), numbered from `first_piece`."""
    made: list[str] = []
    for start in range(0, len(subjects), BATCH):
        batch = subjects[start : start + BATCH]
        fresh = _fresh(len(batch))
        pieces = range(first_piece + start, first_piece + start + len(batch))
        now = to_ms(clock.now())
        Tag.insert_many(
            [
                {
                    "code": code,
                    "kind": kind,
                    "state": "minted",
                    "building_id": subject.building_id if subject else None,
                    "room_id": subject.room_id if subject else None,
                    "facility_id": subject.facility_id if subject else None,
                    "bike_id": subject.bike_id if subject else None,
                    "run_id": run_id,
                    "piece": None if run_id is None else piece,
                    "minted_at": now,
                }
                for code, subject, piece in zip(fresh, batch, pieces, strict=True)
            ]
        ).execute()
        made += fresh
    return made


def mint_bound(kind: str, bike_id: int) -> str:
    """A code that leads to a bike at once, before anything with it is printed."""
    now = to_ms(clock.now())
    while True:
        code = codes.mint(house().tag_keys, secrets.token_bytes)
        if _write_bound.write(code, kind, bike_id, now, now):
            return code


_write_bound = Prepared(
    lambda code, kind, bike, minted, bound: Tag.insert(
        code=code, kind=kind, state="bound", bike_id=bike, minted_at=minted, bound_at=bound
    ).on_conflict_ignore()
)


def move_run(run_id: int, to_state: str, pieces: Iterable[int] | None = None) -> int:
    """Move a run's tags (or some pieces) on to `printed` or `issued`; says how many moved.

    Whoever is addressed is bound as soon as it is issued: a resident may scan the plate before
    any worker comes by. Pieces that were spoiled, or have gone further already, stay as they are.
    """
    before = [state for state, after in NEXT.items() if after == to_state]
    if not before:
        raise Invalid(errors={"state": [f"One of {', '.join(NEXT.values())}."]})
    which = (Tag.run_id == run_id) & (Tag.state == before[0])
    if pieces is None:
        return _move(which, to_state)
    numbers = sorted(set(pieces))
    parts = (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
    return sum(_move(which & Tag.piece.in_(part), to_state) for part in parts)


def _move(which: object, to_state: str) -> int:
    moved = 0
    if to_state == "issued":
        is_addressed = Tag.building_id.is_null(False) | Tag.facility_id.is_null(False)
        bound = Tag.update(state="bound", bound_at=clock.now()).where(which & is_addressed)
        moved = int(bound.execute())
    return moved + int(Tag.update(state=to_state).where(which).execute())


def spoil(run_id: int, pieces: Iterable[int], reason: str = "spoiled") -> list[str]:
    """Withdraw pieces that were misprinted or torn before they hung. Returns their codes.

    Raises Conflict if a piece is not there or hangs already: such a tag is reported as lost.
    """
    wanted = sorted(set(pieces))
    rows = _pieces(run_id, wanted)
    hanging = {piece for piece, (_, state, seen) in rows.items() if seen or state not in UNHUNG}
    missing = set(wanted) - rows.keys()
    if hanging or missing:
        raise Conflict(pieces=sorted(hanging | missing))
    found = [rows[piece][0] for piece in wanted]
    for start in range(0, len(found), BATCH):
        Tag.update(state="revoked", ended_at=clock.now(), end_reason=reason).where(
            Tag.code.in_(found[start : start + BATCH])
        ).execute()
    return found


def _pieces(run_id: int, wanted: list[int]) -> dict[int, tuple[str, str, object]]:
    """Number -> code, state and when it was first scanned."""
    found: dict[int, tuple[str, str, object]] = {}
    for start in range(0, len(wanted), BATCH):
        rows: Any = Tag.select(Tag.piece, Tag.code, Tag.state, Tag.accepted_at).where(
            (Tag.run_id == run_id) & Tag.piece.in_(wanted[start : start + BATCH])
        )
        found |= {row.piece: (row.code, row.state, row.accepted_at) for row in rows}
    return found


UNHUNG = ("minted", "printed", "issued", "bound")  # Bound, but by address alone: no scan yet.


def _fresh(how_many: int) -> list[str]:
    """Codes that no tag ever had. Forty random bits repeat now and then among millions."""
    keys = house().tag_keys
    stream = (codes.mint(keys, secrets.token_bytes) for _ in count())
    fresh: dict[str, None] = {}
    while len(fresh) < how_many:
        candidates = list(islice(stream, how_many - len(fresh)))
        known = {row.code for row in Tag.select(Tag.code).where(Tag.code.in_(candidates))}
        fresh.update(dict.fromkeys(code for code in candidates if code not in known))
    return list(fresh)
