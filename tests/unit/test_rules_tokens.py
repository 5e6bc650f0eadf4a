"""Tokens of the house are read; everything that merely looks like one is not."""

import base64
import hashlib
import hmac
import json
import warnings
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from backend.errors import LeaseInvalid, TokenExpired, TokenInvalid
from backend.rules.tokens import issue_access, issue_lease, read_access, read_lease

KEY, OLD_KEY = b"k" * 32, b"o" * 48
KEYS = {"new": KEY, "old": OLD_KEY}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
IAT = int(NOW.timestamp())


def access(**changes):
    given = {"account_id": 12, "session_id": "s1", "device_id": "d1", "now": NOW, "life_s": 900}
    return issue_access(KEYS, **{**given, **changes})


def lease(**changes):
    given = {
        "account_id": 12, "device_id": "d1", "visit_id": "v1", "building": "4403040040280100001",
        "scope": ["resident", "event"], "presence": "verified", "now": NOW, "life_s": 90,
    }  # fmt: skip
    return issue_lease(KEYS, **{**given, **changes})


def later(seconds):
    return NOW + timedelta(seconds=seconds)


# --- The ordinary day --------------------------------------------------------------------


def test_lin_s_token_says_who_she_is_for_15_minutes():
    claims = read_access(access(), KEYS, later(899))
    assert (claims.sub, claims.sid, claims.dev) == (12, "s1", "d1")
    assert (claims.iat, claims.exp) == (IAT, IAT + 900)
    with pytest.raises(TokenExpired):
        read_access(access(), KEYS, later(900))


def test_a_session_without_a_device_has_a_token_too():
    assert read_access(access(device_id=None), KEYS, NOW).dev is None


def test_a_lease_says_what_is_open_for_90_seconds():
    claims = read_lease(lease(), KEYS, later(89))
    assert (claims.sub, claims.dev, claims.vid, claims.lvl) == (12, "d1", "v1", "verified")
    assert (claims.bld, claims.scope) == ("4403040040280100001", ("resident", "event"))
    with pytest.raises(TokenExpired):
        read_lease(lease(), KEYS, later(90))


def test_a_lease_may_open_nothing():
    assert read_lease(lease(scope=[]), KEYS, NOW).scope == ()


def test_the_first_key_signs_and_the_others_are_still_read():
    old = issue_access(
        {"old": OLD_KEY}, account_id=1, session_id="s", device_id=None, now=NOW, life_s=60
    )
    assert read_access(old, KEYS, NOW).sub == 1
    assert jwt.get_unverified_header(access())["kid"] == "new"
    with pytest.raises(TokenInvalid):
        read_access(old, {"new": KEY}, NOW)


def test_no_two_tokens_are_alike():
    assert len({read_access(access(), KEYS, NOW).jti for _ in range(50)}) == 50


def test_two_servers_may_differ_by_a_breath_and_no_more():
    assert read_access(access(), KEYS, later(-5))
    with pytest.raises(TokenInvalid):
        read_access(access(), KEYS, later(-6))


def test_time_is_the_given_one_not_the_machine_s():
    long_ago = NOW.replace(year=1999)
    token = access(now=long_ago)
    assert read_access(token, KEYS, long_ago)
    with pytest.raises(TokenExpired):
        read_access(token, KEYS, NOW)


# --- Forgeries ---------------------------------------------------------------------------


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value):
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": "new"}
CLAIMS = {
    "iss": "gridtag", "aud": "gridtag-api", "sub": "12", "iat": IAT, "exp": IAT + 900,
    "jti": "j1", "sid": "s1", "dev": "d1",
}  # fmt: skip
LEASE_HEADER = {**HEADER, "typ": "lease+jwt"}
LEASE_CLAIMS = {
    "iss": "gridtag", "aud": "gridtag-lease", "sub": "12", "iat": IAT, "exp": IAT + 90,
    "jti": "j1", "dev": "d1", "vid": "v1", "bld": "b1", "scope": ["resident"], "lvl": "verified",
}  # fmt: skip


