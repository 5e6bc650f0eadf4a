"""Checklists: a file of `fixtures/forms`, or a city's own XLSForm workbook; one form a file."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from backend.models import Form
from backend.rules.forms import BadForm
from backend.services.imports.files import WORKBOOK, Source, toml
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Kind, Options
from backend.services.inspections import forms, xlsforms
from backend.services.inspections.xlsforms import Complaint, Drafted

DRAFTED = "drafted"


class Forms(Kind):
    """Load a checklist: changed, it is a new version, and open drafts may still be sent"""

    name = "forms"
    takes = frozenset({"subject"})
    tables = (Form,)
    takes_workbooks = True

    @classmethod
    def shape(cls) -> str:
        return "an XLSForm (.xlsx), or TOML: see fixtures/forms/README.md"

    @classmethod
    @contextmanager
    def unpacked(cls, source: Source, options: Options) -> Iterator[Source]:
        """A workbook is understood once, before anybody has to wait for the transaction."""
        if source.encoding != WORKBOOK:
            yield source
            return
        draft = xlsforms.read(source.path.read_bytes(), subject=options.subject)
        source.check_unchanged()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "form.json"
            path.write_text(json.dumps({DRAFTED: asdict(draft)}), encoding="utf-8")
            found = path.stat()
            yield replace(
                source, path=path, encoding="utf-8", size=found.st_size, touched=found.st_mtime_ns
            )

    def prepare(self) -> None:
        """Nothing that is not in the file."""

    def batches(self, file: TextIO) -> Iterator[Sequence[Any]]:
        start = file.read(1)
        file.seek(0)
        draft = _drafted(json.load(file)) if start == "{" else Drafted(toml(file))
        if self.options.subject:
            draft.document.setdefault("subject", self.options.subject)
        self.rows += len(draft.document.get("items") or ())
        yield [draft]

    def take(self, batch: Sequence[Any]) -> Tally:
        tally = Tally()
        for draft in batch:
            for text in draft.notices:
                self.findings.notice(text)
            try:
                tally += self._publish(draft)
            except BadForm as bad:
                draft.complaints += [draft.placed(fault) for fault in bad.faults]
            for complaint in sorted(draft.complaints, key=_order):
                column = ": ".join(filter(None, (complaint.sheet, complaint.column)))
                self.findings.add(complaint.row, column or None, complaint.text)
        return tally

    def _publish(self, draft: Drafted) -> Tally:
        if draft.document:  # Else it could not be read, and says so.
            forms.understood(draft.document)
        if not self.writing or draft.complaints:
            return Tally()
        _, is_new = forms.publish(draft.document, self.by.name)
        return Tally(added=int(is_new), unchanged=int(not is_new))


def _drafted(said: dict[str, Any]) -> Drafted:
    plain = said[DRAFTED]
    complaints = [Complaint(**one) for one in plain.pop("complaints")]
    return Drafted(**plain, complaints=complaints)


def _order(complaint: Complaint) -> tuple[str, int]:
    """As a person goes through the file: row by row, what is said of the whole first."""
    return complaint.sheet or "", complaint.row or 0
