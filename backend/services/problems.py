"""What may be wrong with what: problems of every kind of facility, of buildings, of the street."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backend.errors import Invalid
from backend.rules import questions
from backend.rules.questions import Question, WrongAnswer
from backend.services import facilities
from backend.services.facilities.kinds import Word

FOLDER = Path(__file__).parents[2] / "fixtures" / "problems"
BUILDING, STREET = "building", "street"


@dataclass(frozen=True)
class Subject:
    """What problems are told of: a kind of facility, a building, a place in the street."""

    code: str
    zh: str
    en: str
    problems: tuple[Word, ...]
    questions: tuple[Question, ...] = ()

    def asked_of(self, problem: str) -> tuple[Question, ...]:
        """What is asked about this problem, in the order of the file."""
        return tuple(one for one in self.questions if one.is_about(problem))

    def as_dict(self) -> dict[str, Any]:
        problems = [problem.as_dict() for problem in self.problems]
        return {"kind": self.code, "zh": self.zh, "en": self.en, "problems": problems}


def subjects() -> Mapping[str, Subject]:
    """Every subject by its code: the kinds of facilities first."""
    return _read(FOLDER)


def subject(kind: str) -> Subject:
    """The subject, or a refusal that names those there are."""
    known = subjects()
    if kind not in known:
        raise Invalid(errors={"kind": [f"One of {', '.join(known)}."]})
    return known[kind]


def find(kind: str, problem: str) -> Word:
    """The problem of a subject, or a refusal that names those there are."""
    listed = subject(kind).problems
    for one in listed:
        if one.code == problem:
            return one
    raise Invalid(errors={"problem": [f"One of {', '.join(one.code for one in listed)}."]})


SENTENCES = {
    "unasked": "This is not asked here.",
    "missing": "This has to be answered.",
}


def check_answers(
    kind: str, problem: str, answers: Mapping[str, Any], *, insist: bool = False
) -> dict[str, Any]:
    """The answers as they are kept; all that is wrong with them is refused at once.

    `insist`: what is required must be there. A person in the street is never held up by it.
    """
    asked = {one.code: one for one in subject(kind).asked_of(problem) if one.answered}
    known: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for code, value in answers.items():
        if code not in asked:
            errors[f"answers.{code}"] = [SENTENCES["unasked"]]
        elif value not in (None, "", []):
            _answer(asked[code], value, known, errors)
    for code, one in asked.items():
        if insist and one.required and code not in known and f"answers.{code}" not in errors:
            errors[f"answers.{code}"] = [SENTENCES["missing"]]
    if errors:
        raise Invalid(errors=errors)
    return known


def answered(kind: str, problem: str, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Kept answers with their questions, in both languages, for people to read."""
    return [
        {
            "question": {"zh": one.zh, "en": one.en},
            "answer": one.named(answers[one.code]),
        }
        for one in subject(kind).asked_of(problem)
        if one.code in answers
    ]


def _answer(
    question: Question, value: Any, known: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    try:
        known[question.code] = question.checked(value)
    except WrongAnswer as wrong:
        errors[f"answers.{question.code}"] = [str(wrong)]


@cache
def _read(folder: Path) -> Mapping[str, Subject]:
    found = {
        kind.code: Subject(kind.code, kind.zh, kind.en, kind.problems, kind.questions)
        for kind in facilities.kinds().values()
    }
    for code in (BUILDING, STREET):
        data = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
        words = tuple(Word(**entry) for entry in data["problems"])
        asked = questions.read(data.get("questions", ()), [one.code for one in words])
        found[code] = Subject(code, data["zh"], data["en"], words, asked)
    return found
