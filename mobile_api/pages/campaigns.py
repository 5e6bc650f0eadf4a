"""Campaigns on a phone: open one, see how far it is, hand a share to a replacement."""

from typing import Any

from flask import Blueprint, request

from backend.errors import Invalid, ListWrong, NotFound, SubjectsWrong
from backend.rules.grading import GRADES
from backend.services import inspections, runs
from mobile_api import auth, problems, uploads, words
from mobile_api.cursors import number as cursor
from mobile_api.pages.render import asked, page, see, sent

blp = Blueprint("campaign_pages", __name__, url_prefix="/campaigns")

MOST_LIST = 4 * 1024 * 1024
PER_PAGE = 50
FIELDS = {"name": 60, "area": 15, "form": 40, "since": 10, "until": 10}


@blp.get("")
def listed() -> Any:
    """The campaigns of my areas."""
    return page("campaigns/list.html", found=inspections.progress.listed(by=auth.current_actor()))


@blp.get("/new")
def ask() -> Any:
    """An empty form."""
    return _form({})


@blp.post("/new")
def open_one() -> Any:
    """Open it, or say row by row what is wrong with its list."""
    by = auth.current_actor()
    filled = _filled()
    try:
        form = {**filled, "since": filled["since"] or None, "lines": _lines(filled)}
        opened = inspections.campaigns.open_campaign(form, by=by)
    except (Invalid, NotFound) as refused:
        return _form(filled, refused)
    return see(f"/campaigns/{opened['id']}")


@blp.get("/<int:campaign>")
def one(campaign: int) -> Any:
    """How far it is."""
    return _campaign(campaign)


@blp.post("/<int:campaign>/shares")
def hand_share(campaign: int) -> Any:
    """What one worker has left goes to another."""
    giver, to = sent("from", 40), sent("to", 40)
    try:
        by = auth.current_actor()
        inspections.campaigns.hand_share(campaign, giver or None, to, by=by)
    except Invalid as refused:
        return _campaign(campaign, refused)
    return see(f"/campaigns/{campaign}")


@blp.get("/<int:campaign>/tasks")
def tasks(campaign: int) -> Any:
    """The tasks behind a number."""
    by = auth.current_actor()
    state = asked("state", 10) or "all"
    worker = asked("worker", 40) if "worker" in request.args else None
    found = inspections.progress.tasks_of(
        campaign, state=state, worker=worker, after=_after(), most=PER_PAGE, by=by
    )
    return _behind("campaigns/tasks.html", campaign, found, state=state, worker=worker)


@blp.get("/<int:campaign>/hazards")
def hazards(campaign: int) -> Any:
    """The hazards behind a number."""
    by = auth.current_actor()
    state = asked("state", 12) or "all"
    found = inspections.progress.hazards_of(
        campaign, state=state, after=_after(), most=PER_PAGE, by=by
    )
    return _behind("campaigns/hazards.html", campaign, found, state=state)


def _after() -> int:
    return cursor(request.args.get("after")) or 0


def _behind(template: str, campaign: int, found: Any, **more: Any) -> Any:
    about = inspections.progress.show(campaign, by=auth.current_actor())
    return page(template, campaign=about, found=found, **more)


def _filled() -> dict[str, Any]:
    """The form as it was sent, and as it is shown again."""
    if request.mimetype == uploads.FORM:
        request.max_content_length = request.max_form_memory_size = MOST_LIST
    filled: dict[str, Any] = {name: sent(name, most).strip() for name, most in FIELDS.items()}
    filled["things"] = sent("things", MOST_LIST)
    for name in ("grades", "kinds"):
        filled[name] = [one[:20] for one in request.form.getlist(name)]
    return filled


def _lines(filled: dict[str, Any]) -> list[tuple[int, str]] | None:
    """The list that was uploaded, else the pasted one; None: everything of the area.

    A browser forgets which file was chosen, so it is shown in the box from now on.
    """
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if not (data or filled["things"].strip()):
        return None
    lines = runs.read_lines(data or filled["things"].encode())
    if data:
        filled["things"] = "\n".join(line.code for line in lines)
    return [(line.row, line.code) for line in lines]


def _form(filled: dict[str, Any], refused: Invalid | NotFound | None = None) -> Any:
    by = auth.current_actor()
    told = _said(refused)
    return page(
        "campaigns/new.html",
        problems.status_of(type(refused)) if refused else 200,
        filled=filled,
        areas=inspections.campaigns.areas_of(by=by),
        forms=inspections.publishing.listed(by=by),
        grades=GRADES,
        kinds=inspections.campaigns.PLACE_KINDS,
        **told,
    )


def _said(refused: Invalid | NotFound | None) -> dict[str, Any]:
    """A refusal as sentences at their fields, and a list's errors row by row."""
    if refused is None:
        return {"errors": {}, "findings": []}
    summary = problems.sentence_of(refused)
    if isinstance(refused, ListWrong | SubjectsWrong):
        return {"errors": {"things": summary}, "findings": refused.findings}
    told: Any = refused.facts.get("errors") or {"": [summary]}
    names = {"subjects": "things"}
    errors = {names.get(name, name): words.translated(said)[0] for name, said in told.items()}
    return {"errors": errors, "findings": []}


def _campaign(campaign: int, refused: Invalid | None = None) -> Any:
    by = auth.current_actor()
    return page(
        "campaigns/one.html",
        problems.status_of(type(refused)) if refused else 200,
        found=inspections.progress.show(campaign, by=by),
        colleagues=inspections.colleagues(by=by),
        errors=_said(refused)["errors"],
    )