def made(header=HEADER, claims=CLAIMS, key=KEY, digest=hashlib.sha256):
    """A token with a right signature over whatever it says."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{b64(hmac.new(key, text.encode(), digest).digest())}"


def without(mapping, name):
    return {key: value for key, value in mapping.items() if key != name}


def swapped_in(claims):
    """An honest signature under other claims."""
    head, _, signature = made().split(".")
    return f"{head}.{part(claims)}.{signature}"


def by_pyjwt(claims, key, algorithm, headers):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


GOOD = made()
HEAD, BODY, SIGNATURE = GOOD.split(".")
TYPED = without(HEADER, "alg")

FORGED = {
    # algorithms
    "alg none": made({**HEADER, "alg": "none"}),
    "alg None": made({**HEADER, "alg": "None"}),
    "alg none, no signature": f"{part({**HEADER, 'alg': 'none'})}.{BODY}.",
    "alg none by the library": by_pyjwt(CLAIMS, None, "none", TYPED),
    "alg HS384": by_pyjwt(CLAIMS, KEY, "HS384", TYPED),
    "alg HS512": by_pyjwt(CLAIMS, KEY, "HS512", TYPED),
    "alg says HS256, mac is sha512": made(digest=hashlib.sha512),
    "alg RS256 with our key as hmac": made({**HEADER, "alg": "RS256"}),
    "alg ES256": made({**HEADER, "alg": "ES256"}),
    "alg EdDSA": made({**HEADER, "alg": "EdDSA"}),
    "alg hs256 in small letters": made({**HEADER, "alg": "hs256"}),
    "alg missing": made(TYPED),
    "alg a list": made({**HEADER, "alg": ["HS256"]}),
    "alg null": made({**HEADER, "alg": None}),
    # kinds
    "typ missing": made(without(HEADER, "typ")),
    "typ JWT": made({**HEADER, "typ": "JWT"}),
    "typ AT+JWT": made({**HEADER, "typ": "AT+JWT"}),
    "typ a refresh token": made({**HEADER, "typ": "rt+jwt"}),
    "typ number": made({**HEADER, "typ": 1}),
    "a lease as an access token": made(LEASE_HEADER, LEASE_CLAIMS),
    "a lease with an access typ": made(HEADER, LEASE_CLAIMS),
    "access claims with a lease typ": made(LEASE_HEADER, CLAIMS),
    # keys
    "kid missing": made(without(HEADER, "kid")),
    "kid unknown": made({**HEADER, "kid": "other"}),
    "kid of the other key": made({**HEADER, "kid": "old"}),
    "kid a path": made({**HEADER, "kid": "../../dev/null"}, key=b""),
    "kid an injection": made({**HEADER, "kid": "new' OR 1=1--"}),
    "kid empty": made({**HEADER, "kid": ""}),
    "kid null": made({**HEADER, "kid": None}),
    "kid a list": made({**HEADER, "kid": ["new"]}),
    "kid a number": made({**HEADER, "kid": 0}),
    "signed with a stranger's key": made(key=b"x" * 32),
    "signed with a 5-byte key": made(key=b"12345"),
    "signed with the empty key": made(key=b""),
    "signed with the key's number": made(key=b"new"),
    "jku": made({**HEADER, "jku": "https://example.org/keys"}),
    "jwk": made({**HEADER, "jwk": {"kty": "oct", "k": b64(KEY)}}),
    "x5u": made({**HEADER, "x5u": "https://example.org/c.pem"}),
    "x5c": made({**HEADER, "x5c": ["MII"]}),
    "crit": made({**HEADER, "crit": ["exp"]}),
    "b64 false": made({**HEADER, "b64": False, "crit": ["b64"]}),
    "zip": made({**HEADER, "zip": "DEF"}),
    "cty nested": made({**HEADER, "cty": "JWT"}),
    # claims that are missing
    **{f"no {name}": made(claims=without(CLAIMS, name)) for name in CLAIMS},
    # claims that are wrong
    "iss another house": made(claims={**CLAIMS, "iss": "other"}),
    "iss null": made(claims={**CLAIMS, "iss": None}),
    "iss a list": made(claims={**CLAIMS, "iss": ["gridtag"]}),
    "aud another": made(claims={**CLAIMS, "aud": "gridtag-lease"}),
    "aud a list that holds ours": made(claims={**CLAIMS, "aud": ["gridtag-api", "x"]}),
    "aud empty": made(claims={**CLAIMS, "aud": ""}),
    "exp a text": made(claims={**CLAIMS, "exp": str(IAT + 900)}),
    "exp a fraction": made(claims={**CLAIMS, "exp": IAT + 900.5}),
    "exp true": made(claims={**CLAIMS, "exp": True}),
    "exp null": made(claims={**CLAIMS, "exp": None}),
    "exp before iat": made(claims={**CLAIMS, "exp": IAT - 1}),
    "exp infinite": made(claims=json.dumps(CLAIMS).replace(str(IAT + 900), "1e999").encode()),
    "exp NaN": made(claims=json.dumps(CLAIMS).replace(str(IAT + 900), "NaN").encode()),
    "iat in an hour": made(claims={**CLAIMS, "iat": IAT + 3600, "exp": IAT + 7200}),
    "iat true": made(claims={**CLAIMS, "iat": True}),
    "iat a text": made(claims={**CLAIMS, "iat": "now"}),
    "nbf in an hour": made(claims={**CLAIMS, "nbf": IAT + 3600}),
    "nbf long ago": made(claims={**CLAIMS, "nbf": 0}),
    "sub a number": made(claims={**CLAIMS, "sub": 12}),
    "sub a name": made(claims={**CLAIMS, "sub": "lin"}),
    "sub negative": made(claims={**CLAIMS, "sub": "-12"}),
    "sub in Arabic digits": made(claims={**CLAIMS, "sub": "١٢"}),
    "sub with a blank": made(claims={**CLAIMS, "sub": "12 "}),
    "sub endless": made(claims={**CLAIMS, "sub": "1" * 400}),
    "sid null": made(claims={**CLAIMS, "sid": None}),
    "sid a list": made(claims={**CLAIMS, "sid": ["s1"]}),
    "dev a number": made(claims={**CLAIMS, "dev": 1}),
    "jti a number": made(claims={**CLAIMS, "jti": 1}),
    "a claim too many": made(claims={**CLAIMS, "role": "administrator"}),
    "a claim twice": made(claims=json.dumps(CLAIMS)[:-1].encode() + b',"sub":"1"}'),
    "a header member twice": made(b'{"alg":"none","alg":"HS256","typ":"at+jwt","kid":"new"}'),
    "claims a list": made(claims=[CLAIMS]),
    "claims a text": made(claims=b'"gridtag"'),
    "claims empty": made(claims=b""),
    "claims no JSON": made(claims=b"sub=12"),
    "claims not UTF-8": made(claims=b'{"sub":"\xff"}'),
    "claims nested deep": made(claims=b"[" * 2000),
    "header a list": made(header=[HEADER]),
    "header empty": made(header=b""),
    # changed after signing
    "another account": swapped_in({**CLAIMS, "sub": "1"}),
    "a longer life": swapped_in({**CLAIMS, "exp": IAT + 90_000}),
    "another header": f"{part({**HEADER, 'kid': 'old'})}.{BODY}.{SIGNATURE}",
    "signature of another token": f"{HEAD}.{BODY}.{made(claims=LEASE_CLAIMS).split('.')[2]}",
    "signature empty": f"{HEAD}.{BODY}.",
    "signature missing": f"{HEAD}.{BODY}",
    "signature cut": GOOD[:-1],
    "signature longer": GOOD + "A",
    "signature padded": GOOD + "=",
    "signature in the second spelling": GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "signature zero": f"{HEAD}.{BODY}.{'A' * 43}",
    "signature in hex": f"{HEAD}.{BODY}.{hmac.new(KEY, b'', 'sha256').hexdigest()}",
    # spelling
    "trailing dot": GOOD + ".",
    "leading dot": "." + GOOD,
    "five parts": f"{HEAD}.{BODY}.{SIGNATURE}.{BODY}.{SIGNATURE}",
    "two dots": "..",
    "empty": "",
    "blank in front": " " + GOOD,
    "new line behind": GOOD + "\n",
    "blank inside": f"{HEAD}. {BODY}.{SIGNATURE}",
    "header padded": f"{HEAD}==.{BODY}.{SIGNATURE}",
    "standard base64": f"{HEAD}.{BODY}.{SIGNATURE[:-2]}+/",
    "full-width letters": GOOD.replace("e", "ｅ"),
    "with its scheme": "Bearer " + GOOD,
    "in JSON": json.dumps({"protected": HEAD, "payload": BODY, "signature": SIGNATURE}),
    "NUL inside": GOOD[:20] + "\u0000" + GOOD[20:],
    "half a surrogate": GOOD + "\ud800",
    "a megabyte": f"{HEAD}.{'A' * 10**6}.{SIGNATURE}",
}  # fmt: skip


def test_the_forger_can_make_a_good_one():
    """So every refusal below is for the one thing that its name says."""
    assert read_access(made(), KEYS, NOW).sub == 12
    assert read_lease(made(LEASE_HEADER, LEASE_CLAIMS), KEYS, NOW).vid == "v1"


def test_there_are_more_than_sixty_forgeries_and_all_differ():
    assert len(FORGED) >= 60
    assert len(set(FORGED.values())) == len(FORGED)
    assert GOOD not in FORGED.values()


@pytest.mark.parametrize("name", FORGED)
def test_no_forgery_is_read(name):
    with pytest.raises(TokenInvalid):
        read_access(FORGED[name], KEYS, NOW)


@pytest.mark.parametrize("name", sorted(FORGED.keys() - {"a lease as an access token"}))
def test_nor_is_it_a_lease(name):
    with pytest.raises(LeaseInvalid):
        read_lease(FORGED[name], KEYS, NOW)


FORGED_LEASES = {
    "an access token": access(),
    "access aud": made(LEASE_HEADER, {**LEASE_CLAIMS, "aud": "gridtag-api"}),
    "access typ": made(HEADER, LEASE_CLAIMS),
    **{f"no {name}": made(LEASE_HEADER, without(LEASE_CLAIMS, name)) for name in LEASE_CLAIMS},
    "dev null": made(LEASE_HEADER, {**LEASE_CLAIMS, "dev": None}),
    "scope a text": made(LEASE_HEADER, {**LEASE_CLAIMS, "scope": "resident"}),
    "scope of numbers": made(LEASE_HEADER, {**LEASE_CLAIMS, "scope": [1]}),
    "scope of lists": made(LEASE_HEADER, {**LEASE_CLAIMS, "scope": [["resident"]]}),
    "lvl true": made(LEASE_HEADER, {**LEASE_CLAIMS, "lvl": True}),
    "vid null": made(LEASE_HEADER, {**LEASE_CLAIMS, "vid": None}),
    "a session too": made(LEASE_HEADER, {**LEASE_CLAIMS, "sid": "s1"}),
    "stranger's key": made(LEASE_HEADER, LEASE_CLAIMS, key=b"x" * 32),
}


@pytest.mark.parametrize("name", FORGED_LEASES)
def test_no_forged_lease_is_read(name):
    with pytest.raises(LeaseInvalid):
        read_lease(FORGED_LEASES[name], KEYS, NOW)


def test_an_expired_forgery_is_a_forgery():
    """Only a token that was good may say that it has expired."""
    with pytest.raises(TokenInvalid):
        read_access(made(key=b"x" * 32), KEYS, later(9000))
    with pytest.raises(LeaseInvalid):
        read_lease(access(), KEYS, later(9000))


# --- What is broken in the house ---------------------------------------------------------


def test_a_short_key_neither_signs_nor_reads():
    short = {"new": b"k" * 31}
    with pytest.raises(ValueError, match="32 bytes"):
        issue_access(short, account_id=1, session_id="s", device_id=None, now=NOW, life_s=60)
    with pytest.raises(ValueError, match="32 bytes"):
        read_access(made(key=b"k" * 31), short, NOW)
