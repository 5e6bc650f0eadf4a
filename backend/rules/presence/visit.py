"""The life of a visit: open, masked at the first doubt, closed slowly and carefully.

    open ----(a fix convincingly outside | lease lapsed | nothing read for long)--> suspended
    suspended ----(a fix inside | a new tag of the building)----------------------> open
    open or suspended ----(3rd outside fix | silence | too long | `close`)--------> closed

Suspended means masked at once and costs the worker nothing; closed means scanning again. A
vague fix proves nothing, either way: it neither renews a lease nor counts against anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from backend.errors import BeatOutOfOrder
from backend.rules.geometry import Rings
from backend.rules.presence.fixes import (
    Fix,
    Trace,
    doubts,
    doubts_in_a_row,
    is_convincingly_outside,
    is_inside,
    trace_of,
)
from backend.rules.presence.limits import Limits
from backend.rules.presence.opening import Opening, Presence

Kind = Literal["scan", "located", "remote", "break_glass"]
State = Literal["open", "suspended", "closed"]

_GRANTED = ("remote", "break_glass")
"""Visits that somebody's word opened, not somebody's presence."""


class TagScan(NamedTuple):
    """Another tag of the same building was scanned; the caller has checked that it is."""

    tag: str


@dataclass(frozen=True)
class VisitState:
    """All that decides about a visit. `lease_until` ends the sight of people by itself.

    `last_presence_at` is the last proof, `last_read_at` the last time somebody looked.
    `weak_since`: when the first doubt arose; `vouched`: a second tag answered it in time;
    `fixed`: at least one usable fix was inside. `tags` begins with the one that opened.
    `reason`: "left_site", "lease_lapsed", "idle", "silence", "max_time" or what `close` was told.
    """

    kind: Kind
    state: State
    presence: Presence
    opened_at: datetime
    lease_until: datetime
    last_presence_at: datetime
    last_read_at: datetime
    suspended_at: datetime | None = None
    closed_at: datetime | None = None
    reason: str | None = None
    outside_fixes: int = 0
    beat_seq: int = 0
    weak_since: datetime | None = None
    vouched: bool = False
    fixed: bool = False
    flags: tuple[str, ...] = ()
    recent: tuple[Trace, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def shows_people(self) -> bool:
        """Whether an open visit of this quality shows people."""
        return self.kind in _GRANTED or self.presence == "verified" or self.vouched

    @property
    def evidence(self) -> dict[str, Any]:
        """What has no column of its own, ready for JSON; `restored` takes it back."""
        return {
            "weak_since": self.weak_since.isoformat() if self.weak_since else None,
            "vouched": self.vouched,
            "fixed": self.fixed,
            "flags": list(self.flags),
            "recent": [list(trace) for trace in self.recent],
            "tags": list(self.tags),
        }

    @classmethod
    def restored(cls, evidence: Mapping[str, Any], **columns: Any) -> "VisitState":
        """The state again, from its columns and its `evidence`."""
        since = evidence.get("weak_since")
        return cls(
            **columns,
            weak_since=datetime.fromisoformat(since) if since else None,
            vouched=bool(evidence.get("vouched")),
            fixed=bool(evidence.get("fixed")),
            flags=tuple(evidence.get("flags", ())),
            recent=tuple(Trace(*trace) for trace in evidence.get("recent", ())),
            tags=tuple(evidence.get("tags", ())),
        )


# --- Its beginning -----------------------------------------------------------------------


def begun(
    limits: Limits,
    now: datetime,
    *,
    kind: Kind = "scan",
    opening: Opening | None = None,
    fix: Fix | None = None,
    tag: str | None = None,
) -> VisitState:
    """A fresh visit. Without an opening it is weak, and tags alone will not make it better;
    a granted one (remote, break-glass) is unverified and lives by its grant."""
    presence: Presence = opening.presence if opening else "weak"
    if kind in _GRANTED:
        presence = "unverified"
    return VisitState(
        kind=kind,
        state="open",
        presence=presence,
        opened_at=now,
        lease_until=now + timedelta(seconds=min(limits.lease_s, _most_s(kind, limits))),
        last_presence_at=now,
        last_read_at=now,
        weak_since=now if presence == "weak" else None,
        fixed=opening is not None,
        flags=opening.flags if opening else (),
        recent=(trace_of(fix),) if fix else (),
        tags=(tag,) if tag else (),
    )


# --- What happens to it ------------------------------------------------------------------


def beat(
    state: VisitState,
    proof: Fix | TagScan,
    footprint: Rings,
    limits: Limits,
    now: datetime,
    *,
    seq: int | None = None,
    learned_offset_m: float = 0.0,
    trusted_receiver: bool = False,
) -> VisitState:
    """The visit after a sign of life. What was due before `now` happens first.

    Raises BeatOutOfOrder when `seq` (counted by the phone) is not above the last one.
    """
    if seq is not None:
        if seq <= state.beat_seq:
            raise BeatOutOfOrder(last_seq=state.beat_seq)
        state = replace(state, beat_seq=seq)
    state = tick(state, limits, now)
    if state.state == "closed":
        return state
    if state.kind in _GRANTED:
        return _present(state, limits, now)
    if isinstance(proof, TagScan):
        return _scanned(state, proof, limits, now)
    state = _weighed(state, proof, limits, now, trusted_receiver)
    if is_inside(proof, footprint, limits, learned_offset_m=learned_offset_m):
        return _present(_sharpened(state, proof, limits), limits, now)
    if is_convincingly_outside(proof, footprint, limits, learned_offset_m=learned_offset_m):
        return _outside(state, limits, now)
    return state


def tick(state: VisitState, limits: Limits, now: datetime) -> VisitState:
    """What the passing of time alone has done by `now`: one tick or a hundred, same result."""
    if state.state == "open":
        idle_at = state.last_read_at + timedelta(seconds=limits.idle_s)
        if now >= min(state.lease_until, idle_at):
            reason = "idle" if idle_at < state.lease_until else "lease_lapsed"
            state = _suspended(state, reason, min(state.lease_until, idle_at))
    if state.state != "closed":
        silent_at = state.last_presence_at + timedelta(seconds=limits.silence_to_close_s)
        ends_at = state.opened_at + timedelta(seconds=_most_s(state.kind, limits))
        if now >= min(silent_at, ends_at):
            reason = "silence" if silent_at < ends_at else "max_time"
            state = close(state, reason, min(silent_at, ends_at))
    return state


def read(state: VisitState, now: datetime) -> VisitState:
    """Somebody looked at the building's records, masked or not: the phone is in a hand."""
    if state.state == "closed":
        return state
    return replace(state, last_read_at=max(state.last_read_at, now))


