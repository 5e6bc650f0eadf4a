"""Whether a stranger's report is kept, counted, or has to be worked for first.

Nobody's first report of a problem is refused: what an attack can do is limited by what it makes
cheap, not by who it comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Flow:
    """How much there may be at once, and how much of it comes back in an hour."""

    most: float
    per_hour: float

    @property
    def per_s(self) -> float:
        return self.per_hour / 3600


BUCKETS = frozenset(
    {"thing", "worked", "effort", "phone", "address", "web", "area", "counted", "photo"}
)


@dataclass(frozen=True)
class GateLimits:
    """The numbers of `fixtures/policy/reports.toml`, where each has its reason."""

    ticket_s: int
    work_most: int
    work_s: int
    buckets: Mapping[str, Flow]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Mapping[str, object]]) -> "GateLimits":
        """Raises ValueError naming what is unknown, missing or no number above 0."""
        flat = _flat(mapping)
        wanted = {"ticket.lives_s", "work.most", "work.lives_s"} | {
            f"buckets.{name}.{value}" for name in BUCKETS for value in ("most", "per_hour")
        }
        if wrong := sorted(wanted ^ flat.keys()):
            raise ValueError(f"report limits, unknown or missing: {', '.join(wrong)}")
        for name, value in flat.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise ValueError(f"report limits: {name} = {value!r} is not a number above 0")
        known: dict[str, float] = flat  # type: ignore[assignment]
        return cls(
            ticket_s=int(known["ticket.lives_s"]),
            work_most=int(known["work.most"]),
            work_s=int(known["work.lives_s"]),
            buckets={
                name: Flow(known[f"buckets.{name}.most"], known[f"buckets.{name}.per_hour"])
                for name in BUCKETS
            },
        )


def _flat(mapping: Mapping[str, object], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in mapping.items():
        found |= _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {}
        if not isinstance(value, Mapping):
            found[f"{before}{name}"] = value
    return found


class Way(Enum):
    """What becomes of what a report says of one thing."""

    KEEP = "keep"  # Told as it is.
    DOUBT = "doubt"  # Kept, but somebody looks before anything is set in motion.
    WORK = "work"  # The phone has to work first.
    COUNT = "count"  # One more who says so; words and link are not kept.
    REFUSE = "refuse"


def judge(
    *, is_busy: bool, is_crowded: bool, is_news: bool, is_known: bool, worked: bool, can_work: bool
) -> Way:
    """One thing of a report.

    `is_busy`: many have told of this thing. `is_crowded`: many reports under this phone number,
    from this address or this street. `is_news`: nobody has told this problem of this thing of the
    register; `is_known`: somebody has, and it is open. Of a place without a tag neither is said.
    `worked`: a solved challenge came along that still counts here; `can_work`: one could.
    """
    if worked or not (is_busy or is_crowded):
        return Way.KEEP
    if is_news:
        return Way.DOUBT if is_crowded else Way.KEEP
    if can_work:
        return Way.WORK
    return Way.COUNT if is_known else Way.REFUSE
