"""Accounts, roles, duties and notices."""

from typing import Any

from flask.views import MethodView

from backend.services import notices
from backend.services.accounts import devices
from backend.services.staff import accounts, duties, roles
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.cursors import number
from mobile_api.schemas import staff as wire
from mobile_api.schemas.fields import CursorQuery, page_of
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("staff", __name__, description="Accounts, roles, duties and notices")


@blp.route("/accounts")
class Accounts(MethodView):
    @blp.arguments(wire.AccountsQuery, location="query")
    @blp.operation("listAccounts", page_of(wire.AccountLine, "AccountPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """The accounts at home in my areas"""
        return accounts.list_accounts(
            area=query["area"],
            role=query["role"],
            after=query["cursor"],
            most=query["limit"],
            by=current_actor(),
        )

    @blp.arguments(wire.OpenAccount)
    @blp.operation("openAccount", wire.Account, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Open an account, with roles if some are given"""
        given = form.pop("roles")
        found = accounts.open_account(**form, roles_given=given, by=current_actor())
        return found, etag(found["version"])


@blp.route("/accounts/<name>")
class AccountByName(MethodView):
    @blp.operation("showAccount", wire.Account)
    def get(self, name: str) -> Any:
        """One account with its roles"""
        found = accounts.show_account(name, by=current_actor())
        return found, etag(found["version"])

    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.AmendAccount)
    @blp.operation("amendAccount", wire.Account)
    def patch(self, form: dict[str, Any], name: str) -> Any:
        """Correct a name, reset the password, shut or reopen an account"""
        found = accounts.amend_account(name, form, version(), by=current_actor())
        return found, etag(found["version"])


@blp.route("/accounts/<name>/roles", methods=["POST"])
@blp.arguments(wire.GiveRole)
@blp.operation("giveRole", wire.RoleGiven, status=201)
def give_role(form: dict[str, Any], name: str) -> Any:
    """Give a role for an area; without one it counts at the buildings of one's duties"""
    return roles.give_role(name, form["role"], form["area"], form["until"], by=current_actor())


@blp.route("/accounts/<name>/roles/<int:grant_id>", methods=["DELETE"])
@blp.operation("endRole", status=204)
def end_role(name: str, grant_id: int) -> None:
    """Take a role away; gone on the person's next request"""
    roles.end_role(name, grant_id, by=current_actor())


@blp.route("/duties")
class Duties(MethodView):
    @blp.arguments(wire.DutiesQuery, location="query")
    @blp.operation("listDuties", page_of(wire.Duty, "DutyPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Who answers for a building, or what somebody answers for"""
        found = duties.list_duties(
            building=query["building"],
            account=query["account"],
            after=number(query["cursor"]) or 0,
            most=query["limit"],
            by=current_actor(),
        )
        return {"items": found["items"], "next": found["next"] and str(found["next"])}

    @blp.arguments(wire.GiveDuty)
    @blp.operation("giveDuty", wire.Duty, status=201)
    def post(self, form: dict[str, Any]) -> Any:
        """Make somebody answer for a building in one of their roles"""
        return duties.give_duty(**form, by=current_actor())


@blp.route("/duties/<int:duty_id>", methods=["DELETE"])
@blp.operation("endDuty", status=204)
def end_duty(duty_id: int) -> None:
    """End a duty today"""
    duties.end_duty(duty_id, by=current_actor())


@blp.route("/devices/<device_id>/revocation", methods=["POST"])
@blp.operation("revokeDevice", status=204)
def revoke_device(device_id: str) -> None:
    """Revoke the device of somebody in my areas; it is out on its next request"""
    devices.revoke(device_id, by=current_actor())


@blp.route("/notices")
class Notices(MethodView):
    @blp.arguments(CursorQuery, location="query")
    @blp.operation("listNotices", page_of(wire.Notice, "NoticePage"))
    def get(self, query: dict[str, Any]) -> Any:
        """What waits for me, oldest first"""
        most = query["limit"]
        found = notices.unread(number(query["cursor"]) or 0, most + 1, by=current_actor())
        more = len(found) > most
        return {"items": found[:most], "next": str(found[most - 1]["id"]) if more else None}


@blp.route("/notices/<int:notice_id>", methods=["DELETE"])
@blp.operation("readNotice", status=204)
def read_notice(notice_id: int) -> None:
    """Take a notice off the list"""
    notices.mark_read(notice_id, by=current_actor())
