"""The standard of filing, handling and closing: which condition a problem is filed under.

It is data: a city puts its own in fixtures/standards.
"""

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.rules.deadlines import Limit

FOLDER = Path(__file__).parents[2] / "fixtures" / "standards"


class BadStandard(ValueError):
    """A file of the standard says something that cannot be; the text names the row or word."""


@dataclass(frozen=True)
class Condition:
    """`code` is None where the standard has no condition and the limit is ours."""

    code: str | None
    class_code: str | None
    class_name: str | None
    filing: str | None
    closing: str | None
    limit: Limit


@dataclass(frozen=True)
class Standard:
    """`version` changes when either file does, so that a deadline can say what made it.

    `scheme` is whose classes its codes are: the same code is another thing in another scheme.
    """

    version: str
    scheme: str
    conditions: Mapping[str, Condition]
    problems: Mapping[tuple[str, str], Condition]


def standard() -> Standard:
    """The standard in force."""
    return read_standard(FOLDER)


def condition_of(kind: str, problem: str) -> Condition:
    """What a problem is filed under. Every problem has one: a test sees to it."""
    return standard().problems[kind, problem]


def is_known(code: str) -> bool:
    """Whether it is a condition of the standard, or a class of conditions."""
    return any(one == code or one.startswith(f"{code}-") for one in standard().conditions)


def find(code: str) -> Condition | None:
    """The condition of this code, if the standard has it."""
    return standard().conditions.get(code)


def search(words: str, most: int = 50) -> list[Condition]:
    """Conditions whose class or filing has all of these words, for choosing among hundreds.

    A class that is called so stands before one that only mentions it.
    """
    wanted = words.split()
    found = [
        one
        for one in standard().conditions.values()
        if all(word in f"{one.code} {one.class_name} {one.filing}" for word in wanted)
    ]
    found.sort(key=lambda one: not all(word in str(one.class_name) for word in wanted))
    return found[:most]


@cache
def read_standard(folder: Path) -> Standard:
    """The two files of a folder. Raises BadStandard."""
    mapping = (folder / "problems.toml").read_bytes()
    try:
        said = tomllib.loads(mapping.decode())
        scheme, table = said.pop("scheme"), (folder / said.pop("file")).read_bytes()
    except (tomllib.TOMLDecodeError, KeyError, OSError) as fault:
        raise BadStandard(f"problems.toml: {fault}") from fault
    conditions = _conditions(table.decode("utf-8-sig"))
    problems = {
        (kind, problem): _meant(f"{kind}.{problem}", words, conditions)
        for kind, problems in said.items()
        for problem, words in problems.items()
    }
    version = hashlib.sha256(mapping + table).hexdigest()[:12]
    return Standard(version, scheme, conditions, problems)


def _conditions(text: str) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    for number, row in enumerate(csv.DictReader(text.splitlines()), 2):
        try:
            limit = Limit(float(row["limit_value"]), row["limit_unit"])
        except (KeyError, ValueError) as fault:
            raise BadStandard(f"row {number}: {fault}") from fault
        if row["code"] in found:
            raise BadStandard(f"row {number}: {row['code']} stands twice")
        found[row["code"]] = Condition(
            row["code"], row["class_code"], row["class_name"], row["filing"], row["closing"], limit
        )
    return found


def _meant(problem: str, words: str, conditions: Mapping[str, Condition]) -> Condition:
    """The condition of this code, or one of our own from words such as "2 day"."""
    if words in conditions:
        return conditions[words]
    value, _, unit = words.partition(" ")
    try:
        return Condition(None, None, None, None, None, Limit(float(value), unit))
    except ValueError as fault:
        raise BadStandard(f"{problem}: {words!r} is no condition and no limit") from fault
