"""What labels are printed on, as data: pages with a grid, paper to be cut, rolls.

A form is a file `fixtures/labels/forms/<form>.toml`; the README beside it explains every key.
All lengths are mm, places are counted from the top left corner of the page.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from qr.designs import FOLDER

INCH = 25.4
RULER = 100  # The lines on the test page, mm.


class UnknownForm(LookupError):
    """There is no such form; the sentence lists what there is."""


class BadForm(ValueError):
    """Labels overlap or leave the page, or a start position is not on it."""


class Place(NamedTuple):
    """Where one label goes: the page from 0, and the label's top left corner."""

    page: int
    left: float
    top: float


@dataclass(frozen=True)
class Printer:
    """How one printer must be humoured, found with the test page.

    Everything is moved by (right, down) mm, and stretched: a ruler that measures 99.2 mm instead of
    100 needs a stretch of 100 / 99.2.
    """

    right: float = 0.0
    down: float = 0.0
    stretch_x: float = 1.0
    stretch_y: float = 1.0

    def __post_init__(self) -> None:
        if not (abs(self.right) <= 20 and abs(self.down) <= 20):
            raise BadForm("A printer that is off by more than 20 mm has the wrong paper.")
        if not (0.9 <= self.stretch_x <= 1.1 and 0.9 <= self.stretch_y <= 1.1):
            raise BadForm("A ruler off by more than 10 % means 'fit to page' is on: switch it off.")


@dataclass(frozen=True)
class Form:
    """A page with its grid of labels. `height` is none on a roll until the label is known."""

    name: str
    about: str
    dpi: int
    page: tuple[float, float | None]
    label: tuple[float, float | None] | None
    corner: float = 0.0
    columns: int = 1
    rows: int = 1
    first: tuple[float, float] = (0.0, 0.0)
    pitch: tuple[float, float] = (0.0, 0.0)
    margin: float = 0.0
    gap: float = 0.0

    @property
    def dot(self) -> float:
        """One dot of the printer, mm."""
        return INCH / self.dpi

    @property
    def cut(self) -> bool:
        """Whether labels must be cut out of the page."""
        return self.label is None

    @property
    def endless(self) -> bool:
        """Whether this is a roll cut after each label."""
        return self.page[1] is None


class Grid(NamedTuple):
    """A form made ready for labels of one size: everything is known now."""

    form: Form
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int
    rows: int
    first: tuple[float, float]
    pitch: tuple[float, float]

    @property
    def per_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def corner_of(self, position: int) -> tuple[float, float]:
        """Left and top of the label at this position, counted from 0 row by row.

        On the printer's dots, so that modules of whole dots stay whole.
        """
        row, column = divmod(position, self.columns)
        dot = self.form.dot
        left = self.first[0] + column * self.pitch[0]
        top = self.first[1] + row * self.pitch[1]
        return round(left / dot) * dot, round(top / dot) * dot

    def places(self, count: int, start: int = 1) -> Iterator[Place]:
        """Where `count` labels go when the first takes position `start` of a used sheet."""
        if not 1 <= start <= self.per_page:
            raise BadForm(f"{self.form.name} has positions 1 to {self.per_page}, not {start}.")
        for number in range(start - 1, start - 1 + count):
            page, position = divmod(number, self.per_page)
            yield Place(page, *self.corner_of(position))


def names() -> list[str]:
    """Every form there is."""
    return sorted(file.stem for file in (FOLDER / "forms").glob("*.toml"))


@cache
def form(name: str) -> Form:
    """The form of this name; raises UnknownForm or BadForm."""
    if name not in names():
        raise UnknownForm(f"There is no form {name!r}, only {', '.join(names())}.")
    file = FOLDER / "forms" / f"{name}.toml"
    return parse(name, tomllib.loads(file.read_text(encoding="utf-8")))


def parse(name: str, data: Mapping[str, Any]) -> Form:
    """A form from its file's data; raises BadForm naming what is wrong."""
    try:
        made = Form(
            name=name,
            about=data["about"],
            dpi=data["dpi"],
            page=_size(data["page_mm"]),
            label=_size(data["label_mm"]) if "label_mm" in data else None,
            corner=data.get("corner_mm", 0.0),
            columns=data.get("columns", 1),
            rows=data.get("rows", 1),
            first=_pair(data.get("first_mm", (0.0, 0.0))),
            pitch=_pair(data.get("pitch_mm", (0.0, 0.0))),
            margin=data.get("margin_mm", 0.0),
            gap=data.get("gap_mm", 0.0),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadForm(f"fixtures/labels/forms/{name}.toml lacks or misspells {wrong}.") from wrong
    if made.label is not None and not made.endless:
        grid(made, (0, 0))
    return made


def _size(numbers: Sequence[float]) -> tuple[float, float | None]:
    return numbers[0], numbers[1] if len(numbers) > 1 else None


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    across, down = numbers
    return across, down


def grid(form: Form, own: tuple[float, float]) -> Grid:
    """The form made ready; `own` is the label's own size, which paper to be cut and rolls take."""
    if form.cut:
        return _cut_grid(form, own)
    assert form.label is not None  # not cut
    label = form.label[0], form.label[1] or own[1]
    page = form.page[0], form.page[1] or label[1] + 2 * form.first[1]
    made = Grid(form, page, label, form.columns, form.rows, form.first, form.pitch)
    _check(made)
    return made


def _cut_grid(form: Form, own: tuple[float, float]) -> Grid:
    """As many labels as fit on the page, upright or lying, whichever holds more."""
    width, height = form.page[0], form.page[1] or own[1]
    upright = _packed(form, own, (width, height))
    lying = _packed(form, own, (height, width))
    best = lying if lying.per_page > upright.per_page else upright
    if not best.per_page:
        raise BadForm(f"A label of {own[0]:g} x {own[1]:g} mm does not fit on {form.name}.")
    return best


def _packed(form: Form, own: tuple[float, float], page: tuple[float, float]) -> Grid:
    counts, firsts = [], []
    for length, side in zip(own, page, strict=True):
        count = max(0, int((side - 2 * form.margin + form.gap) / (length + form.gap)))
        counts.append(count)
        firsts.append((side - count * length - (count - 1) * form.gap) / 2)
    pitch = own[0] + form.gap, own[1] + form.gap
    return Grid(form, page, own, counts[0], counts[1], (firsts[0], firsts[1]), pitch)


def _check(grid: Grid) -> None:
    for count, first, pitch, length, side in zip(
        (grid.columns, grid.rows), grid.first, grid.pitch, grid.label, grid.page, strict=True
    ):
        if count > 1 and pitch < length:
            raise BadForm(f"On {grid.form.name} labels overlap.")
        if first < 0 or first + (count - 1) * pitch + length > side + 0.01:
            raise BadForm(f"On {grid.form.name} labels leave the page.")


def with_dpi(form: Form, dpi: int) -> Form:
    """The same form for a printer of another resolution."""
    if not 150 <= dpi <= 2400:
        raise BadForm(f"A printer has 150 to 2,400 dots per inch, not {dpi}.")
    return replace(form, dpi=dpi)
