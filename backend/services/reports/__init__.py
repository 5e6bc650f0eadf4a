"""Reports: what people tell the city, through whatever channel, and how they hear of it again.

A page for strangers carries a `ticket`, and may let the phone begin on its `challenge`; `file`
takes both in, see `gate`.
"""

from backend.services.reports.filing import file
from backend.services.reports.following import follow, rate
from backend.services.reports.gate import challenge
from backend.services.reports.tickets import make as ticket

__all__ = ["challenge", "file", "follow", "rate", "ticket"]
