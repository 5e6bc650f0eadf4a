"""Those who left in another way than by walking out."""

from collections.abc import Callable

from backend.models import Account, Device, Session, TrailLine, Visit
from backend.services.visits import leavers
from tests.services.cast import actor
from tests.town import House, Worker

Lines = Callable[[], list[TrailLine]]


def state_of(visit: str) -> tuple[str, str | None]:
    found = Visit.get_by_id(visit)
    return found.state, found.reason


def test_who_signs_out_has_left(lin: Worker, house: House, trail: Lines) -> None:
    lin.scans(house)
    assert leavers.close_left() == 0
    lin.asks("DELETE", "/sessions/current")
    leavers.close_left()
    assert state_of(lin.visit["id"]) == ("closed", "signed_out")
    assert trail()[-1].verb == "visit.end"


def test_whose_phone_is_revoked_has_left(lin: Worker, house: House) -> None:
    lin.scans(house)
    Device.update(revoked_at=TrailLine.get().at).execute()
    assert leavers.close_left() == 1
    assert state_of(lin.visit["id"]) == ("closed", "device_revoked")
    assert leavers.close_left() == 0


def test_whose_account_is_shut_has_left(lin: Worker, house: House) -> None:
    lin.scans(house)
    Account.update(active=False).where(Account.name == "lin").execute()
    leavers.close_left()
    assert state_of(lin.visit["id"]) == ("closed", "account_disabled")


def test_a_granted_visit_outlives_the_sign_out_of_its_giver(
    lin: Worker, du: Worker, house: House
) -> None:
    lin.scans(house)
    Visit.update(session_id=Session.get(Session.account == actor("du").account_id).id).execute()
    du.asks("DELETE", "/sessions/current")
    assert leavers.close_left() == 0
