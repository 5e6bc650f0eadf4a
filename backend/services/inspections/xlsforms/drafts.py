"""A form on its way in: its document, and what is to be said of it by sheet, row and column."""

from dataclasses import dataclass, field
from typing import Any

from backend.rules.forms import Fault
from backend.services.inspections.xlsforms import terms

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"


@dataclass(frozen=True)
class Complaint:
    """Something wrong, where a person finds it: sheet, row as Excel counts it, column."""

    text: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


@dataclass
class Drafted:
    """What a workbook says: the document, where its items stand, and what was wrong or left out."""

    document: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)  # Of the survey sheet, by item.
    choice_rows: dict[str, int] = field(default_factory=dict)  # By "list choice".
    lists: dict[str, str] = field(default_factory=dict)  # The list an item chooses from.
    has_code: bool = False
    complaints: list[Complaint] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def complain(self, name: str, column: str, text: str) -> None:
        """Something is wrong with a question; said once."""
        found = Complaint(text, SURVEY, self.rows.get(name), column)
        if found not in self.complaints:
            self.complaints.append(found)

    def notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)

    def placed(self, fault: Fault) -> Complaint:
        """A fault of the document, at the row and column that it comes from."""
        if not self.rows:  # It came in no workbook.
            return Complaint(fault.text, fault.item)
        if fault.item is None:
            column = terms.SETTINGS.get(fault.key or "")
            return Complaint(
                str(fault), SETTINGS if column else SURVEY, 2 if column else None, column
            )
        if fault.choice is not None:
            row = self.choice_rows.get(f"{self.lists.get(fault.item)} {fault.choice}")
            return Complaint(str(fault), CHOICES, row, "name")
        column = terms.COLUMNS.get(fault.key or "", fault.key)
        return Complaint(str(fault), SURVEY, self.rows.get(fault.item), column)
