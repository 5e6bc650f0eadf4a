"""The gate between strangers and the desk: exact limits, work above them, nobody's first refused.

What it costs is counted in the transaction that keeps the report, so that no process and no
restart forgets any of it. See docs/decisions/0015-reports.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.errors import TagUnknown, TooManyReports, WorkNeeded
from backend.house import house
from backend.rules.gates import Way, judge
from backend.services import allowances, cases
from backend.services.allowances import Bucket
from backend.services.cases import About
from backend.services.reports import subjects, tickets
from backend.services.reports.tickets import Ticket
from backend.services.tags import reading


@dataclass(frozen=True)
class Verdict:
    """What becomes of each thing of a report, and what its keeping takes from which bucket."""

    ways: Sequence[Way]
    channel: str
    kept: Sequence[Bucket]
    counted: Sequence[Bucket | None]
    levels: Mapping[str, float]

    @property
    def is_kept(self) -> bool:
        return any(way in (Way.KEEP, Way.DOUBT) for way in self.ways)

    @property
    def is_doubtful(self) -> bool:
        return Way.DOUBT in self.ways

    def counts(self, which: int) -> bool:
        """Whether this "me too" is one more; from one address only so many are."""
        bucket = self.counted[which]
        return bucket is not None and self.levels[bucket.key] >= 1

    def spend(self, buckets: Iterable[Bucket | None]) -> None:
        """Take from the buckets, in the transaction that keeps or counts."""
        if wanted := [bucket for bucket in buckets if bucket is not None]:
            allowances.take(wanted, self.levels)


def pass_all(told: Sequence[About], channel: str) -> Verdict:
    """For those who answer for what they tell: staff and known clients."""
    return Verdict([Way.KEEP] * len(told), channel, (), [None] * len(told), {})


def verdict(told: Sequence[About], form: Mapping[str, Any], channel: str, source: str) -> Verdict:
    """Judge a stranger's report. Raises WorkNeeded and TooManyReports.

    Inside a write transaction it is exact; before one it spares the lock those who will be
    refused anyway.
    """
    ticket = _ticket(told, form)
    channel = "web" if channel == "scan" and ticket is None else channel
    crowd = _crowd(told, form, source, ticket)
    own = [_bucket("thing", one.key) for one in told]
    effort = [_effort(one, source) for one in told]
    counted = [_counted(one, form["problem"], source) for one in told]
    known = [bucket for bucket in (*own, *counted) if bucket is not None]
    levels = allowances.levels([*crowd, *effort, *known])
    subject = told[0].key or ""
    worked = tickets.solved(str(form.get("work") or ""), subject)
    is_crowded = any(levels[bucket.key] < 1 for bucket in crowd)
    joins = form["problem"] not in cases.ALONE
    ways = []
    for one, bucket, tried in zip(told, own, effort, strict=True):
        is_open = cases.open_one(one, form["problem"]) is not None
        ways.append(
            judge(
                is_busy=bucket is not None and levels[bucket.key] < 1,
                is_crowded=is_crowded,
                is_news=joins and bucket is not None and not is_open,
                is_known=is_open,
                worked=worked and levels[tried.key] >= 1,
                can_work=bool(form.get("can_work")) and not worked,
            )
        )
    if Way.WORK in ways:
        raise WorkNeeded(challenge=tickets.challenge(subject), retry_after_s=1)
    if Way.REFUSE in ways:
        raise TooManyReports(retry_after_s=_wait([*crowd, *known], levels))
    kept = [bucket for bucket in (*crowd, *own, *(effort if worked else ())) if bucket is not None]
    return Verdict(ways, channel, kept, counted, levels)


def challenge(ticket: str) -> dict[str, Any] | None:
    """What a phone may begin to work on while its owner still writes; None: nothing is needed.

    What is needed in the end the report's own answer says.
    """
    found = tickets.read(ticket)
    if found is None or not found.tag:
        return None
    try:
        about = subjects.about({"tag": found.tag})
    except Exception:  # noqa: BLE001 - it has come down since: the report will say so.
        return None
    bucket = _bucket("thing", about.key)
    if bucket is None or allowances.levels([bucket])[bucket.key] >= 1:
        return None
    return tickets.challenge(about.key or "")


def _ticket(told: Sequence[About], form: Mapping[str, Any]) -> Ticket | None:
    """The ticket of a tag that the report names, if nobody has used it."""
    ticket = tickets.read(str(form.get("ticket") or ""))
    if ticket is None or not ticket.tag:
        return None
    named = {_code(thing.get("tag")) for thing in form["things"]}
    return ticket if ticket.tag in named and tickets.is_fresh(ticket.once) else None


def _code(text: object) -> str | None:
    try:
        return reading.read(str(text)) if text else None
    except TagUnknown:
        return None


def _crowd(
    told: Sequence[About], form: Mapping[str, Any], source: str, ticket: Ticket | None
) -> list[Bucket]:
    """The buckets of everybody who tells from there, under this number, of this street."""
    network = allowances.network(source)
    found = [_bucket("address", network)]
    if ticket is None:
        found.append(_bucket("web", network))
    if form.get("phone"):
        found.append(_bucket("phone", _phone(form["phone"])))
    streets = {_street(one.area_path) for one in told}
    found += [_bucket("area", street) for street in sorted(streets)]
    return [bucket for bucket in found if bucket is not None]


def _phone(text: str) -> str:
    """The number under which calls are counted, however it is written; nobody can read it back."""
    digits = "".join(filter(str.isdecimal, text))
    return house().vault.index("phone", digits).hex()


def _street(area_path: str) -> str:
    """City, district and street of a path."""
    return "/".join(area_path.split("/")[:3])


def _counted(about: About, problem: str, source: str) -> Any:
    if about.key is None:
        return None
    return _bucket("counted", f"{about.key}:{problem}:{allowances.network(source)}")


def _effort(about: About, source: str) -> Any:
    """What those take from who worked: at a thing its own, at a place their address's."""
    if about.key is not None:
        return _bucket("worked", about.key)
    return _bucket("effort", allowances.network(source))


def _bucket(name: str, whose: str | None) -> Any:
    if whose is None:
        return None
    flow = house().policy.reports.buckets[name]
    return Bucket(f"report-{name}:{whose}"[:120], flow.most, flow.per_s)


def _wait(crowd: Sequence[Bucket], levels: Mapping[str, float]) -> int:
    """Seconds until every one of them holds one again."""
    waits = [(1 - levels[each.key]) / each.per_s for each in crowd]
    return max(1, round(max(waits)))
