"""Reports: what people tell the city, through whatever channel, and how they hear of it again.

A page for strangers carries a `ticket`, and may let the phone begin on its `challenge`; `file`
takes both in, see `gate`.
"""

from backend.services.reports import candidates
from backend.services.reports.filing import file
from backend.services.reports.following import appeal, follow, rate, send_photo
from backend.services.reports.gate import challenge
from backend.services.reports.pictures import enter_photo, keep_photo, store_photo
from backend.services.reports.saying_more import say_more
from backend.services.reports.tickets import make as ticket
from backend.services.reports.writing import write_down

LEAST_KEY = 16
"""Characters of a stranger's Idempotency-Key, so that nobody guesses it and gets the answer."""

__all__ = [
    "LEAST_KEY",
    "appeal",
    "candidates",
    "challenge",
    "enter_photo",
    "file",
    "follow",
    "keep_photo",
    "rate",
    "say_more",
    "send_photo",
    "store_photo",
    "ticket",
    "write_down",
]
