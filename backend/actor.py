"""Who is asking: an account seen through one session, with what it may do and where."""

from dataclasses import dataclass, field

from backend.rules.permits import Grant


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a call. Built once a request from the session, never global.

    `grants` are the roles with their area scope; duties (building x role) are looked up per
    building, because a police officer may hold thousands. `device_id` is the enrolled device
    of this session, if any.
    """

    account_id: int
    name: str
    full_name: str
    grants: tuple[Grant, ...] = ()
    session_id: str | None = None
    device_id: str | None = None
    home_area: str | None = None
    stamp: int = 0
    roles: tuple[str, ...] = field(default=())


SYSTEM = Actor(account_id=0, name="system", full_name="Gridtag")
