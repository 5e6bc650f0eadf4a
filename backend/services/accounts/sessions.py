"""Signing in and staying signed in: short access tokens, rotating refresh tokens.

A refresh token is used once. Using it again ends its whole family, because somebody has a
copy; only the enrolled device itself, proving so by a signature, may repeat the last renewal
for 60 seconds, for the reply that got lost in the lift.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from peewee import JOIN

from backend import clock, turns
from backend.actor import SYSTEM, Actor
from backend.db import locked, to_ms, writing
from backend.errors import (
    DeviceRevoked,
    NotSignedIn,
    RefreshReused,
    Refused,
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    TooManyAttempts,
    WrongPassword,
)
from backend.house import house
from backend.models import Account, Area, Device, RoleGrant, Session
from backend.prepared import Prepared
from backend.rules import tokens
from backend.rules.permits import Grant
from backend.services import allowances, notices, trail
from backend.services.accounts import devices
from backend.verbs import verb

ACCESS_LIFE = timedelta(minutes=15)
FAMILY_LIFE = timedelta(days=14)
PAGE_LIFE = timedelta(hours=12)
RETRY_WINDOW = timedelta(seconds=60)

# OWASP's minimum: 19 MiB, 2 passes, 1 lane. More would let a morning's sign-ins starve scans.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_no_such_account = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class Tokens:
    """What a phone gets: `expires_in` are the seconds the access token lives."""

    access_token: str
    refresh_token: str
    expires_in: int


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def sign_in(account: str, password: str, *, device_id: str | None, source: str) -> Tokens:
    """Tokens for a person who knows the password. `source` is the network address."""
    return begin(proven(account, password, source), device_id=device_id, source=source)


def begin(person: Account, *, device_id: str | None, source: str) -> Tokens:
    """Tokens for a person who has `proven` to know the password."""
    device = devices.own(device_id, person.id) if device_id else None
    with writing():
        session, secret = _open(person, device, "api", FAMILY_LIFE)
        trail.write(_actor(person, session), "session.begin", facts={"source": source})
    return Tokens(_access(session), f"{session.id}.{secret}", _seconds(ACCESS_LIFE))


def sign_in_page(account: str, password: str, *, source: str) -> str:
    """The secret of a browser's session cookie."""
    person = proven(account, password, source)
    with writing():
        session, secret = _open(person, None, "page", PAGE_LIFE)
        trail.write(_actor(person, session), "session.begin", facts={"source": source})
    return f"{session.id}.{secret}"


def renew(refresh_token: str, *, device_id: str | None = None, signed: bytes = b"") -> Tokens:
    """New tokens for an unused refresh token. `signed` is the raw body, if a device signed it."""
    session_id, _, secret = refresh_token.partition(".")
    with writing():
        family = Session.select().where((Session.id == session_id) & (Session.kind == "api"))
        session = locked(family).first()
        if session is None:
            raise TokenInvalid()
        refusal = _refusal(session)
        if refusal is not None:
            raise refusal
        shown = _digest(secret)
        if hmac.compare_digest(bytes(session.token_hash), shown):
            return _rotate(session)
        if _may_repeat(session, shown, device_id, signed):
            reply = house().vault.open(_row(session), bytes(session.sealed_reply or b""))[0]
            return Tokens(**orjson.loads(reply or ""))
        refusal = RefreshReused()
        # Done once the refusal has undone whatever this was a part of.
        refusal.aftermath = lambda: _end_family(session)
        raise refusal


def _end_family(session: Session) -> None:
    """Somebody has a copy: everybody is out, and the owner hears of it."""
    if session.ended_at is None:
        _end(session, "refresh-reused")
        notices.tell_account(session.account_id, "refresh-reused", {})
    trail.write(_actor(session.account, session), "session.renew", outcome="refresh-reused")


@verb("session.end", anyone=True)
def sign_out(*, by: Actor) -> None:
    """End this session and its visits"""
    Session.update(ended_at=clock.now(), ended_reason="signed-out").where(
        (Session.id == by.session_id) & Session.ended_at.is_null()
    ).execute()
    trail.write(by, "session.end")


def actor_of_token(token: str) -> Actor:
    """The actor of an access token, as the database knows them this instant."""
    keys = house().token_keys
    claims = house().tokens.get_or_make(token, lambda: tokens.read_access(token, keys, clock.now()))
    if claims.exp <= clock.now().timestamp():
        raise TokenExpired()
    return _present_actor(claims.sid)


def actor_of_cookie(cookie: str) -> Actor:
    """The actor of a browser's session cookie."""
    session_id, _, secret = cookie.partition(".")
    row = Session.get_or_none((Session.id == session_id) & (Session.kind == "page"))
    if row is None or not hmac.compare_digest(bytes(row.token_hash), _digest(secret)):
        raise NotSignedIn()
    return _present_actor(session_id)


_standing = Prepared(
    lambda session: (
        Session.select(
            Account.id,
            Account.name,
            Account.full_name,
            Account.area,
            Account.active,
            Account.stamp,
            Session.expires_at,
            Session.ended_at,
            Session.device,
            Device.revoked_at,
        )
        .join(Account)
        .switch(Session)
        .join(Device, JOIN.LEFT_OUTER, on=(Session.device == Device.id))
        .where(Session.id == session)
    )
)


