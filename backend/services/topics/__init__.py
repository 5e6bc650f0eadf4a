"""Topics (民情诊所): what many suddenly tell of in one place, as a ledger with owners and days.

`finding` looks every hour, `ledger` is what staff do with what was found.
"""

from backend.services.topics.finding import find
from backend.services.topics.ledger import (
    MOST,
    MOST_WORDS,
    STATES,
    assign,
    dismiss,
    listed,
    settle,
    show,
)

__all__ = ["MOST", "MOST_WORDS", "STATES", "assign", "dismiss", "find", "listed", "settle", "show"]
