"""Was the worker there? A grade for work that must never be refused for want of a position."""

from typing import Literal

from backend.rules.presence.fixes import Fix, doubts
from backend.rules.presence.limits import Limits
from backend.rules.presence.opening import Presence

Witness = Presence | Literal["contradicted"]


def witness(fix: Fix | None, metres: float | None, limits: Limits) -> Witness:
    """What one fix says about having been at a thing so many metres away.

    `unverified` is no reproach: a basement has no sky. `contradicted` needs a fix that is fresh,
    sharp and far beyond its own error.
    """
    if fix is None or metres is None or doubts(fix):
        return "unverified"
    is_old = fix.age_ms > limits.fix_age_open_s * 1000
    if is_old or fix.accuracy_m > limits.accuracy_refused_m:
        return "unverified"
    reach = metres - min(fix.accuracy_m, limits.accuracy_credit_m)
    if reach > limits.radius_max_m:
        return "contradicted"
    if reach <= limits.radius_min_m and fix.accuracy_m <= limits.accuracy_full_m:
        return "verified"
    return "weak"
