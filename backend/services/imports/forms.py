"""Checklists: a file of `fixtures/forms`, or a city's own XLSForm workbook; one form a file."""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from backend.models import Form
from backend.rules.forms import BadForm
from backend.services.imports.files import Unreadable, toml
from backend.services.imports.findings import Tally
from backend.services.imports.kind import Kind
from backend.services.inspections import forms


class Forms(Kind):
    """Publish a checklist; changed, it is a new version, and open drafts may still be sent"""

    name = "forms"
    tables = (Form,)

    @classmethod
    def shape(cls) -> str:
        return "code, subject, zh, en, [[items]] in TOML: see fixtures/forms/README.md"

    def prepare(self) -> None:
        """Nothing that is not in the file."""

    def batches(self, file: TextIO) -> Iterator[Sequence[Any]]:
        document = toml(file)
        self.rows += len(document.get("items") or ())
        yield [document]

    def take(self, batch: Sequence[Any]) -> Tally:
        tally = Tally()
        for document in batch:
            try:
                forms.understood(document)
                if self.writing:
                    _, is_new = forms.publish(document, self.by.name)
                    tally.added += is_new
                    tally.unchanged += not is_new
            except BadForm as fault:
                raise Unreadable(f"is no form: {fault}.") from fault
        return tally
