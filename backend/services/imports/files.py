"""Files as they come: hashed, in an encoding we can name, as rows or features one by one.

Nothing is read whole, except files that are small by nature. A file is read three times: once
for its hash and encoding, once to check it, once to load it.
"""

import csv
import hashlib
import json
import tomllib
from codecs import getincrementaldecoder
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from backend.services.imports.findings import Findings

BLOCK = 1 << 20
WORKBOOK = "workbook"  # In place of an encoding: no text until it is unpacked.
ZIP = b"PK\x03\x04"  # How a workbook begins.
Row = tuple[int, list[str]]


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class Source:
    """A file that has been looked at once. `size` is in bytes, `touched` in nanoseconds."""

    path: Path
    sha256: str
    encoding: str
    size: int
    touched: int

    def open(self) -> TextIO:
        return self.path.open(encoding=self.encoding, newline="")

    def check_unchanged(self) -> None:
        """What was checked must be what was loaded. Raises Unreadable."""
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.touched):
            raise Unreadable("was changed while it was being read.")


def look_at(path: Path, findings: Findings, *, takes_workbooks: bool = False) -> Source:
    """Hash the file and find its encoding. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            if takes_workbooks and start.startswith(ZIP):
                file.seek(0)
                found = hashlib.file_digest(file, "sha256").hexdigest()
                return Source(path, found, WORKBOOK, file.tell(), path.stat().st_mtime_ns)
            _refuse_foreign(start)
            for encoding, name in _candidates(start):
                file.seek(0)
                digest = _digest(file, encoding)
                if digest is not None:
                    if name:
                        findings.notice(f"The file is {name}, not UTF-8; it was read as such.")
                    return Source(path, digest, encoding, file.tell(), path.stat().st_mtime_ns)
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror}") from error
    raise Unreadable("is neither UTF-8 nor GB18030 text. Save it as CSV UTF-8.")


def _refuse_foreign(start: bytes) -> None:
    if not start.strip(b"\xef\xbb\xbf\r\n\t "):
        raise Unreadable("is empty.")
    for mark, what in (
        (ZIP, "an Excel workbook or zip archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"\x1f\x8b", "a gzip archive"),
    ):
        if start.startswith(mark):
            raise Unreadable(f"is {what}. Save or unpack it as CSV UTF-8 first.")


def _candidates(start: bytes) -> Sequence[tuple[str, str]]:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [("utf-16", "UTF-16")]
    return [("utf-8-sig", ""), ("gb18030", "GB18030 (GBK)")]


def _digest(file: BinaryIO, encoding: str) -> str | None:
    """The SHA-256, or None if some byte does not fit the encoding."""
    decoder = getincrementaldecoder(encoding)()
    digest = hashlib.sha256()
    try:
        while block := file.read(BLOCK):
            digest.update(block)
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return digest.hexdigest()


def rows(
    file: TextIO, names: Sequence[str], findings: Findings, *, later: Collection[str] = ()
) -> Iterator[Row]:
    """The rows below the header, cells in the order of `names`, with their row numbers.

    Columns of `later` may be missing: their cells are empty then. Rows without any text are
    skipped. Raises Unreadable for a header that does not fit.
    """
    reader = csv.reader(file, strict=True)
    number = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        width = len(header)
        places = _places(header, names, later)
        lacks = width in places
        in_order = places == list(range(width))
        for cells in reader:
            number += 1
            if len(cells) == width:
                if lacks and any(cells):
                    yield number, [[*cells, ""][place] for place in places]
                elif any(cells):
                    yield number, cells if in_order else [cells[place] for place in places]
            elif any(cells):
                findings.add(number, None, f"has {len(cells)} cells, the header has {width}")
    except csv.Error as error:
        raise Unreadable(f"is not CSV after row {number}: {error}.") from error


def csv_rows(file: TextIO) -> Iterator[Row]:
    """Every row as it stands, the header too. Raises Unreadable."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(file, strict=True), start=1):
            yield number, cells
    except csv.Error as error:
        raise Unreadable(f"is not CSV after row {number}: {error}.") from error


def _places(header: Sequence[str], names: Sequence[str], later: Collection[str]) -> list[int]:
    """Where each name stands in the header; one behind it for what is missing and may be."""
    unknown = [name for name in header if name not in names]
    missing = [name for name in names if name not in header and name not in later]
    twice = sorted({name for name in header if header.count(name) > 1})
    if len(header) == 1 and len(names) > 1:
        for mark, called in ((";", "semicolons"), ("\t", "tabs")):
            if mark in header[0]:
                raise Unreadable(f"separates its columns by {called}; use commas.")
    faults = [
        f"{what}: {', '.join(which)[:200]}"
        for what, which in (
            ("missing columns", missing),
            ("unknown columns", unknown),
            ("columns given twice", twice),
        )
        if which
    ]
    if faults:
        raise Unreadable(f"has {'; '.join(faults)}. It needs: {','.join(names)}.")
    return [header.index(name) if name in header else len(header) for name in names]


def features(file: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """The features of a GeoJSON FeatureCollection, numbered from 1, one in memory at a time."""
    window = _Window(file)
    if not window.skip_to_features():
        raise Unreadable("is not a GeoJSON FeatureCollection.")
    number = 0
    while (feature := window.next_item()) is not None:
        number += 1
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise Unreadable(f"holds something that is no Feature (number {number}).")
        yield number, feature


class _Window:
    """A stretch of JSON text that grows until the next item fits."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.decoder = json.JSONDecoder()
        self.text = ""
        self.at = 0

    def skip_to_features(self) -> bool:
        """Stand behind the bracket that opens `"features": [`."""
        while self.more():
            place = self.text.find('"features"')
            if place >= 0:
                bracket = self.text.find("[", place)
                if bracket >= 0:
                    self.at = bracket + 1
                    return self.text[place + 10 : bracket].strip() == ":"
        return False

    def next_item(self) -> Any:
        """The next item of the array; None behind the last."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n,":
                self.at += 1
            if self.at < len(self.text):
                if self.text[self.at] == "]":
                    return None
                try:
                    item, self.at = self.decoder.raw_decode(self.text, self.at)
                    return item
                except json.JSONDecodeError as error:
                    fault = error.msg
                except (ValueError, RecursionError) as error:
                    # A number of thousands of digits, brackets within brackets: nobody's map.
                    raise Unreadable("holds JSON that no map needs.") from error
            else:
                fault = "the list of features is not closed"
            if not self.more():
                raise Unreadable(f"is not JSON: {fault}.")

    def more(self) -> bool:
        block = self.file.read(BLOCK)
        self.text, self.at = self.text[self.at :] + block, 0
        return bool(block)


def toml(file: TextIO) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read())
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"is not TOML: {error}.") from error
