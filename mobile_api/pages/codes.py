"""The page behind every code: one address for the citizen, the worker and the program.

What stands here may be a street light or junk somebody typed; both have a page. A code that
cannot be one of ours never reaches the database.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import Refused
from backend.house import house
from backend.services import bikes, reports, tags
from backend.services.accounts import me
from mobile_api import auth, casework, claims, faces, problems, telling, uploads, words
from mobile_api.pages.render import page, see, sent
from qr import codes, links

blp = Blueprint("code_pages", __name__)

STATUS = {
    "mistyped": 404,
    "foreign": 404,
    "forged": 404,
    "unknown": 404,
    "lost": 410,
    "revoked": 410,
}
# A dozen letters and digits with whatever people put between them. Anything else is no code:
# /print, /favicon.ico and every one-letter address stay what they are.
CODE = "code"


@blp.get(f"/<{CODE}:text>/")
@blp.get(f"/<{CODE}:text>")
def scanned(text: str) -> Any:
    """What a camera opens: the public page, the worker's page, or JSON for a program"""
    return _answer(text)


@blp.get("/8004/<giai>/")
@blp.get("/8004/<giai>")
def scanned_asset(giai: str) -> Any:
    """The same behind GS1's asset number"""
    return _answer(f"https://{house().settings.printed_host}/{links.GIAI}/{giai}")


@blp.get("/c")
def typed() -> Any:
    """A code typed again leads where its picture would"""
    text = request.args.get("code", "").strip()[:40]
    return see(f"/{quote(text, safe='')}" if text else "/")


@blp.post(f"/<{CODE}:text>/report")
def report(text: str) -> Any:
    """Anybody: this tag is wrong; whoever looks after tags there is told"""
    form = {"code": text, "reason": sent("reason", 20), "fix": None}
    tags.report(form, by=auth.actor_or_none(), source=auth.source())
    return _back(text, "reported")


@blp.post(f"/<{CODE}:text>/reports")
def tell(text: str) -> Any:
    """Anybody: something is wrong with what hangs here"""
    by = telling.reporter()
    face = tags.face(text, by=by)
    if face["subject"] is None:  # Withdrawn meanwhile: it can be reported without a tag.
        return see("/report")
    told = telling.read(by)
    channel = "worker" if by else faces.channel_of(face)
    answer = telling.file([{"tag": face["code"]}], told, channel=channel, by=by)
    if answer is not None:
        return answer
    if telling.wants_json():
        return telling.refused(told)
    return _face_page(text, face, auth.actor_or_none(), 422, told)


@blp.post(f"/<{CODE}:text>/seen")
def seen(text: str) -> Any:
    """Anybody: a bike that was stolen stands here"""
    if request.mimetype == uploads.FORM:
        uploads.allow(uploads.MOST_PHOTO)
    by, source = auth.actor_or_none(), auth.source()
    file = request.files.get("photo")
    content = file.read() if file else b""
    photo = reports.keep_photo(content, by=by, source=source) if content else None
    bikes.seen_text(text, source, by=by, fix=claims.told_fix(), photo=photo)
    return _back(text, "seen")


@blp.post(f"/<{CODE}:text>/loss")
def loss(text: str) -> Any:
    """A worker: this tag is lost or damaged; hanging another one becomes a task"""
    tags.report_loss(text, sent("reason", 20), by=auth.current_actor())
    return _back(text, "loss")


@blp.post(f"/<{CODE}:text>/scan")
def confirm(text: str) -> Any:
    """A worker: I stand here and this tag hangs where it should"""
    tags.scan(text, claims.sent_fix(), by=auth.current_actor(), source=auth.source())
    return _back(text, "scan")


@blp.post(f"/<{CODE}:text>/near")
def near(text: str) -> Any:
    """A worker with a blank: what stands around me that it could hang at"""
    by = auth.current_actor()
    return _tried(text, by, lambda: _claim_page(text, by, claims.around(text, by)))


@blp.post(f"/<{CODE}:text>/claim")
def claim(text: str) -> Any:
    """A worker with a blank: it hangs at this now"""
    by = auth.current_actor()

    def act() -> Any:
        tags.claim(text, claims.sent_claim(by), by=by)
        return _back(text, "claim")

    return _tried(text, by, act)


