"""Tables as they are seen, and the same as files: CSV and xlsx hold what the page shows."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

from flask import Response
from openpyxl import Workbook
from openpyxl.styles import Font

NOTHING = "–"
"""Stands where there is nothing to divide by. No minus: a spreadsheet would read a formula."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run instead of showing it."""


class Cell(NamedTuple):
    """What stands there, what leads on from it, and the number behind it."""

    text: str
    href: str | None = None
    number: float | None = None


class Table(NamedTuple):
    """`key` names it in addresses; the first cell of each row is its name."""

    key: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(name: str, tables: Sequence[Table]) -> Response:
    """The tables as a file to keep."""
    return attached_as(*csv_of(name, tables))


def csv_of(name: str, tables: Sequence[Table]) -> tuple[bytes, dict[str, str]]:
    """All tables one below the other, each under its title; and the headers of such a file."""
    file = io.StringIO()
    writer = csv.writer(file)
    for place, table in enumerate(tables):
        if place:
            writer.writerow([])
        writer.writerow([harmless(table.title)])
        writer.writerow([harmless(text) for text in table.head])
        writer.writerows([harmless(cell.text) for cell in row] for row in table.rows)
    content = file.getvalue().encode("utf-8-sig")  # Excel reads it as Chinese only with the mark.
    return content, _headers(f"{name}.csv", "text/csv; charset=utf-8")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_xlsx(name: str, tables: Sequence[Table]) -> Response:
    """A sheet for each table; what is a number is one there too."""
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        sheet = book.create_sheet(_sheet_name(table.title, len(book.sheetnames)))
        sheet.append([harmless(text) for text in table.head])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in table.rows:
            sheet.append([_value(cell) for cell in row])
            for place, cell in enumerate(row, 1):
                if cell.text.endswith("%") and cell.number is not None:
                    sheet.cell(sheet.max_row, place).number_format = "0.0%"
        sheet.column_dimensions["A"].width = 28
        sheet.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return attached_as(file.getvalue(), _headers(f"{name}.xlsx", XLSX))


def _value(cell: Cell) -> str | float:
    return harmless(cell.text) if cell.number is None else cell.number


def _sheet_name(title: str, number: int) -> str:
    """At most 31 characters, none of those that a sheet may not bear, none twice."""
    return f"{number + 1} {''.join(one for one in title if one not in '[]:*?/')}"[:31]


def harmless(text: str) -> str:
    """Text that a spreadsheet shows as it is: a name that looks like a formula is quoted."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _headers(name: str, kind: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Content-Type": kind}


def attached_as(content: bytes, headers: dict[str, str]) -> Response:
    """A file to keep."""
    return Response(content, 200, headers)
