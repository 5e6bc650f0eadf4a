"""Duties: building x role x person, from a day up to, not including, another."""

from datetime import date
from typing import Any

from backend.actor import Actor
from backend.errors import Conflict, Invalid, NotFound, SecondPersonNeeded
from backend.models import Account, Area, Building, Duty
from backend.services import places, scope, trail
from backend.services.staff import reach
from backend.verbs import verb

MOST = 500
LARGEST = 2**31  # What the databases take as a number; a path may hold any.


@verb("duty.give")
def give_duty(
    building: str,
    account: str,
    role: str,
    since: str | None = None,
    until: str | None = None,
    *,
    by: Actor,
) -> dict[str, Any]:
    """Make somebody answer for a building in one of their roles; `since` is today if not said"""
    place, person = places.find_building(building), reach.find(account)
    scope.check_area(by, "duty.give", place.area.path)
    if person.id == by.account_id:
        raise SecondPersonNeeded()
    since = since or scope.today()
    _check(person, role, since, until)
    same = Duty.select().where(
        (Duty.account == person) & (Duty.building_id == place.id) & (Duty.role == role)
    )
    if any(_overlap(since, until, duty) for duty in same):
        raise Conflict(errors={"since": ["There is this duty in this time already."]})
    duty = Duty.create(building_id=place.id, account=person, role=role, since=since, until=until)
    reach.touch(person)
    _keep("duty.give", duty, place, person, by)
    return _view(duty, building, account)


@verb("duty.end")
def end_duty(duty_id: int, *, by: Actor) -> None:
    """End a duty today: it counts no more on the person's next request"""
    duty = Duty.get_or_none(Duty.id == duty_id) if duty_id < LARGEST else None
    if duty is None:
        raise NotFound(noun="duty")
    place = places.by_id(duty.building_id)
    scope.check_area(by, "duty.end", place.area.path)
    today = scope.today()
    if duty.until is not None and duty.until <= today:
        raise Conflict(errors={"until": ["This duty has ended already."]})
    # One that was still to come never begins.
    duty.until = max(today, duty.since)
    duty.save()
    reach.touch(duty.account)
    _keep("duty.end", duty, place, duty.account, by)


@verb("duty.list", reads=True)
def list_duties(
    *,
    building: str | None = None,
    account: str | None = None,
    after: int = 0,
    most: int = 100,
    by: Actor,
) -> dict[str, Any]:
    """Who answers for a building, or what somebody answers for, in my areas; past ones too"""
    rows = (
        Duty.select(Duty, Account.name.alias("person"), Building.code.alias("place"))
        .join(Account)
        .join_from(Duty, Building, on=(Duty.building_id == Building.id))
        .join_from(Building, Area)
        .where(reach.is_within(by, "duty.list") & (Duty.id > after))
        .order_by(Duty.id)
        .objects()
    )
    if building is not None:
        place = places.find_building(building)
        scope.check_area(by, "duty.list", place.area.path)
        rows = rows.where(Duty.building_id == place.id)
    if account is not None:
        rows = rows.where(Duty.account == reach.find(account))
    most = max(1, min(most, MOST))
    found: list[Any] = list(rows.limit(most + 1))
    page = found[:most]
    trail.write(
        by,
        "duty.list",
        facts={"building": building, "account": account, "duties": len(page)},
    )
    return {
        "items": [_view(duty, duty.place, duty.person) for duty in page],
        "next": page[-1].id if len(found) > most else None,
    }


def _check(person: Account, role: str, since: str, until: str | None) -> None:
    errors = {}
    if role not in {grant.role for grant in reach.grants(person)}:
        errors["role"] = ["The person does not have this role. Give it first."]
    for name, day in (("since", since), ("until", until)):
        if day is not None and not _is_day(day):
            errors[name] = ["A day like 2026-10-31."]
    if not errors and until is not None and until <= since:
        errors["until"] = ["A duty ends after it began."]
    if errors:
        raise Invalid(errors=errors)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _overlap(since: str, until: str | None, duty: Duty) -> bool:
    return (duty.until is None or since < duty.until) and (until is None or duty.since < until)


def _keep(verb: str, duty: Duty, place: Building, person: Account, by: Actor) -> None:
    trail.write(
        by,
        verb,
        building_id=place.id,
        area_path=place.area.path,
        facts={
            "account": person.name,
            "role": duty.role,
            "since": duty.since,
            "until": duty.until,
        },
    )


def _view(duty: Duty, building: str, account: str) -> dict[str, Any]:
    return {
        "id": duty.id,
        "building": building,
        "account": account,
        "role": duty.role,
        "since": duty.since,
        "until": duty.until,
    }
