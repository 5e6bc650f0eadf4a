"""What an inspection asks, and what counts as an answer: forms as data, every rule run again here.

A form is a document (a file of `fixtures/forms`, or a city's own XLSForm); each change is a new
version, and whoever has begun under an old one may finish it for a while.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.rules import expressions
from backend.rules.expressions import BadExpression, Expression, Situation

CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
CHOICE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
PHOTO = re.compile(r"[0-9a-f]{32}")
RESULTS = ("ok", "wrong", "na")
LEVELS = ("general", "major")
LONGEST_TEXT = 500
MOST_ITEMS = 400
LARGEST = 1e12
DAYS_TO_MEND = 7

Document = Mapping[str, Any]
Errors = dict[str, list[str]]


class BadForm(ValueError):
    """A document that is no form; the text names the item and what is wrong with it."""


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
    fault_zh: str = ""  # What is wrong if it is not so; left out: the item's own words.
    fault_en: str = ""
    type: str = "check"
    required: bool = True
    choices: tuple[Word, ...] = ()
    relevant: Expression | None = None
    constraint: Expression | None = None
    message: str = ""
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

    def as_dict(self) -> dict[str, Any]:
        """For programs and pages."""
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "fault": self.fault,
            "type": self.type,
            "required": self.required,
            "choices": [one.as_dict() for one in self.choices],
            "relevant": self.relevant.text if self.relevant else None,
            "constraint": self.constraint.text if self.constraint else None,
            "message": self.message,
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


# --- Reading a form -----------------------------------------------------------------------


def from_document(document: Document) -> Form:
    """The form that a document says. Raises BadForm."""
    try:
        items = tuple(_item(entry) for entry in document["items"])
        form = Form(
            code=_code(document["code"]),
            subject=_code(document["subject"]),
            zh=str(document["zh"]),
            en=str(document.get("en") or document["zh"]),
            items=items,
            by_code={item.code: item for item in items},
        )
    except (TypeError, KeyError, AttributeError) as fault:
        said = f"lacks {fault}" if isinstance(fault, KeyError) else str(fault)
        raise BadForm(said) from fault
    _check(form)
    return form


_KNOWN = frozenset(Item.__dataclass_fields__)


def _item(entry: Document) -> Item:
    values = {name: value for name, value in entry.items() if value is not None}
    code = _code(values.get("code"))
    if unknown := values.keys() - _KNOWN:
        raise BadForm(f"{code}: unknown keys {', '.join(sorted(unknown))}")
    values["choices"] = tuple(_choice(code, one) for one in values.get("choices", ()))
    for name in ("relevant", "constraint"):
        if values.get(name):
            values[name] = _expression(code, name, values[name])
        else:
            values.pop(name, None)
    values.setdefault("en", values["zh"])
    if values.get("type", "check") != "check":
        values.setdefault("required", False)
    return Item(**values)


def _code(code: Any) -> str:
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise BadForm(f"{code!r} is no code: letters, digits and _, at most 40")
    return code


def _choice(code: str, entry: Document) -> Word:
    chosen = str(entry["code"])
    if not CHOICE.fullmatch(chosen):
        raise BadForm(f"{code}: the choice {chosen!r} is no code")
    return Word(chosen, str(entry["zh"]), str(entry.get("en") or entry["zh"]))


def _expression(code: str, name: str, text: str) -> Expression:
    try:
        return expressions.read(text)
    except BadExpression as fault:
        raise BadForm(f"{code}: {name} cannot be read: {fault}") from fault


def _check(form: Form) -> None:
    """What the shape alone does not show."""
    if not 1 <= len(form.items) <= MOST_ITEMS:
        raise BadForm(f"has {len(form.items)} items, not 1 to {MOST_ITEMS}")
    if len(form.by_code) != len(form.items):
        raise BadForm("two items have the same code")
    seen: set[str] = set()
    for item in form.items:
        _check_item(item, seen)
        seen.add(item.code)


def _check_item(item: Item, before: set[str]) -> None:
    if item.type not in TYPES:
        raise BadForm(f"{item.code}: there is no type {item.type!r}")
    if bool(item.choices) != (item.type in ("choice", "choices")):
        raise BadForm(f"{item.code}: choices go with a choice, and only with one")
    if len({one.code for one in item.choices}) != len(item.choices):
        raise BadForm(f"{item.code}: a choice stands twice")
    if item.level not in LEVELS or item.days not in range(1, 366):
        raise BadForm(f"{item.code}: a level of {LEVELS}, and 1 to 365 days")
    if item.at_once and not item.problem:
        raise BadForm(f"{item.code}: what opens a case at once names its problem")
    asked = (item.relevant.names if item.relevant else frozenset()) - before
    if asked:  # So that no question waits for one that comes later, or for itself.
        raise BadForm(f"{item.code}: {', '.join(sorted(asked))} is not asked before it")
    asked = (item.constraint.names if item.constraint else frozenset()) - before - {item.code}
    if asked:
        raise BadForm(f"{item.code}: {', '.join(sorted(asked))} is not asked before it")


# --- Answering it -------------------------------------------------------------------------

SENTENCES = {
    "unasked": "This is not asked here.",
    "missing": "This has to be answered.",
    "result": "Answer ok, wrong or na.",
    "photo": "Take a photo of what is wrong.",
    "photo_id": "This is no photo's number.",
    "text": "At most 500 characters.",
    "number": "A number.",
    "whole": "A whole number.",
    "day": "A day like 2026-11-21.",
    "choice": "One of the answers on offer.",
    "constraint": "This answer does not fit the others.",
    "form": "Answers come as an object, by the codes of the items.",
}


class WrongAnswer(ValueError):
    """A value that is no answer to its item; the text says what one would be."""


def checked(
    form: Form, answers: Mapping[str, Any], *, today: str, needs_photos: bool = True
) -> tuple[dict[str, Any], Errors]:
    """The answers as they are kept, and every fault by the answer's name; both may be empty.

    Nothing is silently dropped: an answer to what is not asked is a fault as well.
    """
    kept: dict[str, Any] = {}
    errors: Errors = {}
    for item in form.items:
        given = answers.get(item.code)
        is_given = given is not None and given != "" and given != []
        if item.relevant and not item.relevant.holds(Situation(kept, None, today)):
            if is_given:
                errors[item.code] = [SENTENCES["unasked"]]
            continue
        if is_given:
            _keep(item, given, kept, errors, today, needs_photos)
        elif item.required and item.type != "note":
            errors[item.code] = [SENTENCES["missing"]]
    for code in answers:
        if code not in form.by_code:
            errors[str(code)[:40]] = [SENTENCES["unasked"]]
    return kept, errors


def _keep(
    item: Item,
    given: Any,
    kept: dict[str, Any],
    errors: Errors,
    today: str,
    needs_photos: bool,
) -> None:
    try:
        value = TYPES[item.type](item, given)
    except WrongAnswer as wrong:
        errors[item.code] = [str(wrong)]
        return
    if item.constraint and not item.constraint.holds(Situation(kept, value, today)):
        errors[item.code] = [item.message or SENTENCES["constraint"]]
        return
    if needs_photos and item.photo and isinstance(value, dict) and "photo" not in value:
        errors[item.code] = [SENTENCES["photo"]]
        return
    kept[item.code] = value


def _check_answer(item: Item, given: Any) -> Any:
    """`ok` and `na` as they are; `wrong` with what belongs to it."""
    if given in ("ok", "na"):
        return given
    if given == "wrong":
        return {"result": "wrong"}
    if not isinstance(given, dict) or given.get("result") not in RESULTS:
        raise WrongAnswer(SENTENCES["result"])
    if given["result"] != "wrong":
        return given["result"]
    return _wrong(given)


_OF_A_WRONG = frozenset({"result", "photo", "after", "note", "level"})


def _wrong(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"result": "wrong"}
    if given.keys() - _OF_A_WRONG:
        raise WrongAnswer(SENTENCES["unasked"])
    for name in ("photo", "after"):
        if given.get(name):
            if not isinstance(given[name], str) or not PHOTO.fullmatch(given[name]):
                raise WrongAnswer(SENTENCES["photo_id"])
            found[name] = given[name]
    if given.get("note"):
        found["note"] = _short(given["note"])
    if given.get("level"):
        if given["level"] not in LEVELS:
            raise WrongAnswer(SENTENCES["choice"])
        found["level"] = given["level"]
    return found


def _short(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise WrongAnswer(SENTENCES["text"])
    return text.strip()


def _number(item: Item, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > LARGEST:
        raise WrongAnswer(SENTENCES["number"])
    return given


def _whole(item: Item, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int | float) or given % 1:
        raise WrongAnswer(SENTENCES["whole"])
    return int(_number(item, given))


def _text(item: Item, given: Any) -> str:
    return _short(given)


def _day(item: Item, given: Any) -> str:
    try:
        if not isinstance(given, str) or date.fromisoformat(given).isoformat() != given:
            raise ValueError
    except ValueError:
        raise WrongAnswer(SENTENCES["day"]) from None
    return given


def _chosen(item: Item, given: Any) -> str:
    if not isinstance(given, str) or given not in {one.code for one in item.choices}:
        raise WrongAnswer(SENTENCES["choice"])
    return given


def _several(item: Item, given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > len(item.choices):
        raise WrongAnswer(SENTENCES["choice"])
    return list(dict.fromkeys(_chosen(item, one) for one in given))


def _photo(item: Item, given: Any) -> str:
    if not isinstance(given, str) or not PHOTO.fullmatch(given):
        raise WrongAnswer(SENTENCES["photo_id"])
    return given


def _note(item: Item, given: Any) -> str:
    raise WrongAnswer(SENTENCES["unasked"])


TYPES: Mapping[str, Callable[[Item, Any], Any]] = {
    "check": _check_answer,
    "choice": _chosen,
    "choices": _several,
    "whole": _whole,
    "number": _number,
    "text": _text,
    "day": _day,
    "photo": _photo,
    "note": _note,
}


# --- What was found -----------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """Something wrong, and what is known of it. With `after` it was put right on the spot."""

    item: Item
    level: str
    photo: str | None
    after: str | None
    note: str | None

    @property
    def is_fixed(self) -> bool:
        return self.after is not None


def found(form: Form, kept: Mapping[str, Any]) -> list[Found]:
    """What checked answers say is wrong, in the order of the form."""
    return [
        Found(
            form.by_code[code],
            _graver(form.by_code[code].level, value.get("level")),
            value.get("photo"),
            value.get("after"),
            value.get("note"),
        )
        for code, value in kept.items()
        if isinstance(value, dict)
    ]


def _graver(usual: str, seen: str | None) -> str:
    """A worker may say that it is worse than the form thinks, never that it is less."""
    return usual if seen is None else max(usual, seen, key=LEVELS.index)


def photos(form: Form, kept: Mapping[str, Any]) -> Iterable[str]:
    """The photos that answers of the type photo name."""
    return [value for code, value in kept.items() if form.by_code[code].type == "photo"]
