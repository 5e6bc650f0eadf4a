"""Kinds of facilities as data: what is recorded of each, what may be wrong, what is inspected.

A kind is a file `fixtures/kinds/<kind>.toml`; its README explains every key.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from backend.errors import Invalid
from backend.rules import questions
from backend.rules.questions import Question
from qr import designs

FOLDER = Path(__file__).parents[3] / "fixtures" / "kinds"
TYPES = ("number", "whole", "year", "text", "choice", "flag")
LONGEST_TEXT = 200
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadKind(ValueError):
    """A kind's file says something that cannot be; the text names the file and the word."""


class WrongFact(ValueError):
    """A value that is no value of its fact; the text says what one would be."""


@dataclass(frozen=True)
class Word:
    """A code with its name in both languages; `also` are other spellings of it."""

    code: str
    zh: str
    en: str
    also: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Class:
    """A class of one scheme."""

    scheme: str
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        return {"scheme": self.scheme, "code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Fact:
    """One thing recorded of every facility of a kind."""

    code: str
    zh: str
    en: str
    type: str
    unit: str | None = None
    least: float | None = None
    most: float | None = None
    choices: tuple[Word, ...] = ()
    is_public: bool = True

    def checked(self, value: Any) -> Any:
        """The value as it is kept. Raises WrongFact."""
        return _CHECKS[self.type](self, value)

    def parsed(self, cell: str) -> Any:
        """The value of a cell of a table; None for an empty one. Raises WrongFact."""
        cell = cell.strip()
        if not cell:
            return None
        return self.checked(_PARSES.get(self.type, str)(cell))

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "type": self.type,
            "unit": self.unit,
            "least": self.least,
            "most": self.most,
            "choices": [choice.as_dict() for choice in self.choices],
            "public": self.is_public,
        }


@dataclass(frozen=True)
class FacilityKind:
    """A kind of facility."""

    code: str
    zh: str
    en: str
    label: str  # A design of fixtures/labels.
    classes: tuple[Class, ...]
    default_class: tuple[str, str] | None
    facts: tuple[Fact, ...]
    problems: tuple[Word, ...]
    checklist: tuple[Word, ...]
    questions: tuple[Question, ...] = ()
    by_code: Mapping[str, Fact] = field(default_factory=dict, compare=False)

    def class_of(self, scheme: str | None, code: str | None) -> Class | None:
        """The class of this scheme and code, if the kind knows it."""
        found = (one for one in self.classes if (one.scheme, one.code) == (scheme, code))
        return next(found, None)

    def as_dict(self) -> dict[str, Any]:
        """For programs and pages: everything, in both languages."""
        return {
            "kind": self.code,
            "zh": self.zh,
            "en": self.en,
            "label": self.label,
            "classes": [one.as_dict() for one in self.classes],
            "facts": [one.as_dict() for one in self.facts],
            "problems": [one.as_dict() for one in self.problems],
            "checklist": [one.as_dict() for one in self.checklist],
        }


def kinds() -> Mapping[str, FacilityKind]:
    """Every kind by its code."""
    return _read(FOLDER)


def find_kind(code: str) -> FacilityKind:
    """The kind, or a refusal that names those there are."""
    known = kinds()
    if code not in known:
        raise Invalid(errors={"kind": [f"One of {', '.join(known)}."]})
    return known[code]


def all_kinds() -> list[dict[str, Any]]:
    """Every kind with its facts, problems, checklist and classes."""
    return [kind.as_dict() for kind in kinds().values()]


@cache
def _read(folder: Path) -> Mapping[str, FacilityKind]:
    return {file.stem: read_kind(file) for file in sorted(folder.glob("*.toml"))}


