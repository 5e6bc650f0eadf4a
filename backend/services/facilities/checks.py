"""What a facility may say of itself: checked the same way for a form and for a file's row."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from backend.services.facilities.kinds import FacilityKind, WrongFact

NUMBER = re.compile(r"[^\W_][\w.-]{0,39}")
TEXTS = {"name": 80, "owner_unit": 80, "responsible_post": 80, "address": 200}
"""Fields that are words, and their most characters."""


def number_in(text: str) -> str | None:
    """A facility's number as it is kept, or None if it cannot be one.

    Letters, digits, dots and dashes: it stands in addresses, file names and on labels. Upper
    case, because what is painted on a pole is typed in any.
    """
    number = unicodedata.normalize("NFKC", text).strip().upper()
    return number if NUMBER.fullmatch(number) else None


def texts(form: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, str | None]:
    """The fields that are words; an empty one is None."""
    found: dict[str, str | None] = {}
    for name, most in TEXTS.items():
        if name not in form:
            continue
        value = (form[name] or "").strip()
        if len(value) > most:
            errors[name] = [f"At most {most} characters."]
        found[name] = value or None
    return found


def facts(
    kind: FacilityKind, given: Mapping[str, Any], errors: dict[str, list[str]]
) -> dict[str, Any]:
    """Facts of the kind, each checked; None takes one away."""
    found: dict[str, Any] = {}
    for code, value in given.items():
        fact = kind.by_code.get(code)
        if fact is None:
            errors[f"facts.{code[:40]}"] = ["Nothing of this name is recorded of this kind."]
        elif value is None:
            found[code] = None
        else:
            try:
                found[code] = fact.checked(value)
            except WrongFact as wrong:
                errors[f"facts.{code}"] = [str(wrong)]
    return found


def class_of(
    kind: FacilityKind, scheme: str | None, code: str | None, errors: dict[str, list[str]]
) -> tuple[str | None, str | None]:
    """Scheme and code, both or neither: 0118 is a lamp in one list and a septic tank in another."""
    if scheme is None and code is None:
        return kind.default_class or (None, None)
    if scheme is None:
        errors["class_scheme"] = ["A class code means nothing without its scheme."]
    elif code is None:
        errors["class_code"] = ["A scheme needs the code of a class."]
    elif not any(one.scheme == scheme for one in kind.classes):
        errors["class_scheme"] = ["This kind has no class of this scheme."]
    elif kind.class_of(scheme, code) is None:
        errors["class_code"] = ["This scheme has no such class of this kind."]
    return scheme, code
