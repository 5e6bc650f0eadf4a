"""What may be wrong with what: problems of every kind of facility, of buildings, of the street."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backend.errors import Invalid
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


@cache
def _read(folder: Path) -> Mapping[str, Subject]:
    found = {
        kind.code: Subject(kind.code, kind.zh, kind.en, kind.problems)
        for kind in facilities.kinds().values()
    }
    for code in (BUILDING, STREET):
        data = tomllib.loads((folder / f"{code}.toml").read_text(encoding="utf-8"))
        words = tuple(Word(**entry) for entry in data["problems"])
        found[code] = Subject(code, data["zh"], data["en"], words)
    return found
