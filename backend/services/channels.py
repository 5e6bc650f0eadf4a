"""Channels: how a report comes in. One intake takes them all; what differs is data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "fixtures" / "channels.toml"


@dataclass(frozen=True)
class Channel:
    """`by` says who tells through it: anybody, client or staff. What comes through a `trusted`
    one about a thing of the register is filed at once; through one of who has `seen` it, so is
    what lies anywhere.
    """

    code: str
    zh: str
    en: str
    by: str
    trusted: bool
    seen: bool = False


@cache
def channels() -> Mapping[str, Channel]:
    """Every channel by its code."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: Channel(code, **entry) for code, entry in data.items()}
