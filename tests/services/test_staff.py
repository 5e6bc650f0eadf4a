"""Guan looks after who works here: within her area, never for herself, always on the trail."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest

from backend.actor import Actor
from backend.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotYourArea,
    SecondPersonNeeded,
    VersionMissing,
    VersionStale,
)
from backend.house import house as opened_house
from backend.models import Account, Building, Duty, RoleGrant, TrailLine
from backend.services import scope, staff, trail_read
from backend.services.accounts import sessions
from tests.services.cast import actor
from tests.town import Clock, House, Worker

pytestmark = pytest.mark.usefixtures("clock")

Lines = Callable[[], list[TrailLine]]
GRID_1, GRID_2, SHUIWEI, STREET = (
    "440304004028001",
    "440304004028002",
    "440304004028",
    "440304004",
)


@pytest.fixture
def guan(opened: object) -> Actor:
    """Gives accounts, roles and duties, for the whole city."""
    return actor("guan")


@pytest.fixture
def bao(guan: Actor) -> Actor:
    """Administers Shuiwei alone."""
    staff.open_account(
        "bao", "鲍丽", "a long one", SHUIWEI, [{"role": "administrator", "area": SHUIWEI}], by=guan
    )
    return actor("bao")


def stamp(name: str) -> int:
    return int(Account.get(Account.name == name).stamp)


def version(name: str) -> str:
    return str(Account.get(Account.name == name).version)


def kept(trail: Lines) -> tuple[str, str, str, dict[str, Any]]:
    """Who did what, how it ended, and the facts of the last line."""
    line = trail()[-1]
    return line.account, line.verb, line.outcome, orjson.loads(line.facts)


def errors_of(refusal: pytest.ExceptionInfo[Invalid]) -> set[str]:
    errors = refusal.value.facts["errors"]
    assert isinstance(errors, dict)
    return set(errors)


# --- Accounts ----------------------------------------------------------------------------------


def test_guan_opens_an_account_and_it_can_sign_in(guan: Actor, trail: Lines) -> None:
    found = staff.open_account("wen", "温雅", "eight or more", GRID_1, by=guan)
    assert (found["name"], found["full_name"], found["area"]) == ("wen", "温雅", GRID_1)
    assert (found["active"], found["roles"], found["version"]) == (True, [], "1")
    assert kept(trail) == ("guan", "account.open", "done", {"account": "wen"})
    assert sessions.sign_in("wen", "eight or more", device_id=None, source="here").access_token


def test_an_account_is_opened_with_its_roles(guan: Actor) -> None:
    given = [{"role": "collector", "area": GRID_1}, {"role": "building_head", "area": None}]
    found = staff.open_account("wen", "温雅", "eight or more", GRID_1, given, by=guan)
    assert [(role["role"], role["area"]) for role in found["roles"]] == [
        ("collector", GRID_1),
        ("building_head", None),
    ]
    assert found["version"] == version("wen")


def test_no_answer_shows_a_password_or_its_hash(guan: Actor, trail: Lines) -> None:
    found = staff.open_account("wen", "温雅", "eight or more", GRID_1, by=guan)
    hashed = Account.get(Account.name == "wen").password_hash
    told = str([found, staff.show_account("wen", by=guan), staff.list_accounts(by=guan)])
    kept_lines = str([line.__data__ for line in trail()])
    for secret in ("eight or more", hashed):
        assert secret not in told
        assert secret not in kept_lines


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": "Wen"}, {"name"}),
        ({"name": "7wen"}, {"name"}),
        ({"name": "w" * 41}, {"name"}),
        ({"name": "system"}, {"name"}),
        ({"name": "温"}, {"name"}),
        ({"full_name": "  "}, {"full_name"}),
        ({"full_name": "w" * 61}, {"full_name"}),
        ({"password": "seven77"}, {"password"}),
        ({"password": "p" * 129}, {"password"}),
        ({"name": "wen.yayaya", "password": "Wen.Yayaya"}, {"password"}),
        ({"name": "", "password": ""}, {"name", "password"}),
    ],
)
def test_what_makes_no_account(guan: Actor, changes: dict[str, str], wrong: set[str]) -> None:
    form = {"name": "wen", "full_name": "温雅", "password": "eight or more", "area": GRID_1}
    with pytest.raises(Invalid) as refusal:
        staff.open_account(**{**form, **changes}, by=guan)
    assert errors_of(refusal) == wrong


def test_a_name_is_given_once_and_an_area_must_be_there(guan: Actor) -> None:
    with pytest.raises(Conflict):
        staff.open_account("lin", "另一个", "eight or more", GRID_1, by=guan)
    with pytest.raises(NotFound):
        staff.open_account("wen", "温雅", "eight or more", "440304999", by=guan)


def test_a_role_that_cannot_be_given_opens_no_account(guan: Actor) -> None:
    with pytest.raises(Invalid):
        staff.open_account(
            "wen", "温雅", "eight or more", GRID_1, [{"role": "king", "area": None}], by=guan
        )
    assert Account.get_or_none(Account.name == "wen") is None


def test_a_name_is_corrected_over_the_version_that_was_read(guan: Actor, trail: Lines) -> None:
    before = staff.show_account("lin", by=guan)
    found = staff.amend_account("lin", {"full_name": "林晓梅"}, before["version"], by=guan)
    assert found["full_name"] == "林晓梅"
    assert kept(trail)[:3] == ("guan", "account.amend", "done")
    assert trail()[-1].fields == "full_name"
    with pytest.raises(VersionStale):
        staff.amend_account("lin", {"full_name": "林"}, before["version"], by=guan)
    with pytest.raises(VersionMissing):
        staff.amend_account("lin", {"full_name": "林"}, None, by=guan)


def test_what_cannot_be_changed_is_refused_by_its_name(guan: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        staff.amend_account("lin", {"stamp": 1, "password": "short"}, version("lin"), by=guan)
    assert errors_of(refusal) == {"stamp", "password"}
    with pytest.raises(Invalid):
        staff.amend_account("lin", {}, version("lin"), by=guan)


def test_whoever_is_shut_out_is_out_of_everything_at_once(
    lin: Worker, house: House, guan: Actor, trail: Lines
) -> None:
    lin.scans(house)
    assert lin.looks(house).status_code == 200
    staff.amend_account("lin", {"active": False}, version("lin"), by=guan)
    assert lin.looks(house).status_code == 401
    ended = [line for line in trail() if line.verb == "visit.end"]
    assert orjson.loads(ended[-1].facts)["reason"] == "account_disabled"
    assert ended[-1].account == "guan"
    staff.amend_account("lin", {"active": True}, version("lin"), by=guan)
    assert lin.looks(house).status_code == 401
    lin.signs_in()
    assert lin.asks("GET", f"/visits/{lin.visit['id']}").json["state"] == "closed"


def test_a_reset_password_ends_the_sessions_of_the_old_one(lin: Worker, guan: Actor) -> None:
    staff.amend_account("lin", {"password": "something new"}, version("lin"), by=guan)
    assert lin.asks("GET", "/me").status_code == 401
    lin.signs_in("something new")
    assert lin.asks("GET", "/me").status_code == 200


def test_guan_cannot_shut_herself_out(guan: Actor) -> None:
    with pytest.raises(SecondPersonNeeded):
        staff.amend_account("guan", {"active": False}, version("guan"), by=guan)


def test_the_list_is_of_ones_own_areas_by_name_in_pages(guan: Actor, bao: Actor) -> None:
    names, after = [], None
    while True:
        page = staff.list_accounts(after=after, most=7, by=guan)
        names += [item["name"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert names == sorted(row.name for row in Account.select())
    shuiwei = {item["name"] for item in staff.list_accounts(most=200, by=bao)["items"]}
    assert {"lin", "mei", "bao"} <= shuiwei
    assert not {"du", "shen", "fen", "guan"} & shuiwei


def test_the_list_is_narrowed_by_area_and_role(guan: Actor) -> None:
    page = staff.list_accounts(area=GRID_1, role="collector", by=guan)
    assert [item["name"] for item in page["items"]] == ["lin"]
    assert staff.list_accounts(role="king", by=guan)["items"] == []


def test_du_may_list_and_not_show_and_lin_may_neither() -> None:
    assert staff.list_accounts(by=actor("du"))["items"]
    with pytest.raises(NotAllowed):
        staff.show_account("lin", by=actor("du"))
    with pytest.raises(NotAllowed):
        staff.list_accounts(by=actor("lin"))


# --- Roles -------------------------------------------------------------------------------------


def test_a_role_counts_from_the_next_request_and_ends_likewise(
    worker: Callable[[str], Worker], far_house: House, guan: Actor
) -> None:
    lin = worker("lin")
    assert lin.looks(far_house).status_code == 403
    given = staff.give_role("lin", "collector", GRID_2, by=guan)
    assert lin.looks(far_house).status_code == 200
    staff.end_role("lin", given["id"], by=guan)
    assert lin.looks(far_house).status_code == 403


def test_a_role_with_a_last_instant_ends_by_itself(
    lin: Worker, far_house: House, guan: Actor, clock: Clock
) -> None:
    staff.give_role("lin", "collector", GRID_2, clock() + timedelta(minutes=10), by=guan)
    assert lin.looks(far_house).status_code == 200
    clock.passes(minutes=10)
    assert lin.looks(far_house).status_code == 403


def test_giving_and_ending_are_kept_with_who_and_what(guan: Actor, trail: Lines) -> None:
    given = staff.give_role("han", "checker", GRID_1, by=guan)
    assert kept(trail) == (
        "guan",
        "role.give",
        "done",
        {"account": "han", "role": "checker", "area": GRID_1, "until": None},
    )
    staff.end_role("han", given["id"], by=guan)
    facts = {"account": "han", "role": "checker", "area": GRID_1}
    assert kept(trail) == ("guan", "role.end", "done", facts)


def test_nobody_gives_themselves_a_role_or_a_duty(guan: Actor, house: House, trail: Lines) -> None:
    with pytest.raises(SecondPersonNeeded):
        staff.give_role("guan", "supervisor", STREET, by=guan)
    assert kept(trail)[:3] == ("guan", "role.give", "second-person-needed")
    with pytest.raises(SecondPersonNeeded):
        staff.give_duty(house.code, "guan", "administrator", by=guan)


@pytest.mark.parametrize(
    ("role", "holder"),
    [("collector", "lin"), ("police_officer", "zhao"), ("building_head", "chen")],
)
def test_who_gives_roles_never_sees_people(guan: Actor, bao: Actor, role: str, holder: str) -> None:
    """Neither way round, and not by the policy either."""
    with pytest.raises(Conflict):
        staff.give_role("bao", role, GRID_1, by=guan)
    with pytest.raises(Conflict):
        staff.give_role(holder, "administrator", SHUIWEI, by=guan)
    policy = opened_house().policy
    assert not any(
        action != "hide"
        for record in ("resident", "business", "event")
        for _, action in policy.sight.actions(["administrator"], record)
    )
    assert (
        not {"visit.begin", "building.look", "resident.show", "break-glass.begin"}
        & (policy.verbs["administrator"])
    )


def test_unknown_words_are_named(guan: Actor, clock: Clock) -> None:
    with pytest.raises(Invalid) as refusal:
        staff.give_role("han", "king", "440304999", clock() - timedelta(seconds=1), by=guan)
    assert errors_of(refusal) == {"role", "area", "until"}
    with pytest.raises(NotFound):
        staff.give_role("nobody", "collector", GRID_1, by=guan)
    with pytest.raises(NotFound):
        staff.end_role("lin", 999_999, by=guan)


def test_a_role_of_somebody_else_is_not_ended_by_its_number(guan: Actor) -> None:
    of_an = RoleGrant.get(RoleGrant.account == Account.get(Account.name == "an"))
    with pytest.raises(NotFound):
        staff.end_role("lin", of_an.id, by=guan)


def test_the_same_role_is_given_once_and_again_after_its_end(guan: Actor) -> None:
    given = staff.give_role("han", "checker", GRID_1, by=guan)
    with pytest.raises(Conflict):
        staff.give_role("han", "checker", GRID_1, by=guan)
    staff.end_role("han", given["id"], by=guan)
    assert staff.give_role("han", "checker", GRID_1, by=guan)["id"] != given["id"]


# --- Within one's area -------------------------------------------------------------------------


def test_bao_reaches_nobody_beyond_shuiwei(bao: Actor, house: House, trail: Lines) -> None:
    of_du = RoleGrant.get(RoleGrant.role == "supervisor").id
    of_chen = staff.list_duties(account="chen", by=bao)["items"][0]["id"]
    Building.update(area="440305001001").where(Building.code == house.code).execute()
    for act in (
        lambda: staff.open_account("wen", "温雅", "eight or more", STREET, by=bao),
        lambda: staff.show_account("du", by=bao),
        lambda: staff.amend_account("du", {"active": False}, version("du"), by=bao),
        lambda: staff.give_role("du", "checker", GRID_1, by=bao),
        lambda: staff.end_role("du", of_du, by=bao),
        lambda: staff.give_duty(house.code, "deng", "building_head", by=bao),
        lambda: staff.end_duty(of_chen, by=bao),
        lambda: staff.give_role("lin", "checker", STREET, by=bao),
        lambda: staff.amend_account("lin", {"area": STREET}, version("lin"), by=bao),
    ):
        with pytest.raises(NotYourArea):
            act()
        assert kept(trail)[2] == "not-your-area"
    assert staff.give_role("lin", "checker", GRID_1, by=bao)["area"] == GRID_1


def test_bao_does_not_get_the_street_by_a_neighbours_password(bao: Actor, guan: Actor) -> None:
    """Wen lives in Shuiwei and supervises the street: she is Guan's, not Bao's."""
    staff.open_account(
        "wen", "温雅", "eight or more", SHUIWEI, [{"role": "supervisor", "area": STREET}], by=guan
    )
    with pytest.raises(NotYourArea):
        staff.amend_account("wen", {"password": "known to bao"}, version("wen"), by=bao)


def test_who_belongs_nowhere_is_for_those_who_answer_for_everything(
    bao: Actor, guan: Actor
) -> None:
    Account.update(area=None).where(Account.name == "han").execute()
    with pytest.raises(NotYourArea):
        staff.amend_account("han", {"full_name": "韩"}, version("han"), by=bao)
    assert staff.amend_account("han", {"full_name": "韩"}, version("han"), by=guan)["area"] is None


# --- Duties ------------------------------------------------------------------------------------


def test_a_duty_opens_one_building_and_no_other(
    guan: Actor, other_house: House, house: House, trail: Lines
) -> None:
    given = staff.give_duty(other_house.code, "chen", "building_head", by=guan)
    assert (given["since"], given["until"]) == ("2026-11-02", None)
    assert kept(trail)[:3] == ("guan", "duty.give", "done")
    assert trail()[-1].building_id == Duty.get_by_id(given["id"]).building_id
    assert roles_at("chen", other_house) == ("building_head",)


def roles_at(name: str, house: House) -> tuple[str, ...]:
    duty = Duty.select().where(Duty.account == actor(name).account_id).order_by(Duty.id.desc())
    return scope.roles_at(actor(name), duty.get().building_id, house.area)


def test_a_duty_that_was_ended_counts_no_more(guan: Actor, house: House) -> None:
    mine = staff.list_duties(account="chen", by=guan)["items"]
    assert [duty["building"] for duty in mine] == [house.code]
    assert roles_at("chen", house) == ("building_head",)
    staff.end_duty(mine[0]["id"], by=guan)
    assert staff.list_duties(account="chen", by=guan)["items"][0]["until"] == "2026-11-02"
    assert trail_read.read(by=actor("chen"))["items"] == []
    assert roles_at("chen", house) == ()


def test_a_duty_still_to_come_can_be_called_off(guan: Actor, house: House) -> None:
    staff.give_role("han", "checker", None, by=guan)
    given = staff.give_duty(house.code, "han", "checker", "2026-12-01", by=guan)
    staff.end_duty(given["id"], by=guan)
    assert staff.list_duties(account="han", by=guan)["items"][0]["until"] == "2026-12-01"


def test_a_duty_needs_its_role_and_days_that_make_sense(guan: Actor, house: House) -> None:
    for role, since, until, wrong in (
        ("collector", None, None, {"role"}),
        ("building_head", "2026-13-01", "soon", {"since", "until"}),
        ("building_head", "2026-11-05", "2026-11-05", {"until"}),
        ("building_head", "20261105", None, {"since"}),
    ):
        with pytest.raises(Invalid) as refusal:
            staff.give_duty(house.code, "chen", role, since, until, by=guan)
        assert errors_of(refusal) == wrong


def test_the_same_duty_is_not_given_twice_for_one_day(guan: Actor, other_house: House) -> None:
    code = other_house.code
    staff.give_duty(code, "chen", "building_head", "2026-11-05", "2026-11-10", by=guan)
    for since, until in (
        ("2026-11-09", None),
        ("2026-11-01", "2026-11-06"),
        ("2026-11-06", "2026-11-07"),
        ("2026-11-01", None),
    ):
        with pytest.raises(Conflict):
            staff.give_duty(code, "chen", "building_head", since, until, by=guan)
    staff.give_duty(code, "chen", "building_head", "2026-11-10", by=guan)
    staff.give_duty(code, "chen", "building_head", "2026-11-01", "2026-11-05", by=guan)


def test_an_ended_duty_is_not_ended_again(guan: Actor) -> None:
    duty = staff.list_duties(account="chen", by=guan)["items"][0]
    staff.end_duty(duty["id"], by=guan)
    with pytest.raises(Conflict):
        staff.end_duty(duty["id"], by=guan)
    for nobody in (0, -1, 999_999, 2**70):
        with pytest.raises(NotFound):
            staff.end_duty(nobody, by=guan)


def test_who_answers_for_a_building_is_listed_in_ones_areas(
    house: House, guan: Actor, bao: Actor
) -> None:
    found = staff.list_duties(building=house.code, by=actor("du"))["items"]
    assert {duty["account"] for duty in found} == {"liu", "lin", "an", "chen", "zhao"}
    page = staff.list_duties(most=3, by=guan)
    rest = staff.list_duties(after=page["next"], most=500, by=guan)
    numbers = [duty["id"] for duty in page["items"] + rest["items"]]
    assert numbers == sorted(duty.id for duty in Duty.select(Duty.id))
    RoleGrant.update(area="440305").where(RoleGrant.role == "auditor").execute()
    assert staff.list_duties(by=actor("shen"))["items"] == []
    with pytest.raises(NotYourArea):
        staff.list_duties(building=house.code, by=actor("shen"))


def test_every_change_moves_the_stamp(guan: Actor, house: House) -> None:
    """The stamp is what a running session is compared with on its next request."""
    steps: list[Callable[[], object]] = [
        lambda: staff.amend_account("han", {"full_name": "韩"}, version("han"), by=guan),
        lambda: staff.give_role("han", "checker", GRID_1, by=guan),
        lambda: staff.give_duty(house.code, "han", "checker", by=guan),
        lambda: staff.end_duty(
            staff.list_duties(account="han", by=guan)["items"][0]["id"], by=guan
        ),
        lambda: staff.end_role(
            "han", staff.show_account("han", by=guan)["roles"][0]["id"], by=guan
        ),
    ]
    for step in steps:
        before = stamp("han")
        step()
        assert stamp("han") == before + 1


@pytest.mark.parametrize("name", ["lin", "an", "chen", "zhao", "fen", "mei", "du", "shen", "han"])
def test_nobody_but_an_administrator_changes_staff(name: str, house: House) -> None:
    somebody = actor(name)
    acts: list[Callable[[], object]] = [
        lambda: staff.open_account("wen", "温雅", "eight or more", GRID_1, by=somebody),
        lambda: staff.amend_account("lin", {"active": False}, "1", by=somebody),
        lambda: staff.give_role("han", "checker", GRID_1, by=somebody),
        lambda: staff.end_role("lin", 1, by=somebody),
        lambda: staff.give_duty(house.code, "chen", "building_head", by=somebody),
        lambda: staff.end_duty(1, by=somebody),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()


def test_a_handler_is_given_a_unit_and_another_one(guan: Actor, opened: object) -> None:
    made = staff.accounts.open_account("bo", "Bo", "long enough", SHUIWEI, unit="FT-LD", by=guan)
    assert made["unit"] == "FT-LD"
    changed = staff.accounts.amend_account("bo", {"unit": "FT-PS"}, made["version"], by=guan)
    assert changed["unit"] == "FT-PS"
    with pytest.raises(NotFound):
        staff.accounts.amend_account("bo", {"unit": "XX"}, changed["version"], by=guan)
    gone = staff.accounts.amend_account("bo", {"unit": None}, changed["version"], by=guan)
    assert gone["unit"] is None
