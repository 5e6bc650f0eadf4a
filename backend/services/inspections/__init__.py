"""Inspections: forms answered on the spot, hazards, grades, and the tasks that come of them.

`submit` takes one in; `due` is where a worker's day begins; `enrol`, `note_overdue` and
`follow_cases` are what the keeper does.
"""

from backend.services.inspections import (
    campaigns,
    grades,
    hazards,
    notices,
    own_checks,
    paper,
    publishing,
    subjects,
)
from backend.services.inspections.enrolling import enrol
from backend.services.inspections.hazards import follow_cases, note_overdue
from backend.services.inspections.submitting import last_answer, show, submit
from backend.services.inspections.waiting import ask, at, done, due, hand_over

__all__ = [
    "ask",
    "at",
    "campaigns",
    "done",
    "due",
    "enrol",
    "follow_cases",
    "grades",
    "hand_over",
    "hazards",
    "last_answer",
    "note_overdue",
    "notices",
    "own_checks",
    "paper",
    "publishing",
    "show",
    "subjects",
    "submit",
    "tasks",
]
