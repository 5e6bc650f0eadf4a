"""Idempotency-Key: a request sent twice is done once, and answered twice the same.

The key, the act and its answer are kept in one transaction, so that a crash between them
cannot exist. Whoever sends the same key meanwhile waits for the lock and gets the answer.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request

from backend import together
from backend.errors import Invalid
from backend.services import answers
from mobile_api import uploads

HEADER = "Idempotency-Key"
MOST = 200


Again = Callable[[dict[str, Any]], dict[str, Any]]


def once(
    operation: str,
    who: str,
    act: Callable[[], Response],
    again: Again | None = None,
    *,
    least: int = 1,
) -> Response:
    """`act()`, unless this key was seen before for this caller and operation.

    `again` turns the body that was kept into what may be said of it now. `least`: strangers share
    one name, so that the key alone tells them apart; a long one cannot be guessed or be another's.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    key = key.strip().strip('"')
    if not least <= len(key) <= MOST or not key.isprintable():
        raise Invalid(errors={HEADER: [f"{least} to {MOST} printable characters."]})
    return once_under(key, operation, who, act, again)


def once_under(
    key: str, operation: str, who: str, act: Callable[[], Response], again: Again | None = None
) -> Response:
    """The same under a key that came otherwise: a page's form carries one of its own."""
    name = hashlib.sha256(f"{who}\0{operation}\0{key}".encode()).hexdigest()
    said = uploads.digest() if request.mimetype == uploads.FORM else request.get_data()
    digest = hashlib.sha256(request.path.encode() + b"\0" + said).digest()
    return together.write(lambda: _first_or_again(name, digest, act, again))


def _first_or_again(
    name: str, digest: bytes, act: Callable[[], Response], again: Again | None
) -> Response:
    kept = answers.find(name, digest)
    if kept is not None:
        return _replayed(*kept, again)
    answer = act()
    headers = {name: value for name, value in answer.headers if name in KEPT_HEADERS}
    head = orjson.dumps(headers).decode()
    answers.keep(name, digest, answer.status_code, head, answer.get_data(as_text=True))
    return answer


KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def _replayed(status: int, head: str, body: str, again: Again | None) -> Response:
    if again is not None:
        body = orjson.dumps(again(orjson.loads(body))).decode()
    answer = Response(body, status, headers=orjson.loads(head))
    answer.headers["Idempotency-Replayed"] = "true"
    return answer
