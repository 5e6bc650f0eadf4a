"""Who is asking, as the house knows them this instant; without HTTP and without a session row."""

from backend.actor import Actor
from backend.models import Account
from backend.services.accounts import sessions


def actor(name: str) -> Actor:
    """Anybody with an account, by name."""
    account = Account.get(Account.name == name)
    grants = sessions.grants_of(account.id)
    return Actor(
        account_id=account.id,
        name=account.name,
        full_name=account.full_name,
        grants=grants,
        session_id=f"{account.id:032x}",
        device_id=f"{account.id:08x}" + "d" * 24,
        home_area=account.area_id,
        stamp=account.stamp,
        roles=tuple(dict.fromkeys(grant.role for grant in grants)),
    )
