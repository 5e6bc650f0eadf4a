"""Access tokens and leases: short JWTs (HS256) that are read more strictly than usual.

A token must have exactly the header {alg, typ, kid} and exactly the claims of its kind, each of
its type, once. `typ` keeps a lease from being used as an access token (RFC 8725 3.11); `kid`
only chooses among keys we already hold. Whether it has expired is judged against the time given.
"""

import binascii
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from backend.errors import LeaseInvalid, TokenExpired, TokenInvalid

ISSUER = "gridtag"
KEY_BYTES = 32
CLOCK_SLACK_S = 5  # Two servers of one house may differ by this much in what "now" is.


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Who signed in: account `sub`, session `sid`, device `dev`; `iat`, `exp` in seconds."""

    sub: int
    sid: str
    dev: str | None
    iat: int
    exp: int
    jti: str


@dataclass(frozen=True, slots=True)
class LeaseClaims:
    """What is open until `exp`: for account `sub` on device `dev`, visit `vid` at building
    `bld`, the records in `scope`, by a presence of grade `lvl`."""

    sub: int
    dev: str
    vid: str
    bld: str
    scope: tuple[str, ...]
    lvl: str
    iat: int
    exp: int
    jti: str


def issue_access(
    keys: Mapping[str, bytes],
    *,
    account_id: int,
    session_id: str,
    device_id: str | None,
    now: datetime,
    life_s: int,
) -> str:
    """An access token signed with the first of `keys` (key number -> at least 32 bytes)."""
    return _issue(
        keys, _ACCESS, now, life_s, {"sub": str(account_id), "sid": session_id, "dev": device_id}
    )


def read_access(token: str, keys: Mapping[str, bytes], now: datetime) -> AccessClaims:
    """Raises TokenInvalid, or TokenExpired for a token that was good."""
    claims = _read(token, keys, _ACCESS, now)
    return AccessClaims(
        sub=int(claims["sub"]),
        sid=claims["sid"],
        dev=claims["dev"],
        iat=claims["iat"],
        exp=claims["exp"],
        jti=claims["jti"],
    )


def issue_lease(
    keys: Mapping[str, bytes],
    *,
    account_id: int,
    device_id: str,
    visit_id: str,
    building: str,
    scope: Sequence[str],
    presence: str,
    now: datetime,
    life_s: int,
) -> str:
    """A lease signed with the first of `keys`."""
    about = {
        "sub": str(account_id),
        "dev": device_id,
        "vid": visit_id,
        "bld": building,
        "scope": list(scope),
        "lvl": presence,
    }
    return _issue(keys, _LEASE, now, life_s, about)


def read_lease(token: str, keys: Mapping[str, bytes], now: datetime) -> LeaseClaims:
    """Raises LeaseInvalid, or TokenExpired for a lease that was good."""
    try:
        claims = _read(token, keys, _LEASE, now)
    except TokenInvalid:
        raise LeaseInvalid() from None
    return LeaseClaims(
        sub=int(claims["sub"]),
        dev=claims["dev"],
        vid=claims["vid"],
        bld=claims["bld"],
        scope=tuple(claims["scope"]),
        lvl=claims["lvl"],
        iat=claims["iat"],
        exp=claims["exp"],
        jti=claims["jti"],
    )


# --- One kind of token -------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    typ: str
    audience: str
    claims: Mapping[str, tuple[type, ...]]  # Besides those that every token has.


_EVERY: Mapping[str, tuple[type, ...]] = {
    "iss": (str,),
    "aud": (str,),
    "sub": (str,),
    "iat": (int,),
    "exp": (int,),
    "jti": (str,),
}
_ACCESS = _Kind("at+jwt", "gridtag-api", {"sid": (str,), "dev": (str, type(None))})
_LEASE = _Kind(
    "lease+jwt",
    "gridtag-lease",
    {"dev": (str,), "vid": (str,), "bld": (str,), "scope": (list,), "lvl": (str,)},
)

# Presence and types of the claims, and all times, are judged below, against the given now.
_jwt = jwt.PyJWT(
    options={
        "require": list(_EVERY),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "enforce_minimum_key_length": True,
    }
)


def _issue(
    keys: Mapping[str, bytes], kind: _Kind, now: datetime, life_s: int, about: dict[str, Any]
) -> str:
    key_id, key = next(iter(keys.items()))
    _check_key(key)
    issued = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": kind.audience,
        "iat": issued,
        "exp": issued + life_s,
        "jti": secrets.token_urlsafe(12),
        **about,
    }
    return _jwt.encode(claims, key, algorithm="HS256", headers={"kid": key_id, "typ": kind.typ})


def _read(token: str, keys: Mapping[str, bytes], kind: _Kind, now: datetime) -> dict[str, Any]:
    key = _key_of(token, keys, kind)
    try:
        _jwt.decode(token, key, algorithms=["HS256"], audience=kind.audience, issuer=ISSUER)
    except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError):
        raise TokenInvalid() from None
    claims = _part(token.split(".")[1])
    _check_claims(claims, kind)
    seconds = now.timestamp()
    if claims["iat"] > seconds + CLOCK_SLACK_S or claims["exp"] <= claims["iat"]:
        raise TokenInvalid()
    if claims["exp"] <= seconds:
        raise TokenExpired()
    return claims


_TOKEN = re.compile(r"[\w-]{1,400}\.[\w-]{1,3600}\.[\w-]{43}", re.ASCII)


def _key_of(token: str, keys: Mapping[str, bytes], kind: _Kind) -> bytes:
    if not _TOKEN.fullmatch(token):
        raise TokenInvalid()
    header = _part(token.split(".")[0])
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != "HS256":
        raise TokenInvalid()
    if header["typ"] != kind.typ or not isinstance(header["kid"], str):
        raise TokenInvalid()
    key = keys.get(header["kid"])
    if key is None:
        raise TokenInvalid()
    _check_key(key)
    return key


def _check_key(key: bytes) -> None:
    if len(key) < KEY_BYTES:
        raise ValueError(f"a signing key needs at least {KEY_BYTES} bytes")


def _check_claims(claims: dict[str, Any], kind: _Kind) -> None:
    expected = {**_EVERY, **kind.claims}
    if claims.keys() != expected.keys():
        raise TokenInvalid()
    # `type() is`: True is an int to isinstance, and no time.
    if not all(type(claims[name]) in types for name, types in expected.items()):
        raise TokenInvalid()
    if not re.fullmatch(r"[0-9]{1,18}", claims["sub"], re.ASCII):
        raise TokenInvalid()
    if not all(type(word) is str for word in claims.get("scope", ())):
        raise TokenInvalid()


def _part(text: str) -> dict[str, Any]:
    """One part of a token as an object; refuses a member twice and a second spelling."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
            raise TokenInvalid()
        value = json.loads(raw.decode(), object_pairs_hook=_once)
    except (binascii.Error, ValueError, RecursionError):
        raise TokenInvalid() from None
    if not isinstance(value, dict):
        raise TokenInvalid()
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenInvalid()
    return members
