"""Updates of requests, mySociety's extension: read by anybody, added to by who sent the request."""

from flask import Blueprint, Response
from flask_babel import force_locale

from backend import clock
from backend.errors import Invalid
from backend.services import cases, clients
from mobile_api.open311 import faces, telling
from mobile_api.open311.answers import answer
from mobile_api.open311.asking import FORMATS, SPAN, Asked, form, is_test, language, query
from mobile_api.open311.trees import Listed

blp = Blueprint("open311_updates", __name__)

REQUIRED = {"service_request_id": 40, "update_id": 100, "description": telling.LONGEST}


@blp.get(f"/servicerequestupdates.<{FORMATS}:suffix>")
def listed(suffix: str) -> Response:
    """What happened to requests, the earliest first"""
    asked = query()
    now = clock.now()
    steps = cases.steps_between(
        *(asked.span("start_date", "end_date") or (now - SPAN, now)),
        number=asked.one("service_request_id"),
        page=asked.page(),
        most=asked.page_size(),
    )
    with force_locale(language()):
        items = [faces.update(step) for step in steps]
    return answer("service_request_updates", Listed("request_update", items))


@blp.post(f"/servicerequestupdates.<{FORMATS}:suffix>", endpoint="add")
def add(suffix: str) -> Response:
    """More words of the reporter; sent twice under one `update_id`, they are added once"""
    asked = form()
    client = clients.known(asked.one("api_key"))

    def act() -> Response:
        said = _said_in(asked)
        number = clients.update(str(said.pop("number")), said, client)
        update = {"update_id": str(number)}
        return answer("service_request_updates", Listed("request_update", [update]))

    return clients.tried(act) if is_test() else act()


def _said_in(asked: Asked) -> dict[str, str | None]:
    given = asked.named({**REQUIRED, "status": 40})
    missing = {
        name: ["Missing data for required field."] for name in REQUIRED if given[name] is None
    }
    if missing:
        raise Invalid(errors=missing)
    status = (given["status"] or "OPEN").upper()
    if status not in faces.STATUSES:
        raise Invalid(errors={"status": ["This is none of the words of the extension."]})
    asked.instant("updated_datetime")
    return {
        **telling.said_in(asked),
        "number": given["service_request_id"],
        "update_id": given["update_id"],
        "status": status,
    }
