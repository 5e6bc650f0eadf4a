"""Columns: how one cell becomes a value, or a sentence about what is wrong with it.

A parser takes the cell and returns the value as the database holds it; an empty cell is None.
It raises Wrong. Those that see the same words again and again remember them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from backend.db import to_ms

Parse = Callable[[str], Any]
N = TypeVar("N", int, float)


class Wrong(Exception):
    """The cell is not acceptable; the text says why, without repeating it."""


@dataclass(frozen=True)
class Column:
    """A column of a file. A `personal` value is never repeated in an error.

    `again` gives the same value for a cell that has passed `parse` before, if that is quicker.
    """

    name: str
    parse: Parse
    required: bool = False
    personal: bool = False
    again: Parse | None = None
    later: bool = False  # Came after the first release: a file may lack it.


class _Remembered(dict[str, Any]):
    """A parser of few words: each is parsed once, then found at the speed of a dict."""

    MOST = 200_000

    def __init__(self, parse: Parse) -> None:
        super().__init__()
        self.parse = parse

    def __missing__(self, cell: str) -> Any:
        value = self.parse(cell)
        if len(self) >= self.MOST:
            self.clear()
        self[cell] = value
        return value


def remembered(parse: Parse) -> Parse:
    return _Remembered(parse).__getitem__


def text(most: int) -> Parse:
    """Words of at most `most` characters, without control characters."""

    def parse(cell: str) -> str | None:
        cell = cell.strip()
        if len(cell) > most:
            raise Wrong(f"is longer than {most} characters")
        if not cell.isprintable() and any(unicodedata.category(c) in _UNSPEAKABLE for c in cell):
            raise Wrong("holds a control character")
        return cell or None

    return parse


def prose(most: int) -> Parse:
    """The same, over several lines."""
    line = text(most)

    def parse(cell: str) -> str | None:
        line(cell.translate(_LAYOUT))
        return cell.strip() or None

    return parse


_LAYOUT = str.maketrans("\r\n\t", "   ")
_UNSPEAKABLE = frozenset({"Cc", "Cs", "Co", "Cn"})


def choice(*words: str) -> Parse:
    def parse(cell: str) -> str | None:
        cell = cell.strip()
        if cell and cell not in words:
            raise Wrong(f"must be one of {', '.join(words)}")
        return cell or None

    return remembered(parse)


def pattern(expression: str, meaning: str) -> Parse:
    compiled = re.compile(expression)

    def parse(cell: str) -> str | None:
        cell = cell.strip()
        if cell and not compiled.fullmatch(cell):
            raise Wrong(f"must be {meaning}")
        return cell or None

    return parse


def whole(least: int, most: int) -> Parse:
    def parse(cell: str) -> int | None:
        cell = cell.strip()
        if not cell:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,12}", cell):
            raise Wrong("must be a whole number")
        return _between(int(cell), least, most)

    return remembered(parse)


def number(least: float, most: float) -> Parse:
    def parse(cell: str) -> float | None:
        cell = cell.strip()
        if not cell:
            return None
        if not re.fullmatch(r"[+-]?[0-9]{1,12}([.][0-9]{1,12})?", cell):
            raise Wrong("must be a number with a decimal point")
        return _between(float(cell), least, most)

    return remembered(parse)


def _between(value: N, least: float, most: float) -> N:
    if not least <= value <= most:
        raise Wrong(f"must lie between {least:g} and {most:g}")
    return value


def _day(cell: str) -> str | None:
    """An ISO day, 1900 to 2100, as text."""
    cell = cell.strip()
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise Wrong("must be a day like 2026-10-31")
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        raise Wrong("is not a day of the calendar") from None
    if not 1900 <= found.year <= 2100:
        raise Wrong("must lie between 1900 and 2100")
    return cell


day: Parse = remembered(_day)


def instant(cell: str) -> int | None:
    """An ISO instant with its offset, as milliseconds."""
    cell = cell.strip()
    if not cell:
        return None
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise Wrong("must be an instant like 2026-10-30T09:15:00+08:00") from None
    if found.tzinfo is None:
        raise Wrong("must carry its offset, like 2026-10-30T09:15:00+08:00")
    if not 1900 <= found.year <= 2100:
        raise Wrong("must lie between 1900 and 2100")
    return to_ms(found)


def _flag(cell: str) -> bool:
    known = {"": False, "0": False, "1": True}
    try:
        return known[cell.strip()]
    except KeyError:
        raise Wrong("must be 1 or 0") from None


flag: Parse = remembered(_flag)


def _needed(parse: Parse) -> Parse:
    """The same, but the cell must not be empty."""

    def parse_needed(cell: str) -> Any:
        value = parse(cell)
        if value is None:
            raise Wrong("is required")
        return value

    known = getattr(parse, "__self__", None)
    return remembered(parse_needed) if isinstance(known, _Remembered) else parse_needed


def parsers(columns: Iterable[Column], *, again: bool = False) -> list[Parse]:
    """One for each column; `again` for a file that was found right a moment ago."""
    found = []
    for column in columns:
        parse = (again and column.again) or column.parse
        found.append(_needed(parse) if column.required else parse)
    return found
