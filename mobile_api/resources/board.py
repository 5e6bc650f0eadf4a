"""The board: what is late, the figures, and the cases behind every number."""

from typing import Any

from flask.views import MethodView

from backend.services import figures, inspections
from backend.services.figures import Asked, Which
from mobile_api import boards, cursors, tables
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import board as wire

blp = Blueprint("board", __name__, description="What is late, and how well it goes")


@blp.route("/board")
class Board(MethodView):
    @blp.arguments(wire.BoardQuery, location="query")
    @blp.operation("showBoard", wire.Board)
    def get(self, query: dict[str, Any]) -> Any:
        """What is late now, whose it is and why; the figures of a period beside the one before"""
        return figures.overview(_asked(query), by=current_actor())


@blp.route("/board/board.csv")
class BoardCsv(MethodView):
    @blp.arguments(wire.BoardQuery, location="query")
    @blp.operation("drawBoard", media="text/csv")
    def get(self, query: dict[str, Any]) -> Any:
        """The board's tables as its page shows them, in the reader's language"""
        found = figures.overview(_asked(query), by=current_actor())
        return tables.csv_of("board", boards.of_board(found))


@blp.route("/board/figures")
class BoardFigures(MethodView):
    @blp.arguments(wire.FiguresQuery, location="query")
    @blp.operation("listFigures", wire.FigureRows)
    def get(self, query: dict[str, Any]) -> Any:
        """The figures of a period by unit, level, area, class or channel"""
        return figures.breakdown(_asked(query), query["by"], by=current_actor())


@blp.route("/board/figures.csv")
class BoardFiguresCsv(MethodView):
    @blp.arguments(wire.FiguresQuery, location="query")
    @blp.operation("drawFigures", media="text/csv")
    def get(self, query: dict[str, Any]) -> Any:
        """The figures by unit, level, area, class or channel, all of them in columns"""
        found = figures.breakdown(_asked(query), query["by"], by=current_actor())
        return tables.csv_of("figures", [boards.breakdown(found, boards.ALL)])


@blp.route("/board/cases")
class BoardCases(MethodView):
    @blp.arguments(wire.BoardCasesQuery, location="query")
    @blp.operation("listBoardCases", wire.BoardCases)
    def get(self, query: dict[str, Any]) -> Any:
        """The cases behind a number: late for a reason, marked, or counted in a period"""
        which = Which(query["why"], query["mark"], query["count"], query["lacks"])
        skip = cursors.number(query["cursor"]) or 0
        return figures.listed(
            _asked(query), which, skip=skip, most=query["limit"], by=current_actor()
        )


@blp.route("/board/patrols")
class BoardPatrols(MethodView):
    @blp.arguments(wire.PatrolsQuery, location="query")
    @blp.operation("showLatePatrols", wire.LatePatrols)
    def get(self, query: dict[str, Any]) -> Any:
        """Inspections past their day: why, in which area, and of which post"""
        return inspections.overdue.overview(query["area"], by=current_actor())


@blp.route("/board/patrols/tasks")
class BoardPatrolTasks(MethodView):
    @blp.arguments(wire.LateTasksQuery, location="query")
    @blp.operation("listLatePatrols", wire.LateTasks)
    def get(self, query: dict[str, Any]) -> Any:
        """The inspections behind a number, those late for longest first"""
        return inspections.overdue.listed(
            query["area"],
            reason=query["reason"],
            post=query["post"],
            skip=cursors.number(query["cursor"]) or 0,
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/board/report/<month>")
class BoardReport(MethodView):
    @blp.arguments(wire.ReportQuery, location="query")
    @blp.operation("showMonthReport", wire.MonthReport)
    def get(self, query: dict[str, Any], month: str) -> Any:
        """A month by unit and level, and what has become better or worse"""
        return figures.report(month, Asked(area=query["area"]), by=current_actor())


@blp.route("/board/report/<month>/report.csv")
class BoardReportCsv(MethodView):
    @blp.arguments(wire.ReportQuery, location="query")
    @blp.operation("drawMonthReport", media="text/csv")
    def get(self, query: dict[str, Any], month: str) -> Any:
        """A month's report as its page shows it, in the reader's language"""
        found = figures.report(month, Asked(area=query["area"]), by=current_actor())
        return tables.csv_of(f"report-{month}", boards.of_report(found))


def _asked(query: dict[str, Any]) -> Asked:
    return Asked(
        query["area"],
        "" if query["unit"] == "none" else query["unit"],
        query["klass"],
        query["channel"],
        query["period"],
        query["since"],
        query["until"],
    )
