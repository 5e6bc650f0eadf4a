"""Whose a phone is: a code of six digits goes there, and whoever types it has proved it.

What is proved is said by a short text under our own mac, good for half an hour and for this
phone alone; nothing else is remembered.
"""

import base64
import binascii
import hmac
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta

from backend import clock
from backend.couriers import Letter, courier
from backend.db import is_sqlite, locked, to_ms, writing
from backend.errors import CodeWrong, TooManyCodes
from backend.house import house
from backend.models import PhoneCode
from backend.rules.identity import check_phone
from backend.services import allowances
from backend.services.messages import texts
from backend.vault import subkey

CODE_LIVES = timedelta(minutes=10)
MOST_TRIES = 5
PROOF_LIVES_S = 30 * 60
PHONE_MOST, PHONE_PER_S = 3.0, 1 / 600
"""Codes to one phone: nobody is woken by a stranger's script."""
ADDRESS_MOST, ADDRESS_PER_S = 30.0, 1 / 60
"""Codes asked for from one network: a repair shop registers for its customers."""
LEASE = timedelta(seconds=60)
MOST = 50

log = logging.getLogger("gridtag.phones")


def ask(phone: str, language: str, *, source: str) -> None:
    """Send a code to a phone. Raises BadPhone or TooManyCodes; says nothing of whose it is."""
    number, vault = check_phone(phone), house().vault
    index = vault.index("phone", number)
    for key, most, per_s in (
        (f"code:{allowances.network(source)}", ADDRESS_MOST, ADDRESS_PER_S),
        (f"code:{index.hex()}", PHONE_MOST, PHONE_PER_S),
    ):
        allowances.spend(key[:120], most=most, per_s=per_s, refusal=TooManyCodes)
    code, now = f"{secrets.randbelow(10**6):06d}", clock.now()
    with writing():
        row = PhoneCode.create(
            phone_index=index,
            sealed=b"",
            language=language,
            at=now,
            until=now + CODE_LIVES,
            due_at=now,
        )
        row.sealed = vault.seal(_name(row.id), number, code)
        row.save()


def prove(phone: str, code: str) -> str:
    """The proof for whoever typed the code that was sent last. Raises CodeWrong."""
    number, vault, now = check_phone(phone), house().vault, clock.now()
    is_right = False
    with writing():
        mine = PhoneCode.phone_index.in_(vault.indexes("phone", number))
        fresh = mine & PhoneCode.used_at.is_null() & (PhoneCode.until > now)
        found = locked(PhoneCode.select().where(fresh).order_by(PhoneCode.id.desc())).first()
        if found is not None and found.tries < MOST_TRIES:
            sent = vault.open(_name(found.id), bytes(found.sealed))[1] or ""
            is_right = hmac.compare_digest(sent.encode(), code.strip().encode())
            found.tries += 1
            found.used_at = now if is_right else None
            found.save()
    if not is_right:
        raise CodeWrong(left=max(0, MOST_TRIES - found.tries) if found else 0)
    return proof_for(number)


def proof_for(phone: str) -> str:
    """What says for half an hour that this phone was proved."""
    until = to_ms(clock.now()) // 1000 + PROOF_LIVES_S
    raw = until.to_bytes(6, "big") + _mac(_keys()[0], phone, until)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def is_proved(phone: str, proof: str | None) -> bool:
    """Whether this proof is ours, is for this phone and is not too old."""
    try:
        raw = base64.urlsafe_b64decode((proof or "") + "==")
    except (ValueError, binascii.Error):
        return False
    until = int.from_bytes(raw[:6], "big")
    if len(raw) != 6 + MAC_BYTES or until * 1000 < to_ms(clock.now()):
        return False
    return any(hmac.compare_digest(raw[6:], _mac(key, phone, until)) for key in _keys())


def deliver() -> int:
    """Carry the codes that wait; for the keeper. Returns how many."""
    sent = 0
    while batch := _leased():
        letters = [_letter(one) for one in batch]
        settings = house().settings
        try:
            courier(settings.COURIER, settings.MESSAGES).carry(letters)
        except OSError:
            log.warning("%d codes were not carried", len(letters), exc_info=True)
            break  # Their lease lapses while they are still good.
        with writing():
            done = PhoneCode.update(due_at=None)
            done.where(PhoneCode.id.in_([one.id for one in batch])).execute()
        sent += len(letters)
    return sent


def forget() -> int:
    """Codes of yesterday are of no use to anybody; for the keeper."""
    with writing():
        old = PhoneCode.delete().where(PhoneCode.at < clock.now() - timedelta(days=1))
        return int(old.execute())


MAC_BYTES = 16


def _leased() -> Sequence[PhoneCode]:
    now = clock.now()
    with writing():
        due = (PhoneCode.due_at <= now) & (PhoneCode.until > now)
        wanted = PhoneCode.select().where(due).order_by(PhoneCode.id).limit(MOST)
        rows = list(wanted if is_sqlite() else wanted.for_update(skip_locked=True))
        lease = PhoneCode.update(due_at=now + LEASE, sendings=PhoneCode.sendings + 1)
        lease.where(PhoneCode.id.in_([row.id for row in rows])).execute()
    return rows


def _letter(row: PhoneCode) -> Letter:
    phone, code = house().vault.open(_name(row.id), bytes(row.sealed))
    said = texts()["phone-code"]
    text = said.get(row.language, said["zh_Hans"]).format(code=code)
    return Letter(f"code.{row.id}", str(phone), text)


def _name(number: int) -> bytes:
    return f"phone-code:{number}".encode()


def _mac(key: bytes, phone: str, until: int) -> bytes:
    return hmac.digest(key, f"{phone}.{until}".encode(), "sha256")[:MAC_BYTES]


def _keys() -> list[bytes]:
    return [subkey(secret, "phone-proof") for secret in house().settings.secret_keys]
