"""A workbook is read by pyxform, and becomes the document of a form."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

from backend.rules.forms import BadForm, Fault
from backend.services.inspections.xlsforms import library, questions
from backend.services.inspections.xlsforms.drafts import (
    CHOICES,
    SETTINGS,
    SURVEY,
    Complaint,
    Drafted,
)

MOST_UNPACKED = 32 * 1024 * 1024
MOST_ROWS = 5_000
MOST_CODE = 40

# What reading a file raises that only looks like a workbook: broken zips, foreign XML, odd numbers.
BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError,
    AttributeError, OSError, RuntimeError, EOFError,
)  # fmt: skip


def read(content: bytes, *, subject: str | None = None) -> Drafted:
    """What a workbook says. `subject` is what it is asked of if it does not say so itself.

    Never raises for what stands in the file: all that is wrong with it is in `complaints`.
    """
    draft = Drafted()
    try:
        survey = _understood(content, draft)
    except BadForm as fault:
        draft.complaints += [_located(one.text) for one in fault.faults]
        return draft
    entries = list(questions.entries_of(survey.get("children") or (), "", draft))
    if not draft.has_code:
        said = "the form needs a form_id, its name for good"
        draft.complaints.append(Complaint(said, SETTINGS, 2, "form_id"))
    title = str(survey.get("title") or survey.get("id_string"))
    marks = survey.get("attribute") or {}
    draft.document = {
        "code": _code(str(survey.get("id_string")), draft),
        "subject": marks.get("gridtag:subject") or subject,
        "zh": title,
        "en": marks.get("gridtag:title_en") or title,
        "items": entries,
    }
    questions.check_names_in_words(entries, draft)
    return draft


def _understood(content: bytes, draft: Drafted) -> Mapping[str, Any]:
    """pyxform's reading of it. Raises BadForm with what pyxform says of it."""
    from pyxform.errors import PyXFormError

    _check_size(content)
    try:
        found = library.convert(content, lambda book: _note_rows(book, draft))
    except PyXFormError as fault:
        raise BadForm(Fault(" ".join(str(fault).split()))) from fault
    except BROKEN as fault:
        if isinstance(fault, BadForm):
            raise
        raise BadForm(Fault("is no workbook of a form; save it as .xlsx again")) from fault
    for text in found.warnings:
        if "max-pixels" not in text:
            draft.notice(" ".join(text.split()))
    return found.form


def _check_size(content: bytes) -> None:
    """A small zip may unpack to more than a machine holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except BROKEN as fault:
        raise BadForm(Fault("is no workbook; save it as .xlsx")) from fault
    if size > MOST_UNPACKED:
        raise BadForm(Fault(f"unpacks to more than {MOST_UNPACKED >> 20} MB"))


def _note_rows(book: Any, draft: Drafted) -> None:
    """Where every question and choice stands, for what is to be said of them."""
    for sheet in (SURVEY, CHOICES):
        if len(getattr(book, sheet) or ()) > MOST_ROWS:
            raise BadForm(Fault(f"has more than {MOST_ROWS:,} rows in the {sheet} sheet"))
    for row, cells in enumerate(book.survey or (), 2):
        said = _cells(cells)
        if "name" in said:
            draft.rows.setdefault(said["name"], row)
    named = {name for cells in book.settings or () for name in _cells(cells)}
    draft.has_code = not named.isdisjoint(("form_id", "id_string"))
    for row, cells in enumerate(book.choices or (), 2):
        said = _cells(cells)
        listed = f"{said.get('list_name')} {said.get('name', said.get('value'))}"
        draft.choice_rows.setdefault(listed, row)


def _cells(cells: Mapping[str, Any]) -> dict[str, str]:
    return {name.strip().lower().replace(" ", "_"): str(cell) for name, cell in cells.items()}


PLACE = re.compile(r"\[row : (\d+)\]\s*")
ABOUT = {"List name": "type", "no name": "name", "named the same": "name", "question type": "type"}
SHEET = re.compile(r"the '(survey|choices|settings)' sheet(?:, the '([^']+)')?")


def _located(text: str) -> Complaint:
    """What pyxform says of a row, with the row taken out of the sentence."""
    row, place = PLACE.search(text), SHEET.search(text)
    sheet = place[1] if place else SURVEY if row else None
    column = place[2] if place else next((to for of, to in ABOUT.items() if of in text), None)
    return Complaint(PLACE.sub("", text), sheet, int(row[1]) if row else None, column)


def _code(form_id: str, draft: Drafted) -> str:
    """The form's name for good; one with spaces gets underscores."""
    code = re.sub(r"[^A-Za-z0-9_]+", "_", form_id)[:MOST_CODE].strip("_")
    if code != form_id:
        draft.notice(f"The form_id {form_id!r} is called {code!r} here.")
    return code
