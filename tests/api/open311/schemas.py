"""What each answer must look like, as JSON Schema, written from the text of GeoReport v2.

Strict where the text is: codes and numbers of requests are strings, every date says its zone,
nothing foreign is in an answer that was not asked for extensions.
"""

from typing import Any

import jsonschema_rs

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
ANY_TEXT: dict[str, Any] = {"type": ["string", "null"]}
WHEN: dict[str, Any] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$",
}


def one(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **optional},
        "required": list(required),
        "additionalProperties": False,
    }


def many(item: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


ENDPOINT = one(
    {
        "specification": {"const": "http://wiki.open311.org/GeoReport_v2"},
        "url": {"type": "string", "pattern": "^https?://"},
        "changeset": WHEN,
        "type": {"enum": ["production", "test"]},
        "formats": many({"enum": ["text/xml", "application/json"]}, 2),
    }
)
SERVICE = one(
    {
        "service_code": TEXT,
        "service_name": TEXT,
        "description": TEXT,
        "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime", "batch", "blackbox"]},
        "keywords": TEXT,
        "group": TEXT,
    }
)
ATTRIBUTE = one(
    {
        "variable": {"type": "boolean"},
        "code": TEXT,
        "datatype": {
            "enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
        },
        "required": {"type": "boolean"},
        "datatype_description": ANY_TEXT,
        "order": {"type": "integer", "minimum": 1},
        "description": TEXT,
    },
    values=many(one({"key": TEXT, "name": TEXT}), 1),
)
NOTE = one({"datetime": WHEN, "description": TEXT, "type": TEXT})
EXTENDED = one(
    {"area_code": TEXT, "reports": {"type": "integer", "minimum": 1}},
    asset_code=TEXT,
    building_code=TEXT,
    grid_code={"type": "string", "pattern": "^[0-9]{15}$"},
    merged_into=TEXT,
    photos=many(TEXT, 1),
)
REQUEST = one(
    {
        "service_request_id": TEXT,
        "status": {"enum": ["open", "closed"]},
        "service_name": TEXT,
        "service_code": TEXT,
        "description": TEXT,
        "requested_datetime": WHEN,
        "updated_datetime": WHEN,
    },
    status_notes=TEXT,
    agency_responsible=TEXT,
    service_notice=TEXT,
    expected_datetime=WHEN,
    address=TEXT,
    address_id=TEXT,
    zipcode=TEXT,
    lat={"type": "number", "minimum": -90, "maximum": 90},
    long={"type": "number", "minimum": -180, "maximum": 180},
    media_url={"type": "string", "pattern": "^https?://"},
    extended_attributes=EXTENDED,
    notes=many(NOTE),
)
TAKEN = {
    **one({}, service_request_id=TEXT, token=TEXT, service_notice=TEXT, account_id=TEXT),
    "anyOf": [{"required": ["service_request_id"]}, {"required": ["token"]}],
}
STATUSES = [
    "OPEN", "INVESTIGATING", "IN_PROGRESS", "ACTION_SCHEDULED", "FIXED", "REOPEN", "CLOSED",
    "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "DUPLICATE", "INTERNAL_REFERRAL",
    "CANCELLED",
]  # fmt: skip
UPDATE = one(
    {
        "update_id": TEXT,
        "service_request_id": TEXT,
        "status": {"enum": STATUSES},
        "updated_datetime": WHEN,
        "description": TEXT,
    },
    media_url=TEXT,
    external_status_code=TEXT,
)

SCHEMAS: dict[str, dict[str, Any]] = {
    "discovery": one(
        {
            "changeset": WHEN,
            "contact": TEXT,
            "key_service": TEXT,
            "endpoints": many(ENDPOINT, 2),
        }
    ),
    "services": many(SERVICE, 1),
    "service_definition": one({"service_code": TEXT, "attributes": many(ATTRIBUTE)}),
    "service_requests": many({"anyOf": [REQUEST, TAKEN]}),
    "service_request_updates": many({"anyOf": [UPDATE, one({"update_id": TEXT})]}),
    "errors": many(
        one({"code": {"type": "string", "pattern": "^[45][0-9]{2}$"}, "description": TEXT}), 1
    ),
}


def check(root: str, said: Any) -> None:
    """Raises ValidationError with the place that is wrong."""
    jsonschema_rs.validate(SCHEMAS[root], said)
