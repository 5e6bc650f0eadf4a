"""Cursors that are a row's number."""

from backend.errors import Invalid


def number(cursor: str | None) -> int | None:
    """The number in a cursor we gave out; None at the beginning."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 15):
        raise Invalid(errors={"cursor": ["Send back the `next` of the page before."]})
    return int(cursor)
