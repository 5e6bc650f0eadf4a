"""What a client may report: every problem of every subject, with what is asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.errors import NotFound
from backend.rules.questions import Question
from backend.services import cases, facilities, problems
from backend.services.facilities.kinds import Word
from backend.services.problems import Subject


@dataclass(frozen=True)
class Service:
    """A problem of a subject, as one thing to choose from."""

    subject: Subject
    problem: Word

    @property
    def code(self) -> str:
        return f"{self.subject.code}.{self.problem.code}"

    @property
    def of_tagged_things(self) -> bool:
        """Whether the thing has a number and may bear a tag; else a place is all one can say."""
        return self.subject.code != problems.STREET

    @property
    def of_facilities(self) -> bool:
        return self.subject.code in facilities.kinds()

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.subject.asked_of(self.problem.code)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "subject": {"zh": self.subject.zh, "en": self.subject.en},
            "problem": self.problem.as_dict(),
            "questions": [one.as_dict() for one in self.questions],
        }


def offered() -> list[Service]:
    """Every service, in the order of the files. A letter to the grid is none."""
    return list(_services().values())


def service(code: str) -> Service:
    """The service, or a refusal."""
    found = _services().get(code)
    if found is None:
        raise NotFound(noun="service")
    return found


@cache
def _services() -> Mapping[str, Service]:
    found = (
        Service(subject, problem)
        for subject in problems.subjects().values()
        for problem in subject.problems
        if (subject.code, problem.code) not in cases.LETTERS
    )
    return {one.code: one for one in found}
