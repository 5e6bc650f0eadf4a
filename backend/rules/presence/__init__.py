"""Is the worker really there, and for how long does that open people's records?

`limits` holds the numbers, `fixes` what one position proves, `opening` judges the scan at the
door, `visit` is the life of a visit after it.
"""

from backend.rules.presence.fixes import (
    Fix,
    Trace,
    doubts,
    is_convincingly_outside,
    is_inside,
    is_located,
    opening_radius_m,
    reported,
)
from backend.rules.presence.limits import Limits
from backend.rules.presence.opening import Anchor, Opening, Presence, judge_opening
from backend.rules.presence.visit import (
    Kind,
    State,
    TagScan,
    VisitState,
    beat,
    begun,
    close,
    may_show_people,
    next_beat_s,
    read,
    tick,
)
from backend.rules.presence.witness import witness

__all__ = [
    "Anchor",
    "Fix",
    "Kind",
    "Limits",
    "Opening",
    "Presence",
    "State",
    "TagScan",
    "Trace",
    "VisitState",
    "beat",
    "begun",
    "close",
    "doubts",
    "is_convincingly_outside",
    "is_inside",
    "is_located",
    "judge_opening",
    "may_show_people",
    "next_beat_s",
    "opening_radius_m",
    "read",
    "reported",
    "tick",
    "witness",
]
