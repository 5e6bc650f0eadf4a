"""Figures of the cases, kept as they happen, and the board that shows them.

`keeping` reads the steps on into facts and sums; `reading` adds sums up for an area and a period;
`late` is what waits too long now; `board` is what a supervisor sees of all three.
"""

from backend.services.figures.board import FACETS, breakdown, overview, report
from backend.services.figures.keeping import as_of, is_behind, keep, rebuild
from backend.services.figures.late import MARKS, WHY
from backend.services.figures.listing import Which, listed
from backend.services.figures.proving import Finding, check
from backend.services.figures.scoping import Asked

__all__ = [
    "FACETS",
    "MARKS",
    "WHY",
    "Asked",
    "Finding",
    "Which",
    "as_of",
    "breakdown",
    "check",
    "is_behind",
    "keep",
    "listed",
    "overview",
    "rebuild",
    "report",
]
