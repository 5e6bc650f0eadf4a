"""A bike changes hands: the owner offers it to a phone, whose holder takes it. Both agree."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock, together
from backend.errors import BadIdNumber, Conflict, Invalid, NotFound, PhoneNotProved
from backend.house import house
from backend.models import Bike, Ownership, Transfer
from backend.rules import approval, frames
from backend.rules.approval import Asked
from backend.rules.identity import check_id_number, check_phone
from backend.services import phones, scope
from backend.services.bikes import owners, steps
from backend.services.bikes.owners import Person


def offer(token: str, phone: str) -> dict[str, Any]:
    """Offer it to whoever holds this phone; the token of the link to give them, and until when."""
    index = house().vault.index("phone", check_phone(phone))
    link = secrets.token_urlsafe(16)

    def act() -> dict[str, Any]:
        row = owners.living(token)
        bike = steps.held(row.bike_id, "offer")
        _lapse(bike.id)
        if Transfer.get_or_none(Transfer.open_key == bike.id) is not None:
            raise Conflict(errors={"phone": ["It is offered to somebody already."]})
        until = clock.now() + timedelta(hours=house().policy.bikes.offer_hours)
        Transfer.create(
            bike_id=bike.id,
            open_key=bike.id,
            ownership_id=row.id,
            phone_index=index,
            token_index=owners.index_of(link),
            offered_at=clock.now(),
            until=until,
        )
        steps.step(bike, "offer")
        return {"token": link, "until": until}

    return together.write(act)


def take_back(token: str) -> None:
    """It stays with me."""

    def act() -> None:
        row = owners.living(token)
        bike = steps.held(row.bike_id, "take-back")
        if not _end(Transfer.open_key == bike.id, "withdrawn"):
            raise Conflict(errors={"offer": ["It is not offered to anybody."]})
        steps.step(bike, "take-back")

    together.write(act)


def offered(link: str) -> dict[str, Any]:
    """What is offered, for whoever has the link: the bike, and nothing of who owns it."""
    found = _standing(link)
    bike = Bike.get_by_id(found.bike_id)
    return {"brand": bike.brand, "colour": bike.colour, "frame": bike.frame, "until": found.until}


def accept(link: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Take it: with the phone that it was offered to, proved, and one's own papers.

    `form`: name, id_number, phone, proof, language. Answers with the token of one's own link.
    """
    person = _person(form)
    if not phones.is_proved(person.phone, form.get("proof")):
        raise PhoneNotProved()
    language = str(form.get("language") or "zh_Hans")
    return together.write(lambda: _accepted(link, person, language))


def refuse(link: str) -> None:
    """I do not want it."""

    def act() -> None:
        found, bike = _held(link, "take-back")
        _end(Transfer.id == found.id, "refused")
        steps.step(bike, "take-back", facts={"refused": True})

    together.write(act)


def _accepted(link: str, person: Person, language: str) -> dict[str, Any]:
    found, bike = _held(link, "transfer")
    if bytes(found.phone_index) not in house().vault.indexes("phone", person.phone):
        raise PhoneNotProved()
    decision = _judged(bike, person)
    if decision.state != "registered":
        raise Conflict(errors={"form": decision.reasons()})
    before = Ownership.get_by_id(found.ownership_id)
    if before.live_key != bike.id:
        raise Conflict(errors={"offer": ["It is not theirs any more."]})
    owners.end(before)
    token = owners.give(bike.id, person, "transferred", language)
    assert token is not None  # Its owner has just ceased to be one, under this very lock.
    _end(Transfer.id == found.id, "accepted")
    steps.step(bike, "transfer")
    return {"token": token, "code": bike.code}


def _judged(bike: Bike, person: Person) -> approval.Decision:
    """The rules that are about the person; the frame's were asked when it was registered."""
    asked = Asked(
        id_number=person.id_number,
        frame=frames.Frame(bike.frame, "national", "e-bike"),
        area_path=bike.area_path,
        is_phone_proved=True,
        is_frame_taken=False,
        is_frame_stolen=False,
        bikes_before=owners.bikes_of(person.id_number),
    )
    return approval.judge(asked, house().policy.bikes, scope.day())


def _person(form: Mapping[str, Any]) -> Person:
    name = " ".join(str(form.get("name") or "").split())
    if not name or len(name) > 60 or not name.isprintable():
        raise Invalid(errors={"name": ["Say it in a few words."]})
    try:
        id_number = check_id_number(str(form.get("id_number") or ""), scope.day())
    except BadIdNumber as wrong:
        raise Invalid(errors={"id_number": [wrong.sentence]}) from None
    return Person(name, id_number, check_phone(str(form.get("phone") or "")))


def _standing(link: str) -> Transfer:
    found: Transfer | None = Transfer.get_or_none(Transfer.token_index == owners.index_of(link))
    if found is None or found.open_key is None or found.until <= clock.now():
        raise NotFound(noun="offer")
    return found


def _held(link: str, action: str) -> tuple[Transfer, Bike]:
    """The offer and its bike, nobody else's until the end; it is asked again once that is sure."""
    bike = steps.held(_standing(link).bike_id, action)
    return _standing(link), bike


def _lapse(bike_id: int) -> None:
    """An offer whose time is over stands in nobody's way."""
    _end((Transfer.open_key == bike_id) & (Transfer.until <= clock.now()), "lapsed")


def _end(which: Any, outcome: str) -> int:
    ended = Transfer.update(open_key=None, ended_at=clock.now(), outcome=outcome)
    return int(ended.where(which).execute())
