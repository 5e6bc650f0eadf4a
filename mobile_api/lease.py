"""The header that carries a visit's lease, and what every answer about people must say."""

from flask import request

LEASE = {
    "name": "Visit-Lease",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The lease token of a live visit; without one, people stay masked.",
}
NO_STORE = {"Cache-Control": "no-store"}


def lease_token() -> str | None:
    """The lease this request carries, if any."""
    return request.headers.get("Visit-Lease")
