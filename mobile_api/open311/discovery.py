"""Service discovery: where the endpoints are, and since when their services are as they are."""

from typing import Any

from flask import Blueprint, Response

from backend.house import house
from backend.services import clients
from mobile_api.open311.answers import TYPES, answer, when
from mobile_api.open311.asking import FORMATS, PRODUCTION, TEST
from mobile_api.open311.trees import Listed

blp = Blueprint("open311_discovery", __name__)

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@blp.get(f"/discovery.<{FORMATS}:suffix>")
def discovery(suffix: str) -> Response:
    """What a client reads first, and again when the changeset has changed"""
    settings = house().settings
    contact = settings.OPEN311_CONTACT or settings.public_url
    changeset = when(clients.changeset())
    made = answer(
        "discovery",
        {
            "changeset": changeset,
            "contact": contact,
            "key_service": f"API keys: {contact}",
            "endpoints": Listed(
                "endpoint",
                [
                    _endpoint(PRODUCTION, "production", changeset),
                    _endpoint(TEST, "test", changeset),
                ],
            ),
        },
        charset=False,  # Validators compare the bare type.
    )
    made.headers["Cache-Control"] = "public, max-age=300"
    return made


def _endpoint(path: str, kind: str, changeset: str | None) -> dict[str, Any]:
    return {
        "specification": SPECIFICATION,
        "url": f"{house().settings.public_url}{path}",
        "changeset": changeset,
        "type": kind,
        "formats": Listed("format", list(TYPES.values())),
    }
