"""Where a unit is told beside mail: an address with a secret in it, sealed, shown masked only."""

import secrets
from base64 import b64encode
from typing import Any

from backend import clock
from backend.actor import Actor
from backend.couriers import Bulletin, Unwelcome, places, way_to
from backend.errors import Invalid, Unreachable
from backend.house import house
from backend.models import Unit
from backend.services import outbox, scope, trail, units
from backend.verbs import verb


@verb("unit.show-address", reads=True)
def show(code: str, *, by: Actor) -> dict[str, Any]:
    """How a unit is told of its cases, without what opens it"""
    return _shown(_reached(code, "unit.show-address", by))


@verb("unit.set-address")
def set_address(code: str, address: str, secret: str | None = None, *, by: Actor) -> dict[str, Any]:
    """Have a unit told by a webhook or in a chat; a webhook's secret is shown this once"""
    unit = _reached(code, "unit.set-address", by)
    kept = _checked(address.strip())
    made = None if places.kind_of(kept) in places.ROBOTS else secret or _made()
    _check_secret(made)
    unit.sealed = house().vault.seal(_row(unit), kept, made)
    unit.save()
    _note(by, unit, "unit.set-address", places.masked(kept))
    return {**_shown(unit), "secret": made}


@verb("unit.forget-address")
def forget_address(code: str, *, by: Actor) -> None:
    """Tell a unit by mail again, or by the house's own courier; what waits goes there, too"""
    unit = _reached(code, "unit.forget-address", by)
    unit.sealed = None
    unit.save()
    _note(by, unit, "unit.forget-address", None)


def try_address(code: str) -> None:
    """Send a word there now, outside any transaction. Raises Unreachable, saying why."""
    unit, at = units.find(code), clock.now()
    address, secret = _opened(unit)
    if address is None:
        raise Invalid(errors={"address": ["This unit has no address of its own."]})
    text = outbox.texts()["test"][house().settings.UNIT_LANGUAGE]
    key = f"test:{unit.code}:{at:%Y%m%d%H%M%S}"
    letter = Bulletin(key, unit.code, text, "test", "", at.isoformat(), "", {})
    try:
        way_to(address, secret or "").carry([letter], inside=house().settings.HOOKS_INSIDE)
    except (OSError, Unwelcome) as fault:
        raise Unreachable(why=str(fault)[:200]) from fault


def _shown(unit: Unit) -> dict[str, Any]:
    address, _ = _opened(unit)
    return {
        "unit": unit.code,
        "name": unit.name,
        "email": unit.email,
        "kind": places.kind_of(address) if address else None,
        "address": places.masked(address) if address else None,
        "ways": outbox.ways_of(unit),
    }


def _opened(unit: Unit) -> tuple[str | None, str | None]:
    if unit.sealed is None:
        return None, None
    address, secret = house().vault.open(_row(unit), bytes(unit.sealed))
    return address, secret


def _row(unit: Unit) -> bytes:
    return f"unit:{unit.code}".encode()


def _reached(code: str, name: str, by: Actor) -> Unit:
    """The unit, if it lies where the actor may do this."""
    unit = units.find(code)
    if by.account_id:
        scope.check_area(by, name, unit.area_path)
    return unit


def _checked(address: str) -> str:
    try:
        return places.check(address, inside=house().settings.HOOKS_INSIDE)
    except places.NoPlace:
        raise Invalid(
            errors={"address": ["An https:// address, or a robot of a chat with its token."]}
        ) from None


def _made() -> str:
    return places.SIGNED_WITH + b64encode(secrets.token_bytes(24)).decode()


def _check_secret(secret: str | None) -> None:
    if secret is not None and not places.is_secret(secret):
        raise Invalid(errors={"secret": ["whsec_ and at least 24 bytes in base64."]})


def _note(by: Actor, unit: Unit, name: str, shown: str | None) -> None:
    trail.write(by, name, area_path=unit.area_path, facts={"unit": unit.code, "address": shown})
