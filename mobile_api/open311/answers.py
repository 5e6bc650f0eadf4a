"""Answers and errors in the format that the address ends in; XML where it ends in neither."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from flask_babel import force_locale, gettext
from werkzeug.exceptions import HTTPException

from backend.errors import Refused
from mobile_api import problems
from mobile_api.open311 import asking, trees
from mobile_api.open311.trees import Listed, Tree

TYPES = {"xml": "text/xml", "json": "application/json"}
# Said with their own status, because they are not about what was asked. Else: 404 is a thing
# that does not exist, 403 the key, and 400 everything else.
KEPT = frozenset({403, 404, 405, 411, 413, 414, 429, 431, 500, 503, 507})


def answer(root: str, tree: Tree, status: int = 200, *, charset: bool = True) -> Response:
    """The tree in the format asked for."""
    form = asked_format()
    body = trees.as_json(tree) if form == "json" else trees.as_xml(root, tree)
    kind = f"{TYPES[form]}; charset=utf-8" if charset else TYPES[form]
    made = Response(body, status, content_type=kind)
    made.vary.add("Accept-Language")
    return opened(made)


def opened(made: Response) -> Response:
    """Let any site's page read what may be got; keys do not belong into pages, so no more."""
    if request.method in READING:
        made.headers["Access-Control-Allow-Origin"] = "*"
        made.headers["Access-Control-Allow-Methods"] = ", ".join(READING)
    return made


READING = ("GET", "HEAD", "OPTIONS")


def asked_format() -> str:
    return "json" if request.path.endswith(".json") else "xml"


def when(instant: datetime | None) -> str | None:
    """An instant in UTC, to the second."""
    if instant is None:
        return None
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_refusal(refusal: Refused) -> Response:
    """A refusal of the house as errors, one for each thing that is wrong."""
    plain = problems.from_refusal(refusal)
    status = _status(plain.status_code)
    with force_locale(asking.language()):
        said = _sentences(refusal)
    return _with_headers_of(plain, _errors(status, said))


def from_http(error: HTTPException) -> Response:
    """An error of HTTP itself; Allow and its like stay."""
    plain = problems.from_http(error)
    with force_locale(asking.language()):
        sentence = gettext(problems.SENTENCES.get(plain.status_code, error.name))
    return _with_headers_of(plain, _errors(_status(plain.status_code), [sentence]))


def _status(status: int) -> int:
    return status if status in KEPT else 400


def _sentences(refusal: Refused) -> list[str]:
    """What is wrong, field by field; the whole sentence if no field is named."""
    errors: Any = refusal.facts.get("errors")
    if not isinstance(errors, dict) or not errors:
        return [problems.sentence_of(refusal)]
    return [
        f"{_field(name)}: {gettext(one)}" if name else gettext(one)
        for name, sentences in errors.items()
        for one in sentences
    ]


def _field(name: str) -> str:
    """What a client calls it."""
    code = name.removeprefix("answers.")
    return FIELDS.get(name, name) if code == name else f"attribute[{code}]"


FIELDS = {
    "tag": "attribute[tag]",
    "asset": "attribute[asset]",
    "facility": "attribute[asset]",
    "lon": "long",
    "words": "description",
    "place": "lat, long, address_string",
}


def _errors(status: int, sentences: list[str]) -> Response:
    errors = [{"code": str(status), "description": one} for one in sentences]
    return answer("errors", Listed("error", errors), status)


OF_THE_BODY = ("Content-Type", "Content-Length")


def _with_headers_of(plain: Response, made: Response) -> Response:
    for name, value in plain.headers:
        if name not in OF_THE_BODY:
            made.headers.setdefault(name, value)
    return made
