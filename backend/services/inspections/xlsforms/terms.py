"""What our items and their parts are called in a workbook: one table for both directions."""

import re

NAMESPACE = 'gridtag="urn:gridtag:forms"'
CHECKS = "gridtag_check"  # The list of choices that makes a select_one a check.
SUBJECT = "attribute::gridtag:subject"
TITLE_EN = "attribute::gridtag:title_en"
PART = "gridtag:part"  # Rows that belong to a check: what our pages ask by themselves.

ZH, EN = "中文 (zh)", "English (en)"

# pyxform's word, the one a workbook is written with, ours.
TYPES = (
    ("select one", "select_one", "choice"),
    ("select all that apply", "select_multiple", "choices"),
    ("integer", "integer", "whole"),
    ("int", "integer", "whole"),
    ("decimal", "decimal", "number"),
    ("text", "text", "text"),
    ("string", "text", "text"),
    ("date", "date", "day"),
    ("photo", "image", "photo"),
    ("note", "note", "note"),
    ("calculate", "calculate", "sum"),
)
OURS = {theirs: ours for theirs, _, ours in TYPES}
WRITTEN = {ours: written for _, written, ours in reversed(TYPES)}

EXTRAS = ("fault_zh", "fault_en", "level", "law", "days", "problem", "at_once", "photo")
"""Keys of an item that XLSForms have no column for; they ride along as bind::gridtag:KEY."""
TRUTHS = ("at_once", "photo")

COLUMNS = {
    "code": "name",
    "zh": "label",
    "en": "label",
    "hint_zh": "hint",
    "hint_en": "hint",
    "message": "constraint_message",
    "message_en": "constraint_message",
    "choices": "type",
    "sum": "calculation",
    **{key: f"bind::gridtag:{key}" for key in EXTRAS},
}
"""Where a key of an item stands in the survey sheet, if not in a column of its own name."""
SETTINGS = {"code": "form_id", "subject": SUBJECT, "zh": "form_title", "en": TITLE_EN}

NAMED = re.compile(r"\$\{\s*([^}\s]+)\s*\}")
IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3})(?:[-_][A-Za-z]+)*\)\s*$")
NAMES_OF_ZH = ("zh", "chinese", "中文", "简体中文", "汉语")
NAMES_OF_EN = ("en", "english", "英文", "英语")


def language(name: str) -> str:
    """zh, en, or the name itself: `中文 (zh)`, `Chinese` and `zh` are one language."""
    marked = IN_BRACKETS.search(name)
    said = (marked[1] if marked else name).strip().lower()
    if said in NAMES_OF_ZH:
        return "zh"
    return "en" if said in NAMES_OF_EN else said
