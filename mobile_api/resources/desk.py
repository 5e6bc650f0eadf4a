"""The desk: what staff see of cases and do with them. What everybody sees is `cases`."""

from typing import Any

from flask.views import MethodView

from backend.services import cases
from mobile_api import cursors, positions
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.schemas import desk as wire
from mobile_api.schemas import queues as lists
from mobile_api.schemas.fields import CursorQuery, page_of
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("desk", __name__, description="Cases, for those who work them")


@blp.route("/desk/cases")
class DeskCases(MethodView):
    @blp.arguments(wire.CasesQuery, location="query")
    @blp.operation("listCases", page_of(wire.DeskLine, "CasePage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Cases of your areas, the latest first; those still open unless you name a state"""
        return cases.listed(
            area=query["area"],
            state=query["state"],
            kind=query["kind"],
            unit=query["unit"],
            before=cursors.number(query["cursor"]),
            most=query["limit"],
            by=current_actor(),
        )


@blp.route("/desk/confirmations")
class DeskConfirmations(MethodView):
    @blp.operation("listConfirmations", lists.Confirmations)
    def get(self) -> Any:
        """What waits in your areas for you to look at it on the spot, oldest first"""
        return {"items": cases.to_confirm(by=current_actor())}


@blp.route("/desk/conditions")
class DeskConditions(MethodView):
    @blp.arguments(wire.ConditionsQuery, location="query")
    @blp.operation("searchConditions", wire.Conditions)
    def get(self, query: dict[str, Any]) -> Any:
        """Conditions of the city's standard by words of their class or filing, or by their code"""
        return {"items": cases.conditions(query["q"], query["limit"], by=current_actor())}


@blp.route("/desk/queues")
class DeskQueues(MethodView):
    @blp.operation("listDeskQueues", lists.QueueCounts)
    def get(self) -> Any:
        """How many cases wait for a person at your desk, by what they wait for"""
        return {"items": cases.queues.queues(by=current_actor())}


@blp.route("/desk/queues/<queue>")
class DeskQueue(MethodView):
    @blp.arguments(CursorQuery, location="query")
    @blp.operation("listDeskQueue", page_of(lists.QueueLine, "QueuePage"))
    def get(self, query: dict[str, Any], queue: str) -> Any:
        """The cases of one queue, those with the least time first"""
        by = current_actor()
        return cases.queues.queue(queue, cursor=query["cursor"], most=query["limit"], by=by)


@blp.route("/desk/tasks")
class DeskTasks(MethodView):
    @blp.arguments(lists.TasksQuery, location="query")
    @blp.operation("listTasks", page_of(lists.WaitingLine, "TaskPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """What waits for you as a handler, by deadline"""
        by = current_actor()
        return cases.handlers.assigned(
            query["part"], cursor=query["cursor"], most=query["limit"], by=by
        )


@blp.route("/desk/checks")
class DeskChecks(MethodView):
    @blp.arguments(lists.ChecksQuery, location="query")
    @blp.operation("listChecks", page_of(lists.Check, "CheckPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """What is to be checked and was not handled by you, the nearest first if you say where"""
        near = positions.near(query["near"]) if query["near"] else None
        return cases.checks.checks(
            near, query["crs"], cursor=query["cursor"], most=query["limit"], by=current_actor()
        )


@blp.route("/desk/cases/<number>/candidates")
class DeskCaseCandidates(MethodView):
    @blp.operation("listCaseCandidates", lists.Candidates)
    def get(self, number: str) -> Any:
        """Open cases near by that may be the same"""
        return {"items": cases.candidates(number, by=current_actor())}


@blp.route("/desk/cases/<number>")
class DeskCaseByNumber(MethodView):
    @blp.operation("showCaseAtDesk", wire.DeskCase)
    def get(self, number: str) -> Any:
        """A case with all its steps, who took them, and what its reporters said"""
        found = cases.show(number, by=current_actor())
        return found, etag(found["version"])


@blp.route("/desk/cases/<number>/contacts")
class DeskCaseContacts(MethodView):
    @blp.operation("showCaseContacts", wire.Contacts)
    def get(self, number: str) -> Any:
        """The reporters' names and phones, where they left any; the look is on the trail"""
        return {"items": cases.contact(number, by=current_actor())}


@blp.route("/desk/cases/<number>/moves")
class DeskCaseMoves(MethodView):
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.Move)
    @blp.operation("moveCase", wire.Moved, status=201)
    def post(self, form: dict[str, Any], number: str) -> Any:
        """Do something with a case: one of its `actions`"""
        found = cases.moves.take(number, version(), form, by=current_actor())
        return found, etag(found["version"])
