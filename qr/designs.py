"""Label designs as data: what each kind's label says, how large its symbol is, on what ground.

A design is a file `fixtures/labels/<kind>.toml`; its README explains every key.
"""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures" / "labels"
REACH = 600  # Modules from which a phone still reads: 1080p preview, 65 degrees, 2.5 px a module.
FIELDS = frozenset({"name", "title", "place", "code", "host", "grade"})

BLACK, WHITE = "#000000", "#FFFFFF"


class UnknownDesign(LookupError):
    """There is no such kind, grade or choice of symbols; the sentence lists what there is."""


class BadDesign(ValueError):
    """A design file says something that cannot be drawn."""


@dataclass(frozen=True)
class Line:
    """One line of words: a template, its size in the design's small letters, most rows it takes."""

    say: str
    size: float
    rows: int

    @cached_property
    def fields(self) -> set[str]:
        """The names in braces."""
        return {name for _, name, _, _ in string.Formatter().parse(self.say) if name}

    def filled(self, words: Mapping[str, str]) -> str:
        """The line with its words, or nothing where all that would fill it is empty."""
        wanted = self.fields - {"name"} or self.fields
        if wanted and not any(words[name] for name in wanted):
            return ""
        return self.say.format_map(words).strip()


@dataclass(frozen=True)
class Choice:
    """How many copies of the symbol, of which module, on a label of its own size (width, height).

    Lengths in mm.
    """

    copies: int
    module: float
    label: tuple[float, float]


@dataclass(frozen=True)
class Grade:
    """A safety grade: its Chinese word and the colour of the ground, `#RRGGBB`."""

    word: str
    ground: str

    @property
    def ink(self) -> str:
        """Black or white letters, whichever can be read better on this ground.

        One of them has a contrast of 4.58 on any colour: WCAG 2.2 asks for 4.5.
        """
        return max((BLACK, WHITE), key=lambda ink: contrast(ink, self.ground))


@dataclass(frozen=True)
class Design:
    """The label of one kind. `text` is the height of small letters in mm."""

    kind: str
    name: str
    english: str
    form: str
    text: float
    choices: tuple[Choice, ...]
    lines: tuple[Line, ...]
    grades: Mapping[str, Grade] = field(default_factory=dict)

    def choice(self, copies: int | None = None, module: float | None = None) -> Choice:
        """The usual symbols, or those with this number of copies or this module in mm."""
        for choice in self.choices:
            if copies in (None, choice.copies) and module in (None, choice.module):
                return choice
        offered = ", ".join(f"{choice.copies} x {choice.module} mm" for choice in self.choices)
        raise UnknownDesign(f"A {self.english}'s label has {offered}.")

    def grade(self, grade: str) -> Grade | None:
        """The grade of this name; none for an empty name."""
        if not grade:
            return None
        if grade not in self.grades:
            raise UnknownDesign(
                f"A {self.english}'s label knows no grade {grade!r}, "
                f"only {', '.join(self.grades) or 'none at all'}."
            )
        return self.grades[grade]


def kinds() -> list[str]:
    """Every kind that has a design."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


@cache
def design(kind: str) -> Design:
    """The design of this kind; raises UnknownDesign or BadDesign."""
    if kind not in kinds():
        raise UnknownDesign(f"There is no label for {kind!r}, only for {', '.join(kinds())}.")
    file = FOLDER / f"{kind}.toml"
    return parse(kind, tomllib.loads(file.read_text(encoding="utf-8")))


def parse(kind: str, data: Mapping[str, Any]) -> Design:
    """A design from its file's data; raises BadDesign naming what is wrong."""
    try:
        words = FOLDER / "words" / f"{data['words']}.toml"
        lines = tomllib.loads(words.read_text(encoding="utf-8"))["lines"]
        drawn = Design(
            kind=kind,
            name=data["name"],
            english=data["english"],
            form=data["form"],
            text=data["text_mm"],
            choices=tuple(_choice(entry) for entry in data["symbols"]),
            lines=tuple(Line(line["say"], line["size"], line["rows"]) for line in lines),
            grades={name: Grade(**grade) for name, grade in data.get("grades", {}).items()},
        )
    except (KeyError, TypeError, OSError) as missing:
        raise BadDesign(f"fixtures/labels/{kind}.toml lacks or misspells {missing}.") from missing
    _check(drawn)
    return drawn


def _choice(entry: Mapping[str, Any]) -> Choice:
    width, height = entry["label_mm"]
    return Choice(entry["copies"], entry["module_mm"], (width, height))


def _check(design: Design) -> None:
    for line in design.lines:
        if line.fields - FIELDS:
            raise BadDesign(
                f"{line.say!r} of {design.kind} has none of {', '.join(sorted(FIELDS))}."
            )
    said = set().union(*(line.fields for line in design.lines))
    # Whoever cannot scan types the code; whoever doubts a sticker compares the host.
    if not {"code", "host"} <= said:
        raise BadDesign(f"The label of {design.kind} must show its code and its host.")
    for grade in design.grades.values():
        if not re.fullmatch("#[0-9A-F]{6}", grade.ground):
            raise BadDesign(f"{grade.ground!r} is not a colour such as #FFD100.")


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2.2 counts it, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rgb(colour: str) -> tuple[int, int, int]:
    """`#FFD100` as (255, 209, 0)."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (byte / 255 for byte in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
