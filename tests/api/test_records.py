"""Collecting once: people at rooms, corrected by who stands there, with the version they read."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from backend.models import Residence, Resident, TrailLine
from tests.api.scenes import newcomers
from tests.town import Clock, House, Worker, of_house, people_of

TODAY = "2026-11-02"


@pytest.fixture
def room(house: House) -> str:
    """The code of room 101."""
    return of_house(house, "rooms.csv")[0]["code"]


@pytest.fixture
def other_room(house: House) -> str:
    """Another room, in which nobody is registered."""
    return of_house(house, "rooms.csv")[-1]["code"]


@pytest.fixture
def inside(lin: Worker, house: House) -> Worker:
    """Lin, who stands at the house."""
    lin.scans(house)
    return lin


def adds(worker: Worker, house: House, kind: str = "residents", **form: Any) -> TestResponse:
    return worker.asks("POST", f"/buildings/{house.code}/{kind}", form, lease=worker.lease)


def changes(
    worker: Worker,
    house: House,
    record: dict[str, Any],
    form: dict[str, Any] | None = None,
    *,
    method: str = "PATCH",
    kind: str = "residents",
    more: str = "",
    version: str | None = "",
) -> TestResponse:
    """A change to a record as it was read; `version` None leaves the version out."""
    version = f'"{record["version"]}"' if version == "" else version
    head = {} if version is None else {"If-Match": version}
    path = f"/buildings/{house.code}/{kind}/{record['id']}{more}"
    return worker.asks(method, path, form, lease=worker.lease, headers=head)


def newcomer(room: str, **more: Any) -> dict[str, Any]:
    """Somebody whom this part of town does not know."""
    new = newcomers()[0]
    known = {name: new[name] for name in ("name", "id_number", "phone")}
    return known | {"room": room, "residence_kind": "living"} | more


def listed(worker: Worker, house: House) -> list[dict[str, Any]]:
    return people_of(worker.looks(house).json)


# --- The ordinary day --------------------------------------------------------------------


def test_lin_records_a_newcomer(
    inside: Worker, house: House, room: str, trail: Callable[[], list[TrailLine]]
) -> None:
    form = newcomer(room)
    before = len(listed(inside, house))
    added = adds(inside, house, **form)
    assert added.status_code == 201
    assert added.headers["ETag"] == f'"{added.json["version"]}"'
    assert added.headers["Cache-Control"] == "no-store"
    for name in ("name", "id_number", "phone", "room", "residence_kind"):
        assert added.json[name] == form[name]
    number = form["id_number"]
    assert added.json["birth_date"] == f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    assert added.json["sex"] == ("m" if int(number[16]) % 2 else "f")
    assert (added.json["since"], added.json["verified_at"]) == (TODAY, TODAY)
    assert added.json["source"] == "visit"
    assert len(listed(inside, house)) == before + 1
    acts = [line for line in trail() if line.verb == "resident.add"]
    assert [(line.account, line.visit_id) for line in acts] == [("lin", inside.visit["id"])]


def test_who_has_no_id_number_is_recorded_by_name(inside: Worker, house: House, room: str) -> None:
    added = adds(inside, house, name="小宝", room=room, residence_kind="living",
                 sex="f", birth_date="2024-05-01")  # fmt: skip
    assert (added.json["birth_date"], added.json["sex"]) == ("2024-05-01", "f")
    assert added.json["id_number"] is None


def test_lin_corrects_a_phone(inside: Worker, house: House) -> None:
    one = listed(inside, house)[0]
    amended = changes(inside, house, one, {"phone": "+86 160 1234-5678"})
    assert (amended.status_code, amended.json["phone"]) == (200, "16012345678")
    assert amended.json["version"] != one["version"]
    same = {name: value for name, value in amended.json.items() if name in one}
    assert same == {**one, "phone": "16012345678", "version": amended.json["version"]}


def test_a_corrected_id_number_corrects_sex_and_birthday(inside: Worker, house: House) -> None:
    one, new = listed(inside, house)[0], newcomers()[1]["id_number"]
    amended = changes(inside, house, one, {"id_number": new}).json
    assert amended["birth_date"].replace("-", "") == new[6:14]
    assert amended["sex"] == ("m" if int(new[16]) % 2 else "f")


def test_a_move_ends_one_tie_and_begins_another(
    inside: Worker, house: House, room: str, other_room: str
) -> None:
    added = adds(inside, house, **newcomer(room)).json
    moved = changes(inside, house, added, {"room": other_room}, method="POST", more="/moves")
    assert moved.status_code == 201
    assert (moved.json["room"], moved.json["residence_kind"]) == (other_room, "living")
    assert moved.json["name"] == added["name"]
    assert [one["id"] for one in listed(inside, house) if one["name"] == added["name"]] == [
        moved.json["id"]
    ]
    person = Resident.get(Resident.updated_by == "lin")
    ties = Residence.select().where(Residence.resident_id == person.id).order_by(Residence.id)
    assert [(tie.since, tie.until) for tie in ties] == [(TODAY, TODAY), (TODAY, None)]


def test_who_leaves_is_listed_no_more_and_the_history_stays(
    inside: Worker, house: House, room: str
) -> None:
    added = adds(inside, house, **newcomer(room, since="2026-10-01")).json
    ties, people = Residence.select().count(), Resident.select().count()
    assert changes(inside, house, added, method="DELETE").status_code == 204
    assert added["name"] not in {one["name"] for one in listed(inside, house)}
    assert (Residence.select().count(), Resident.select().count()) == (ties, people)
    gone = changes(inside, house, added | {"version": "1.2"}, method="DELETE")
    assert gone.json["code"] == "not-found", "nobody leaves twice"


def test_one_may_leave_on_a_day_to_come(inside: Worker, house: House, room: str) -> None:
    added = adds(inside, house, **newcomer(room)).json
    gone = changes(inside, house, added, method="DELETE", more="?until=2026-12-31")
    assert gone.status_code == 204
    found = next(one for one in listed(inside, house) if one["name"] == added["name"])
    assert found["until"] == "2026-12-31"


# --- Collected once ----------------------------------------------------------------------


def test_who_is_known_by_id_number_is_tied_and_not_written_again(
    inside: Worker, house: House, other_room: str
) -> None:
    known = next(row for row in of_house(house) if row["id_number"] and row["phone"])
    before = Resident.select().count()
    tied = adds(inside, house, name=known["name"], id_number=known["id_number"].lower(),
                room=other_room, residence_kind="owning")  # fmt: skip
    assert tied.status_code == 201
    assert (tied.json["phone"], tied.json["room"]) == (known["phone"], other_room)
    assert Resident.select().count() == before
    theirs = [one for one in listed(inside, house) if one["id_number"] == known["id_number"]]
    assert len(theirs) == 2


def test_somebody_of_another_house_is_known_too(
    inside: Worker, house: House, other_house: House, room: str
) -> None:
    known = next(row for row in of_house(other_house) if row["id_number"])
    before = Resident.select().count()
    tied = adds(inside, house, name=known["name"], id_number=known["id_number"], room=room,
                residence_kind="working")  # fmt: skip
    assert tied.status_code == 201
    assert Resident.select().count() == before


def test_a_known_number_under_another_name_is_a_contradiction(
    inside: Worker, house: House, room: str
) -> None:
    known = next(row for row in of_house(house) if row["id_number"])
    refused = adds(inside, house, name="别人", id_number=known["id_number"], room=room,
                   residence_kind="living")  # fmt: skip
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert list(refused.json["errors"]) == ["id_number"]
    assert known["name"] not in refused.get_data(as_text=True), "whose it is, is not told"


def test_a_number_that_is_another_s_cannot_be_amended_in(inside: Worker, house: House) -> None:
    one, other = [person for person in listed(inside, house) if person["id_number"]][:2]
    assert one["id_number"] != other["id_number"]
    refused = changes(inside, house, one, {"id_number": other["id_number"]})
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert list(refused.json["errors"]) == ["id_number"]
    same = changes(inside, house, one, {"id_number": one["id_number"]})
    assert same.status_code == 200, "one's own number is no contradiction"


def test_the_same_tie_twice_is_a_contradiction(inside: Worker, house: House, room: str) -> None:
    form = newcomer(room)
    assert adds(inside, house, **form).status_code == 201
    assert adds(inside, house, **form).json["code"] == "conflict"
    assert adds(inside, house, **form | {"residence_kind": "owning"}).status_code == 201


def test_moving_to_where_one_is_makes_no_sense(inside: Worker, house: House, room: str) -> None:
    added = adds(inside, house, **newcomer(room)).json
    refused = changes(inside, house, added, {"room": room}, method="POST", more="/moves")
    assert list(refused.json["errors"]) == ["room"]


# --- The version one has read -------------------------------------------------------------


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_no_version_is_428_and_an_old_one_412(
    inside: Worker, house: House, room: str, other_room: str, method: str
) -> None:
    added = adds(inside, house, **newcomer(room)).json
    form = {"PATCH": {"phone": "16012345678"}, "POST": {"room": other_room}}.get(method)
    more = "/moves" if method == "POST" else ""
    missing = changes(inside, house, added, form, method=method, more=more, version=None)
    assert (missing.status_code, missing.json["code"]) == (428, "version-missing")
    for old in ('"0.1"', '"1.0"', "*", '""', '"1"', "'1.1'"):
        stale = changes(inside, house, added, form, method=method, more=more, version=old)
        assert (stale.status_code, stale.json["code"]) == (412, "version-stale")
    done = changes(inside, house, added, form, method=method, more=more, version='W/"1.1"')
    assert done.status_code in (200, 201, 204)


def test_the_second_of_two_corrections_is_told_to_read_again(
    inside: Worker, zhao: Worker, house: House
) -> None:
    zhao.scans(house)
    mine, theirs = listed(inside, house)[0], listed(zhao, house)[0]
    assert mine["id"] != theirs["id"]
    assert changes(inside, house, mine, {"phone": "16012345678"}).status_code == 200
    stale = changes(zhao, house, theirs, {"phone": "16012345679"})
    assert stale.json["code"] == "version-stale"
    path = f"/buildings/{house.code}/residents/{theirs['id']}"
    again = zhao.asks("GET", path, lease=zhao.lease)
    assert (again.json["phone"], again.headers["ETag"]) == (
        "16012345678", f'"{again.json["version"]}"',
    )  # fmt: skip
    assert changes(zhao, house, again.json, {"phone": "16012345679"}).status_code == 200


def test_a_correction_of_the_tie_counts_as_well(inside: Worker, house: House) -> None:
    one = listed(inside, house)[0]
    amended = changes(inside, house, one, {"verified_at": "2026-11-01", "source": "self"}).json
    assert (amended["verified_at"], amended["source"]) == ("2026-11-01", "self")
    person, tie = (int(part) for part in one["version"].split("."))
    assert amended["version"] == f"{person + 1}.{tie + 1}"


# --- What is broken ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": ""}, "name", "invalid"),
        ({"name": "   "}, "name", "invalid"),
        ({"name": "名" * 61}, "name", "invalid"),
        ({"name": None}, "name", "invalid"),
        ({"id_number": "440399199003070010"}, "id_number", "bad-id-number"),
        ({"id_number": "440399202702290019"}, "id_number", "bad-id-number"),
        ({"id_number": "x"}, "id_number", "bad-id-number"),
        ({"phone": "12"}, "phone", "bad-phone"),
        ({"sex": "x", "id_number": None}, "sex", "invalid"),
        ({"birth_date": "1990-02-30", "id_number": None}, "birth_date", "invalid"),
        ({"birth_date": "2027-01-01", "id_number": None}, "birth_date", "invalid"),
        ({"people_class": "9999"}, "people_class", "invalid"),
        ({"residence_kind": "visiting"}, "residence_kind", "invalid"),
        ({"residence_kind": None}, "residence_kind", "invalid"),
        ({"since": "yesterday"}, "since", "invalid"),
        ({"room": "4403040040280100001999999"}, "room", "invalid"),
        ({"room": ""}, "room", "invalid"),
        ({"status": "vip"}, "status", "invalid"),
        ({"updated_by": "zhao"}, "updated_by", "invalid"),
        ({"version": "9.9"}, "version", "invalid"),
    ],
)
def test_what_is_wrong_is_said_by_field(
    inside: Worker, house: House, room: str, wrong: dict[str, Any], field: str, code: str
) -> None:
    before = Resident.select().count()
    refused = adds(inside, house, **newcomer(room) | wrong)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert list(refused.json["errors"]) == [field]
    assert Resident.select().count() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "changes"),
        ({"name": ""}, "name"),
        ({"id_number": "x"}, "id_number"),
        ({"phone": "x"}, "phone"),
        ({"people_class": "x"}, "people_class"),
        ({"room": "x"}, "room"),
        ({"residence_kind": "owning"}, "residence_kind"),
        ({"id": 1}, "id"),
    ],
)
def test_a_wrong_correction_changes_nothing(
    inside: Worker, house: House, wrong: dict[str, Any], field: str
) -> None:
    one = listed(inside, house)[0]
    refused = changes(inside, house, one, wrong)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert listed(inside, house)[0] == one


def test_nobody_leaves_before_they_came(inside: Worker, house: House, room: str) -> None:
    added = adds(inside, house, **newcomer(room, since="2026-10-01")).json
    refused = changes(inside, house, added, method="DELETE", more="?until=2026-09-30")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["until"])
    early = {"room": of_house(house, "rooms.csv")[2]["code"], "since": "2026-09-30"}
    refused = changes(inside, house, added, early, method="POST", more="/moves")
    assert refused.status_code == 422


def test_a_room_of_another_house_is_no_room_of_this_one(
    inside: Worker, house: House, other_house: House
) -> None:
    room = of_house(other_house, "rooms.csv")[0]["code"]
    assert list(adds(inside, house, **newcomer(room)).json["errors"]) == ["room"]


@pytest.mark.parametrize("made_up", ["x", "0" * 32, "f" * 32, "ab" * 15, "水" * 32])
def test_an_id_one_made_up_names_nobody(inside: Worker, house: House, made_up: str) -> None:
    record = {"id": made_up, "version": "1.1"}
    for method in ("GET", "PATCH", "DELETE"):
        form = {"phone": "16012345678"} if method == "PATCH" else None
        refused = changes(inside, house, record, form, method=method)
        assert (refused.status_code, refused.json["code"]) == (404, "not-found")


def test_the_id_of_a_firm_or_of_another_house_names_no_resident(
    inside: Worker, house: House, other_house: House
) -> None:
    firm = inside.looks(house).json["businesses"][0]
    refused = changes(inside, house, firm | {"version": "1.1"}, {"phone": "16012345678"})
    assert refused.json["code"] == "not-found"
    one = listed(inside, house)[0]
    elsewhere = changes(inside, other_house, one, {"phone": "16012345678"})
    assert (elsewhere.status_code, elsewhere.json["code"]) == (403, "visit-needed")
    assert elsewhere.json["reason"] == "other_building"


def test_away_from_the_house_nothing_is_collected(
    inside: Worker, house: House, room: str, clock: Clock
) -> None:
    one = listed(inside, house)[0]
    clock.passes(seconds=91)
    answers = [
        adds(inside, house, **newcomer(room)),
        changes(inside, house, one, {"phone": "16012345678"}),
        changes(inside, house, one, {"room": room}, method="POST", more="/moves"),
        changes(inside, house, one, method="DELETE"),
        changes(inside, house, one, method="GET"),
    ]
    for refused in answers:
        assert (refused.status_code, refused.json["code"]) == (403, "visit-needed")
        assert (refused.json["reason"], refused.json["unlock"]) == ("lease_expired", "send_beat")
        assert one["name"] not in refused.get_data(as_text=True)
