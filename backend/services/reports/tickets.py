"""What a page gives a stranger along: a ticket of the scanned tag, and a challenge to work for.

Neither is remembered until it is used: both say what they are for and until when, under our own
mac. A ticket that is missing, old or used is never a reason to refuse; it only counts less.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any, NamedTuple

from backend import clock
from backend.db import is_writing, to_ms
from backend.house import house
from backend.services import allowances
from backend.vault import subkey

MAC_BYTES = 12
NONCE_BYTES = 9


def make(tag: str = "") -> str:
    """A ticket for one report of what hangs under this code; "" for one without a tag."""
    issued = to_ms(clock.now()).to_bytes(6, "big") + secrets.token_bytes(NONCE_BYTES)
    mac = _mac(_keys()[0], "ticket", tag.encode() + b"." + issued, MAC_BYTES)
    return f"{tag}.{_text(issued + mac)}"


class Ticket(NamedTuple):
    """A ticket that we made: the tag it was made for, and what it is used up by."""

    tag: str
    once: str


def read(ticket: str) -> Ticket | None:
    """The ticket, if we made it less than half an hour ago."""
    tag, _, rest = ticket.rpartition(".")
    raw = _bytes(rest)
    issued, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    said = tag.encode() + b"." + issued
    if len(issued) != 6 + NONCE_BYTES or not _is_ours("ticket", said, mac):
        return None
    age_ms = to_ms(clock.now()) - int.from_bytes(issued[:6], "big")
    if not 0 <= age_ms <= house().policy.reports.ticket_s * 1000:
        return None
    return Ticket(tag, f"ticket:{rest}")


def is_fresh(once: str) -> bool:
    """Whether nobody has reported with it yet; in a write transaction it is used up by that."""
    return allowances.use_once(once) if is_writing() else not allowances.was_used(once)


# --- Work ---------------------------------------------------------------------------------


def challenge(subject: str) -> dict[str, Any]:
    """Find the `number` up to `most` for which SHA-256(salt + number) is `hash`.

    `work` of the report is then `salt:number:mac`. `subject` is what the report is of.
    """
    limits = house().policy.reports
    until = to_ms(clock.now()) // 1000 + limits.work_s
    salt = f"{subject}.{until}.{secrets.token_hex(8)}."
    wanted = hashlib.sha256(f"{salt}{secrets.randbelow(limits.work_most)}".encode()).hexdigest()
    mac = _mac(_keys()[0], "work", f"{salt}{wanted}".encode(), MAC_BYTES)
    return {
        "salt": salt,
        "hash": wanted,
        "most": limits.work_most,
        "mac": _text(mac),
        "lives_s": limits.work_s,
    }


def solved(work: str, subject: str) -> bool:
    """Whether it solves a challenge of ours, in time and for the first time."""
    salt, _, rest = work.rpartition(".:") if ".:" in work else ("", "", "")
    number, _, mac = rest.partition(":")
    parts = f"{salt}.".rsplit(".", 3)
    if len(parts) != 4 or not number.isdecimal() or len(number) > 9 or not parts[1].isdecimal():
        return False
    said = f"{salt}.{hashlib.sha256(f'{salt}.{number}'.encode()).hexdigest()}"
    is_ours = _is_ours("work", said.encode(), _bytes(mac))
    in_time = int(parts[1]) >= to_ms(clock.now()) / 1000
    if not (is_ours and in_time and parts[0] == subject):
        return False
    return is_fresh(f"work:{hashlib.sha256(salt.encode()).hexdigest()[:40]}")


def _keys() -> list[bytes]:
    """The signing key first, then those of former secrets."""
    return [subkey(secret, "tickets") for secret in house().settings.secret_keys]


def _mac(key: bytes, purpose: str, said: bytes, length: int) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\0" + said, "sha256")[:length]


def _is_ours(purpose: str, said: bytes, mac: bytes) -> bool:
    return any(hmac.compare_digest(_mac(key, purpose, said, MAC_BYTES), mac) for key in _keys())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
