"""What a courier is given."""

from typing import NamedTuple


class Letter(NamedTuple):
    """One message: `key` is its own for good, `to` a phone number."""

    key: str
    to: str
    text: str
