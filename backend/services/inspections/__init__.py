"""Inspections: forms answered on the spot, hazards, grades, and the tasks that come of them.

`submit` takes one in; `due` is where a worker's day begins; `enrol`, `note_overdue` and
`follow_cases` are what the keeper does.
"""

from backend.services.inspections import (
    campaigns,
    checking,
    flaws,
    grades,
    handing,
    hazards,
    notices,
    overdue,
    own_checks,
    paper,
    progress,
    publishing,
    subjects,
)
from backend.services.inspections.enrolling import enrol
from backend.services.inspections.handing import colleagues, hand_over
from backend.services.inspections.hazards import follow_cases, note_overdue
from backend.services.inspections.submitting import last_answer, show, submit
from backend.services.inspections.waiting import ask, at, done, due, show_task

__all__ = [
    "ask",
    "at",
    "campaigns",
    "checking",
    "colleagues",
    "done",
    "due",
    "enrol",
    "flaws",
    "follow_cases",
    "grades",
    "hand_over",
    "handing",
    "hazards",
    "last_answer",
    "note_overdue",
    "notices",
    "overdue",
    "own_checks",
    "paper",
    "progress",
    "publishing",
    "show",
    "show_task",
    "subjects",
    "submit",
    "tasks",
]
