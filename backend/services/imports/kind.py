"""What every kind of import has in common: options, batches, checks that need the database.

A kind is made twice for each file: once to check it (`writing` is False: everything is looked
up and compared, nothing is written) and once to load it.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from operator import call
from typing import Any, ClassVar, TextIO

from backend import clock
from backend.actor import Actor
from backend.db import Table, to_ms
from backend.models import ClassCode
from backend.prepared import Prepared
from backend.services.imports import bulk, workbooks
from backend.services.imports.columns import Column, Wrong, parsers
from backend.services.imports.files import Row, Source, Unreadable, rows
from backend.services.imports.findings import Findings, Tally

BATCH = 5_000
Parsed = tuple[int, tuple[Any, ...]]
"""A row's number and its values, in the order of the kind's columns."""


@dataclass(frozen=True)
class Options:
    """What a caller may say beside the file. Each kind takes only some of them."""

    crs: str | None = None  # The datum of the positions: wgs84, gcj02, bd09 or cgcs2000.
    scheme: str | None = None  # The class dictionary that the file's codes are from.
    subject: str | None = None  # What a class dictionary is about, or a form is asked of.
    area: str | None = None  # Who answers for the buildings that name nobody.
    community: str | None = None  # Twelve digits that made-up building codes begin with.
    trust_crs: bool = False  # Load buildings although they seem to be in another datum.
    password: str | None = None  # The first password of every new account.
    of_kind: str | None = None  # The kind of all facilities of the file.
    columns: tuple[tuple[str, str], ...] = ()  # Our column, and what the file calls it.
    skip_others: bool = False  # Leave out columns that are neither ours nor mapped.


class Kind(ABC):
    """One kind of file and what becomes of its rows."""

    name: ClassVar[str]
    takes: ClassVar[frozenset[str]] = frozenset()
    # What it writes. On PostgreSQL nobody else may write there meanwhile, as on SQLite always.
    tables: ClassVar[Sequence[type[Table]]]
    # Whether batches that were checked may be loaded as they are, without reading them again.
    is_kept: ClassVar[bool] = False
    # Whether it takes a role given for the whole city; if not, every row is judged by its area.
    is_citywide: ClassVar[bool] = True
    takes_workbooks: ClassVar[bool] = False

    def __init__(self, options: Options, findings: Findings, by: Actor, *, writing: bool) -> None:
        self.options = options
        self.findings = findings
        self.by = by
        self.writing = writing
        self.now = to_ms(clock.now())
        self.rows = 0
        self.passwords: dict[str, str] = {}

    @classmethod
    def unpacked(cls, source: Source, options: "Options") -> AbstractContextManager[Source]:
        """The file as text: of a workbook, its first sheet. Raises Unreadable."""
        return workbooks.as_text(source)

    @classmethod
    @abstractmethod
    def shape(cls) -> str:
        """What a file of this kind holds, in one line for the command's help."""

    @abstractmethod
    def prepare(self) -> None:
        """Look up what the whole file needs. Raises Unreadable."""

    @abstractmethod
    def batches(self, file: TextIO) -> Iterator[Sequence[Any]]:
        """The file, piece by piece."""

    @abstractmethod
    def take(self, batch: Sequence[Any]) -> Tally:
        """Check a piece, compare it with the database and, if `writing`, load it."""

    def finish(self) -> None:  # noqa: B027 - most kinds have nothing to add.
        """Check what can only be said of the whole."""

    def insert(self, model: type[Table], columns: Sequence[str], values: Sequence[Any]) -> None:
        if self.writing:
            bulk.insert(model, columns, values)

    def update(self, model: type[Table], columns: Sequence[str], values: Sequence[Any]) -> None:
        if self.writing:
            bulk.update(model, columns, values)


class Csv(Kind):
    """A kind that comes as CSV: every cell is parsed before the row is looked at."""

    columns: ClassVar[Sequence[Column]]
    is_kept = True

    @classmethod
    def shape(cls) -> str:
        return ", ".join(f"{each.name}{'*' if each.required else ''}" for each in cls.columns)

    def batches(self, file: TextIO) -> Iterator[Sequence[Parsed]]:
        parse = parsers(self.columns, again=self.writing)
        found = rows(
            file,
            [column.name for column in self.columns],
            self.findings,
            later={column.name for column in self.columns if column.later},
        )
        while piece := list(islice(found, BATCH)):
            self.rows += len(piece)
            try:
                # Tuples of plain values are no work for the garbage collector, lists would be.
                batch = [(number, tuple(map(call, parse, cells))) for number, cells in piece]
            except Wrong:
                batch = list(self._right(piece))
            yield batch
        if not self.rows:
            raise Unreadable("has a header but no rows.")

    def _right(self, piece: Sequence[Row]) -> Iterator[Parsed]:
        """The rows without a fault; the others are explained, every cell of them."""
        parse = parsers(self.columns)
        for number, cells in piece:
            values, faults = [], self.findings.count
            for column, to_value, cell in zip(self.columns, parse, cells, strict=True):
                try:
                    values.append(to_value(cell))
                except Wrong as wrong:
                    self.findings.add(
                        number, column.name, str(wrong), cell.strip(), personal=column.personal
                    )
            if self.findings.count == faults:
                yield number, tuple(values)


class Known:
    """Rows that a file refers to by code, looked up batch by batch and remembered."""

    MOST = 500_000

    def __init__(self, model: type[Table], by: str, *columns: str) -> None:
        self.model, self.by, self.columns = model, by, (by, *columns)
        self.rows: dict[str, tuple[Any, ...]] = {}

    def learn(self, codes: Collection[str | None]) -> None:
        unknown = [code for code in set(codes) if code is not None and code not in self.rows]
        if len(self.rows) > self.MOST:
            self.rows.clear()
            unknown = [code for code in set(codes) if code is not None]
        for code, *values in bulk.found(self.model, self.columns, self.by, unknown):
            self.rows[code] = tuple(values)

    def get(self, code: str) -> tuple[Any, ...] | None:
        return self.rows.get(code)


_classes_of = Prepared(
    lambda subject: ClassCode.select(ClassCode.scheme, ClassCode.code).where(
        ClassCode.subject == subject
    )
)


class Classes:
    """The class codes of one subject, from the scheme the caller named or the only one."""

    def __init__(self, subject: str, scheme: str | None) -> None:
        found = _classes_of(subject)
        schemes = sorted({each for each, _ in found})
        if scheme is None and len(schemes) > 1:
            raise Unreadable(f"uses classes of {subject}; say --scheme {' or '.join(schemes)}.")
        self.scheme = scheme or (schemes[0] if schemes else None)
        self.codes = {code for each, code in found if each == self.scheme}

    @property
    def complaint(self) -> str:
        if not self.codes:
            return "is of a dictionary that is not loaded; import classes first"
        return f"is no class of {self.scheme}"


def check_days(findings: Findings, number: int, since: str | None, until: str | None) -> bool:
    """Days that run backwards are an error."""
    if since and until and until < since:
        findings.add(number, "until", "lies before since", until)
        return False
    return True
