"""Every refusal and every HTTP error as one RFC 9457 document (or a page for a browser)."""

from typing import Any

import orjson
from flask import Response, g, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from backend import errors, verbs
from mobile_api import words

STATUS: dict[type[errors.Refused], int] = {
    errors.NotSignedIn: 401,
    errors.WrongPassword: 401,
    errors.TokenInvalid: 401,
    errors.TokenExpired: 401,
    errors.SessionEnded: 401,
    errors.RefreshReused: 401,
    errors.DeviceRevoked: 401,
    errors.SignatureWrong: 401,
    errors.TooManyAttempts: 429,
    errors.TooManyBuildings: 429,
    errors.TooManyLookUps: 429,
    errors.DeviceUnknown: 403,
    errors.ClientUnknown: 403,
    errors.ClientTooFast: 429,
    errors.NotAllowed: 403,
    errors.NotOnDuty: 403,
    errors.PhoneNotProved: 403,
    errors.TooManyCodes: 429,
    errors.NotYourArea: 403,
    errors.SecondPersonNeeded: 403,
    errors.NotYourUnit: 403,
    errors.NotYourCase: 403,
    errors.DeskDecides: 409,
    errors.TooLateToReturn: 409,
    errors.InParts: 409,
    errors.VisitNeeded: 403,
    errors.TooFar: 403,
    errors.ImpossibleJourney: 403,
    errors.ScanNeeded: 403,
    errors.LeaseInvalid: 403,
    errors.NotFound: 404,
    errors.TagUnknown: 404,
    errors.TagRevoked: 410,
    errors.TagReplaced: 410,
    errors.TagNotHung: 409,
    errors.TagBound: 409,
    errors.TooLateToUndo: 409,
    errors.PhotoGone: 410,
    errors.TooManyPhotos: 429,
    errors.TooManyScans: 429,
    errors.WorkNeeded: 429,
    errors.TooManyReports: 429,
    errors.TagNotIssued: 403,
    errors.TooFarFromThing: 403,
    errors.TagOfFacility: 409,
    errors.NonceUsed: 409,
    errors.BeatOutOfOrder: 409,
    errors.VisitClosed: 409,
    errors.TagElsewhere: 409,
    errors.Conflict: 409,
    errors.WrongState: 409,
    errors.TopicEnded: 409,
    errors.Unreachable: 502,
    errors.FormUnknown: 404,
    errors.FormOutdated: 409,
    errors.InspectionReused: 409,
    errors.KeyBusy: 409,
    errors.VersionStale: 412,
    errors.VersionMissing: 428,
    errors.StorageFull: 507,
    errors.Unavailable: 503,
}

# What a fact may not be called: the members RFC 9457 and we have defined.
MEMBERS = frozenset({"type", "title", "status", "detail", "code", "errors", "request_id"})

MEDIA_TYPE = "application/problem+json"


def status_of(kind: type[errors.Refused]) -> int:
    """The HTTP status of a refusal: its own, its parent's, or 422."""
    for ancestor in kind.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 422


def from_refusal(refusal: errors.Refused) -> Response:
    """A refusal of the house on the wire; settled first, so that it is on the trail."""
    try:
        verbs.settle(refusal)
    except errors.Refused as worse:  # What cannot be kept is not answered.
        return from_refusal(worse)
    facts = {
        name: value
        for name, value in refusal.facts.items()
        if name not in MEMBERS and name not in PRIVATE_FACTS
    }
    answer = document(
        status_of(type(refusal)),
        refusal.code,
        sentence_of(refusal),
        errors=refusal.facts.get("errors"),
        **facts,
    )
    if "retry_after_s" in refusal.facts:
        answer.headers["Retry-After"] = str(refusal.facts["retry_after_s"])
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="gridtag"'
    return answer


PRIVATE_FACTS = frozenset({"building_id", "place"})


def sentence_of(refusal: errors.Refused) -> str:
    """The refusal in the reader's language."""
    sentence = gettext(refusal.sentence)
    facts = dict(refusal.facts)
    if isinstance(facts.get("noun"), str):
        facts["noun"] = gettext(facts["noun"])
    return sentence % facts if facts else sentence


def first_of(refusal: errors.Refused) -> str:
    """What is wrong with the first field that is; else the refusal's own sentence."""
    said = next(iter((refusal.facts.get("errors") or {}).values()), None)  # type: ignore[attr-defined]
    return gettext(said[0]) if said else sentence_of(refusal)


def from_http(error: HTTPException) -> Response:
    """An error of HTTP itself: keeps Allow, Retry-After and their like."""
    status = error.code or 500
    data: dict[str, Any] = getattr(error, "data", None) or {}
    code = CODES.get(status, "http-" + str(status))
    detail = gettext(SENTENCES.get(status, error.name))
    answer = document(status, code, detail, errors=_errors_of(data))
    for name, value in error.get_response().headers:
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


CODES = {
    400: "malformed",
    404: "not-found",
    405: "method-not-allowed",
    411: "length-required",
    413: "too-large",
    414: "uri-too-long",
    415: "media-type-not-supported",
    422: "invalid",
    431: "headers-too-large",
    500: "internal-error",
}
SENTENCES = {
    400: "This request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "This is too large.",
    415: "Send JSON (Content-Type: application/json).",
    422: "Some values are not acceptable.",
    500: "Something went wrong on our side. It has been noted.",
}


def _errors_of(data: dict[str, Any]) -> Any:
    """webargs files its messages by location; the location is of no use to a reader."""
    messages = data.get("messages") or data.get("errors")
    if isinstance(messages, dict) and len(messages) == 1:
        (inner,) = messages.values()
        if isinstance(inner, dict):
            return inner
        if isinstance(inner, list):
            return {"": inner}
    return messages


def document(
    status: int,
    code: str,
    detail: str,
    errors: object = None,
    **facts: object,
) -> Response:
    """One problem document. Facts become extra members."""
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": code.replace("-", " "),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": g.get("request_id"),
        **facts,
    }
    if errors:
        body["errors"] = words.translated(errors)
    # An error in a list is filed under its number.
    text = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(text, status, mimetype=MEDIA_TYPE)


def wants_page() -> bool:
    """Whether a person with a browser asked, rather than a program."""
    return not request.path.startswith("/api/") and request.accept_mimetypes.accept_html
