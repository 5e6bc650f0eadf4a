"""Answers held against their form: what is kept of them, and every fault by its name."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.rules.expressions import Situation
from backend.rules.forms.items import ASKED, LEVELS, LONGEST_TEXT, RESULTS, Form, Item

PHOTO = re.compile(r"[0-9a-f]{32}")
LARGEST = 1e12

Errors = dict[str, list[str]]

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
    now = Situation(kept, None, today)
    for item in form.items:
        given = answers.get(item.code)
        if item.relevant is not None and not item.relevant.holds(now):
            if given not in NOTHING:
                errors[item.code] = [SENTENCES["unasked"]]
        elif item.sum is not None:
            # Whatever a phone has worked out: what counts is worked out here.
            if (value := item.sum.value(now)) not in NOTHING:
                kept[item.code] = value
        elif given not in NOTHING:
            # Most answers of most forms: nothing about them can be wrong.
            if item.type == "check" and item.constraint is None and given in AS_IT_IS:
                kept[item.code] = given
            else:
                _keep(item, given, now, errors, needs_photos)
        elif item.required and item.type in ASKED:
            errors[item.code] = [SENTENCES["missing"]]
    for code in answers.keys() - form.by_code.keys():
        errors[str(code)[:40]] = [SENTENCES["unasked"]]
    return kept, errors


NOTHING: tuple[Any, ...] = (None, "", [])
AS_IT_IS = ("ok", "na")


def _keep(item: Item, given: Any, now: Situation, errors: Errors, needs_photos: bool) -> None:
    """Hold one answer against its item, and keep it among those of `now`."""
    try:
        value = READERS[item.type](item, given)
    except WrongAnswer as wrong:
        errors[item.code] = [str(wrong)]
        return
    if item.constraint is not None:
        now.this = value
        if not item.constraint.holds(now):
            errors[item.code] = [item.said or SENTENCES["constraint"]]
            return
    if needs_photos and item.photo and isinstance(value, dict) and "photo" not in value:
        errors[item.code] = [SENTENCES["photo"]]
        return
    now.answers[item.code] = value


def _check_answer(item: Item, given: Any) -> Any:
    """`ok` and `na` as they are; `wrong` with what belongs to it."""
    if given in AS_IT_IS:
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
    if not isinstance(given, str) or given not in item.codes:
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


READERS: Mapping[str, Callable[[Item, Any], Any]] = {
    "check": _check_answer,
    "choice": _chosen,
    "choices": _several,
    "whole": _whole,
    "number": _number,
    "text": _text,
    "day": _day,
    "photo": _photo,
    "note": _note,
    "sum": _note,
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
