"""Reading a request strictly: what is not exactly understood is refused, never guessed."""

import json
import re
from typing import Any, NoReturn

from flask import Request
from flask_smorest import abort
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

MOST_DEPTH = 32


class StrictParser(FlaskParser):
    """JSON must be announced as JSON, name nothing twice, and hold no control characters."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        raw = req.get_data(cache=True)
        if not raw and not req.content_type:
            return {}
        if not req.is_json:
            abort(415)
        return read_json(raw) if raw else {}

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        for name, values in req.args.lists():
            if len(values) > 1:
                abort(422, messages={"query": {name: ["Given more than once."]}})
            _check_text(name, values[0], "query")
        return self._makeproxy(req.args, schema)


def read_json(raw: bytes) -> Any:
    """The value of a body. Answers 400 for what is not JSON, 422 for what is no clean text."""
    try:
        # Decoded here: json.loads would also guess UTF-16 and UTF-32 from bytes.
        value = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # ValueError also covers wrong UTF-8 and numbers of more than 4,300 digits.
        abort(400, messages={"json": ["This is not JSON, or it names a member twice."]})
    if not isinstance(value, dict):
        abort(422, messages={"json": ["Send a JSON object."]})
    _check(value, "", MOST_DEPTH)
    return value


class _Twice(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any, name: str, depth: int) -> None:
    if depth == 0:
        abort(400, messages={"json": ["Nested too deeply."]})
    if isinstance(value, str):
        _check_text(name, value, "json")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(name, key, "json")
            _check(item, key, depth - 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, name, depth - 1)
    elif (isinstance(value, int) and not -(2**53) <= value <= 2**53) or (
        isinstance(value, float) and value in (float("inf"), float("-inf"))
    ):
        abort(422, messages={"json": {name: ["This number is too large."]}})


def _check_text(name: str, text: str, location: str) -> None:
    if not is_clean(text):
        field = name if is_clean(name) else ""
        abort(422, messages={location: {field: ["Control characters are not accepted."]}})


def is_clean(text: str) -> bool:
    """No control characters (line breaks and tabs are fine), no half of a surrogate pair."""
    return _UNCLEAN.search(text) is None


_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
