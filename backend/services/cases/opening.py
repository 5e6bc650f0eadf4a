"""A report becomes a case, or joins the one that is open: one thing, one problem, one case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from backend import clock
from backend.db import from_ms, to_ms
from backend.house import house
from backend.models import Case, CaseStep
from backend.prepared import Prepared
from backend.rules import case_numbers, seals, workflow
from backend.services import messages, outbox
from backend.services.cases import aiming, chain, clocks

ALONE = frozenset({"message"})
"""Problems of which each telling is another case."""
SILENT = frozenset({"remind"})
"""Steps that change nothing of what people decide on."""


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
    owner: str | None = None  # The unit whose thing it is.
    joins: int | None = None  # The open case that the reporter has chosen as theirs.
    bike_id: int | None = None  # Registered, and standing there.

    @property
    def key(self) -> str | None:
        """What names the thing for good; None for a place, which is never merged silently."""
        return thing_key(self)


def thing_key(thing: About | Case) -> str | None:
    """What names a thing of the register, in `Case.open_key` and wherever it is counted.

    A bike is ridden on: it is the same one where it stands, and another affair elsewhere.
    """
    if thing.facility_id is not None:
        return f"facility:{thing.facility_id}"
    if thing.building_id is not None:
        return f"building:{thing.building_id}"
    if thing.bike_id is None or thing.cell is None:
        return None
    return f"bike:{thing.bike_id}@{thing.cell}"


class Opened(NamedTuple):
    """The case that a report now belongs to; `joined` if it was open before."""

    id: int
    number: str
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
    key = _key(about, problem)
    now = to_ms(clock.now())
    if about.joins is not None and (chosen := _join_chosen.first(now, about.joins, problem)):
        return _as_opened(chosen[0], chosen[1], joined=True)
    return _joined(key, now) or _opened(about, problem, key, now, channel, is_filed, account_id)


def open_one(about: About, problem: str) -> Opened | None:
    """The open case that a report of this would join."""
    key = _key(about, problem)
    found = None if key is None else _open_case.first(key)
    if about.joins is not None:
        found = _chosen.first(about.joins, problem)
    return None if found is None else _as_opened(found[0], found[1], joined=True)


def _key(about: About, problem: str) -> str | None:
    return None if about.key is None or problem in ALONE else f"{about.key}:{problem}"


def _joined(key: str | None, now: int) -> Opened | None:
    """One more report of the open case, which nobody else changes until this transaction ends."""
    found = None if key is None else _join.first(now, key)
    return None if found is None else _as_opened(found[0], found[1], joined=True)


def _as_opened(case_id: int, opened_at: int, *, joined: bool) -> Opened:
    return Opened(case_id, case_numbers.number(case_id, from_ms(opened_at)), joined)


def reopen(case: Case, note: str | None) -> None:
    """Once more, because a reporter says that it is not solved. Inside a write transaction."""
    key = free_key(case)
    before, case.state = case.state, "filed"
    case.open_key, case.closed_at = key, None
    case.returns, case.arbiter = 0, None
    case.round += 1
    left = _left(case)
    step(case, "reopen", before=before, note=note, facts={"was": left})
    messages.tell(case, "reopened")
    outbox.tell_of_move(case, "reopen", before=case.unit)


def appeal(case: Case) -> None:
    """Once more to the desk, because a reporter says that it is the city's affair after all."""
    before, case.state = case.state, "received"
    case.open_key, case.closed_at = free_key(case), None
    case.answer_by = case.answered_at = case.rule = None
    step(case, "appeal", before=before)


def _left(case: Case) -> dict[str, int | None]:
    """What the round that ends leaves behind: the case itself forgets it for the next one."""
    kept = {name: getattr(case, name) for name in ("due_at", "answer_by", "answered_at")}
    return {name: None if at is None else to_ms(at) for name, at in kept.items()}


