"""Reports: what anybody tells the city, and how they hear of it again."""

from typing import Any

from flask import g
from flask.views import MethodView

from backend.house import house
from backend.services import cases, problems, reports
from mobile_api import uploads, words
from mobile_api.auth import actor_if_said, source
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import reports as wire
from mobile_api.schemas.cases import PublicCase

blp = Blueprint("reports", __name__, description="Reports of citizens and staff, and public cases")


@blp.route("/problems")
class Problems(MethodView):
    @blp.operation("listProblems", wire.Subjects, public=True)
    def get(self) -> Any:
        """What may be wrong with what: kinds of facilities, buildings, the street"""
        return {"items": [one.as_dict() for one in problems.subjects().values()]}


@blp.route("/report-tickets", methods=["POST"])
@blp.arguments(wire.TicketFor)
@blp.operation("giveReportTicket", wire.Ticket, public=True)
def give_ticket(form: dict[str, Any]) -> Any:
    """For one report of a scanned tag, within half an hour; nobody is refused for having none"""
    ticket = reports.ticket(form["tag"] or "")
    return {"ticket": ticket, "challenge": reports.challenge(ticket)}


@blp.route("/report-photos", methods=["POST"])
@blp.doc(requestBody=uploads.body("photo"))
@blp.operation(
    "keepReportPhoto",
    wire.KeptReportPhoto,
    status=201,
    public=True,
    most_body=uploads.MOST_PHOTO,
    least_key=reports.LEAST_KEY,
    first=lambda: reports.store_photo(
        uploads.one_file("photo").read(), by=actor_if_said(), source=source()
    ),
)
def keep_photo() -> Any:
    """Keep a photo (JPEG, PNG, WebP or HEIC) for the report that names it within a day"""
    return {"id": reports.enter_photo(g.first, by=actor_if_said(), source=source())}


@blp.route("/reports", methods=["POST"])
@blp.arguments(wire.FileReport)
@blp.operation("fileReport", wire.FiledReport, status=201, public=True, least_key=reports.LEAST_KEY)
def file_report(form: dict[str, Any]) -> Any:
    """Tell the city what is wrong with one thing or several; without an account, too"""
    form["language"] = form["language"] or words.language()
    by = actor_if_said()
    if by is not None:
        filed = reports.write_down(form, channel=form["channel"] or "worker", by=by)
    else:
        filed = reports.file(form, channel=_channel(form), source=source())
    token = filed["token"]
    return {**filed, "link": token and f"{house().settings.public_url}/r/{token}"}


def _channel(form: dict[str, Any]) -> str:
    """How a stranger's report comes in."""
    if form["problem"] == "message":
        return "message"
    return "scan" if form["things"][0]["tag"] else "web"


@blp.route("/reports/<token>")
class ReportByToken(MethodView):
    @blp.operation("followReport", wire.FollowedReport, public=True)
    def get(self, token: str) -> Any:
        """What became of a report, for whoever has its token"""
        return reports.follow(token)


@blp.route("/reports/<token>/rating", methods=["POST"])
@blp.arguments(wire.Rating)
@blp.operation("rateReport", wire.FollowedReport, public=True)
def rate_report(form: dict[str, Any], token: str) -> Any:
    """Solved or not, one to five stars; what is not solved may be opened again, once"""
    return reports.rate(token, form["case"], form)


@blp.route("/reports/<token>/appeal", methods=["POST"])
@blp.arguments(wire.Appeal)
@blp.operation("appealReport", wire.FollowedReport, public=True)
def appeal_report(form: dict[str, Any], token: str) -> Any:
    """Have what was not taken on looked at once more, once and within 15 days"""
    return reports.appeal(token, form["case"], form["words"])


@blp.route("/reports/<token>/photos", methods=["POST"])
@blp.arguments(wire.PhotoOfReport)
@blp.operation("sendPhotoOfReport", wire.FollowedReport, public=True)
def send_photo(form: dict[str, Any], token: str) -> Any:
    """One more photo of what was told, in place of one that could not be opened, or beside it"""
    return reports.send_photo(token, form["case"], form["photo"])


@blp.route("/cases/<number>")
class CaseByNumber(MethodView):
    @blp.operation("showCase", PublicCase, public=True)
    def get(self, number: str) -> Any:
        """A case with its steps, as everybody may see it"""
        return cases.read(number)
