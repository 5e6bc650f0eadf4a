"""How far a report is, for whoever has its link; and a case, for everybody."""

from typing import Any

from flask import Blueprint, request

from backend.errors import Invalid, NotFound
from backend.services import cases, reports
from mobile_api import problems, telling
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
    found = cases.find(case)
    if not cases.is_readable(found):
        raise NotFound(noun="case")
    return page("cases/case.html", case=cases.public(found), done=request.args.get("done", ""))