@blp.post(f"/<{CODE}:text>/claim-undo")
def undo(text: str) -> Any:
    """A worker, within ten minutes: it does not hang there after all"""
    sent("next")
    tags.undo(text, by=auth.current_actor())
    return _back(text, "undone")


# --- The answer ---------------------------------------------------------------------------


def _answer(text: str) -> Any:
    by = auth.actor_or_none()
    face = tags.face(text, by=by)
    status = STATUS.get(face["notice"], 200)
    if faces.is_stolen_bike(face):
        bikes.seen(face["code"], auth.source(), by=by)
    if _wants_json():
        answer = jsonify(faces.whole(face))
        answer.status_code = status
    elif "open-visit" in face["next"]:
        answer = see(f"/t/{face['code']}")  # type: ignore[assignment]
    elif by is not None and "claim" in face["next"]:
        answer = _claim_page(text, by, [])
    else:
        answer = _face_page(text, face, by, status)
    answer.vary.update(("Accept", "Accept-Language", "Cookie"))
    return answer


def _wants_json() -> bool:
    """Only who asks for JSON rather than a page gets it: a camera's browser asks for anything."""
    offered = ("text/html", "application/json")
    return request.accept_mimetypes.best_match(offered) == "application/json"


def _face_page(
    text: str,
    face: dict[str, Any],
    by: Actor | None,
    status: int,
    told: telling.Told | None = None,
) -> Response:
    facility = faces.facility_of(face)
    known = faces.open_cases(face)
    verbs = me.show(by=by)["verbs"] if by else []
    return page(
        "codes/face.html",
        status,
        face=face,
        title=faces.title(face, facility),
        kind=claims.kind_name(face["kind"]) if face["kind"] else "",
        facility=facility,
        drawing=faces.drawing(face),
        unit=faces.unit_of(face),
        cases=known,
        my_cases=casework.at_thing([one["number"] for one in known], by) if by else [],
        form=faces.form(face, facility, told),
        record=faces.record(facility, verbs, by),
        may_inspect=facility is not None
        and facility["state"] == "in_use"
        and "inspection.ask" in verbs,
        host=house().settings.printed_host,
        report=face["code"] or _well_formed(text) or ("" if "/" in text else text),
        photo=tags.photo_of(face["code"], by=by) if by and facility else None,
        done=request.args.get("done", ""),
        sign_in=url_for("session_pages.ask", next=request.path),
        leads=f"/b/{face['subject']['code']}" if _may_open(face, verbs) else None,
    )


def _well_formed(text: str) -> str | None:
    """The code in a text that is no tag of ours, to report it by: forged ones have one too."""
    try:
        return links.code_in(text)
    except (codes.Unreadable, links.NotOurLink):
        return None


def _may_open(face: dict[str, Any], verbs: list[str]) -> bool:
    subject = face["subject"]
    return (
        "building.look" in verbs and subject is not None and subject["type"] in ("building", "room")
    )


# --- A worker with a blank ----------------------------------------------------------------


def _claim_page(
    text: str,
    by: Actor,
    choices: list[dict[str, Any]],
    status: int = 200,
    problem: str | None = None,
) -> Response:
    face = tags.face(text, by=by)
    if "claim" not in face["next"]:
        return _face_page(text, face, by, STATUS.get(face["notice"], 200))
    return page(
        "codes/claim.html",
        status,
        face=face,
        kind=claims.kind_name(face["kind"]),
        is_facility=face["kind"] in claims.facility_labels(),
        is_room=face["kind"] == "room",
        choices=choices,
        looked=request.method == "POST",
        problem=problem,
        done=request.args.get("done", ""),
        host=house().settings.printed_host,
    )


def _tried(text: str, by: Actor, act: Callable[[], Any]) -> Any:
    """What `act` answers, or the form again with the reason why not."""
    try:
        return act()
    except Refused as refusal:
        answer = problems.from_refusal(refusal)
        errors = (refusal.facts.get("errors") or {}).values()  # type: ignore[attr-defined]
        said = [problems.sentence_of(refusal), *(gettext(one) for each in errors for one in each)]
        if answer.status_code == 401 or "claim" not in tags.face(text, by=by)["next"]:
            raise  # There is no form to send again.
        return _claim_page(text, by, [], answer.status_code, " ".join(said))


def _back(text: str, done: str) -> Any:
    if not words.WORDS["tag_done"].get(done):
        abort(404)
    return see(f"/{quote(text, safe='')}?done={done}")
