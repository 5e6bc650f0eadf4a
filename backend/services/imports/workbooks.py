"""Excel workbooks (.xlsx): the first sheet as CSV, written row by row.

A workbook takes ten times as long to read as CSV, so it is read once, before anybody has to wait
for the transaction.

A workbook is a zip of XML, so a small one may unpack to more than a machine holds: what it says
of its own size is asked first, and rows and columns have an end. The sheet is never held whole.
"""

import csv
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl

from backend.services.imports.files import WORKBOOK, Row, Source, Unreadable

MOST_UNPACKED = 400 * 1024 * 1024
MOST_WORDS = 100 * 1024 * 1024  # All texts of a workbook are kept together, and read first.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 500
MOST_BLANK = 10_000  # Rows without a cell between two others; more were never meant.

# What the library raises for a file that only looks like a workbook.
BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError,
    AttributeError, OSError, RuntimeError, EOFError,
)  # fmt: skip


@contextmanager
def as_text(source: Source) -> Iterator[Source]:
    """The source itself or, of a workbook, its first sheet in a file that goes away."""
    if source.encoding != WORKBOOK:
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source.path.name
        with source.path.open("rb") as file, path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(cells for _, cells in rows(file))
        found = path.stat()
        source.check_unchanged()
        yield replace(
            source, path=path, encoding="utf-8", size=found.st_size, touched=found.st_mtime_ns
        )


def rows(file: BinaryIO) -> Iterator[Row]:
    """The rows of the first sheet, numbered as Excel numbers them. Raises Unreadable."""
    try:
        _check_size(file)
        yield from _rows(file)
    except BROKEN as error:
        # What the library says names files of ours and helps nobody.
        raise Unreadable(
            "is no workbook that can be read. Save it as .xlsx again, or as CSV UTF-8."
        ) from error


def _rows(file: BinaryIO) -> Iterator[Row]:
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of styles and print areas, which nobody asked for.
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # What a sheet says of its own size may be anything.
    blank = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS), start=1):
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"has more than {MOST_COLUMNS} columns in row {number}.")
        blank = 0 if cells else blank + 1
        if blank > MOST_BLANK:
            raise Unreadable(f"has more than {MOST_BLANK:,} blank rows before row {number}.")
        yield number, [_shown(cell) for cell in cells]


def _check_size(file: BinaryIO) -> None:
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    if sum(sizes.values()) > MOST_UNPACKED:
        raise Unreadable(f"unpacks to more than {MOST_UNPACKED >> 20} MB.")
    if sizes.get("xl/sharedStrings.xml", 0) > MOST_WORDS:
        raise Unreadable(f"holds more than {MOST_WORDS >> 20} MB of words.")


def _shown(cell: Any) -> str:
    """A value as text: whole numbers without a point, days and instants in ISO's way."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