def step(
    case: Case,
    action: str,
    *,
    before: str | None = None,
    account_id: int | None = None,
    role: str | None = None,
    unit: str | None = None,
    device_id: str | None = None,
    place: tuple[float, float] | None = None,
    note: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Save what has become of a case, and write down how. `before` is the state it was in."""
    head = chain.head(case)
    case.updated_at = clock.now()
    case.version += action not in SILENT  # Nobody's page grows old because time presses.
    clocks.keep(case, action, case.updated_at)
    lat, lon = (float(place[0]), float(place[1])) if place else (None, None)
    values = (
        case.id,
        head.steps + 1,
        to_ms(case.updated_at),
        action,
        before or case.state,
        case.state,
        account_id,
        role,
        unit,
        device_id,
        lat,
        lon,
        note,
        orjson.dumps(facts or {}).decode(),
    )
    case.steps, case.mac = head.steps + 1, chain.link(house().trail_keys[0], values, head.mac)
    case.save()
    _write_step.write(*values, case.mac)


def _opened(
    about: About,
    problem: str,
    key: str | None,
    now: int,
    channel: str,
    is_filed: bool,
    account_id: int | None,
) -> Opened:
    """A new case; on PostgreSQL somebody may be quicker, and then theirs is joined."""
    made = _open.first(
        "filed" if is_filed else "received",
        key,
        about.kind,
        problem,
        about.facility_id,
        about.building_id,
        about.bike_id,
        about.thing,
        about.name,
        about.address,
        about.lat,
        about.lon,
        about.cell,
        about.area_path,
        channel,
        about.owner,
        now,
        aiming.first(now),
        now + house().policy.cases.dispatch_min * 60_000,
        2 if is_filed else 1,
    )
    if made is None:
        theirs = _joined(key, now)
        assert theirs is not None
        return theirs
    [case_id] = made
    facts = orjson.dumps({"channel": channel}).decode()
    mac = _write(seals.GENESIS, case_id, 1, now, "receive", None, "received", account_id, facts)
    if is_filed:
        _write(mac, case_id, 2, now, "file", "received", "filed", None, "{}")
    return _as_opened(case_id, now, joined=False)


def _write(
    previous: bytes,
    case_id: int,
    serial: int,
    at: int,
    action: str,
    before: str | None,
    state: str,
    account_id: int | None,
    facts: str,
) -> bytes:
    """A step of the opening; its mac, which the next step finds there and not at the case."""
    nowhere = (None, None, None, None, None, None)  # role, unit, device_id, lat, lon, note
    values = (case_id, serial, at, action, before, state, account_id, *nowhere, facts)
    mac = chain.link(house().trail_keys[0], values, previous)
    _write_step.write(*values, mac)
    return mac


_open_case = Prepared(lambda key: Case.select(Case.id, Case.opened_at).where(Case.open_key == key))
_join = Prepared(
    lambda now, key: (
        Case.update(reports=Case.reports + 1, updated_at=now)
        .where(Case.open_key == key)
        .returning(Case.id, Case.opened_at)
    )
)
_chosen = Prepared(
    lambda case_id, problem: Case.select(Case.id, Case.opened_at).where(
        (Case.id == case_id) & (Case.problem == problem) & Case.state.in_(sorted(workflow.OPEN))
    )
)
_join_chosen = Prepared(
    lambda now, case_id, problem: (
        Case.update(reports=Case.reports + 1, updated_at=now)
        .where((Case.id == case_id) & (Case.problem == problem))
        .where(Case.state.in_(sorted(workflow.OPEN)))
        .returning(Case.id, Case.opened_at)
    )
)
_open = Prepared(
    lambda state, key, kind, problem, facility, building, bike, thing, name, address, lat, lon,
    cell, area, channel, owner, now, urge, dispatch_by, steps: (
        Case.insert(
            state=state, open_key=key, kind=kind, problem=problem, facility_id=facility,
            building_id=building, bike_id=bike, thing=thing, name=name, address=address, lat=lat,
            lon=lon, cell=cell, area_path=area, channel=channel, owner=owner, unit=owner, reports=1,
            opened_at=now, updated_at=now, urge_at=urge, dispatch_by=dispatch_by, steps=steps,
        ).on_conflict_ignore().returning(Case.id)
    )
)  # fmt: skip
_write_step = Prepared(
    lambda case, serial, at, action, before, state, account, role, unit, device, lat, lon, note,
    facts, mac: CaseStep.insert(
        case_id=case, serial=serial, at=at, action=action, before=before, state=state,
        account_id=account, role=role, unit=unit, device_id=device, lat=lat, lon=lon, note=note,
        facts=facts, mac=mac,
    )
)  # fmt: skip


def free_key(case: Case) -> str | None:
    """The key under which others join it once it is open (again); a message never had one.

    None as well if it was told again meanwhile: that case stays the one that others join.
    """
    thing = thing_key(case)
    if thing is None or case.problem in ALONE:
        return None
    key = f"{thing}:{case.problem}"
    return key if _open_case.first(key) is None else None
