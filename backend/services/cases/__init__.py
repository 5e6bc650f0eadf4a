"""Cases: what the city has taken on, from the report to the closing.

`open_or_join` is how a report becomes a case; `steps` is what staff do with it; what anybody
may read of it is in `faces`.
"""

from backend.services.cases.faces import find, number_of, open_at, public
from backend.services.cases.opening import About, Opened, open_or_join, reopen

__all__ = [
    "About",
    "Opened",
    "find",
    "number_of",
    "open_at",
    "open_or_join",
    "public",
    "reopen",
]
