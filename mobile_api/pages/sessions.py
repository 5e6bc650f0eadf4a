"""Signing in and out in a browser: the session is a cookie that no script can read."""

from typing import Any

from flask import Blueprint, current_app, request
from flask_babel import gettext

from backend.errors import Refused, TooManyAttempts, WrongPassword, all_codes
from backend.house import house
from backend.services.accounts import sessions
from mobile_api import auth, demo, problems
from mobile_api.pages.render import local, page, see, sent

blp = Blueprint("session_pages", __name__)


@blp.get("/sign-in")
def ask() -> Any:
    """The form, with why one is asked again."""
    if auth.actor_or_none() is not None:
        return see(local(request.args.get("next")))
    return _form(next_path=local(request.args.get("next")), why=_why())


@blp.post("/sign-in")
def sign_in() -> Any:
    """Sign in with account and password; on to where one was going."""
    account, password = sent("account").strip(), sent("password")
    next_path = local(sent("next", 500))
    errors = _missing(account, password)
    if errors:
        return _form(422, next_path=next_path, account=account, errors=errors)
    try:
        cookie = sessions.sign_in_page(account, password, source=auth.source())
    except (WrongPassword, TooManyAttempts) as refusal:
        return _refused(refusal, next_path, account)
    answer = see(next_path)
    answer.set_cookie(
        auth.COOKIE,
        cookie,
        max_age=sessions.PAGE_LIFE,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SECURE"],
    )
    return answer


@blp.post("/sign-out")
def sign_out() -> Any:
    """End the session; the cookie goes even if the session had ended before."""
    sent("next")
    try:
        sessions.sign_out(by=auth.current_actor())
    except Refused as refusal:
        if problems.status_of(type(refusal)) != 401:
            raise
    answer = see("/sign-in")
    answer.delete_cookie(auth.COOKIE, httponly=True, samesite="Lax")
    return answer


def _missing(account: str, password: str) -> dict[str, str]:
    found = {}
    if not account:
        found["account"] = gettext("Enter your account.")
    if not password:
        found["password"] = gettext("Enter your password.")
    return found


def _refused(refusal: Refused, next_path: str, account: str) -> Any:
    """The form again, with the refusal's sentence at the field and its Retry-After."""
    answer = problems.from_refusal(refusal)
    form = _form(
        answer.status_code,
        next_path=next_path,
        account=account,
        errors={"account": problems.sentence_of(refusal)},
    )
    if "Retry-After" in answer.headers:
        form.headers["Retry-After"] = answer.headers["Retry-After"]
    return form


def _why() -> str | None:
    """Why one has to sign in again, in words; who just comes in needs no reason."""
    code = request.args.get("why", "")
    kind = all_codes().get(code)
    return gettext(kind.sentence) if kind and code == "session-ended" else None


def _form(status: int = 200, **plain: Any) -> Any:
    plain = {"errors": {}, "account": "", "why": None, **plain}
    cast = _cast() if house().settings.DEMO else []
    return page("sign_in.html", status, cast=cast, **plain)


def _cast() -> list[dict[str, Any]]:
    """The demo's people and the word that opens for them all."""
    titles = house().policy.titles
    known = {one["account"]: one for one in demo.cast()}
    return [
        {
            "account": name,
            "full_name": known[name]["full_name"],
            "titles": [titles[role] for role in known[name]["roles"].split(", ") if role in titles],
            "password": demo.PASSWORD,
        }
        for name in demo.NAMED
    ]
