"""Class dictionaries: a CSV of one dictionary, or a manifest of several with their counts."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

from backend.models import ClassCode
from backend.services.imports import bulk
from backend.services.imports.columns import Column, pattern, text
from backend.services.imports.files import Unreadable, toml
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Csv, Parsed

SUBJECTS = {
    "people": "people",
    "legal_persons": "legal_person",
    "houses": "house",
    "events": "event",
    "components": "component",
}
"""A manifest's table -> the subject of its dictionary."""

_COLUMNS = ("scheme", "code", "parent", "name", "subject")


class Classes(Csv):
    """Load a dictionary of classes, or all that a manifest names, counts checked"""

    name = "classes"
    tables = (ClassCode,)
    takes = frozenset({"subject", "scheme"})
    columns = (
        Column("scheme", text(40), required=True),
        Column(
            "code", pattern(r"[0-9A-Za-z.-]{1,20}", "at most 20 letters and digits"), required=True
        ),
        Column("parent", pattern(r"[0-9A-Za-z.-]{1,20}", "the code of a class")),
        Column("name", text(80), required=True),
    )
    is_kept = False  # What a batch is about changes from dictionary to dictionary.
    subject: str | None
    scheme: str | None

    @classmethod
    def shape(cls) -> str:
        return f"{super().shape()}; or a manifest.toml that names several such files"

    def prepare(self) -> None:
        self.seen: dict[tuple[str, str], int] = {}
        self.majors: set[tuple[str, str]] = set()

    def batches(self, file: TextIO) -> Iterator[Sequence[Parsed]]:
        if not file.name.endswith(".toml"):
            self.subject, self.scheme = self.options.subject, self.options.scheme
            if self.subject not in SUBJECTS.values():
                raise Unreadable(f"needs --subject {' or '.join(SUBJECTS.values())}.")
            yield from super().batches(file)
            return
        for noun, entry in toml(file).items():
            yield from self._dictionary(Path(file.name).parent, noun, entry)

    def _dictionary(self, folder: Path, noun: str, entry: Any) -> Iterator[Sequence[Parsed]]:
        """One dictionary of a manifest. Raises Unreadable unless it is exactly the one meant."""
        try:
            path = folder / entry["file"]
            self.subject, self.scheme = SUBJECTS[noun], entry["scheme"]
            wanted = entry["major"], entry["minor"], entry["sha256"]
            content = path.read_bytes()
        except (KeyError, TypeError) as error:
            raise Unreadable(f"[{noun}] lacks or does not know {error}.") from error
        except OSError as error:
            raise Unreadable(
                f"[{noun}] names a file that cannot be opened: {path.name}."
            ) from error
        before = len(self.seen), len(self.majors)
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from super().batches(file)
        major = len(self.majors) - before[1]
        minor = len(self.seen) - before[0] - major
        if (major, minor, sha256(content).hexdigest()) != wanted:
            self.findings.add(
                None,
                None,
                f"{path.name} holds {major} major and {minor} minor classes, "
                f"the manifest says {wanted[0]} and {wanted[1]}; or its hash differs",
            )

    def take(self, batch: Sequence[Parsed]) -> Tally:
        tally = Tally()
        rows = [row for row in batch if self._fits(*row)]
        before = {
            row[:2]: row
            for row in bulk.found(ClassCode, _COLUMNS, "scheme", {row[1][0] for row in rows})
        }
        added = []
        for number, (scheme, code, parent, name) in rows:
            row = (scheme, code, parent, name, self.subject)
            known = before.get((scheme, code))
            if known is None:
                added.append(row)
            elif known == row:
                tally.unchanged += 1
            elif known[4] != self.subject:
                self.findings.add(number, "scheme", f"is a dictionary of {known[4]}", scheme)
            else:
                tally.changed += 1
                if self.writing:
                    ClassCode.update(parent=parent, name=name).where(
                        (ClassCode.scheme == scheme) & (ClassCode.code == code)
                    ).execute()
        self.insert(ClassCode, _COLUMNS, added)
        tally.added = len(added)
        return tally

    def _fits(self, number: int, values: Sequence[Any]) -> bool:
        scheme, code, parent, _ = values
        complain = self.findings.add
        faults = self.findings.count
        if self.scheme is not None and scheme != self.scheme:
            complain(number, "scheme", f"is not {self.scheme}", scheme)
        if (scheme, code) in self.seen:
            complain(number, "code", f"stands in row {self.seen[scheme, code]} already", code)
        self.seen.setdefault((scheme, code), number)
        if parent is None:
            self.majors.add((scheme, code))
        elif (scheme, parent) not in self.seen:
            complain(number, "parent", "is unknown; parents stand above their children", parent)
        return self.findings.count == faults
