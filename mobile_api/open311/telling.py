"""What a client tells, in the words of the house."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import request

from backend.errors import Invalid
from backend.services import clients, problems
from backend.services.clients import Service
from mobile_api.open311.asking import Asked, language

CONTACT = {"email": 120, "first_name": 40, "last_name": 39, "phone": 20}
UNKEPT = {"device_id": 200, "account_id": 200}
"""Read, so that what is wrong with them is said, and then forgotten: nothing here needs them."""
LONGEST = 4_000


class Wrongs:
    """All that is wrong with a form, gathered, so that it can be said at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def of(self, read: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """What `read` finds; None if it refuses, and its reasons are kept."""
        try:
            return read(*given, **more)
        except Invalid as wrong:
            errors: Any = wrong.facts["errors"]
            self.errors |= errors
            return None

    def refuse(self) -> None:
        if self.errors:
            raise Invalid(errors=self.errors)


def request_in(asked: Asked) -> dict[str, Any]:
    """What a new request says, in the words of the house."""
    wrong = Wrongs()
    service = wrong.of(_service, asked)
    answers = _answers(asked, service)
    where = _where(asked, answers, wrong)
    said = wrong.of(said_in, asked)
    if service is not None:
        kind, problem = service.subject.code, service.problem.code
        wrong.of(problems.check_answers, kind, problem, answers, insist=True)
    wrong.refuse()
    return {
        "service": service.code, **where, **said, "answers": answers, "language": language()
    }  # fmt: skip


def _service(asked: Asked) -> Service:
    code = asked.one("service_code")
    if code is None:
        raise Invalid(errors={"service_code": ["Missing data for required field."]})
    return clients.service(code)


def _answers(asked: Asked, service: Service | None) -> dict[str, Any]:
    """Every attribute; a single value unless the question takes several."""
    questions = service.questions if service is not None else ()
    several = {one.code for one in questions if one.datatype == "multivaluelist"}
    found: dict[str, Any] = {}
    for name, values in asked.attributes():
        if name in several:
            found[name] = [part.strip() for one in values for part in one.split(",")]
        else:
            found[name] = values[0] if len(set(values)) == 1 else values
    return found


def _where(asked: Asked, answers: dict[str, Any], wrong: Wrongs) -> dict[str, Any]:
    """Everything that says where; at least one thing must."""
    before = len(wrong.errors)
    found = {
        "tag": wrong.of(_naming, "tag", answers),
        "asset": wrong.of(_naming, "asset", answers),
        "address_id": wrong.of(asked.one, "address_id", 60),
        "lat": wrong.of(asked.degrees, "lat", 90),
        "lon": wrong.of(asked.degrees, "long", 180),
        "address": wrong.of(asked.one, "address_string", 200),
    }
    if len(wrong.errors) == before:
        wrong.of(_check_where, found)
    return found


def _check_where(found: dict[str, Any]) -> None:
    if (found["lat"] is None) != (found["lon"] is None):
        raise Invalid(errors={"lat": ["lat and long go together."]})
    if all(value is None for value in found.values()):
        raise Invalid(errors={"lat": ["Say where: lat and long, address_string or address_id."]})


def _naming(name: str, answers: dict[str, Any]) -> str | None:
    """The attribute that names the thing; it is no answer to a question."""
    text = answers.pop(name, None)
    if isinstance(text, list):
        raise Invalid(errors={name: ["Given more than once."]})
    return text


def said_in(asked: Asked) -> dict[str, Any]:
    """The reporter's words and contact; what `media_url` leads to stands among the words."""
    contact = asked.named(CONTACT)
    asked.named(UNKEPT)
    words = asked.one("description", LONGEST)
    media = asked.one("media_url", 2_000)
    if media is not None:
        _check_url(media)
        words = f"{words or ''}\n{media}".strip()
    if len(words or "") > LONGEST:
        raise Invalid(errors={"media_url": ["This is too long."]})
    return {
        "words": words,
        "phone": contact["phone"],
        "email": contact["email"],
        "name": _name(contact["first_name"], contact["last_name"]),
    }


PHOTO = re.compile(r"(media|photo[0-9]{0,2})(\[\])?")


def photos_in() -> list[bytes]:
    """The files of the form: `media`, as one client calls it, or `photo1` and on, as another."""
    files = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if not all(PHOTO.fullmatch(name) for name, _ in files):
        raise Invalid(errors={"media": ["Call the parts with photos media, or photo1 and on."]})
    contents = [file.read() for _, file in files]
    for _, file in files:
        file.stream.seek(0)  # Whoever compares this form with one sent before reads it too.
    return contents


def _check_url(text: str) -> None:
    """An address of the web. It is kept as the reporter's word and never fetched."""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", text):
        raise Invalid(errors={"media_url": ["Send an http or https address."]})


def _name(first: str | None, last: str | None) -> str | None:
    """As its owner would write it: 王小明, but Anna Wong."""
    if first and last and re.fullmatch("[\u3400-\u9fff·]+", first + last):
        return f"{last}{first}"
    return " ".join(part for part in (first, last) if part) or None
