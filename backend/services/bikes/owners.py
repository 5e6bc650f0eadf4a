"""Whose a bike is: sealed, found by the owner's own link alone, or by a keyed index."""

import hashlib
import secrets
from typing import Any, NamedTuple

import orjson
from peewee import fn

from backend import clock
from backend.db import to_ms
from backend.errors import NotFound, PhoneNotProved
from backend.house import house
from backend.models import Bike, BikeStep, LookUp, Ownership, Sighting, Transfer
from backend.prepared import Prepared
from backend.rules import bikes as life
from backend.rules import masks
from backend.rules.identity import check_phone
from backend.services import areas, phones
from backend.services.bikes.steps import number

MOST_MINE = 50
MOST_SEEN = 200


class Person(NamedTuple):
    """Who owns it. Only the vault keeps this, and only its owner and who may are told."""

    name: str
    id_number: str
    phone: str


def give(
    bike_id: int, person: Person, how: str, language: str, token: str | None = None
) -> str | None:
    """Make somebody the owner of a bike that has none now; the token of their link.

    None if it has an owner: there are never two.
    """
    token = token or secrets.token_urlsafe(16)
    row, vault = number(), house().vault
    written = _write.write(
        row,
        bike_id,
        bike_id,
        vault.seal(_name(row), *person, token),
        vault.index("id_number", person.id_number),
        vault.index("phone", person.phone),
        index_of(token),
        language,
        how,
        to_ms(clock.now()),
    )
    return token if written else None


def of_token(token: str) -> Ownership:
    """The ownership whose link this is, past ones too. Refuses what leads nowhere."""
    row: Ownership | None = Ownership.get_or_none(Ownership.token_index == index_of(token))
    if row is None:
        raise NotFound(noun="bike")
    return row


def living(token: str) -> Ownership:
    """The same, if the bike is still theirs."""
    row = of_token(token)
    if row.live_key is None:
        raise NotFound(noun="bike")
    return row


def of_bike(bike_id: int) -> Ownership | None:
    """Whose it is now."""
    row: Ownership | None = Ownership.get_or_none(Ownership.live_key == bike_id)
    return row


def opened(row: Ownership) -> Person | None:
    """Who it is; None once that was forgotten."""
    if row.forgotten_at is not None:
        return None
    name, id_number, phone, _ = house().vault.open(_name(row.id), bytes(row.sealed))
    return Person(name or "", id_number or "", phone or "")


def reseal(row: Ownership, person: Person) -> None:
    """Put right who it is."""
    vault = house().vault
    token = vault.open(_name(row.id), bytes(row.sealed))[3]
    row.sealed = vault.seal(_name(row.id), *person, token)
    row.id_index = vault.index("id_number", person.id_number)
    row.phone_index = vault.index("phone", person.phone)
    row.save()


def end(row: Ownership, *, forget: bool = False) -> None:
    """The bike is not theirs any more; with `forget`, nothing tells who they were."""
    row.live_key, row.until = None, clock.now()
    # Only these: the keys may be changed meanwhile, and what is sealed anew stays so.
    row.save(only=[Ownership.live_key, Ownership.until])
    if forget:
        wipe(row)


def wipe(row: Ownership) -> None:
    """Nothing tells any more who they were; their link leads nowhere."""
    row.sealed = house().vault.seal(_name(row.id), None, None, None, None)
    row.id_index = row.phone_index = row.token_index = None
    row.forgotten_at = clock.now()
    row.save(
        only=[
            Ownership.sealed, Ownership.id_index, Ownership.phone_index, Ownership.token_index,
            Ownership.forgotten_at,
        ]
    )  # fmt: skip


def bikes_of(id_number: str) -> int:
    """How many bikes this person has."""
    found = house().vault.indexes("id_number", id_number)
    return sum(count for index in found for (count,) in _count(index))


def mine(phone: str, proof: str) -> list[dict[str, Any]]:
    """The bikes of whoever has proved this phone, each with its link. Raises PhoneNotProved."""
    plain = check_phone(phone)
    if not phones.is_proved(plain, proof):
        raise PhoneNotProved()
    indexes = house().vault.indexes("phone", plain)
    mine = Ownership.phone_index.in_(indexes) & Ownership.live_key.is_null(False)
    rows = Ownership.select().where(mine).order_by(Ownership.id.desc()).limit(MOST_MINE)
    return [{**_face(Bike.get_by_id(row.bike_id)), "token": _token(row)} for row in rows]


