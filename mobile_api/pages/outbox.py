"""The outbox on a phone: what waits for units, failed or went; a button to try again."""

from typing import Any

from flask import Blueprint, request

from backend.services import outgoing
from mobile_api import auth
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import page, see, sent

blp = Blueprint("outbox_pages", __name__, url_prefix="/desk/outbox")


@blp.get("")
def outbox() -> Any:
    """Of my areas: what failed, if anything did; else what waits."""
    by = auth.current_actor()
    figures = outgoing.counted(by=by)
    state = request.args.get("state", "")
    if state not in outgoing.STATES:
        state = "failed" if figures["failed"] else "waiting"
    found = outgoing.listed(state, before=cursor(request.args.get("before")), most=30, by=by)
    return page(
        "desk/outbox.html", found=found, figures=figures, state=state, states=outgoing.STATES
    )


@blp.post("/<int:message>/retry")
def retry(message: int) -> Any:
    """Once more, now."""
    state = sent("state", 10)
    outgoing.retry(message, by=auth.current_actor())
    return see(f"/desk/outbox?state={state}" if state in outgoing.STATES else "/desk/outbox")
