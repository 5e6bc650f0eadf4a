"""Changing one's own password: known once more, then out everywhere else."""

from backend.actor import Actor
from backend.errors import Invalid
from backend.models import Account
from backend.services import trail
from backend.services.accounts import sessions
from backend.services.staff import accounts
from backend.verbs import verb


def change(present: str, new: str, source: str, *, by: Actor) -> None:
    """Change my password, which I must know; my other sessions end."""
    sessions.proven(by.name, present, source)
    replace(new, by=by)


@verb("password.change", anyone=True)
def replace(new: str, *, by: Actor) -> None:
    """Replace my password; my other sessions end"""
    account: Account = Account.get_by_id(by.account_id)
    errors: dict[str, list[str]] = {}
    accounts.check_words(account.name, {"password": new}, errors)
    if errors:
        raise Invalid(errors={"new": errors["password"]})
    account.password_hash = sessions.hash_password(new)
    accounts.save(account)
    accounts.shut_out(account, "password-changed", by)
    trail.write(by, "password.change")
