"""To try: everything is done as in earnest, and then none of it has happened."""

from collections.abc import Callable
from typing import TypeVar

from backend.db import writing

Answer = TypeVar("Answer")


class _Undone(Exception):
    """Takes back what was done only to see whether it can be."""


def tried(act: Callable[[], Answer]) -> Answer:
    """What `act` would answer, and refuse; nothing is kept of it."""
    answers: list[Answer] = []
    try:
        with writing():
            answers.append(act())
            raise _Undone
    except _Undone:
        return answers[0]
