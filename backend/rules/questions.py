"""What is asked about a problem beside its name, and what counts as an answer.

The kinds of answers are those of Open311: a client's form and a page of ours ask the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST = {"string": 200, "text": 2_000}
NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.][0-9]{1,12})?")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
YEARS = range(1970, 2101)

SENTENCES = {
    "string": "One line of at most 200 characters.",
    "text": "At most 2,000 characters.",
    "number": "A number, like 12 or 2.5.",
    "datetime": "An instant with its zone, like 2026-11-21T08:00:00+08:00.",
    "singlevaluelist": "One of the answers on offer.",
    "multivaluelist": "One or more of the answers on offer.",
}
"""Kind of answer -> what one looks like: said to who is asked, and to who answers otherwise."""


class WrongAnswer(ValueError):
    """A value that is no answer to its question; the text says what one would be."""


@dataclass(frozen=True)
class Choice:
    """An answer on offer, in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Question:
    """One thing asked. `problems` are those it is asked of, all if there are none; with
    `answered` false it is no question but a word of advice.
    """

    code: str
    zh: str
    en: str
    datatype: str = "string"
    required: bool = False
    choices: tuple[Choice, ...] = ()
    problems: tuple[str, ...] = ()
    answered: bool = True

    def is_about(self, problem: str) -> bool:
        return not self.problems or problem in self.problems

    def checked(self, value: Any) -> Any:
        """The answer as it is kept: text, number, or a list of codes. Raises WrongAnswer."""
        return _CHECKS[self.datatype](self, value)

    def named(self, value: Any) -> dict[str, str]:
        """A kept answer in words: the names of what was chosen, anything else as it is."""
        given = value if isinstance(value, list) else [value]
        chosen = [choice for choice in self.choices if choice.code in given]
        if not chosen:
            return {"zh": str(value), "en": str(value)}
        return {
            "zh": "、".join(choice.zh for choice in chosen),
            "en": ", ".join(choice.en for choice in chosen),
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "datatype": self.datatype,
            "required": self.required,
            "answered": self.answered,
            "choices": [vars(choice) for choice in self.choices],
        }


def read(entries: Sequence[Mapping[str, Any]], problems: Sequence[str]) -> tuple[Question, ...]:
    """The `[[questions]]` of a file about these problems. Raises ValueError."""
    found = tuple(_question(entry) for entry in entries)
    codes = [one.code for one in found]
    if len(set(codes)) != len(codes):
        raise ValueError("a question's code stands twice")
    for one in found:
        unknown = set(one.problems) - set(problems)
        if unknown:
            raise ValueError(f"question {one.code} is of no problem: {', '.join(sorted(unknown))}")
    return found


def instant(text: str) -> datetime:
    """A moment that says its zone, in UTC. Raises ValueError for every other text."""
    if not INSTANT.fullmatch(text):
        raise ValueError(text)
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as fault:
        raise ValueError(text) from fault
    if found.year not in YEARS:
        raise ValueError(text)
    return found


def _question(entry: Mapping[str, Any]) -> Question:
    values = dict(entry)
    choices = tuple(Choice(**choice) for choice in values.pop("choices", ()))
    asked = tuple(values.pop("problems", ()))
    one = Question(choices=choices, problems=asked, **values)
    if not re.fullmatch("[a-z][a-z0-9_]{0,39}", one.code) or one.code in RESERVED:
        raise ValueError(f"{one.code!r} is no code for a question")
    if one.datatype not in _CHECKS:
        raise ValueError(f"question {one.code} has the datatype {one.datatype!r}")
    if bool(choices) != one.datatype.endswith("list"):
        raise ValueError(f"question {one.code}: choices go with a list, and only with one")
    if one.required and not one.answered:
        raise ValueError(f"question {one.code} is advice and cannot be required")
    return one


RESERVED = ("tag", "asset")
"""Codes under which a client names the thing itself."""


def _line(question: Question, value: Any) -> str:
    text = _words(question, value)
    if "\n" in text or "\r" in text:
        raise WrongAnswer(SENTENCES[question.datatype])
    return text


def _words(question: Question, value: Any) -> str:
    if not isinstance(value, str) or len(value.strip()) > LONGEST[question.datatype]:
        raise WrongAnswer(SENTENCES[question.datatype])
    return value.strip()


def _number(question: Question, value: Any) -> float:
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise WrongAnswer(SENTENCES["number"])
    return int(value) if value == int(value) else float(value)


def _instant(question: Question, value: Any) -> str:
    try:
        return instant(value.strip()).isoformat().replace("+00:00", "Z")
    except (ValueError, AttributeError):
        raise WrongAnswer(SENTENCES["datetime"]) from None


def _one(question: Question, value: Any) -> str:
    if value not in [choice.code for choice in question.choices]:
        raise WrongAnswer(SENTENCES["singlevaluelist"])
    return str(value)


def _some(question: Question, value: Any) -> list[str]:
    given = list(value) if isinstance(value, list | tuple) else [value]
    known = [choice.code for choice in question.choices]
    if not given or any(one not in known for one in given):
        raise WrongAnswer(SENTENCES["multivaluelist"])
    return [code for code in known if code in given]


_CHECKS: Mapping[str, Callable[[Question, Any], Any]] = {
    "string": _line,
    "text": _words,
    "number": _number,
    "datetime": _instant,
    "singlevaluelist": _one,
    "multivaluelist": _some,
}
