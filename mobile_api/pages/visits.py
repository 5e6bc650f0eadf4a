"""The worker's page: a scanned tag leads here; the sheet comes from the service the API asks."""

from typing import Any

from flask import Blueprint, url_for

from backend.actor import Actor
from backend.services import classes, places, tags
from backend.services.accounts import me
from backend.services.records import sheet
from mobile_api import auth
from mobile_api.lease import lease_token
from mobile_api.pages.render import page

blp = Blueprint("visit_pages", __name__)


@blp.get("/t/<path:tag>")
def scanned(tag: str) -> Any:
    """What the camera opens: the building of a tag, and the button that proves one is there."""
    by = auth.current_actor()
    found = tags.resolve(tag)
    return _building(places.by_id(found.building_id).code, found.code, by)


@blp.get("/b/<code>")
def building(code: str) -> Any:
    """A building without its tag: what may be seen from anywhere."""
    return _building(code, None, auth.current_actor())


@blp.get("/b/<code>/sheet")
def building_sheet(code: str) -> Any:
    """The sheet alone, for the page that is open: people while the lease in the header lives."""
    by = auth.current_actor()
    return page("visits/sheet.html", **_sheet(code, lease_token(), by))


def _building(code: str, tag: str | None, by: Actor) -> Any:
    found = _sheet(code, None, by)
    return page(
        "visits/building.html",
        tag=tag,
        person=me.show(by=by),
        sheet_url=url_for("visit_pages.building_sheet", code=code),
        **found,
    )


def _sheet(code: str, lease: str | None, by: Actor) -> dict[str, Any]:
    """The sheet as the API gives it, the words for its class codes, and what one may do."""
    return {
        "sheet": sheet.look(code, lease, by=by),
        "class_names": {subject: _names(subject, by) for subject in classes.SUBJECTS},
        "verbs": me.show(by=by)["verbs"],
    }


def _names(subject: str, by: Actor) -> dict[str, str]:
    """Class code -> name."""
    return {one["code"]: one["name"] for one in classes.of_subject(subject, by=by)}
