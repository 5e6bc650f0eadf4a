"""What an import has to say: errors by row and column, notices, and the counts at the end.

A value is repeated only if it is not personal, and never in full length: a list of errors is
printed, mailed and pasted into tickets.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

LISTED = 200
SHORTENED = 40


@dataclass(frozen=True)
class Finding:
    """One thing wrong. `row` is the row a spreadsheet shows (the header is 1), or the number of
    the feature or account; None speaks of the whole file."""

    row: int | None
    column: str | None
    message: str
    value: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.row and f"row {self.row}", self.column) if part)
        shown = f" ({self.value})" if self.value else ""
        return f"{where + ': ' if where else ''}{self.message}{shown}"


class Findings:
    """Every error is counted, the first ones are listed."""

    def __init__(self) -> None:
        self.count = 0
        self.listed: list[Finding] = []
        self._notices: dict[str, int] = {}

    def add(
        self,
        row: int | None,
        column: str | None,
        message: str,
        value: object = "",
        *,
        personal: bool = False,
    ) -> None:
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append(Finding(row, column, message, _shown(str(value), personal)))

    def notice(self, text: str, times: int = 1) -> None:
        """Something worth knowing that stops nothing; the same text is kept once."""
        self._notices[text] = self._notices.get(text, 0) + times

    @property
    def notices(self) -> list[str]:
        return [f"{text} ({n} times)" if n > 1 else text for text, n in self._notices.items()]


@dataclass
class Tally:
    """What became of the rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __iadd__(self, other: "Tally") -> "Tally":
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        return self


@dataclass(frozen=True)
class Report:
    """The outcome of one import. With errors nothing was loaded and the counts are 0."""

    kind: str
    file: str
    sha256: str
    dry_run: bool
    rows: int
    added: int
    changed: int
    unchanged: int
    errors: int
    listed: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    # The first passwords of accounts that came without one: to be handed over, kept nowhere.
    passwords: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """For a person at a terminal."""
        yield from (f"error: {finding}" for finding in self.listed)
        if self.errors > len(self.listed):
            yield f"... and {self.errors - len(self.listed)} more errors"
        yield from (f"note: {notice}" for notice in self.notices)
        yield from (f"password of {who}: {word}" for who, word in self.passwords.items())
        if self.errors:
            yield f"{self.kind}: {self.rows} rows, {self.errors} errors; nothing was loaded."
            return
        done = "would be" if self.dry_run else "were"
        yield (
            f"{self.kind}: {self.rows} rows; {self.added} {done} added, "
            f"{self.changed} changed, {self.unchanged} unchanged."
        )


def _shown(value: str, personal: bool) -> str:
    if personal:
        return f"{len(value)} characters" if value else ""
    value = "".join(c if c.isprintable() else "�" for c in value)
    return value if len(value) <= SHORTENED else value[: SHORTENED - 1] + "…"
