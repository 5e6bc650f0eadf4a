"""If-Match: whoever changes a record says which version they have read."""

from flask import request

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag (or version) this change is based on.",
}


def version() -> str | None:
    """The version in the If-Match header; None if there is none."""
    value = request.headers.get("If-Match")
    return None if value is None else value.strip().removeprefix("W/").strip('"')
