"""Keys that begin with their building: `building << 20 | serial`.

A million rows of one kind can ever belong to one building; 2**33 buildings fit into the 53 bits
a JSON number can hold. What belongs to no building has a key of the moment.
"""

import time
from secrets import randbits

SERIAL_BITS = 20


def first(building: int) -> int:
    """The smallest key of this building's rows."""
    return building << SERIAL_BITS


def last(building: int) -> int:
    """The largest key of this building's rows."""
    return (building << SERIAL_BITS) | ((1 << SERIAL_BITS) - 1)


def building_of(key: int) -> int:
    """The building in whose range the key lies: where the row was first recorded."""
    return key >> SERIAL_BITS


def of_the_moment() -> int:
    """When, in milliseconds, then chance: it tells no count."""
    return (time.time_ns() // 1_000_000) << SERIAL_BITS | randbits(SERIAL_BITS)
