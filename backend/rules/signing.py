"""What a device signs: one exact spelling of a JSON object, so any language agrees on it.

The canonical form is the object without its own member "sig", names sorted by code point at
every depth, no white space, strings in UTF-8 with only the escapes that JSON demands, and
numbers spelt exactly as they were sent (12.0 stays 12.0). The signature is the hexadecimal
HMAC-SHA256 of that, under the UTF-8 bytes of the device's secret. See docs/SIGNING.md.
"""

import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from backend.errors import Invalid

MOST_DEPTH = 32
"""Objects and arrays inside each other; deeper is an attack, not a visit."""


def canonical(raw_json: bytes) -> bytes:
    """The bytes that are signed. Raises Invalid for what is not one plain JSON object:
    not UTF-8, a name twice, NaN, half a surrogate pair, too deep."""
    return _spelt(_members(raw_json), _as_is)


def sign(secret: str, raw_json: bytes) -> str:
    """The signature of a body, 64 lower-case hexadecimal digits. Raises Invalid."""
    return _mac(secret, canonical(raw_json))


def is_signed(secret: str, raw_json: bytes, signature: str) -> bool:
    """Whether `signature` is this secret's over the body; the time taken tells nothing.

    Strings may have been signed in UTF-8 or in ASCII with \\u escapes, as Python's own
    `json.dumps` writes them: both spell one body only.
    """
    try:
        members = _members(raw_json)
        plain, escaped = _spelt(members, _as_is), _spelt(members, json.dumps)
    except Invalid:
        return False
    given = signature.lower().encode(errors="replace")
    # Both are always compared.
    fits = [hmac.compare_digest(given, _mac(secret, body).encode()) for body in (plain, escaped)]
    return any(fits)


def carries_signature(secret: str, raw_json: bytes) -> bool:
    """Whether the body's own member "sig" signs the rest of it."""
    try:
        signature = _parsed(raw_json).get("sig")
    except Invalid:
        return False
    return type(signature) is str and is_signed(secret, raw_json, signature)


class _Number(str):
    """A number as it was spelt."""

    __slots__ = ()


def _mac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


def _members(raw_json: bytes) -> dict[str, Any]:
    return {name: value for name, value in _parsed(raw_json).items() if name != "sig"}


def _parsed(raw_json: bytes) -> dict[str, Any]:
    try:
        text = raw_json.decode()
    except UnicodeDecodeError:
        raise Invalid() from None
    _check_depth(text)
    try:
        value = _decoder.decode(text)
    except ValueError:
        raise Invalid() from None
    if not isinstance(value, dict):
        raise Invalid()
    return value


# Possessive, and content without its end: no text makes it look at a letter twice.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def _check_depth(text: str) -> None:
    """Before parsing, because a parser would go down first and count later."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MOST_DEPTH:
            raise Invalid()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Invalid()
    return members


def _no_number(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON.


_decoder = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_Number, parse_int=_Number, parse_constant=_no_number
)


def _spelt(value: Any, string: Callable[[str], str]) -> bytes:
    try:
        return _text(value, string).encode()
    except UnicodeEncodeError:  # Half a surrogate pair is no character.
        raise Invalid() from None


def _text(value: Any, string: Callable[[str], str]) -> str:
    if isinstance(value, dict):
        members = (f"{string(name)}:{_text(value[name], string)}" for name in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(_text(item, string) for item in value)}]"
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, str):
        return string(value)
    return {None: "null", True: "true", False: "false"}[value]


def _as_is(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
