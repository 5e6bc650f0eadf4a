"""Personal values at rest: sealed to their row, found again only through a keyed index.

Sealing is AES-SIV with the table and row as associated data, so a sealed value moved to
another row does not open. Look-up is an HMAC over the value, cut to 128 bits. Files (photos) are
sealed with AES-256-GCM, which is several times faster on much. All carry the number of their key
in front, so that keys can be rotated (`python -m backend rotate-keys`).
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

SEPARATOR = "\x1f"  # Cannot be typed into a name; the door refuses control characters.


class Broken(Exception):
    """A sealed value does not open: wrong row, unknown key or changed bytes."""


class Vault:
    """Seals and opens with a ring of keys, the newest first."""

    def __init__(
        self,
        data_keys: Sequence[tuple[int, bytes]],
        index_keys: Sequence[tuple[int, bytes]],
    ) -> None:
        self.ciphers = {number: AESSIV(key) for number, key in data_keys}
        self.file_ciphers = {number: AESGCM(subkey(key, "files")) for number, key in data_keys}
        self.current = data_keys[0][0]
        self.index_keys = list(index_keys)
        self.stamps = [_Stamp(number, secret) for number, secret in index_keys]

    def seal(self, row: bytes, *values: str | None) -> bytes:
        """`row` names table and key, e.g. b"resident:17". None is kept apart from ""."""
        text = SEPARATOR.join(["\x00" if value is None else value for value in values])
        sealed = self.ciphers[self.current].encrypt(text.encode(), [row])
        return bytes((self.current,)) + sealed

    def open(self, row: bytes, sealed: bytes) -> list[str | None]:
        """The values as they were sealed. Raises Broken."""
        try:
            text = self.ciphers[sealed[0]].decrypt(bytes(sealed[1:]), [row]).decode()
        except (InvalidTag, KeyError, IndexError) as error:
            raise Broken(row.decode()) from error
        return _values(text)

    def open_all(self, table: str, rows: Sequence[tuple[int, bytes]]) -> list[list[str | None]]:
        """`open` for (key, sealed) of several rows of one table. Raises Broken."""
        name, ciphers = f"{table}:%d".encode(), self.ciphers
        try:
            texts = [
                ciphers[sealed[0]].decrypt(sealed[1:], [name % key]).decode()
                for key, sealed in rows
            ]
        except (InvalidTag, KeyError, IndexError):
            return [self.open(name % key, sealed) for key, sealed in rows]  # Says which.
        return [_values(text) for text in texts]

    def seal_file(self, name: bytes, content: bytes) -> bytes:
        """`name` says what it is, e.g. b"photo:<sha256>"; under another name it does not open."""
        nonce = os.urandom(12)  # Two alike are expected after 2**48 files; a key sees far fewer.
        sealed = self.file_ciphers[self.current].encrypt(nonce, content, name)
        return b"".join((bytes((self.current,)), nonce, sealed))

    def open_file(self, name: bytes, sealed: bytes) -> bytes:
        """The file as it was sealed. Raises Broken."""
        try:
            return self.file_ciphers[sealed[0]].decrypt(sealed[1:13], sealed[13:], name)
        except (InvalidTag, KeyError, IndexError, ValueError) as error:
            raise Broken(name.decode()) from error

    def index(self, kind: str, value: str) -> bytes:
        """The blind index of a value: 1 byte key number, 16 bytes HMAC-SHA256."""
        return self.stamps[0].of(kind, value)

    def indexes(self, kind: str, value: str) -> list[bytes]:
        """What `value` may be found under while keys rotate, newest key first."""
        return [stamp.of(kind, value) for stamp in self.stamps]

    def is_current(self, sealed: bytes) -> bool:
        return sealed[0] == self.current


def _values(text: str) -> list[str | None]:
    if "\x00" not in text:
        return text.split(SEPARATOR)  # type: ignore[return-value]
    return [None if value == "\x00" else value for value in text.split(SEPARATOR)]


class _Stamp:
    """HMAC-SHA256 (RFC 2104) whose two hashes have taken in the key already.

    Copying them takes a third of the time of `hmac.digest`; an import makes millions.
    """

    def __init__(self, number: int, secret: bytes) -> None:
        padded = secret.ljust(64, b"\0")
        self.number = bytes((number,))
        self.inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self.outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def of(self, kind: str, value: str) -> bytes:
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(f"{kind}:{value}".encode())
        outer.update(inner.digest())
        return self.number + outer.digest()[:16]


def subkey(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose from a longer-lived secret (HKDF-expand, one block)."""
    return hmac.digest(hashlib.sha256(secret).digest(), purpose.encode() + b"\x01", "sha256")
