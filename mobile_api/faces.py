"""What a code leads to, for programs and for pages: the tag's face, and the facility's with it."""

from typing import Any

from backend.services import facilities


def whole(face: dict[str, Any]) -> dict[str, Any]:
    """A tag's face with `facility`: what anybody may know of it, None for anything else."""
    return face | {"facility": facility_of(face)}


def facility_of(face: dict[str, Any]) -> dict[str, Any] | None:
    subject = face["subject"]
    if subject is None or subject["type"] != "facility":
        return None
    return facilities.public(subject["code"])
