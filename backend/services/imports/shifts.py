"""A wrong datum shows in what is known already: everything would move, all the same way."""

import math
from statistics import median

# A wrong datum moves everything by at least this far and at most that.
LEAST_M, MOST_M = 250, 3_000
FEWEST = 3  # One house may have been drawn wrongly, and two; three do not agree by chance.


class Shifts:
    """How far known things would move: north and east, in metres."""

    def __init__(self) -> None:
        self.moves: list[tuple[float, float]] = []

    def note(self, before: tuple[float, float], after: tuple[float, float]) -> None:
        """One thing, (lat, lon) as it is known and as the file says."""
        north = (after[0] - before[0]) * 110_700
        east = (after[1] - before[1]) * 111_320 * math.cos(math.radians(after[0]))
        self.moves.append((north, east))

    def complaint(self, what: str, crs: str) -> str | None:
        """What to say if this is not an earthquake but another datum."""
        if len(self.moves) < FEWEST:
            return None
        north, east = (median(each) for each in zip(*self.moves, strict=True))
        metres = math.hypot(north, east)
        stray = median(math.hypot(n - north, e - east) for n, e in self.moves)
        if not (LEAST_M <= metres <= MOST_M and stray < metres / 10):
            return None
        return (
            f"{len(self.moves)} {what} known here would move by {metres:.0f} m, all the same way: "
            f"the file is probably not in {crs}. Say another --crs, or --trust-crs if it is right"
        )
