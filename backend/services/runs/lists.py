"""Lists of things that need tags, as people have them: pasted, CSV, a spreadsheet.

A list is a line a label: a code, perhaps a grade. Whatever is wrong with it is found in one go
and told by row and column, as a spreadsheet counts them.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO

from backend.actor import SYSTEM, Actor
from backend.errors import ListWrong, RunTooLarge
from backend.services.imports import files, workbooks

MOST = 2_100  # Pieces of a run that is ordered on the web: a hundred sheets of L7160.
MOST_EVER = 1_000_000
LISTED = 200
LONGEST = 60

COLUMNS = {
    "code": "code", "编码": "code", "楼栋编码": "code", "房屋编码": "code", "building": "code",
    "room": "code", "facility": "code", "number": "code", "编号": "code", "设施编号": "code",
    "grade": "grade", "等级": "grade", "安全等级": "grade",
}  # fmt: skip
"""What a heading may say, and which of our two columns that is."""

GRADES = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red",
          "绿色": "green", "黄色": "yellow", "橙色": "orange", "红色": "red",
          "宽管": "green", "关注": "yellow", "严管": "orange", "禁止": "red"}  # fmt: skip
"""A grade in Chinese words, and its name in the designs."""

ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+|\d{15,}\.0")


@dataclass(frozen=True)
class Line:
    """One wanted label: its row in the list, the thing's code or number, its grade."""

    row: int
    code: str
    grade: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a list; `sentence` is ready to be translated, `value` was there."""

    row: int
    column: str
    sentence: str
    value: str = ""

    def __str__(self) -> str:
        shown = f" ({self.value})" if self.value else ""
        return f"row {self.row}, {self.column}: {self.sentence}{shown}"


SENTENCES = {
    "columns": "Unknown column. A list has the columns code and grade.",
    "no-code": "There is no column named code.",
    "empty": "The list is empty.",
    "unreadable": "This cannot be read. Send plain text, CSV or a spreadsheet (.xlsx).",
    "rounded": "The spreadsheet has cut this number short. Make the column text and enter it anew.",
    "long": "No code is as long as this.",
    "missing": "The code is missing.",
    "grade": "Labels of this kind have no such grade.",
    "twice": "This stands in the list twice.",
}


def most_for(by: Actor) -> int:
    """How many pieces somebody may order at once: the command line has its own time."""
    return MOST_EVER if by.account_id == SYSTEM.account_id else MOST


def check_count(count: int, by: Actor) -> None:
    """Raises RunTooLarge."""
    most = most_for(by)
    if count > most:
        raise RunTooLarge(count=count, most=most)


def refuse(findings: Sequence[Finding]) -> None:
    """Raise ListWrong if anything was found; the first 200 are listed, all are counted."""
    if not findings:
        return
    listed = sorted(findings, key=lambda one: (one.row, one.column))[:LISTED]
    errors: dict[int, dict[str, list[str]]] = {}
    for one in listed:
        errors.setdefault(one.row, {}).setdefault(one.column, []).append(one.sentence)
    refusal = ListWrong(count=len(findings), errors={"things": errors})
    refusal.findings = listed
    raise refusal


def read_list(data: bytes, *, by: Actor) -> list[Line]:
    """The labels a list asks for. Raises ListWrong, RunTooLarge."""
    return read_lines(data, lambda count: check_count(count, by))


def read_lines(data: bytes, count: Callable[[int], None] = lambda _: None) -> list[Line]:
    """The lines of any list of codes, told how many before they are made. Raises ListWrong."""
    rows = [(number, cells) for number, cells in _rows(data) if any(cells)]
    if not rows:
        refuse([Finding(1, "code", SENTENCES["empty"])])
    places = _places(*rows[0])
    if places is None:
        places = {"code": 0, "grade": 1}
    else:
        rows = rows[1:]
    count(len(rows))
    extra = max(places.values()) + 1 if places == {"code": 0, "grade": 1} else None
    findings: list[Finding] = []
    lines = []
    for number, cells in rows:
        if extra and any(cells[extra:]):
            findings.append(Finding(number, "code", SENTENCES["columns"], _shown(cells[extra])))
        lines.append(Line(number, _cell(cells, places["code"]), _cell(cells, places.get("grade"))))
    if not lines:
        findings.append(Finding(rows[0][0] if rows else 1, "code", SENTENCES["empty"]))
    refuse(findings)
    return lines


def tidied(
    lines: Iterable[Line], grades: Iterable[str], usual: str
) -> tuple[list[Line], list[Finding]]:
    """The lines with their codes and grades as the house spells them, and what is wrong."""
    known = {"", *grades}
    findings: list[Finding] = []
    seen: set[str] = set()
    tidy = []
    for line in lines:
        code = "".join(line.code.split()).upper()
        grade = GRADES.get(line.grade.strip(), line.grade.strip().lower()) or usual
        for column, word, value in _wrong(code, grade, seen, known):
            findings.append(Finding(line.row, column, SENTENCES[word], _shown(value)))
        seen.add(code)
        tidy.append(Line(line.row, code, grade))
    return tidy, findings


def _wrong(
    code: str, grade: str, seen: set[str], grades: set[str]
) -> Iterator[tuple[str, str, str]]:
    if not code:
        yield "code", "missing", ""
    elif len(code) > LONGEST:
        yield "code", "long", code
    elif ROUNDED.fullmatch(code):
        yield "code", "rounded", code
    elif code in seen:
        yield "code", "twice", code
    if grade not in grades:
        yield "grade", "grade", grade


def _places(number: int, cells: list[str]) -> dict[str, int] | None:
    """Where the columns are if this row is a heading; None if it is a first line already.

    A code has a digit in it, a heading has none.
    """
    if any(re.search(r"\d", cell) for cell in cells):
        return None
    names = [COLUMNS.get(cell.strip().lower(), "") for cell in cells]
    findings = [
        Finding(number, "code", SENTENCES["columns"], _shown(cell))
        for cell, name in zip(cells, names, strict=True)
        if cell.strip() and (not name or names.count(name) > 1)
    ]
    if not findings and "code" not in names:
        findings.append(Finding(number, "code", SENTENCES["no-code"]))
    refuse(findings)
    return {name: names.index(name) for name in names if name}


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    if data.startswith(files.ZIP):
        try:
            yield from workbooks.rows(BytesIO(data))
        except files.Unreadable:
            refuse([Finding(1, "code", SENTENCES["unreadable"])])
        return
    text = _text(data)
    head = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((mark for mark in ("\t", ",", "，", ";", "；") if mark in head), ",")
    try:
        for number, cells in enumerate(csv.reader(StringIO(text), delimiter=mark), start=1):
            yield number, [cell.strip() for cell in cells]
    except csv.Error:
        refuse([Finding(1, "code", SENTENCES["unreadable"])])


def _text(data: bytes) -> str:
    names = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names = ["utf-16"]
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    refuse([Finding(1, "code", SENTENCES["unreadable"])])
    return ""


def _shown(value: str) -> str:
    value = "".join(letter if letter.isprintable() else "�" for letter in value)
    return value if len(value) <= 40 else value[:39] + "…"
