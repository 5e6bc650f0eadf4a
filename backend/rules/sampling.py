"""Which cases of little risk a person checks: a share, drawn so that nobody can foresee it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

WHOLE = 2**32


@dataclass(frozen=True)
class Sampling:
    """`problems` (kind.problem) close by themselves after a while, unless drawn; see cases.toml."""

    problems: frozenset[str]
    percent: int
    after: timedelta

    @classmethod
    def from_mapping(cls, mapping: object) -> "Sampling":
        """Raises ValueError naming the word that is wrong."""
        if not isinstance(mapping, Mapping) or mapping.keys() != {"problems", "percent", "after_h"}:
            raise ValueError("cases.toml: [sampling] has problems, percent and after_h")
        percent, hours = mapping["percent"], mapping["after_h"]
        if not isinstance(percent, int) or not 1 <= percent <= 100:
            raise ValueError(f"cases.toml: sampling.percent = {percent!r} is not 1 to 100")
        if isinstance(hours, bool) or not isinstance(hours, int) or hours <= 0:
            raise ValueError(f"cases.toml: sampling.after_h = {hours!r} is no number above 0")
        return cls(frozenset(mapping["problems"]), percent, timedelta(hours=hours))


def is_drawn(key: bytes, case_id: int, round_: int, percent: int) -> bool:
    """Whether a person must check this round of a case. Only who has the key can tell."""
    lot = blake2b(f"{case_id}:{round_}".encode(), key=key, digest_size=4).digest()
    return int.from_bytes(lot) < WHOLE * percent // 100
