"""Signing in, renewing, signing out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.views import MethodView

from backend.services.accounts import me, sessions
from backend.services.staff import passwords
from mobile_api.auth import current_actor, source
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import sessions as wire

blp = Blueprint("sessions", __name__, description="Signing in and staying signed in")


def _proven(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The password first: an answer kept under an Idempotency-Key is for who knows it, too."""

    @wraps(handler)
    def call(self: MethodView, form: dict[str, Any]) -> Any:
        person = sessions.proven(form.pop("account"), form.pop("password"), source())
        return handler(self, form | {"person": person})

    return call


@blp.route("/sessions")
class Sessions(MethodView):
    @blp.arguments(wire.SignIn)
    @_proven
    @blp.operation("signIn", wire.Tokens, status=201, public=True)
    def post(self, form: dict[str, Any]) -> Any:
        """Sign in with account and password"""
        return sessions.begin(form["person"], device_id=form["device_id"], source=source())


@blp.route("/sessions/renewal")
class SessionRenewal(MethodView):
    @blp.arguments(wire.Renewal)
    @blp.operation("renewSession", wire.Tokens, status=201, public=True)
    def post(self, form: dict[str, Any]) -> Any:
        """Exchange a refresh token for new tokens; used twice, it ends the session

        A device that signs the body (`sig`, see docs/SIGNING.md) may repeat its last
        renewal for 60 seconds, in case the answer was lost.
        """
        return sessions.renew(
            form["refresh_token"], device_id=form["device_id"], signed=request.get_data()
        )


@blp.route("/sessions/current")
class CurrentSession(MethodView):
    @blp.operation("signOut", status=204)
    def delete(self) -> None:
        """End this session"""
        sessions.sign_out(by=current_actor())


@blp.route("/me/password", methods=["PUT"])
@blp.arguments(wire.ChangePassword)
@blp.operation("changePassword", status=204)
def change_password(form: dict[str, Any]) -> None:
    """Change my password; my other sessions end"""
    passwords.change(form["present"], form["new"], source(), by=current_actor())


@blp.route("/me")
class Me(MethodView):
    @blp.operation("showMe", wire.Me)
    def get(self) -> Any:
        """Who I am, my roles and what they allow"""
        return me.show(by=current_actor())
