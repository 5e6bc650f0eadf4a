"""Class dictionaries: what kinds of people, legal persons, houses and events there are."""

from typing import Any

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import ClassCode
from backend.prepared import Prepared
from backend.verbs import verb

SUBJECTS = ("people", "legal_person", "house", "event")

_classes = Prepared(
    lambda subject: (
        ClassCode.select(ClassCode.scheme, ClassCode.code, ClassCode.parent, ClassCode.name)
        .where(ClassCode.subject == subject)
        .order_by(ClassCode.scheme, ClassCode.code)
    )
)


@verb("class.list", anyone=True, reads=True)
def of_subject(subject: str, scheme: str | None = None, *, by: Actor) -> list[dict[str, Any]]:
    """The classes of one subject, of all its schemes or of one; parents stand above"""
    if subject not in SUBJECTS:
        raise Invalid(errors={"subject": [f"One of {', '.join(SUBJECTS)}."]})
    return [
        {"scheme": each, "code": code, "parent": parent, "name": name}
        for each, code, parent, name in _classes(subject)
        if scheme is None or scheme == each
    ]


def check(subject: str, field: str, code: str | None) -> None:
    """Refuse a code that no scheme of the subject has."""
    if code is not None and not any(code == known[1] for known in _classes(subject)):
        raise Invalid(errors={field: [f"No such class of {subject}."]})