def show(token: str) -> dict[str, Any]:
    """A bike as its owner sees it: its ID, how it went, who looked, where it was seen."""
    row = of_token(token)
    bike = Bike.get_by_id(row.bike_id)
    is_mine = row.live_key is not None
    person = opened(row) if is_mine else None
    return {
        **_face(bike),
        "code": bike.code if is_mine else None,  # Another plate's is its next owner's business.
        "is_mine": is_mine,
        "frame": bike.frame,
        "frame_form": bike.frame_form,
        "area": _area(bike),
        "owner": _glimpse(person) if person else None,
        "actions": life.actions(bike.state, "owner") if is_mine else [],
        "version": bike.version,
        "steps": _steps(bike, row),
        "look_ups": _look_ups(row),
        "sightings": _sightings(bike) if is_mine else [],
        "offer_until": _offer_until(bike) if is_mine else None,
    }


def _face(bike: Bike) -> dict[str, Any]:
    return {
        "state": bike.state,
        "code": bike.code,
        "brand": bike.brand,
        "colour": bike.colour,
        "asked_at": bike.asked_at,
        "registered_at": bike.registered_at,
        "stolen_at": bike.stolen_at,
    }


def _area(bike: Bike) -> dict[str, str]:
    found = areas.find(bike.area_path.rpartition("/")[2])
    return {"code": found.code, "name": found.name}


def _steps(bike: Bike, row: Ownership) -> list[dict[str, Any]]:
    """What happened while it was theirs: what an owner before them did is not their business."""
    theirs = (BikeStep.bike_id == bike.id) & (BikeStep.at >= row.since)
    if row.until is not None:
        theirs &= BikeStep.at <= row.until
    rows = BikeStep.select().where(theirs).order_by(BikeStep.id)
    return [
        {
            "at": one.at,
            "action": one.action,
            "state": one.state,
            "by": "staff" if one.account_id else "owner",
            "facts": orjson.loads(one.facts),
        }
        for one in rows
    ]


def _glimpse(person: Person) -> dict[str, str | None]:
    """Enough to know oneself by; a link that is passed on gives no number away."""
    return {
        "name": person.name,
        "id_number": masks.id_number(person.id_number),
        "phone": masks.phone(person.phone),
    }


def _look_ups(row: Ownership) -> list[dict[str, Any]]:
    """Who asked whose it is; what a supervisor has put off is not told before its day."""
    visible = LookUp.hidden_until.is_null() | (LookUp.hidden_until <= clock.now())
    rows = LookUp.select().where((LookUp.ownership_id == row.id) & visible)
    return [
        {
            "id": one.id,  # Whoever wants to know who it was asks by this number.
            "at": one.at,
            "role": one.role,
            "case_number": one.case_number,
            "reason": one.reason,
        }
        for one in rows.order_by(LookUp.id.desc()).limit(MOST_SEEN)
    ]


def _sightings(bike: Bike) -> list[dict[str, Any]]:
    rows = Sighting.select().where(Sighting.bike_id == bike.id).order_by(Sighting.id.desc())
    return [
        {
            "at": one.at,
            "lat": one.lat,
            "lon": one.lon,
            "accuracy_m": one.accuracy_m,
            "photo": one.photo,
        }
        for one in rows.limit(MOST_SEEN)
    ]


def _offer_until(bike: Bike) -> Any:
    standing = (Transfer.open_key == bike.id) & (Transfer.until > clock.now())
    row = Transfer.get_or_none(standing)
    return row.until if row else None


def _token(row: Ownership) -> str | None:
    return house().vault.open(_name(row.id), bytes(row.sealed))[3]


def _name(row: int) -> bytes:
    return f"ownership:{row}".encode()


def index_of(token: str) -> bytes:
    """What a token is found by. It is 128 bits of chance, so a plain hash says nothing of it."""
    return hashlib.sha256(token.encode()).digest()


_write = Prepared(
    lambda row, bike, live, sealed, id_index, phone_index, token_index, language, how, since: (
        Ownership.insert(
            id=row, bike_id=bike, live_key=live, sealed=sealed, id_index=id_index,
            phone_index=phone_index, token_index=token_index, language=language, how=how,
            since=since,
        ).on_conflict_ignore()
    )
)  # fmt: skip
_count = Prepared(
    lambda index: Ownership.select(fn.COUNT(Ownership.id)).where(
        (Ownership.id_index == index) & Ownership.live_key.is_null(False)
    )
)
