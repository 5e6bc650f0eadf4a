"""Print runs: ordered, released, printed, issued; their files, each read back before it leaves."""

from typing import Any

from flask.views import MethodView

from backend.services import runs
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.cursors import number as row_number
from mobile_api.files import attached
from mobile_api.schemas import print_runs as wire
from mobile_api.schemas.fields import CursorQuery, page_of

blp = Blueprint("print_runs", __name__, description="Tags ordered, printed and handed out together")


@blp.route("/print-choices")
class PrintChoices(MethodView):
    @blp.operation("showPrintChoices", wire.PrintChoices)
    def get(self) -> Any:
        """Kinds, forms, symbols and grades to choose from, and the areas I may order for"""
        return runs.choices(by=current_actor())


@blp.route("/print-runs")
class PrintRuns(MethodView):
    @blp.arguments(wire.RunsQuery, location="query")
    @blp.operation("listPrintRuns", page_of(wire.RunLine, "PrintRunPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """The runs of my areas, newest first"""
        after = row_number(query["cursor"])
        found = runs.list_runs(query["state"], after, query["limit"], by=current_actor())
        return {"items": found["items"], "next": found["next"] and str(found["next"])}

    @blp.arguments(wire.OrderRun)
    @blp.operation("orderPrintRun", wire.Run, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Order tags: so many blanks, or one for each thing named"""
        made = runs.order_run(form, by=current_actor())
        return made, {"Location": f"/api/v1/print-runs/{made['number']}"}


@blp.route("/print-runs/<number>")
class PrintRun(MethodView):
    @blp.operation("showPrintRun", wire.Run)
    def get(self, number: str) -> Any:
        """One run: how it is made and how far it has come"""
        return runs.show_run(number, by=current_actor())


@blp.route("/print-runs/<number>/pieces")
class PrintRunPieces(MethodView):
    @blp.arguments(CursorQuery, location="query")
    @blp.operation("listPrintRunPieces", page_of(wire.RunPiece, "PrintRunPiecePage"))
    def get(self, query: dict[str, Any], number: str) -> Any:
        """The pieces of a run with their codes and words"""
        after = row_number(query["cursor"]) or 0
        found = runs.pieces_of(number, after, query["limit"], by=current_actor())
        return {"items": found["items"], "next": found["next"] and str(found["next"])}


@blp.route("/print-runs/<number>/release", methods=["POST"])
@blp.operation("releasePrintRun", wire.Run)
def release(number: str) -> Any:
    """Draw the run and read every label back; only then may it be printed"""
    return runs.release(number, by=current_actor())


@blp.route("/print-runs/<number>/printing", methods=["POST"])
@blp.operation("markPrintRunPrinted", wire.Run)
def mark_printed(number: str) -> Any:
    """Say that the run has been printed"""
    return runs.mark_printed(number, by=current_actor())


@blp.route("/print-runs/<number>/issue", methods=["POST"])
@blp.arguments(wire.IssueRun)
@blp.operation("issuePrintRun", wire.Run)
def issue(form: dict[str, Any], number: str) -> Any:
    """Hand the run to the team of an area; what was ordered by name counts from now on"""
    return runs.issue(number, form["area"], by=current_actor())


@blp.route("/print-runs/<number>/spoiled", methods=["POST"])
@blp.arguments(wire.SpoilPieces)
@blp.operation("declareSpoiledPieces", wire.Run)
def spoil(form: dict[str, Any], number: str) -> Any:
    """Declare pieces spoiled: their codes are dead"""
    return runs.spoil(number, form["pieces"], by=current_actor())


@blp.route("/print-runs/<number>/replacements", methods=["POST"])
@blp.operation("orderSpoiledAnew", wire.Run, status=201)
def reorder(number: str) -> Any:
    """Order the spoiled pieces anew: the same labels with new codes, as a run of their own"""
    made = runs.reorder(number, by=current_actor())
    return made, {"Location": f"/api/v1/print-runs/{made['number']}"}


@blp.route("/print-runs/<number>/cancellation", methods=["POST"])
@blp.operation("cancelPrintRun", wire.Run)
def cancel(number: str) -> Any:
    """Cancel a run that is not printed yet: its codes are dead"""
    return runs.cancel(number, by=current_actor())


@blp.route("/print-runs/<number>/sheet.pdf")
class PrintRunPdf(MethodView):
    @blp.arguments(wire.DrawQuery, location="query")
    @blp.operation("drawPdf", media="application/pdf")
    def get(self, query: dict[str, Any], number: str) -> Any:
        """The labels on the run's form, to be printed at actual size"""
        return attached(runs.draw(number, "sheet.pdf", query, by=current_actor()))


@blp.route("/print-runs/<number>/labels.zpl")
class PrintRunZpl(MethodView):
    @blp.arguments(wire.DrawQuery, location="query")
    @blp.operation("drawZpl", media="text/plain")
    def get(self, query: dict[str, Any], number: str) -> Any:
        """The labels for a thermal printer that speaks ZPL"""
        return attached(runs.draw(number, "labels.zpl", query, by=current_actor()))


@blp.route("/print-runs/<number>/svg.zip")
class PrintRunSvg(MethodView):
    @blp.arguments(wire.DrawQuery, location="query")
    @blp.operation("drawSvg", media="application/zip")
    def get(self, query: dict[str, Any], number: str) -> Any:
        """The labels one by one as SVG, for plate makers, with the list"""
        return attached(runs.draw(number, "svg.zip", query, by=current_actor()))


@blp.route("/print-runs/<number>/png.zip")
class PrintRunPng(MethodView):
    @blp.arguments(wire.DrawQuery, location="query")
    @blp.operation("drawPng", media="application/zip")
    def get(self, query: dict[str, Any], number: str) -> Any:
        """The labels one by one as PNG, a pixel a dot, with the list"""
        return attached(runs.draw(number, "png.zip", query, by=current_actor()))


@blp.route("/print-runs/<number>/list.csv")
class PrintRunList(MethodView):
    @blp.arguments(wire.DrawQuery, location="query")
    @blp.operation("drawList", media="text/csv")
    def get(self, query: dict[str, Any], number: str) -> Any:
        """Which code stands on which label, with its link"""
        return attached(runs.draw(number, "list.csv", query, by=current_actor()))


@blp.route("/print-forms/<form>/ruler.pdf")
class Ruler(MethodView):
    @blp.arguments(wire.PrinterQuery, location="query")
    @blp.operation("drawRuler", media="application/pdf")
    def get(self, query: dict[str, Any], form: str) -> Any:
        """A test page: the labels' outlines and two rulers of 100 mm to measure"""
        return attached(runs.ruler(form, query, by=current_actor()))
