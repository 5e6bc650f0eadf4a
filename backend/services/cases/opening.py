"""A report becomes a case, or joins the one that is open: one thing, one problem, one case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from backend import clock
from backend.db import locked
from backend.models import Case, CaseStep

ALONE = frozenset({"message"})
"""Problems of which each telling is another case."""


@dataclass(frozen=True)
class About:
    """What a case is about: a thing of the register, or a place (then without a `key`)."""

    kind: str
    name: str
    area_path: str
    address: str | None = None
    lat: float | None = None  # WGS-84 degrees.
    lon: float | None = None
    cell: int | None = None
    thing: str | None = None
    facility_id: int | None = None
    building_id: int | None = None
    unit: str | None = None

    @property
    def key(self) -> str | None:
        """What names the thing for good; None for a place, which is never merged silently."""
        return thing_key(self.facility_id, self.building_id)


def thing_key(facility_id: int | None, building_id: int | None) -> str | None:
    """What names a thing of the register, in `Case.open_key` and wherever it is counted."""
    if facility_id is not None:
        return f"facility:{facility_id}"
    return None if building_id is None else f"building:{building_id}"


class Opened(NamedTuple):
    """The case that a report now belongs to; `joined` if it was open before."""

    case: Case
    joined: bool


def open_or_join(
    about: About,
    problem: str,
    *,
    channel: str,
    is_filed: bool,
    account_id: int | None = None,
) -> Opened:
    """The open case of this problem at this thing, or a new one. Inside a write transaction.

    `is_filed`: the thing is known and the channel trusted, so nobody has to look first.
    """
    key = None if about.key is None or problem in ALONE else f"{about.key}:{problem}"
    case = _open_case(key) or _opened(about, problem, key, channel, is_filed, account_id)
    joined = case.reports > 0
    case.reports += 1
    case.updated_at = clock.now()
    case.save(only=("reports", "updated_at"))
    return Opened(case, joined)


def reopen(case: Case, note: str | None) -> None:
    """Once more, because a reporter says that it is not solved. Inside a write transaction."""
    key = _key_again(case)
    if key is not None and _open_case(key) is not None:
        key = None  # Told again meanwhile: that case stays the one that others join.
    case.state, case.open_key, case.closed_at = "filed", key, None
    case.round += 1
    step(case, "reopen", note=note)


def step(
    case: Case,
    action: str,
    *,
    account_id: int | None = None,
    unit: str | None = None,
    note: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Save what has become of a case, and write down how."""
    case.updated_at = clock.now()
    case.version += 1
    case.save()
    _note(case, action, account_id=account_id, unit=unit, note=note, facts=facts)


def _opened(
    about: About,
    problem: str,
    key: str | None,
    channel: str,
    is_filed: bool,
    account_id: int | None,
) -> Case:
    """A new case; on PostgreSQL somebody may be quicker, and then theirs is it."""
    now = clock.now()
    values = {
        "state": "filed" if is_filed else "received",
        "open_key": key,
        "kind": about.kind,
        "problem": problem,
        "facility_id": about.facility_id,
        "building_id": about.building_id,
        "thing": about.thing,
        "name": about.name,
        "address": about.address,
        "lat": about.lat,
        "lon": about.lon,
        "cell": about.cell,
        "area_path": about.area_path,
        "channel": channel,
        "unit": about.unit,
        "opened_at": now,
        "updated_at": now,
    }
    if key is None:
        case = Case.create(**values)
    else:
        Case.insert(values).on_conflict_ignore().execute()
        found = _open_case(key)
        assert found is not None
        if found.reports:
            return found
        case = found
    _note(case, "receive", account_id=account_id, state="received", facts={"channel": channel})
    if is_filed:
        _note(case, "file")
    return case


def _open_case(key: str | None) -> Case | None:
    """The open case of this key, which nobody else changes until this transaction ends."""
    if key is None:
        return None
    row: Case | None = locked(Case.select().where(Case.open_key == key)).get_or_none()
    return row


def _key_again(case: Case) -> str | None:
    """The key under which others join again; a message to the grid never had one."""
    thing = thing_key(case.facility_id, case.building_id)
    return None if thing is None or case.problem in ALONE else f"{thing}:{case.problem}"


def _note(case: Case, action: str, state: str | None = None, **rest: Any) -> None:
    rest["facts"] = orjson.dumps(rest.get("facts") or {}).decode()
    CaseStep.create(
        case_id=case.id, at=clock.now(), action=action, state=state or case.state, **rest
    )
