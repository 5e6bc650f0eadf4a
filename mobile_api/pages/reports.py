"""How far a report is, for whoever has its link; and a case, for everybody."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext

from backend.errors import Conflict, Invalid, PhotoUnreadable, TooManyPhotos
from backend.services import cases, reports
from mobile_api import auth, problems, telling, uploads
from mobile_api.pages.render import page, see, written

blp = Blueprint("report_pages", __name__)


@blp.get("/r/<token>")
def follow(token: str) -> Any:
    """What was told and every step since"""
    return _followed(token)


@blp.post("/r/<token>")
def rate(token: str) -> Any:
    """Solved or not, how well; and once, open it again"""
    telling.check_token(token)
    stars = written("stars", 1)
    form = {
        "solved": {"yes": True, "no": False}.get(written("solved", 3)),
        "stars": int(stars) if stars in "12345" and stars else None,
        "again": bool(written("again", 3)),
    }
    if form["solved"]:
        form["again"] = False
    try:
        reports.rate(token, written("number", 20), form)
    except Invalid as refusal:
        return _followed(token, 422, problems.first_of(refusal))
    return see(f"/r/{token}?done={'again' if form['again'] else 'rated'}")


@blp.post("/r/<token>/appeal")
def appeal(token: str) -> Any:
    """Have what was not taken on looked at once more"""
    telling.check_token(token)
    try:
        reports.appeal(token, written("number", 20), written("words", 500))
    except (Conflict, Invalid) as refusal:
        return _followed(token, problems.status_of(type(refusal)), problems.first_of(refusal))
    return see(f"/r/{token}?done=appeal")


@blp.post("/r/<token>/photo")
def send_photo(token: str) -> Any:
    """One more photo of what was told"""
    telling.check_token(token)
    uploads.allow(uploads.MOST_PHOTO)
    file = request.files.get("photo")
    content = file.read() if file else b""
    if not content:
        return _followed(token, 422, gettext("Choose a photo."))
    try:
        kept = reports.keep_photo(content, by=None, source=auth.source())
        reports.send_photo(token, written("number", 20), kept)
    except (Conflict, PhotoUnreadable, TooManyPhotos) as refusal:
        status = problems.status_of(type(refusal))
        return _followed(token, status, problems.first_of(refusal))
    return see(f"/r/{token}?done=photo")


def _followed(token: str, status: int = 200, problem: str | None = None) -> Any:
    telling.check_token(token)
    return page(
        "reports/followed.html",
        status,
        token=token,
        report=reports.follow(token),
        problem=problem,
        done=request.args.get("done", ""),
    )


@blp.get("/cases/<case>")
def one(case: str) -> Any:
    """What everybody may read of a case: no reporter, no worker"""
    return page("cases/case.html", case=cases.read(case), done=request.args.get("done", ""))