def close(state: VisitState, reason: str, now: datetime) -> VisitState:
    """The end, for a cause the rules cannot see: "ended", "second_device", "revoked" ..."""
    if state.state == "closed":
        return state
    return replace(
        state,
        state="closed",
        closed_at=now,
        reason=reason,
        lease_until=min(state.lease_until, now),
    )


# --- What may be asked of it -------------------------------------------------------------


def may_show_people(state: VisitState, lease_exp: datetime, now: datetime) -> bool:
    """Whether people may be shown this instant; both the visit and its lease must live.

    It needs no `tick` before: a lease that ended masks even if no clock ever ran.
    """
    return (
        state.state == "open" and state.shows_people and now < state.lease_until and now < lease_exp
    )


def next_beat_s(state: VisitState, limits: Limits) -> int:
    """In how many seconds the phone should beat again."""
    return limits.recheck_s if state.state == "suspended" else limits.beat_interval_s


# --- The steps ---------------------------------------------------------------------------


def _scanned(state: VisitState, scan: TagScan, limits: Limits, now: datetime) -> VisitState:
    state = read(state, now)
    # Each tag proves presence once: a photo of two labels must not keep a visit alive.
    if scan.tag in state.tags:
        return state
    state = replace(state, tags=(*state.tags, scan.tag))
    if state.weak_since is not None and state.fixed:
        in_time = now - state.weak_since <= timedelta(seconds=limits.second_tag_s)
        state = replace(state, vouched=state.vouched or in_time)
    return _present(state, limits, now)


def _weighed(
    state: VisitState, fix: Fix, limits: Limits, now: datetime, trusted_receiver: bool
) -> VisitState:
    """Remember the fix, and any doubt for good: a mocking app is switched off in a second."""
    if fix.age_ms <= limits.fix_age_beat_s * 1000:  # An old one repeats itself innocently.
        recent = (*state.recent, trace_of(fix))[-limits.identical_beats :]
        state = replace(state, recent=recent)
    found = (
        *doubts(fix, trusted_receiver=trusted_receiver),
        *doubts_in_a_row(state.recent, limits, trusted_receiver=trusted_receiver),
    )
    if not found:
        return state
    return replace(
        state,
        flags=tuple(dict.fromkeys((*state.flags, *found))),
        presence="weak",
        weak_since=state.weak_since or now,
    )


def _sharpened(state: VisitState, fix: Fix, limits: Limits) -> VisitState:
    """A sharp fix inside makes good what was only vague before, but no other doubt."""
    state = replace(state, fixed=True)
    if fix.accuracy_m > limits.accuracy_full_m or set(state.flags) - {"vague", "fast"}:
        return state
    return replace(state, presence="verified", weak_since=None)


def _present(state: VisitState, limits: Limits, now: datetime) -> VisitState:
    state = replace(state, last_presence_at=now, outside_fixes=0)
    if now - state.last_read_at >= timedelta(seconds=limits.idle_s):
        return state  # The phone is here; its worker may not be. A look wakes it.
    ends_at = state.opened_at + timedelta(seconds=_most_s(state.kind, limits))
    return replace(
        state,
        state="open",
        suspended_at=None,
        reason=None,
        lease_until=min(now + timedelta(seconds=limits.lease_s), ends_at),
    )


def _outside(state: VisitState, limits: Limits, now: datetime) -> VisitState:
    state = replace(state, outside_fixes=state.outside_fixes + 1)
    if state.outside_fixes >= limits.outside_fixes_to_close:
        return close(state, "left_site", now)
    return _suspended(state, "left_site", now)


def _suspended(state: VisitState, reason: str, at: datetime) -> VisitState:
    if state.state == "suspended":
        return replace(state, reason=reason)
    return replace(
        state,
        state="suspended",
        suspended_at=at,
        reason=reason,
        lease_until=min(state.lease_until, at),
    )


def _most_s(kind: Kind, limits: Limits) -> int:
    """How long a visit of this kind lasts at most."""
    if kind == "break_glass":
        return limits.break_glass_s
    return limits.remote_visit_s if kind == "remote" else limits.visit_max_s
