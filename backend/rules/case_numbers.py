"""The number people call a case by: the day it came in, in Shenzhen, and its count."""

import re
from datetime import datetime, timedelta, timezone

SHENZHEN = timezone(timedelta(hours=8))
NUMBER = re.compile(r"(20[0-9]{6})-([1-9][0-9]{0,8})")


def number(case_id: int, opened_at: datetime) -> str:
    """As in 20261121-123; it is Open311's `service_request_id`."""
    return f"{opened_at.astimezone(SHENZHEN):%Y%m%d}-{case_id}"


def case_id(text: str) -> int | None:
    """The count in a number, or None if it is none."""
    said = NUMBER.fullmatch(text)
    return int(said[2]) if said else None
