"""A report as a form brings it: read, held for another try, and taken in once."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, jsonify, request
from flask_babel import gettext

from backend.actor import Actor
from backend.errors import Invalid, Refused
from backend.services import photos, reports
from backend.services.accounts import me
from mobile_api import auth, problems, uploads, words
from mobile_api.once import HEADER, once_under
from mobile_api.pages.render import see, written

Plain = dict[str, Any]

MOST_WORDS = 1_000
MOST_PHOTOS = 3
MOST_FORM = MOST_PHOTOS * photos.MOST_BYTES + uploads.AROUND
PHONE = re.compile(r"\+?[0-9][0-9 -]{4,18}[0-9]")
PHOTO_ID = re.compile(r"[0-9a-f]{32}")
ONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass
class Told:
    """What a form said, and what is wrong with it, by field. An empty form says nothing."""

    problem: str = ""
    words: str = ""
    phone: str = ""
    kept: list[str] = field(default_factory=list)  # Photos that have arrived, by number.
    once: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    gate: dict[str, Any] = field(default_factory=dict)  # What shows that it is no machine.
    errors: dict[str, str] = field(default_factory=dict)

    def as_form(self) -> Plain:
        """What `services.reports.file` takes, but for the things."""
        return {
            "problem": self.problem,
            "words": self.words,
            "phone": self.phone,
            "photos": self.kept,
            "language": words.language(),
            **self.gate,
        }


def read(by: Actor | None) -> Told:
    """The form of this request. A photo is kept at once, so that no other mistake costs it."""
    if request.mimetype == uploads.FORM:
        uploads.allow(MOST_FORM)
    once = (request.headers.get(HEADER) or written("once")).strip().strip('"')
    told = Told(
        problem=written("problem", 40),
        words=_cut(written("words", 2 * MOST_WORDS)),
        phone=written("phone", 40).strip(),
        kept=[one for one in request.form.getlist("kept") if PHOTO_ID.fullmatch(one)],
    )
    if ONCE.fullmatch(once):
        told.once = once
    told.gate = {"ticket": written("ticket", 200), "work": written("work", 400)}
    told.gate["can_work"] = bool(written("can_work", 1))
    _check(told)
    _keep_photos(told, by)
    return told


def _cut(text: str) -> str:
    """Browsers count a line's end as one character and send two."""
    return text.replace("\r\n", "\n").strip()[:MOST_WORDS]


def _check(told: Told) -> None:
    if not told.problem:
        told.errors["problem"] = gettext("Choose what is wrong.")
    elif told.problem == "message" and not told.words:
        told.errors["words"] = gettext("Write your message.")
    if told.phone and not PHONE.fullmatch(told.phone):
        told.errors["phone"] = gettext("This is not a phone number.")


def _keep_photos(told: Told, by: Actor | None) -> None:
    for file in request.files.getlist("photo"):
        content = file.read()
        if not content:
            continue
        if len(told.kept) >= MOST_PHOTOS:
            told.errors["photo"] = gettext("Three photos are enough.")
            break
        try:
            told.kept.append(reports.keep_photo(content, by=by, source=auth.source()))
        except Refused as refusal:
            told.errors["photo"] = problems.sentence_of(refusal)


def file(things: Sequence[Plain], told: Told, *, channel: str, by: Actor | None) -> Any:
    """Take it in, however often it is sent; on to its page. A refusal stands in `told.errors`."""
    if told.errors:
        return None
    form = {"things": things, **told.as_form()}

    def act() -> Response:
        if by is not None:
            filed = reports.write_down(form, channel=channel, by=by)
        else:
            filed = reports.file(form, channel=channel, source=auth.source())
        return see(_page_of(filed))  # type: ignore[return-value]

    # Another form under the same key is another report: somebody went back and told more.
    key = f"{told.once}:{uploads.digest().hex()}"
    who = f"account:{by.account_id}" if by else "nobody"
    try:
        return _as_wanted(once_under(key, "page.report", who, act))
    except Invalid as refusal:
        errors: Any = refusal.facts.get("errors") or {}
        told.errors |= {name: gettext(said[0]) for name, said in errors.items() if said}
        if not told.errors:
            raise
        return None


def _page_of(filed: Plain) -> str:
    """The report's own page; or the case's, if the report was only counted there."""
    if filed["token"] is None:
        return f"/cases/{filed['cases'][0]['number']}?done=counted"
    return f"/r/{filed['token']}?done=filed"


def _as_wanted(answer: Response) -> Response:
    """A page is led on; our script is told where to."""
    if not wants_json():
        return answer
    made = jsonify(link=answer.headers["Location"])
    made.status_code = 201
    return made


def wants_json() -> bool:
    offered = ("text/html", "application/json")
    return request.accept_mimetypes.best_match(offered) == "application/json"


def refused(told: Told) -> Response:
    """The same form's faults for our script, which then lets the browser send the form itself."""
    return problems.document(422, "invalid", next(iter(told.errors.values())), errors=told.errors)


def reporter() -> Actor | None:
    """The worker who reports, if it is one whose role may; everybody else is a stranger, as is
    whose cookie another site's form has brought along (`auth`).
    """
    by = auth.actor_or_none()
    if by is None:
        return None
    return by if "report.file" in me.show(by=by)["verbs"] else None


def token_of(answer: Response) -> str:
    """The token of the page that an answer leads to."""
    link = answer.headers.get("Location") or answer.get_json()["link"]
    return str(link).removeprefix("/r/").partition("?")[0]


def check_token(token: str) -> None:
    """What cannot be a link of ours is no page."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", token):
        abort(404)
