"""Durations in buckets that grow by a twentieth: sums can be added, medians stay true to 2.5 %."""

import math
from collections.abc import Mapping

GROWTH = 1.05
ERROR = 0.025
"""How far a median or p90 that is read here may lie from the exact one, as a share of it."""
_STEP = math.log(GROWTH)


def bucket(milliseconds: int) -> int:
    """Its bucket; all below a second are one."""
    seconds = milliseconds / 1000
    return 0 if seconds < 1 else 1 + int(math.log(seconds) / _STEP)


def middle_s(number: int) -> float:
    """Seconds that stand for a bucket: nowhere in it further than ERROR from the truth."""
    return 0.0 if number == 0 else 2 * GROWTH**number / (GROWTH + 1)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration that `share` of all do not exceed, by nearest rank; None without any."""
    rank = math.ceil(sum(counts.values()) * share)
    if rank == 0:
        return None
    for number in sorted(counts):
        rank -= counts[number]
        if rank <= 0:
            return middle_s(number)
    raise AssertionError("a rank beyond all counts")
