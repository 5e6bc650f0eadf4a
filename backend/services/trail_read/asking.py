"""The three questions that may be asked of the trail. What is asked about others is kept, too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.actor import Actor
from backend.db import to_ms
from backend.house import house
from backend.models import Account, Residence, Resident, keys
from backend.rules import identity, ranges
from backend.services import places, scope, trail
from backend.services.trail_read import lines, pages
from backend.services.trail_read.lines import Line
from backend.services.trail_read.sight import Sight
from backend.verbs import check, verb


@verb("trail.own", reads=True)
def own(after: int | None = None, most: int = 50, *, by: Actor) -> dict[str, Any]:
    """What I did and what was refused to me, newest first"""
    mine = lines.of_account(by.account_id, lines.start(after))
    return pages.page(mine, lambda line: True, most)


@verb("trail.read", reads=True)
def read(
    *,
    building: str | None = None,
    account: str | None = None,
    verb: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    resident_key: str | None = None,
    after: int | None = None,
    most: int = 50,
    by: Actor,
) -> dict[str, Any]:
    """Who looked at what, and did what, where I answer for it; newest first

    From `since` up to, not including, `until`. `resident_key` is the one a person's record came
    with; to ask for it takes the verb trail.of-person as well.
    """
    sight = Sight(by, "trail.read")
    start = lines.start(after, until)
    oldest = None if since is None else to_ms(since)
    newest = None if until is None else to_ms(until)
    place, subjects = None, []
    if resident_key is not None:
        check(by, "trail.of-person")
        subjects = _residents(Resident.key == resident_key)
    if building is not None:
        place = places.find_building(building)
        scope.check(by, "trail.read", place.id, place.area.path)
        found = lines.of_buildings([place.id], start)
    elif resident_key is not None:
        found = lines.of_buildings(_homes(subjects), start)
    elif account is not None:
        found = lines.of_account(_account_id(account), start)
    else:
        found = lines.in_sight(sight, start)

    def is_wanted(line: Line) -> bool:
        return (
            (account is None or line.account == account)
            and (verb is None or line.verb == verb)
            and (newest is None or line.at < newest)
            and (oldest is None or line.at >= oldest)
            and (resident_key is None or _is_about(line, subjects))
            and sight.reaches(line)
        )

    answer = pages.page(found, is_wanted, most, since)
    asked = {"building": building, "account": account, "verb": verb, "since": since, "until": until}
    trail.write(
        by,
        "trail.read",
        building_id=place.id if place else None,
        area_path=place.area.path if place else None,
        subjects=subjects,
        facts={name: value for name, value in asked.items() if value is not None}
        | {"lines": len(answer["items"])},
    )
    return answer


@verb("trail.of-person", reads=True)
def of_person(
    id_number: str, after: int | None = None, most: int = 50, *, by: Actor
) -> dict[str, Any]:
    """Every look at one person and every change, by ID number; an unknown one has no lines"""
    sight = Sight(by, "trail.of-person")
    number = identity.check_id_number(id_number, scope.day())
    subjects = _residents(Resident.id_index.in_(house().vault.indexes("id_number", number)))
    homes = _homes(subjects)
    found = lines.of_buildings(homes, lines.start(after))
    answer = pages.page(found, lambda line: _is_about(line, subjects) and sight.reaches(line), most)
    # Kept at the person's building: the next look-up of this person shows this one.
    here = next((home for home in homes if sight.reaches_building(home)), None)
    trail.write(
        by,
        "trail.of-person",
        building_id=here,
        area_path=sight.path_of(here),
        subjects=subjects,
        facts={"lines": len(answer["items"])},
    )
    return answer


def _residents(which: object) -> list[int]:
    return [row.id for row in Resident.select(Resident.id).where(which)]


def _homes(subjects: Sequence[int]) -> list[int]:
    """Every building these people ever had a room in, the present ones first."""
    rows = (
        Residence.select(Residence.id)
        .where(Residence.resident_id.in_(subjects))
        .order_by(Residence.until.is_null().desc(), Residence.id.desc())
    )
    lived = [keys.building_of(row.id) for row in rows]
    return list(dict.fromkeys([*lived, *map(keys.building_of, subjects)]))


def _is_about(line: Line, subjects: Sequence[int]) -> bool:
    return any(ranges.holds(line.subjects, subject) for subject in subjects)


def _account_id(name: str) -> int:
    account = Account.get_or_none(Account.name == name)
    return -1 if account is None else int(account.id)
