"""What becomes of a bike, whoever says so: its owner by a link, or its company's people.

Each is given the bike held, in a state from which it may be; `account_id` is of staff.
"""

from collections.abc import Mapping

from backend import clock
from backend.db import locked
from backend.models import Bike, Tag, Transfer
from backend.services import notices, tags
from backend.services.bikes import steps


def cry_theft(bike: Bike, said: Mapping[str, object], account_id: int | None = None) -> None:
    """It was stolen: police and grid are told, and every scan is a sighting from now on."""
    if bike.state == "stolen":
        return
    bike.stolen_at = clock.now()
    take_back_offer(bike)
    steps.step(bike, "cry-theft", account_id=account_id, facts=said)
    for role in ("police_officer", "collector"):
        notices.tell_role(role, bike.area_path, "bike-stolen", _facts(bike), reaches_down=True)


def find(bike: Bike, account_id: int | None = None) -> None:
    """It is there again; the police need not look for it."""
    bike.stolen_at = None
    steps.step(bike, "find", account_id=account_id)
    told = _facts(bike)
    notices.tell_role("police_officer", bike.area_path, "bike-found", told, reaches_down=True)


def scrap(bike: Bike, account_id: int | None = None) -> None:
    """It is no more: its code leads nowhere, its frame is free."""
    end_tag(bike, "revoked", "scrapped")
    take_back_offer(bike)
    steps.step(bike, "scrap", account_id=account_id)


def retag(bike: Bike, account_id: int | None = None) -> None:
    """Another code; the lost one opens nothing, but an officer can tell what it hung at."""
    before = bike.code
    end_tag(bike, "lost", "lost")
    bike.code = tags.mint_bound("ebike", bike.id)
    if before is not None:
        Tag.update(replaced_by=bike.code).where(Tag.code == before).execute()
    steps.step(bike, "retag", account_id=account_id, facts={"before": before, "tag": bike.code})


def end_tag(bike: Bike, state: str, reason: str) -> None:
    """The code that is its ID now leads nowhere any more."""
    if bike.code is not None:
        ended = Tag.update(state=state, ended_at=clock.now(), end_reason=reason)
        ended.where(Tag.code == bike.code).execute()
        bike.code = None


def take_back_offer(bike: Bike) -> None:
    """Nobody may take it any more who could have."""
    ended = Transfer.update(open_key=None, ended_at=clock.now(), outcome="withdrawn")
    ended.where(Transfer.open_key == bike.id).execute()
    locked(Bike.select(Bike.id).where(Bike.id == bike.id)).get()


def _facts(bike: Bike) -> dict[str, object]:
    """What staff are told; nothing of whose it is."""
    return {"brand": bike.brand, "colour": bike.colour, "tag": bike.code}
