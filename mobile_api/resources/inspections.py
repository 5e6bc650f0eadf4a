"""Inspections: what is due, what was found, and what came of it."""

from typing import Any

from flask.views import MethodView

from backend.services import imports, inspections
from mobile_api import cursors, importing, positions, tables, uploads
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import inspections as wire
from mobile_api.schemas.facilities import ImportReport
from mobile_api.schemas.fields import page_of

MOST_WORKBOOK = 4 * 1024 * 1024

blp = Blueprint("inspections", __name__, description="Inspections, hazards, tasks and campaigns")


@blp.route("/forms")
class Forms(MethodView):
    @blp.operation("listForms", wire.Forms)
    def get(self) -> Any:
        """The forms that are asked, each in its newest version"""
        return {"items": inspections.publishing.listed(by=current_actor())}

    @blp.arguments(wire.PublishForm)
    @blp.operation("publishForm", wire.Form, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Ask a form from now on; what was begun under the former version may still be sent"""
        return inspections.publishing.publish(form, by=current_actor())


@blp.route("/forms/<code>")
class FormByCode(MethodView):
    @blp.arguments(wire.FormQuery, location="query")
    @blp.operation("showForm", wire.Form)
    def get(self, query: dict[str, Any], code: str) -> Any:
        """A form with its items; a former version too"""
        return inspections.publishing.show(code, query["version"], by=current_actor())


@blp.route("/forms/<code>/workbook")
class FormWorkbook(MethodView):
    @blp.arguments(wire.FormQuery, location="query")
    @blp.operation("downloadFormWorkbook", media=tables.XLSX)
    def get(self, query: dict[str, Any], code: str) -> Any:
        """A form as an XLSForm; brought back unchanged it is the same form"""
        content = inspections.publishing.workbook(code, query["version"], by=current_actor())
        return content, _attached(f"{code}.xlsx")


@blp.route("/forms/<code>/xform")
class FormXForm(MethodView):
    @blp.arguments(wire.FormQuery, location="query")
    @blp.operation("downloadFormXml", media="application/xml")
    def get(self, query: dict[str, Any], code: str) -> Any:
        """A form as an XForm (XML), as the phones of other field programs read it"""
        content = inspections.publishing.xform(code, query["version"], by=current_actor())
        return content, _attached(f"{code}.xml")


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


@blp.route("/form-imports", methods=["POST"])
@blp.doc(requestBody=uploads.body("file"))
@blp.arguments(wire.FormImportQuery, location="query")
@blp.operation("importForm", ImportReport, most_body=MOST_WORKBOOK)
def import_form(query: dict[str, Any]) -> Any:
    """Ask an XLSForm (.xlsx) or a form in TOML from now on: all of it or, with errors, nothing

    Errors name the sheet, its row and column. The same form again is no new version; a dry run
    says what would become of it.
    """
    options = imports.Options(subject=query["subject"])
    return importing.load("forms", options, dry_run=query["dry_run"])


@blp.route("/inspections/due")
class DueInspections(MethodView):
    @blp.arguments(wire.DueQuery, location="query")
    @blp.operation("listDueInspections", wire.Due)
    def get(self, query: dict[str, Any]) -> Any:
        """What you have to look at, the most urgent first; with `near`, in the order of a walk"""
        near = positions.near(query["near"]) if query["near"] else None
        return inspections.due(near=near, crs=query["crs"], most=query["limit"], by=current_actor())


@blp.route("/inspections/ask")
class AskInspection(MethodView):
    @blp.arguments(wire.AskQuery, location="query")
    @blp.operation("askInspection", wire.Asked)
    def get(self, query: dict[str, Any]) -> Any:
        """The form that is due at a thing, and what is known to be wrong there; with `version`, a
        former version for a draft that was begun with it"""
        return inspections.ask(**query, by=current_actor())


@blp.route("/inspections")
class Inspections(MethodView):
    @blp.arguments(wire.SendInspection)
    @blp.operation("sendInspection", wire.SentInspection, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Send an inspection; sent again under its uuid it is there once"""
        return inspections.submit(form, by=current_actor())


@blp.route("/inspections/<uuid>")
class InspectionByUuid(MethodView):
    @blp.operation("showInspection", wire.Inspection)
    def get(self, uuid: str) -> Any:
        """An inspection with all its answers, and what came of it"""
        return inspections.show(uuid, by=current_actor())


@blp.route("/hazards")
class Hazards(MethodView):
    @blp.arguments(wire.HazardsQuery, location="query")
    @blp.operation("listHazards", page_of(wire.Hazard, "HazardPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Hazards of your areas or of one thing, the latest first"""
        return inspections.hazards.listed(
            state=query["state"],
            subject=query["subject"],
            before=cursors.number(query["cursor"]),
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/hazards/<int:hazard_id>")
class HazardById(MethodView):
    @blp.operation("showHazard", wire.Hazard)
    def get(self, hazard_id: int) -> Any:
        """A hazard with its law, its photos and what became of it"""
        return inspections.hazards.show(hazard_id, by=current_actor())


@blp.route("/hazards/<int:hazard_id>/rechecks", methods=["POST"])
@blp.arguments(wire.Recheck)
@blp.operation("recheckHazard", wire.Hazard, status=201)
def recheck(form: dict[str, Any], hazard_id: int) -> Any:
    """Say whether it is gone, with a photo of it as it is now; still there after its day, it
    becomes a case"""
    return inspections.hazards.recheck(hazard_id, form, by=current_actor())


@blp.route("/hazards/<int:hazard_id>/case", methods=["POST"])
@blp.operation("passHazardOn", wire.Hazard, status=201)
def pass_on(hazard_id: int) -> Any:
    """Make a case of a hazard"""
    return inspections.hazards.pass_on(hazard_id, by=current_actor())


@blp.route("/patrol-tasks/<int:task_id>/holder", methods=["PUT"])
@blp.arguments(wire.HandOver)
@blp.operation("handTaskOver", wire.PatrolTask)
def hand_over(form: dict[str, Any], task_id: int) -> Any:
    """Give a task to a colleague who works there"""
    return inspections.hand_over([task_id], form["to"], by=current_actor())[0]


@blp.route("/patrol-tasks/<int:task_id>")
class TaskById(MethodView):
    @blp.operation("showTask", wire.PatrolTask)
    def get(self, task_id: int) -> Any:
        """A task: what is to be looked at, or which record is to be verified"""
        return inspections.show_task(task_id, by=current_actor())


@blp.route("/patrol-tasks/colleagues")
class Colleagues(MethodView):
    @blp.operation("listColleagues", wire.Colleagues)
    def get(self) -> Any:
        """Who else inspects where you work, or where you answer for those who do"""
        return {"items": inspections.colleagues(by=current_actor())}


@blp.route("/patrol-tasks/<int:task_id>/finding", methods=["POST"])
@blp.arguments(wire.Finding)
@blp.operation("finishTask", wire.PatrolTask, status=201)
def finish(form: dict[str, Any], task_id: int) -> Any:
    """Say what was found about a record that was to be verified"""
    return inspections.done(task_id, form, by=current_actor())


@blp.route("/campaigns")
class Campaigns(MethodView):
    @blp.operation("listCampaigns", wire.Campaigns)
    def get(self) -> Any:
        """The campaigns of your areas and how far each of them is"""
        return {"items": inspections.progress.listed(by=current_actor())}

    @blp.arguments(wire.OpenCampaign)
    @blp.operation("openCampaign", wire.Campaign, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Have a list of things looked at within some days; a task for each"""
        return inspections.campaigns.open_campaign(form, by=current_actor())


@blp.route("/campaigns/<int:campaign_id>")
class CampaignById(MethodView):
    @blp.operation("showCampaign", wire.CampaignShares)
    def get(self, campaign_id: int) -> Any:
        """How far a campaign is, by worker, and what was found"""
        return inspections.progress.show(campaign_id, by=current_actor())


@blp.route("/campaigns/<int:campaign_id>/tasks")
class CampaignTasks(MethodView):
    @blp.arguments(wire.CampaignTasksQuery, location="query")
    @blp.operation("listCampaignTasks", wire.CampaignTasks)
    def get(self, query: dict[str, Any], campaign_id: int) -> Any:
        """The tasks behind a number of a campaign"""
        return inspections.progress.tasks_of(
            campaign_id,
            state=query["state"],
            worker=query["worker"],
            after=cursors.number(query["cursor"]) or 0,
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/campaigns/<int:campaign_id>/hazards")
class CampaignHazards(MethodView):
    @blp.arguments(wire.CampaignHazardsQuery, location="query")
    @blp.operation("listCampaignHazards", wire.CampaignHazards)
    def get(self, query: dict[str, Any], campaign_id: int) -> Any:
        """The hazards behind a number of a campaign"""
        return inspections.progress.hazards_of(
            campaign_id,
            state=query["state"],
            after=cursors.number(query["cursor"]) or 0,
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/campaigns/<int:campaign_id>/shares", methods=["POST"])
@blp.arguments(wire.HandShare)
@blp.operation("handShareOver", wire.HandedOver, status=201)
def hand_share(form: dict[str, Any], campaign_id: int) -> Any:
    """Give what a worker has left of a campaign to a replacement; or what is nobody's yet"""
    return inspections.campaigns.hand_share(
        campaign_id, form["giver"], form["to"], by=current_actor()
    )


@blp.route("/flaws")
class Flaws(MethodView):
    @blp.arguments(wire.FlawsQuery, location="query")
    @blp.operation("listFlaws", page_of(wire.Flaw, "FlawPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Records that can hardly be right, the latest first; those still open unless told"""
        return inspections.flaws.listed(
            rule=query["rule"],
            state=query["state"],
            area=query["area"],
            before=cursors.number(query["cursor"]),
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/flaws/counts")
class FlawCounts(MethodView):
    @blp.arguments(wire.FlawCountsQuery, location="query")
    @blp.operation("countFlaws", wire.FlawCounts)
    def get(self, query: dict[str, Any]) -> Any:
        """How many records can hardly be right, by rule and area, and what came of them"""
        return inspections.flaws.overview(query["area"], by=current_actor())


@blp.route("/owners-notices/<code>")
class OwnersNotice(MethodView):
    @blp.operation("verifyOwnersNotice", wire.OwnersNotice, public=True)
    def get(self, code: str) -> Any:
        """A notice of hazards, for whoever has its code: as it was issued, and as it stands now"""
        return inspections.notices.verified(code)
