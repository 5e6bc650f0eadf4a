"""Row numbers as a phone sees them: different in every visit, so that lists cannot be joined."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from backend.errors import NotFound
from backend.house import house
from backend.vault import subkey


def cover(visit_id: str, kind: str, keys: Sequence[int]) -> list[str]:
    """32 hex digits for each key; `kind` (at most 8 letters) keeps tables apart."""
    head = kind.encode().ljust(8, b"\0")
    blocks = b"".join([head + key.to_bytes(8, "big") for key in keys])
    text = _cipher(visit_id).encryptor().update(blocks).hex()
    return [text[start : start + 32] for start in range(0, len(text), 32)]


def uncover(visit_id: str, kind: str, text: str) -> int:
    """The key behind `text` in this visit; anything else is not found."""
    try:
        block = bytes.fromhex(text)
    except ValueError:
        raise NotFound(noun=kind) from None
    if len(block) != 16:
        raise NotFound(noun=kind)
    plain = _cipher(visit_id).decryptor().update(block)
    if plain[:8] != kind.encode().ljust(8, b"\0"):
        raise NotFound(noun=kind)
    return int.from_bytes(plain[8:], "big")


def _cipher(visit_id: str) -> Cipher[ECB]:
    cipher: Cipher[ECB] = house().veils.get_or_make(visit_id, lambda: _made(visit_id))
    return cipher


def _made(visit_id: str) -> Cipher[ECB]:
    # Every block is a different key under a key of its own visit: nothing for ECB to repeat.
    return Cipher(AES(subkey(house().veil_key, visit_id)[:16]), ECB())  # noqa: S305
