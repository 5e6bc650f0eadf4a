"""The parts of a form: items, their choices, and what makes a hazard of a wrong one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from backend.rules.expressions import Expression

CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
ITEM_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")  # What XLSForms call their questions.
CHOICE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
RESULTS = ("ok", "wrong", "na")
LEVELS = ("general", "major")
ASKED = ("check", "choice", "choices", "whole", "number", "text", "day", "photo")
TYPES = (*ASKED, "note", "sum")
LONGEST_TEXT = 500
MOST_ITEMS = 400
DAYS_TO_MEND = 7


@dataclass(frozen=True)
class Word:
    """A code with its name in both languages."""

    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Item:
    """One thing asked. A `check` is answered with ok, wrong or na (符合, 不符合, 不适用).

    What is wrong is a hazard: of this `level`, against this `law`, to be mended within so many
    working `days`; with `at_once` it opens a case of this `problem` the moment it is sent.
    """

    code: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    fault_zh: str = ""  # What is wrong if it is not so; left out: the item's own words.
    fault_en: str = ""
    type: str = "check"
    required: bool = True
    choices: tuple[Word, ...] = ()
    relevant: Expression | None = None
    constraint: Expression | None = None
    sum: Expression | None = None  # What is worked out of other answers, and never asked.
    message: str = ""  # Of the constraint.
    message_en: str = ""
    level: str = "general"
    law: str = ""
    days: int = DAYS_TO_MEND
    problem: str | None = None
    at_once: bool = False
    photo: bool = True

    @property
    def fault(self) -> dict[str, str]:
        """What a hazard of this item is called."""
        return {"zh": self.fault_zh or self.zh, "en": self.fault_en or self.en}

    @property
    def hint(self) -> dict[str, str] | None:
        """What helps to answer it."""
        if not (self.hint_zh or self.hint_en):
            return None
        return {"zh": self.hint_zh or self.hint_en, "en": self.hint_en or self.hint_zh}

    @property
    def said(self) -> str:
        """What an answer hears that breaks the constraint: in both languages, if it has both."""
        return " / ".join(dict.fromkeys(filter(None, (self.message, self.message_en))))

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of its choices."""
        return frozenset(one.code for one in self.choices)

    def as_dict(self) -> dict[str, Any]:
        """For programs and pages."""
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "hint": self.hint,
            "fault": self.fault,
            "type": self.type,
            "required": self.required,
            "choices": [one.as_dict() for one in self.choices],
            "relevant": self.relevant.text if self.relevant else None,
            "constraint": self.constraint.text if self.constraint else None,
            "sum": self.sum.text if self.sum else None,
            "message": self.message,
            "message_en": self.message_en,
            "level": self.level,
            "law": self.law,
            "days": self.days,
            "problem": self.problem,
            "at_once": self.at_once,
            "photo": self.photo,
        }


@dataclass(frozen=True)
class Form:
    """`subject` says what it is asked of: small_place, building, or a kind of facility."""

    code: str
    subject: str
    zh: str
    en: str
    items: tuple[Item, ...]
    by_code: Mapping[str, Item] = field(default_factory=dict, compare=False)

    def as_dict(self) -> dict[str, Any]:
        items = [item.as_dict() for item in self.items]
        names = {"code": self.code, "subject": self.subject, "zh": self.zh, "en": self.en}
        return {**names, "items": items}
