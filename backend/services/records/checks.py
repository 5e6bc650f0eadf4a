"""What may be recorded of people, firms and events; every fault is said by its field."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from backend.errors import Invalid
from backend.rules import identity
from backend.services import classes, scope

SEALED = ("name", "id_number", "phone", "birth_date")


def person(form: Mapping[str, Any]) -> dict[str, Any]:
    """The personal values, normalised; sex and birthday follow from an ID number."""
    values = {name: form.get(name) for name in (*SEALED, "sex", "people_class")}
    values["name"] = name("name", values["name"])
    today = scope.day()
    if values["id_number"]:
        number = _by_rule(
            "id_number", lambda text: identity.check_id_number(text, today), values["id_number"]
        )
        values["id_number"] = number
        values["birth_date"] = identity.birth_date_of(number).isoformat()
        values["sex"] = identity.sex_of(number)
    elif values["birth_date"] and date.fromisoformat(values["birth_date"]) > today:
        raise Invalid(errors={"birth_date": ["This day is still to come."]})
    values["phone"] = phone("phone", values["phone"])
    classes.check("people", "people_class", values["people_class"])
    return values


def some(changes: Mapping[str, Any]) -> None:
    """A correction that corrects something."""
    if not changes:
        raise Invalid(errors={"changes": ["Say what to change."]})


def name(field: str, text: str | None) -> str:
    """A name without blanks around it."""
    text = (text or "").strip()
    if not text:
        raise Invalid(errors={field: ["A name is required."]})
    return text


def phone(field: str, text: str | None) -> str | None:
    """A phone as it is dialled."""
    return _by_rule(field, identity.check_phone, text) if text else None


def credit_code(field: str, text: str | None) -> str | None:
    """A unified social credit code."""
    return _by_rule(field, identity.check_credit_code, text) if text else None


def days(since: str | None, until: str | None) -> None:
    """From a day to another, not before it."""
    if since is not None and until is not None and until < since:
        raise Invalid(errors={"until": ["Nobody leaves before they came."]})


def one_of(field: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise Invalid(errors={field: [f"One of {', '.join(known)}."]})
    return word


def _by_rule(field: str, check: Callable[[str], str], text: str) -> str:
    """What `check` makes of the text; its refusal names the field."""
    try:
        return check(text)
    except Invalid as refusal:
        refusal.facts["errors"] = {field: [refusal.sentence]}
        raise
