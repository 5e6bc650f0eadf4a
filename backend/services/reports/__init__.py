"""Reports: what people tell the city, through whatever channel, and how they hear of it again."""

from backend.services.reports.filing import file
from backend.services.reports.following import follow, rate

__all__ = ["file", "follow", "rate"]
