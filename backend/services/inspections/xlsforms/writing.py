"""A form goes out: as the workbook it could have come from, and as the XForm that phones read."""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from backend.rules.forms import ASKED, LONGEST_TEXT, RESULTS, Form, Item
from backend.services.inspections.xlsforms import library, terms

Row = dict[str, str]

WORDS_OF_CHECKS = {
    "ok": ("符合", "as it should be"),
    "wrong": ("不符合", "wrong"),
    "na": ("不适用", "does not apply"),
}
PARTS = {
    "photo": ("image", "不符合处的照片", "Photo of what is wrong"),
    "after": ("image", "当场整改后的照片", "Photo of it put right on the spot"),
    "note": ("text", "说明", "In a few words"),
}
WIDTHS = {"label": 40, "hint": 30, "relevant": 30, "constraint": 30, "bind": 18}


def workbook(form: Form, version: int) -> bytes:
    """The form as an XLSForm. Imported, it is the same form again."""
    book = Workbook()
    book.remove(book.active)
    _sheet(book, "survey", list(_survey(form)))
    _sheet(book, "choices", list(_choices(form)))
    _sheet(book, "settings", [_settings(form, version)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xform(form: Form, version: int) -> bytes:
    """The form as an XForm (XML), by pyxform."""
    return library.convert(workbook(form, version)).xform.encode()


def _settings(form: Form, version: int) -> Row:
    return {
        "form_title": form.zh,
        "form_id": form.code,
        "version": str(version),
        "default_language": terms.ZH,
        "namespaces": terms.NAMESPACE,
        terms.SUBJECT: form.subject,
        terms.TITLE_EN: form.en,
    }


def _survey(form: Form) -> Iterator[Row]:
    taken = {item.code for item in form.items}
    for item in form.items:
        yield _row(item)
        if item.type == "check":
            yield from _parts(item, taken)


def _row(item: Item) -> Row:
    kind = terms.WRITTEN.get(item.type, "select_one")
    listed = {"check": terms.CHECKS, "choice": item.code, "choices": item.code}.get(item.type)
    row = {
        "type": f"{kind} {listed}" if listed else kind,
        "name": item.code,
        **_words("label", item.zh, item.en),
        "required": ("yes" if item.required else "no") if item.type in ASKED else "",
        "relevant": item.relevant.text if item.relevant else "",
        "constraint": item.constraint.text if item.constraint else "",
        "calculation": item.sum.text if item.sum else "",
        **_words("constraint_message", item.message, item.message_en or item.message),
        **_words("hint", item.hint_zh, item.hint_en or item.hint_zh),
        "parameters": "max-pixels=1600" if kind == "image" else "",
    }
    return row | {f"bind::gridtag:{key}": text for key, text in _extras(item)}


def _extras(item: Item) -> Iterator[tuple[str, str]]:
    """What differs from what goes without saying."""
    usual = {one: getattr(Item("x", "x", "x"), one) for one in terms.EXTRAS}
    for key in terms.EXTRAS:
        value = getattr(item, key)
        if value != usual[key]:
            yield key, ("yes" if value else "no") if key in terms.TRUTHS else str(value)


def _parts(item: Item, taken: set[str]) -> Iterator[Row]:
    """What our pages ask by themselves when something is wrong, for programs that must be told."""
    for part, (kind, zh, en) in PARTS.items():
        name = f"{item.code}_{part}"
        while name in taken:
            name += "_"
        taken.add(name)
        yield {
            "type": kind,
            "name": name,
            **_words("label", zh, en),
            "required": "yes" if part == "photo" and item.photo else "no",
            "relevant": f"${{{item.code}}} = 'wrong'",
            "constraint": f"string-length(.) <= {LONGEST_TEXT}" if kind == "text" else "",
            "parameters": "max-pixels=1600" if kind == "image" else "",
            f"bind::{terms.PART}": part,
        }


def _choices(form: Form) -> Iterator[Row]:
    if any(item.type == "check" for item in form.items):
        for code in RESULTS:
            zh, en = WORDS_OF_CHECKS[code]
            yield {"list_name": terms.CHECKS, "name": code, **_words("label", zh, en)}
    for item in form.items:
        for one in item.choices:
            yield {"list_name": item.code, "name": one.code, **_words("label", one.zh, one.en)}


def _words(column: str, zh: str, en: str) -> Row:
    return {f"{column}::{terms.ZH}": zh, f"{column}::{terms.EN}": en}


def _sheet(book: Workbook, title: str, rows: list[Row]) -> None:
    """Columns that are empty in every row are left out."""
    sheet = book.create_sheet(title)
    columns = dict.fromkeys(name for row in rows for name, text in row.items() if text)
    for place, name in enumerate(columns, 1):
        _put(sheet, 1, place, name).font = Font(bold=True)
        width = WIDTHS.get(name.partition(":")[0], 16)
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = width
    for number, row in enumerate(rows, 2):
        for place, name in enumerate(columns, 1):
            if row.get(name):
                _put(sheet, number, place, row[name])
    sheet.freeze_panes = "A2"


def _put(sheet: Any, row: int, column: int, text: str) -> Any:
    """A text stays one, also if it begins like a formula."""
    cell = sheet.cell(row, column, text)
    cell.data_type = "s"
    return cell
