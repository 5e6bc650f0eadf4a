"""What a lease token opens right now: the database and the token must both still say yes."""

from dataclasses import dataclass
from typing import Any

from backend import clock, db
from backend.actor import Actor
from backend.db import to_ms, writing
from backend.errors import Refused, StorageFull, TokenExpired
from backend.house import house
from backend.models import Visit
from backend.prepared import Prepared
from backend.rules import tokens

READ_NOTED_EVERY_MS = 60_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether people may be shown, and if not, why and what would open them."""

    visit_id: str | None
    kind: str | None
    reason: str | None  # None when open.
    place: tuple[float, float] | None = None

    @property
    def is_open(self) -> bool:
        return self.reason is None

    @property
    def unlock(self) -> str | None:
        return None if self.is_open else UNLOCK[self.reason or ""]


UNLOCK = {
    "no_visit": "scan_building_code",
    "lease_invalid": "scan_building_code",
    "lease_expired": "send_beat",
    "other_building": "scan_building_code",
    "left_site": "scan_building_code",
    "suspended": "send_beat",
    "second_tag_needed": "scan_second_tag",
    "role": "ask_supervisor",
}

NO_VISIT = Standing(None, None, "no_visit")

_visit = Prepared(
    lambda visit: Visit.select(
        Visit.account_id,
        Visit.device_id,
        Visit.building_id,
        Visit.state,
        Visit.lease_until,
        Visit.shows_people,
        Visit.last_read_at,
        Visit.kind,
        Visit.lat,
        Visit.lon,
    ).where(Visit.id == visit)
)


def standing(token: str | None, building_id: int, *, by: Actor) -> Standing:
    """What `token` opens for this worker at this building, at this instant."""
    if not token:
        return NO_VISIT
    try:
        claims = _claims(token)
    except TokenExpired:
        _note_looking(building_id, by)
        return Standing(None, None, "lease_expired")
    except Refused:
        return Standing(None, None, "lease_invalid")
    row = _visit.first(claims.vid)
    if row is None or row[0] != by.account_id or claims.sub != by.account_id:
        return Standing(None, None, "lease_invalid")
    # A lease is for one phone: copied to another session of the same worker it opens nothing.
    if claims.dev != by.device_id:
        return Standing(None, None, "lease_invalid")
    reason = _why_closed(row, claims, building_id)
    if reason is None:
        _note_reading(claims.vid, row)
    elif reason in ("suspended", "lease_expired"):
        _note_looking(building_id, by)
    return Standing(claims.vid, row[7], reason, (row[8], row[9]) if row[8] is not None else None)


def _why_closed(row: tuple[Any, ...], claims: tokens.LeaseClaims, building_id: int) -> str | None:
    _, device_id, at_building, state, lease_until, shows_people, last_read, kind, _, _ = row
    now = to_ms(clock.now())
    if at_building != building_id:
        return "other_building"
    if claims.dev != device_id:
        return "lease_invalid"
    if state == "closed":
        return "left_site"
    if state == "suspended" or (
        kind in ("scan", "located") and now - last_read > house().policy.limits.idle_s * 1000
    ):
        return "suspended"
    if lease_until <= now or claims.exp * 1000 <= now:
        return "lease_expired"
    return None if shows_people else "second_tag_needed"


def _claims(token: str) -> tokens.LeaseClaims:
    claims: tokens.LeaseClaims = house().tokens.get_or_make(
        token, lambda: tokens.read_lease(token, house().token_keys, clock.now())
    )
    return claims


def _note_reading(visit_id: str, row: tuple[Any, ...]) -> None:
    """Remember that the worker is still reading; once a minute is enough."""
    if to_ms(clock.now()) - row[6] >= READ_NOTED_EVERY_MS:
        _note(visit_id)


def _note_looking(building_id: int, by: Actor) -> None:
    """A look at masked people, too, shows that the phone is in a hand: it wakes an idle visit."""
    before = to_ms(clock.now()) - READ_NOTED_EVERY_MS
    row = _asleep.first(by.account_id, by.device_id or "", building_id, before)
    if row is not None:
        _note(row[0])


def _note(visit_id: str) -> None:
    def note() -> None:
        try:
            with writing():
                Visit.update(last_read_at=clock.now()).where(Visit.id == visit_id).execute()
        except StorageFull:
            return  # Masked reading goes on without it; unmasked, the trail has the last word.

    db.after_commit(note)


_asleep = Prepared(
    lambda account, device, building, before: Visit.select(Visit.id).where(
        (Visit.account_id == account)
        & (Visit.device_id == device)
        & (Visit.building_id == building)
        & (Visit.state != "closed")
        & (Visit.last_read_at <= before)
    )
)
