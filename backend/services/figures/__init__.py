"""Figures of the cases, kept as they happen, and the board that shows them.

`keeping` reads the steps on into facts and sums; `reading` adds sums up for an area and a period;
`late` is what waits too long now; `board` is what a supervisor sees of all three.
"""

from backend.services.figures.keeping import as_of, is_behind, keep, rebuild
from backend.services.figures.proving import Finding, check

__all__ = ["Finding", "as_of", "check", "is_behind", "keep", "rebuild"]