def _present_actor(session_id: str) -> Actor:
    """One query a request, so that whoever is disabled is out on the next one.

    Roles are read again only when the account's stamp has moved.
    """
    row = _standing.first(session_id)
    if row is None:
        raise NotSignedIn()
    account_id, name, full_name, area, active, stamp, expires, ended, device_id, revoked = row
    if ended is not None or not active:
        raise SessionEnded()
    if expires <= to_ms(clock.now()):
        raise TokenExpired()
    if revoked is not None:
        raise DeviceRevoked()
    known = house().actors.get(session_id)
    if known is not None and known.stamp == stamp and known.device_id == device_id:
        assert isinstance(known, Actor)
        return known
    grants, stay = _grants_of(account_id)
    actor = Actor(
        account_id=account_id,
        name=name,
        full_name=full_name,
        grants=grants,
        roles=tuple(dict.fromkeys(grant.role for grant in grants)),
        session_id=session_id,
        device_id=device_id,
        home_area=area,
        stamp=stamp,
    )
    if not stay:
        return actor
    house().actors.pop(session_id, None)
    return house().actors.get_or_make(session_id, lambda: actor)  # type: ignore[no-any-return]


_grants = Prepared(
    lambda account: (
        RoleGrant.select(RoleGrant.role, Area.path, RoleGrant.since, RoleGrant.until)
        .join(Area, JOIN.LEFT_OUTER)
        .where(RoleGrant.account == account)
        .order_by(RoleGrant.id)
    )
)


def grants_of(account_id: int) -> tuple[Grant, ...]:
    """The roles an account holds now, with the path of their area."""
    return _grants_of(account_id)[0]


def _grants_of(account_id: int) -> tuple[tuple[Grant, ...], bool]:
    """The roles held now, and whether they stay: what begins or ends later is not remembered."""
    rows, now = _grants(account_id), to_ms(clock.now())
    held = [
        Grant(role, path)
        for role, path, since, until in rows
        if since <= now and (until is None or until > now)
    ]
    stay = all(since <= now and (until is None or until <= now) for _, _, since, until in rows)
    return tuple(held), stay


def proven(account: str, password: str, source: str) -> Account:
    """The account, if the password is right. Only failures are counted, and exactly.

    To be called outside any transaction: each attempt is paid for before it is looked at, or
    several at once would pass for one, and the right word gets its price back.
    """
    limits = {
        f"sign-in:{account[:40]}:{source}": (10.0, 10 / 300),
        f"sign-in-from:{source}": (100.0, 100 / 300),
    }
    with writing():
        for key, (most, per_s) in limits.items():
            allowances.spend(key, most=most, per_s=per_s, refusal=TooManyAttempts)
    person = Account.get_or_none((Account.name == account) & (Account.active == True))  # noqa: E712
    is_right = _is_right(person.password_hash if person else _no_such_account, password)
    if person is None or not is_right:
        refusal = WrongPassword()
        refusal.asked = (SYSTEM, "session.begin")
        raise refusal
    with writing():
        for key in limits:
            allowances.give_back(key)
    return person


def _is_right(hashed: str, password: str) -> bool:
    try:
        with turns.aside():
            return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _open(
    person: Account, device: Device | None, kind: str, life: timedelta
) -> tuple[Session, str]:
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    session = Session.create(
        id=secrets.token_hex(16),
        account=person,
        device=device,
        kind=kind,
        token_hash=_digest(secret),
        created_at=now,
        expires_at=now + life,
    )
    return session, secret


def _rotate(session: Session) -> Tokens:
    secret = secrets.token_urlsafe(32)
    reply = Tokens(_access(session), f"{session.id}.{secret}", _seconds(ACCESS_LIFE))
    text = orjson.dumps(reply.__dict__).decode()
    session.previous_hash = session.token_hash
    session.token_hash = _digest(secret)
    session.rotated_at = clock.now()
    session.sealed_reply = house().vault.seal(_row(session), text)
    session.save()
    return reply


def _may_repeat(session: Session, shown: bytes, device_id: str | None, signed: bytes) -> bool:
    if session.previous_hash is None or session.device is None or not device_id:
        return False
    return (
        hmac.compare_digest(bytes(session.previous_hash), shown)
        and clock.now() - session.rotated_at <= RETRY_WINDOW
        and session.device.id == device_id
        and devices.has_signed(session.device, signed)
    )


def _refusal(session: Session) -> Refused | None:
    if session.ended_at is not None or not session.account.active:
        return SessionEnded()
    if session.expires_at <= clock.now():
        return TokenExpired()
    if session.device is not None and session.device.revoked_at is not None:
        return DeviceRevoked()
    return None


def _end(session: Session, reason: str) -> None:
    session.ended_at, session.ended_reason = clock.now(), reason
    session.save()


def _access(session: Session) -> str:
    return tokens.issue_access(
        house().token_keys,
        account_id=session.account_id,
        session_id=session.id,
        device_id=session.device_id,
        now=clock.now(),
        life_s=_seconds(ACCESS_LIFE),
    )


def _actor(person: Account, session: Session) -> Actor:
    grants = grants_of(person.id)
    return Actor(
        person.id,
        person.name,
        person.full_name,
        grants,
        session.id,
        session.device_id,
        roles=tuple(dict.fromkeys(grant.role for grant in grants)),
    )


def _row(session: Session) -> bytes:
    return f"session:{session.id}".encode()


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _seconds(life: timedelta) -> int:
    return int(life.total_seconds())
