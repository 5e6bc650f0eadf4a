"""Enrolled phones: each holds a secret that signs what it sends."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend import clock
from backend.actor import Actor
from backend.errors import DeviceClockWrong, DeviceRevoked, DeviceUnknown, NotFound, SignatureWrong
from backend.house import house
from backend.models import Device, Session
from backend.rules import signing
from backend.services import scope, trail
from backend.verbs import verb

CLOCK_TOLERANCE = timedelta(hours=24)


@dataclass(frozen=True)
class Enrolled:
    """A new device. The secret is shown this once."""

    device_id: str
    secret: str


@verb("device.enrol", anyone=True)
def enrol(name: str, device_time: datetime | None, *, by: Actor) -> Enrolled:
    """Enrol this phone and tie the session to it; its secret is shown once"""
    now = clock.now()
    if device_time is not None and abs(now - device_time) > CLOCK_TOLERANCE:
        raise DeviceClockWrong(skew_s=int((device_time - now).total_seconds()))
    device_id, secret = secrets.token_hex(16), secrets.token_hex(32)
    Device.create(
        id=device_id,
        account=by.account_id,
        name=name,
        sealed=house().vault.seal(_row(device_id), secret),
        enrolled_at=now,
    )
    Session.update(device=device_id).where(Session.id == by.session_id).execute()
    trail.write(by, "device.enrol", facts={"device": device_id})
    return Enrolled(device_id, secret)


@verb("device.list", anyone=True, reads=True)
def own_devices(*, by: Actor) -> list[dict[str, object]]:
    """One's own devices, newest first"""
    rows = (
        Device.select()
        .where(Device.account == by.account_id)
        .order_by(Device.enrolled_at.desc(), Device.id)
    )
    return [
        {
            "device_id": row.id,
            "name": row.name,
            "enrolled_at": row.enrolled_at,
            "revoked_at": row.revoked_at,
        }
        for row in rows
    ]


@verb("device.forget", anyone=True)
def forget(device_id: str, *, by: Actor) -> None:
    """Revoke one of one's own devices: a lost phone is out on its next request"""
    _revoke(device_id, Device.account == by.account_id)
    trail.write(by, "device.forget", facts={"device": device_id})


@verb("device.revoke")
def revoke(device_id: str, *, by: Actor) -> None:
    """Revoke the device of somebody at home in my areas"""
    device = Device.get_or_none(Device.id == device_id)
    if device is None:
        raise NotFound(noun="device")
    home = device.account.area
    scope.check_area(by, "device.revoke", home.path if home else "")
    _revoke(device_id, True)
    trail.write(by, "device.revoke", facts={"device": device_id})


def own(device_id: str, account_id: int) -> Device:
    """The active device of this account, or a refusal."""
    device = Device.get_or_none((Device.id == device_id) & (Device.account == account_id))
    if device is None:
        raise DeviceUnknown()
    if device.revoked_at is not None:
        raise DeviceRevoked()
    return device


def tie(device: Device, by: Actor) -> None:
    """Whoever signs with a device belongs to it: once it is lost, this session is out as well."""
    if by.device_id != device.id:
        Session.update(device=device.id).where(Session.id == by.session_id).execute()


def check_signature(device: Device, raw: bytes, signature: str) -> None:
    """Refuse unless `signature` is this device's over the raw JSON body."""
    if not signing.is_signed(secret_of(device), raw, signature):
        raise SignatureWrong()


def has_signed(device: Device, raw: bytes) -> bool:
    """Whether the raw JSON body carries this device's signature as its member `sig`."""
    return signing.carries_signature(secret_of(device), raw)


def secret_of(device: Device) -> str:
    secret = house().vault.open(_row(device.id), bytes(device.sealed))[0]
    assert secret is not None
    return secret


def _revoke(device_id: str, whose: object) -> None:
    changed = (
        Device.update(revoked_at=clock.now())
        .where((Device.id == device_id) & Device.revoked_at.is_null() & whose)
        .execute()
    )
    if not changed:
        raise NotFound(noun="device")


def _row(device_id: str) -> bytes:
    return f"device:{device_id}".encode()
