"""The run list as CSV: which code stands on which label; for checking, plate makers and reprints.

UTF-8 with a header line. The columns `code`, `title`, `place` and `grade` are read back, so a list
that was written can be printed again; other columns are left alone.
"""

import csv
from collections.abc import Sequence
from io import StringIO

from qr import codes
from qr.labels.layout import Piece
from qr.sheets import Order

COLUMNS = (
    "number", "page", "position", "code", "shown", "url", "kind", "title", "place", "grade",
)  # fmt: skip
READ = ("code", "title", "place", "grade")


class BadList(ValueError):
    """A list cannot be printed. `errors` holds (line, column, what is wrong), lines from 1."""

    def __init__(self, errors: Sequence[tuple[int, str, str]]) -> None:
        line, column, reason = errors[0]
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        super().__init__(f"Line {line}, column {column}: {reason}{more}")
        self.errors = list(errors)


def written(order: Order, pieces: Sequence[Piece], numbers: Sequence[int] | None = None) -> str:
    """The list of a run, a line a label in the order of printing; pages and positions from 1.

    `numbers` are the labels' own where only a part of the run is printed.
    """
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for index, (piece, place) in enumerate(zip(pieces, order.places(len(pieces)), strict=True)):
        position = (order.start - 1 + index) % order.grid.per_page + 1
        rows.writerow(
            (
                numbers[index] if numbers else index + 1,
                place.page + 1,
                position,
                piece.code,
                codes.show(piece.code),
                order.prefix + piece.code,
                order.layout.design.kind,
                *(_harmless(text) for text in (piece.title, piece.place)),
                piece.grade,
            )
        )
    return text.getvalue()


def read(text: str) -> list[Piece]:
    """The labels of a list, each code checked and only once; raises BadList with every error."""
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    pieces: dict[str, Piece] = {}
    errors: list[tuple[int, str, str]] = []
    try:
        if "code" not in (rows.fieldnames or ()):
            there = ", ".join(rows.fieldnames or ["nothing"])
            raise BadList([(1, "code", f"there is no such column, only {there}.")])
        for row in rows:
            said = {column: " ".join((row.get(column) or "").split()) for column in READ}
            try:
                code = codes.spell(said["code"])
            except codes.Unreadable as wrong:
                errors.append((rows.line_num, "code", str(wrong)))
                continue
            if code in pieces:
                errors.append((rows.line_num, "code", f"{codes.show(code)} stands here again."))
            pieces[code] = Piece(code, _plain(said["title"]), _plain(said["place"]), said["grade"])
    except csv.Error as broken:
        errors.append((rows.line_num, "all", f"this is no CSV: {broken}."))
    if not pieces and not errors:
        errors.append((1, "code", "the list is empty."))
    if errors:
        raise BadList(errors)
    return list(pieces.values())


def _harmless(text: str) -> str:
    """A text no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def _plain(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text
