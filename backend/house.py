"""The opened house: settings, policy and keys, made once by `backend.start`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend import db
from backend.config import Settings
from backend.policy import Policy, read_policy
from backend.vault import Vault, subkey
from qr import codes


class Kept(dict[str, Any]):
    """What was worked out before and stays true: a bounded memory that empties when full."""

    MOST = 50_000

    def get_or_make(self, key: str, make: Callable[[], Any]) -> Any:
        """The kept value, or `make()` and keep it. What `make` raises is not kept."""
        value = self.get(key)
        if value is None:
            value = make()
            if len(self) >= self.MOST:
                self.clear()
            self[key] = value
        return value


@dataclass(frozen=True)
class House:
    settings: Settings
    policy: Policy
    vault: Vault
    tokens: Kept = field(default_factory=Kept)  # Verified tokens; their end is judged anew.
    actors: Kept = field(default_factory=Kept)  # Actors by session; their stamp is judged anew.
    views: Kept = field(default_factory=Kept)  # What roles see of a row, compiled once.
    veils: Kept = field(default_factory=Kept)  # The cipher of a visit's row numbers.

    readers: Kept = field(default_factory=Kept)  # What words have taught, by version.

    @cached_property
    def token_keys(self) -> Mapping[str, bytes]:
        """Key number -> signing key; the first one signs, the others are still read."""
        return {
            subkey(secret, "name").hex()[:8]: subkey(secret, "tokens")
            for secret in self.settings.secret_keys
        }

    @cached_property
    def veil_key(self) -> bytes:
        return subkey(self.settings.secret_keys[0], "veil")

    @cached_property
    def trail_keys(self) -> tuple[bytes, ...]:
        return tuple(subkey(secret, "trail") for secret in self.settings.secret_keys)

    @cached_property
    def tag_keys(self) -> codes.Keys:
        return self.settings.tag_keys

    @cached_property
    def tag_hosts(self) -> tuple[str, ...]:
        return self.settings.tag_hosts

    @cached_property
    def checkpoint_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(
            subkey(self.settings.secret_keys[0], "checkpoint")
        )


_house: House | None = None


def open_house(settings: Settings) -> House:
    """Open the database, read the policy, derive the keys. May be called again (tests)."""
    global _house
    db.open_database(settings.DATABASE_URL)
    _house = House(settings, read_policy(), Vault(settings.data_keys, settings.index_keys))
    return _house


def house() -> House:
    if _house is None:
        raise RuntimeError("The house is not open: call backend.start(settings) first.")
    return _house
