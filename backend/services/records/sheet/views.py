"""What some roles see of a record, as one function made from the policy.

Asked of the policy field by field, forty people would cost more than reading them does. So for
each set of roles the answer is written out once, as a function from a row to its plain view:
a field that is hidden is None there, one that is masked calls its mask, one that is shown is
taken as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend import db
from backend.house import house
from backend.rules.masks import MASKS
from backend.services.records.sheet.queries import Row

Make = Callable[[Row, Sequence[str | None], str], dict[str, Any]]


@dataclass(frozen=True)
class View:
    """`make(row, opened, covered)` takes a row of `queries`, its opened seal, its covered key."""

    make: Make
    shown: tuple[str, ...]  # The fields shown in full, as the trail names them.


# Where each field of the wire comes from.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "resident": {
        "residence_kind": "row[2]",
        "since": "row[3]",
        "until": "row[4]",
        "source": "row[5]",
        "verified_at": "row[6]",
        "sex": "row[10]",
        "people_class": "row[11]",
        "name": "opened[0]",
        "id_number": "opened[1]",
        "phone": "opened[2]",
        "birth_date": "opened[3]",
    },
    "business": {
        "business_name": "row[2]",
        "credit_code": "row[3]",
        "business_class": "row[4]",
        "since": "row[6]",
        "legal_name": "opened[0]",
        "legal_phone": "opened[1]",
    },
    "event": {
        "event_class": "row[2]",
        "event_at": "from_ms(row[3])",
        "event_status": "row[4]",
        "event_text": "opened[0]",
    },
}
# What everybody gets with a record of which they see anything.
ALWAYS = {
    "resident": {"id": "covered", "version": "f'{row[12]}.{row[7]}'"},
    "business": {"id": "covered", "version": "str(row[7])"},
    "event": {"id": "covered", "version": "str(row[6])"},
}
# Fields the policy does not name follow one that it does.
FOLLOWS: Mapping[str, Mapping[str, str]] = {
    "resident": {"until": "since"},
    "business": {"since": "business_name"},
    "event": {},
}
TEXTS = MASKS.keys() - {"event_at"}  # Masks are for text; an instant is shown or hidden.


def views_of(roles: tuple[str, ...]) -> Mapping[str, View]:
    """Kind of record -> what these roles see of it. A kind they see nothing of is absent."""
    found: Mapping[str, View] = house().views.get_or_make(",".join(roles), lambda: _views(roles))
    return found


def _views(roles: tuple[str, ...]) -> dict[str, View]:
    allowed = {kind: _actions(roles, kind) for kind in FIELDS}
    return {kind: _view(kind, actions) for kind, actions in allowed.items() if actions}


def _actions(roles: tuple[str, ...], kind: str) -> dict[str, str]:
    """Field -> show or mask."""
    found = house().policy.sight.actions(roles, kind)
    allowed: dict[str, str] = {field: action for field, action in found if action != "hide"}
    for follower, field in FOLLOWS[kind].items():
        if field in allowed:
            allowed[follower] = allowed[field]
    return allowed


def _view(kind: str, actions: Mapping[str, str]) -> View:
    parts = dict(ALWAYS[kind])
    for field, source in FIELDS[kind].items():
        parts[field] = {
            "show": source,
            "mask": f"masks[{field!r}]({source})" if field in TEXTS else "None",
            "hide": "None",
        }[actions.get(field, "hide")]
    body = ", ".join(f"{field!r}: {source}" for field, source in parts.items())
    # Made of the constants above; nothing of it comes from outside.
    make: Make = eval(  # noqa: S307
        f"lambda row, opened, covered: {{{body}}}", {"masks": MASKS, "from_ms": db.from_ms}
    )
    return View(make, tuple(f"{kind}.{f}" for f in FIELDS[kind] if actions.get(f) == "show"))