def read_kind(file: Path) -> FacilityKind:
    """One kind from its file. Raises BadKind."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        kind = _kind(file.stem, data)
        _check(kind)
    except (TypeError, KeyError, AttributeError, ValueError) as fault:
        said = f"lacks {fault}" if isinstance(fault, KeyError) else str(fault)
        raise BadKind(f"fixtures/kinds/{file.name}: {said}") from fault
    return kind


KEYS = frozenset(
    {
        "zh", "en", "label", "classes", "default_class", "facts", "problems", "checklist",
        "questions",
    }
)  # fmt: skip


def _kind(code: str, data: dict[str, Any]) -> FacilityKind:
    if data.keys() - KEYS:
        raise BadKind(f"unknown keys {', '.join(sorted(data.keys() - KEYS))}")
    facts = tuple(_fact(entry) for entry in data["facts"])
    problems = tuple(_word(entry) for entry in data["problems"])
    default = data.get("default_class")
    return FacilityKind(
        code=code,
        zh=data["zh"],
        en=data["en"],
        label=data["label"],
        classes=tuple(Class(**entry) for entry in data["classes"]),
        default_class=tuple(default) if default else None,
        facts=facts,
        problems=problems,
        checklist=tuple(_word(entry) for entry in data["checklist"]),
        questions=questions.read(data.get("questions", ()), [one.code for one in problems]),
        by_code={fact.code: fact for fact in facts},
    )


def _fact(entry: dict[str, Any]) -> Fact:
    entry = dict(entry)
    choices = tuple(_word(choice) for choice in entry.pop("choices", ()))
    return Fact(choices=choices, is_public=entry.pop("public", True), **entry)


def _word(entry: dict[str, Any]) -> Word:
    return Word(**{**entry, "also": tuple(entry.get("also", ()))})


def _check(kind: FacilityKind) -> None:
    """What the file's shape cannot show."""
    if kind.label not in designs.kinds():
        raise BadKind(f"there is no label design {kind.label!r}")
    for what, listed in (
        ("facts", kind.facts),
        ("problems", kind.problems),
        ("checklist", kind.checklist),
    ):
        _check_codes(what, [one.code for one in listed])
    pairs = [(one.scheme, one.code) for one in kind.classes]
    if len(set(pairs)) != len(pairs):
        raise BadKind("a class stands twice")
    if kind.default_class and kind.default_class not in pairs:
        raise BadKind(f"its default class {kind.default_class} is none of its classes")
    for fact in kind.facts:
        if fact.type not in TYPES:
            raise BadKind(f"fact {fact.code} has the type {fact.type!r}, none of {TYPES}")
        if bool(fact.choices) != (fact.type == "choice"):
            raise BadKind(f"fact {fact.code}: choices go with the type choice, and only with it")
        _check_codes(f"choices of {fact.code}", [one.code for one in fact.choices])


def _check_codes(what: str, codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if not CODE.fullmatch(code):
            raise BadKind(f"{code!r} of its {what} is no code: small letters, digits and _")
        if code in seen:
            raise BadKind(f"{code!r} stands twice among its {what}")
        seen.add(code)


def _number(fact: Fact, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise WrongFact("Must be a number.")
    _between(fact, value)
    return float(value)


def _whole(fact: Fact, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
        raise WrongFact("Must be a whole number.")
    _between(fact, value)
    return int(value)


def _between(fact: Fact, value: float) -> None:
    least = -1e9 if fact.least is None else fact.least
    most = 1e9 if fact.most is None else fact.most
    if not least <= value <= most:
        raise WrongFact(f"Must lie between {least:g} and {most:g}.")


def _year(fact: Fact, value: Any) -> int:
    year = _whole(fact, value)
    if not 1850 <= year <= 2100:
        raise WrongFact("Must be a year between 1850 and 2100.")
    return year


def _text(fact: Fact, value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= LONGEST_TEXT:
        raise WrongFact(f"Must be 1 to {LONGEST_TEXT} characters.")
    return value.strip()


def _choice(fact: Fact, value: Any) -> str:
    wanted = str(value).strip().casefold()
    for choice in fact.choices:
        if wanted in {
            each.casefold() for each in (choice.code, choice.zh, choice.en, *choice.also)
        }:
            return choice.code
    raise WrongFact(f"Must be one of {', '.join(one.code for one in fact.choices)}.")


def _flag(fact: Fact, value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongFact("Must be true or false.")
    return value


_CHECKS: Mapping[str, Callable[[Fact, Any], Any]] = {
    "number": _number,
    "whole": _whole,
    "year": _year,
    "text": _text,
    "choice": _choice,
    "flag": _flag,
}


def _number_in(cell: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}([.][0-9]{1,12})?", cell):
        raise WrongFact("Must be a number with a decimal point.")
    return float(cell)


def _flag_in(cell: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "是": True, "有": True}
    known |= {"0": False, "false": False, "no": False, "否": False, "无": False}
    if cell.casefold() not in known:
        raise WrongFact("Must be 1 or 0.")
    return known[cell.casefold()]


_PARSES: Mapping[str, Callable[[str], Any]] = {
    "number": _number_in,
    "whole": _number_in,
    "year": _number_in,
    "flag": _flag_in,
}
