"""Service requests: sent by a client with a key, read by anybody."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import force_locale, gettext

from backend import clock
from backend.errors import Invalid, NotFound
from backend.services import cases, clients
from backend.services.cases import Search
from mobile_api.once import once
from mobile_api.open311 import faces, telling
from mobile_api.open311.answers import answer
from mobile_api.open311.asking import FORMATS, MOST, SPAN, Asked, form, is_test, language, query
from mobile_api.open311.trees import Listed

blp = Blueprint("open311_requests", __name__)


@blp.get(f"/requests.<{FORMATS}:suffix>")
def listed(suffix: str) -> Response:
    """The requests that fit, the latest first"""
    asked = query()
    return _answer(cases.search(search_in(asked)), asked)


@blp.get(f"/requests/<number>.<{FORMATS}:suffix>")
def one(number: str, suffix: str) -> Response:
    """One request, as a list of one"""
    asked = query()
    found = cases.search(Search(numbers=(number,), all_steps=asked.flag("extensions")))
    if not found:
        raise NotFound(noun="service_request_id")
    return _answer(found, asked)


def search_in(asked: Asked) -> Search:
    """What the parameters ask for. A list of numbers makes all others void."""
    numbers = asked.listed("service_request_id")
    if len(numbers) > MOST:
        raise Invalid(errors={"service_request_id": ["At most 1,000 at once."]})
    if numbers:
        return Search(numbers=numbers, all_steps=asked.flag("extensions"))
    made = asked.span("start_date", "end_date")
    changed = asked.span("updated_after", "updated_before")
    if made is None and changed is None:
        made = (clock.now() - SPAN, clock.now())
    return Search(
        problems=[_problem(code) for code in asked.listed("service_code")],
        is_open=_is_open(asked.listed("status")),
        made=made,
        changed=changed,
        page=asked.page(),
        most=asked.page_size(),
        all_steps=asked.flag("extensions"),
    )


def _problem(code: str) -> tuple[str, str]:
    found = clients.service(code)
    return found.subject.code, found.problem.code


def _is_open(states: list[str]) -> bool | None:
    if set(states) - {"open", "closed"}:
        raise Invalid(errors={"status": ["Send open, closed, or both."]})
    return None if len(states) != 1 else states == ["open"]


def _answer(found: list[dict[str, Any]], asked: Asked) -> Response:
    is_extended = asked.flag("extensions")
    with force_locale(language()):
        items = [faces.request(case, is_extended=is_extended) for case in found]
    return answer("service_requests", Listed("request", items))


# --- A new one ----------------------------------------------------------------------------


@blp.post(f"/requests.<{FORMATS}:suffix>", endpoint="send")
def send(suffix: str) -> Response:
    """A new request; its number, or a token while the desk has to look at it first"""
    asked = form()
    client = clients.known(asked.one("api_key"))
    said = telling.request_in(asked)
    photos = clients.take_photos(telling.photos_in(), to_try=is_test())

    def act() -> Response:
        return _taken(clients.send(said, photos, client))

    return clients.tried(act) if is_test() else once("open311.send", f"client:{client.id}", act)


def _taken(taken: dict[str, Any]) -> Response:
    name = "token" if taken["number"] is None else "service_request_id"
    with force_locale(language()):
        request = {name: taken["number"] or taken["token"], "service_notice": _notice(taken)}
    return answer("service_requests", Listed("request", [request]), 201)


def _notice(taken: dict[str, Any]) -> str:
    if taken["number"] is None:
        return gettext("The desk looks at it first. Ask for its number with the token.")
    if taken["joined"]:
        return gettext("Others have told us too: this is one case with theirs.")
    return gettext("Taken on. Ask for it by its number.")
