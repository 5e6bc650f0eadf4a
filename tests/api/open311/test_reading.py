"""Anybody reads what became of it: by number, by token, by time, by state, page by page."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from backend.models import Case, Photo
from backend.services import cases, photos, reports
from tests import town
from tests.api.open311.conftest import worker
from tests.api.open311.program import BIN, HERE, LAMP, V2, Program, jpeg
from tests.services.telling import tag_of

Does = Callable[..., dict]


def numbers(found: list[dict]) -> list[str]:
    return [one["service_request_id"] for one in found]


# --- One request --------------------------------------------------------------------------


def test_a_request_says_all_that_is_known_of_it(program: Program) -> None:
    number = program.tells_of_lamp()
    [one] = program.gets(f"/requests/{number}")
    assert one == {
        "service_request_id": number,
        "status": "open",
        "service_name": "路灯：灯不亮",
        "service_code": "streetlight.dark",
        "description": "路灯：灯不亮",
        "agency_responsible": "路灯管理所",
        "requested_datetime": "2026-11-02T01:00:00Z",
        "updated_datetime": "2026-11-02T01:00:00Z",
        "address": "水围村一坊1栋西侧",
        "address_id": LAMP,
        "lat": 22.5245215,
        "long": 114.058291,
    }


def test_the_list_says_the_same_as_the_one(program: Program) -> None:
    number = program.tells_of_lamp()
    assert program.gets("/requests") == program.gets(f"/requests/{number}")


def test_nothing_is_an_empty_list(stranger: Program) -> None:
    assert stranger.gets("/requests") == []
    assert b"<service_requests />" in stranger.raw("/requests.xml").data


@pytest.mark.wide
@pytest.mark.parametrize(
    "number", ["1", "20261102-999", "20261101-1", "001", "20261102-1x", "x" * 300]
)
def test_an_unknown_number_is_not_found(program: Program, number: str) -> None:
    program.tells_of_lamp()
    program.gets(f"/requests/{number}", status=404)


def test_words_that_staff_let_pass_are_the_description(program: Program) -> None:
    number = program.tells_of_lamp()
    Case.update(words="灯杆旁的路灯整夜不亮").execute()
    assert program.gets(f"/requests/{number}")[0]["description"] == "灯杆旁的路灯整夜不亮"


def test_what_cannot_stand_in_xml_is_said_otherwise_in_both(program: Program) -> None:
    number = program.tells_of_lamp()
    Case.update(words="a\x0b]]>&<b>\r\nc\ufffe\u2028😀").execute()
    said = program.gets(f"/requests/{number}")[0]["description"]
    assert said == "a\ufffd]]>&<b>\nc\ufffd\u2028😀"


def test_english_readers_read_english(program: Program) -> None:
    number = program.tells_of_lamp()
    [one] = program.gets(f"/requests/{number}", locale="en")
    assert one["service_name"] == "Street light: It does not light"


# --- What becomes of it -------------------------------------------------------------------


def test_a_closed_request_says_when_and_why(
    program: Program, city: Does, closed: Callable, clock: town.Clock
) -> None:
    number = program.tells_of_lamp()
    clock.passes(hours=30)
    closed(number)
    clock.passes(hours=1)
    Case.update(updated_at=clock.at).execute()  # A photo of it was looked at.
    [one] = program.gets(f"/requests/{number}")
    assert (one["status"], one["updated_datetime"]) == ("closed", "2026-11-03T07:00:00Z")
    assert one["status_notes"] == "已处置并核查结案。"
    assert one["agency_responsible"] == "路灯管理所"


def test_the_last_word_of_the_city_is_told(program: Program, city: Does) -> None:
    number = program.tells_of_lamp()
    city(number, "comment", note="配件已订购")
    city(number, "dispatch", unit="FT-LD")
    [one] = program.gets(f"/requests/{number}")
    assert (one["status"], one["status_notes"]) == ("open", "配件已订购")


def test_a_declined_request_is_closed_with_the_reason(program: Program, city: Does) -> None:
    token = program.tells_of_place()
    number = cases.number_of(Case.get())
    city(number, "decline", note="不属于本市范围")
    assert program.gets(f"/tokens/{token}") == [{"service_request_id": number, "token": token}]
    [one] = program.gets(f"/requests/{number}")
    assert (one["status"], one["status_notes"]) == ("closed", "不属于本市范围")


def test_a_merged_request_names_the_other(program: Program, city: Does) -> None:
    parent = program.tells_of_lamp()
    program.tells_of_place(service_code="streetlight.dark")
    number = cases.number_of(Case.select().order_by(Case.id.desc()).get())
    city(number, "merge", into=parent)
    [one] = program.gets(f"/requests/{number}", extensions="true")
    assert (one["status"], one["status_notes"]) == ("closed", f"已并入另一案卷。 {parent}")
    assert one["extended_attributes"]["merged_into"] == parent


def test_a_reopened_request_is_open(program: Program, closed: Callable) -> None:
    number = program.tells_of_lamp()
    closed(number)
    cases.reopen(cases.find(number), None)
    assert program.gets(f"/requests/{number}")[0]["status"] == "open"


def test_a_photo_is_shown_once_it_is_released(program: Program, closed: Callable) -> None:
    number = program.tells_of_lamp(media=(io.BytesIO(jpeg()), "a.jpg"))
    assert "media_url" not in program.gets(f"/requests/{number}")[0]
    photos.make_copies()
    assert "media_url" not in program.gets(f"/requests/{number}")[0]
    photos.release(cases.find(number).id)
    [one] = program.gets(f"/requests/{number}", extensions="true")
    address = f"http://127.0.0.1:8000/p/{Photo.get().id}.jpg"
    assert one["media_url"] == address
    assert one["extended_attributes"]["photos"] == [address]
    assert program.client.get(f"/p/{Photo.get().id}.jpg").status_code == 200


def test_a_limit_of_the_city_s_own_is_what_can_be_expected(program: Program, city: Does) -> None:
    number = program.tells_of_lamp()
    city(number, "dispatch", unit="FT-LD")
    due = cases.find(number).due_at
    assert due is not None
    [one] = program.gets(f"/requests/{number}")
    assert datetime.fromisoformat(one["expected_datetime"]) == due.replace(microsecond=0)


def test_readers_of_traditional_chinese_read_it(program: Program, closed: Callable) -> None:
    number = program.tells_of_lamp()
    closed(number)
    [one] = program.gets(f"/requests/{number}", locale="zh-TW")
    assert one["status_notes"] == "已處置並核查結案。"


def test_the_desk_reads_what_was_answered(program: Program) -> None:
    number = program.tells_of_lamp(attribute__how_many="some", description="黑")
    [said] = cases.show(number, by=worker("dispatcher"))["said"]
    assert said["answers"] == [
        {
            "question": {"zh": "有几盏灯这样？", "en": "How many lamps are like this?"},
            "answer": {"zh": "附近几盏", "en": "some in a row"},
        }
    ]


# --- What nobody is told ------------------------------------------------------------------


def test_nothing_of_a_reporter_is_ever_told(program: Program, closed: Callable) -> None:
    secret = {
        "description": "我家楼下的灯，找张三",
        "first_name": "Zhangsan",
        "last_name": "Geheim",
        "phone": "13800138000",
        "email": "geheim@example.org",
        "media_url": "https://example.org/geheim.jpg",
        "device_id": "geheim-device",
        "account_id": "geheim-account",
        "attribute__since": "2026-11-01T20:00:00+08:00",
    }
    number = program.tells_of_lamp(**secret)
    closed(number)
    for path in (f"/requests/{number}", "/requests", "/servicerequestupdates"):
        for suffix in ("json", "xml"):
            text = program.raw(f"{path}.{suffix}", extensions="true").text
            assert number in text
            for word in ("张三", "Zhangsan", "eheim", "13800138000", "2026-11-01T"):
                assert word not in text


def test_what_nobody_has_looked_at_is_not_there(program: Program, city: Does) -> None:
    program.tells_of_place(address_string="打电话给张三 13800138000")
    number = cases.number_of(Case.get())
    program.gets(f"/requests/{number}", status=404)
    assert program.gets("/requests") == program.gets("/servicerequestupdates") == []
    assert program.gets("/requests", service_request_id=number) == []
    city(number, "file")
    assert numbers(program.gets("/requests")) == [number]


def test_the_place_of_what_was_turned_away_is_not_told(program: Program, city: Does) -> None:
    """The desk has read it and said no, so nobody has let the address pass."""
    program.tells_of_place(address_string="打电话给张三 13800138000")
    number = cases.number_of(Case.get())
    city(number, "decline", note="不属于本市范围")
    [one] = program.gets(f"/requests/{number}", extensions="true")
    assert one["status_notes"] == "不属于本市范围"
    assert not one.keys() & {"address", "lat", "long"}


def test_a_letter_to_the_grid_is_not_there(program: Program, city: Does) -> None:
    form = {"things": [{"building": town.houses()[0].code}], "problem": "message"}
    told = reports.file({**form, "words": "有事"}, channel="message")
    city(told["cases"][0]["number"], "file")
    assert program.gets("/requests") == program.gets("/servicerequestupdates") == []


def test_reports_through_every_channel_are_there(program: Program) -> None:
    reports.file({"things": [{"tag": tag_of(BIN)}], "problem": "full"}, channel="scan")
    assert [one["service_code"] for one in program.gets("/requests")] == ["bin.full"]


# --- Tokens -------------------------------------------------------------------------------


def test_a_token_has_no_number_before_the_desk_has_looked(
    program: Program, stranger: Program, city: Does
) -> None:
    """FixMyStreet asks five times, two seconds apart, and takes a missing id for "not yet"."""
    token = program.tells_of_place()
    for _ in range(5):
        assert stranger.gets(f"/tokens/{token}") == [{"token": token}]
    number = cases.number_of(Case.get())
    city(number, "file")
    assert stranger.gets(f"/tokens/{token}") == [{"service_request_id": number, "token": token}]
    assert numbers(stranger.gets(f"/requests/{number}")) == [number]


@pytest.mark.parametrize("token", ["x", "A" * 22, "a.b", "x" * 500])
def test_an_unknown_token_is_not_found(stranger: Program, token: str) -> None:
    stranger.gets(f"/tokens/{token}", status=404)


def test_a_citizen_s_link_is_no_token(program: Program) -> None:
    form = {"things": [{"tag": tag_of(LAMP)}], "problem": "dark"}
    told = reports.file(form, channel="scan")
    program.gets(f"/tokens/{told['token']}", status=404)


# --- Choosing -----------------------------------------------------------------------------


@pytest.fixture
def many(program: Program, closed: Callable, clock: town.Clock) -> list[str]:
    """A lamp dark in August and put right, a bin full in October, a lamp that flickers today."""
    clock.at = datetime.fromisoformat("2026-08-10T02:00:00+00:00")
    first = program.tells_of_lamp()
    closed(first)
    clock.at = datetime.fromisoformat("2026-10-05T16:30:00+00:00")  # The 6th in Shenzhen.
    second = program.sends(service_code="bin.full", attribute__asset=BIN)[0]["service_request_id"]
    clock.at = town.MONDAY
    return [first, second, program.tells_of_lamp("flickers")]


def test_the_latest_comes_first(program: Program, many: list[str]) -> None:
    assert numbers(program.gets("/requests")) == many[::-1]


def test_numbers_are_chosen_by_comma_and_make_all_else_void(
    program: Program, many: list[str], clock: town.Clock
) -> None:
    clock.passes(days=300)
    wanted = {"service_request_id": f"{many[0]}, {many[2]},20261102-77"}
    found = program.gets("/requests", **wanted)
    assert numbers(found) == [many[2], many[0]]
    assert found == program.gets("/requests", **wanted, status__="", service_code="bin.full")
    assert found == program.gets("/requests", **wanted, start_date="nonsense", page="x")


def test_services_are_chosen_by_comma_or_by_saying_it_twice(
    program: Program, many: list[str]
) -> None:
    assert numbers(program.gets("/requests", service_code="bin.full")) == [many[1]]
    two = "bin.full,streetlight.flickers"
    assert numbers(program.gets("/requests", service_code=two)) == many[:0:-1]
    twice = program.client.get(
        f"{V2}/requests.json?service_code=bin.full&service_code=streetlight.flickers"
    )
    assert numbers(twice.json) == many[:0:-1]


def test_a_string_that_looks_like_a_number_stays_a_string(program: Program) -> None:
    program.gets("/requests", service_code="001", status=404)


def by_state(program: Program, state: str) -> list[str]:
    return numbers(program.client.get(f"{V2}/requests.json?status={state}").json)


def test_states_are_chosen(program: Program, many: list[str]) -> None:
    assert by_state(program, "open") == many[:0:-1]
    assert by_state(program, "closed") == [many[0]]
    assert by_state(program, "open,closed") == by_state(program, "") == many[::-1]


@pytest.mark.wide
@pytest.mark.parametrize("state", ["Open", "new", "open,shut", "received"])
def test_another_state_is_refused(program: Program, state: str) -> None:
    answer = program.client.get(f"{V2}/requests.xml?status={state}")
    assert (answer.status_code, b"status: " in answer.data) == (400, True)


def test_without_dates_the_last_90_days_are_told(
    program: Program, many: list[str], clock: town.Clock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-08T02:00:00+00:00")
    assert numbers(program.gets("/requests")) == many[::-1]
    clock.passes(seconds=1)
    assert numbers(program.gets("/requests")) == many[:0:-1]


@pytest.mark.wide
@pytest.mark.parametrize(
    ("first", "last", "which"),
    [
        ("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", [1]),
        ("2026-10-05T16:30:00Z", "2026-10-05T16:30:00Z", [1]),
        ("2026-10-06T00:00:00+08:00", "2026-10-06T23:59:59+08:00", [1]),
        ("2026-10-05T00:00:00+08:00", "2026-10-05T23:59:59+08:00", []),
        ("2026-10-05T11:30:00-05:00", "2026-10-05T11:30:00-05:00", [1]),
        ("2026-08-01T00:00:00Z", None, [1, 0]),
        ("2026-08-10T02:00:00.5Z", None, [2, 1]),
        (None, "2026-10-10T00:00:00Z", [1, 0]),
        (None, "2026-11-09T00:00:00Z", [2, 1]),
        ("2026-08-10T02:00:00Z", "2026-11-08T02:00:00Z", [2, 1, 0]),
        ("", "", [2, 1, 0]),
    ],
)
def test_dates_are_chosen_in_any_zone(
    program: Program, many: list[str], first: str | None, last: str | None, which: list[int]
) -> None:
    dates = {"start_date": first, "end_date": last}
    given = {name: text for name, text in dates.items() if text is not None}
    assert numbers(program.gets("/requests", **given)) == [many[place] for place in which]


def test_a_plus_that_was_sent_bare_is_understood(program: Program, many: list[str]) -> None:
    bare = "2026-10-06T00:00:00+08:00"
    answer = program.client.get(f"{V2}/requests.json?start_date={bare}&end_date={quote(bare)}")
    assert (answer.status_code, answer.json) == (200, [])


@pytest.mark.parametrize(
    "date",
    [
        "2026-10-06",
        "2026-10-06T00:00:00",
        "2026-10-06T00:00Z",
        "2026-10-06 00:00:00Z",
        "06-10-2026T00:00:00Z",
        "2026-13-06T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-10-06T25:00:00Z",
        "2026-10-06T00:00:00+8",
        "2026-10-06T00:00:00+99:99",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "1760000000",
        "now",
        "２０２６-10-06T00:00:00Z",
    ],
)
@pytest.mark.wide
@pytest.mark.parametrize("name", ["start_date", "end_date", "updated_after", "updated_before"])
def test_a_date_without_zone_or_sense_is_refused(stranger: Program, name: str, date: str) -> None:
    answer = stranger.raw("/requests.json", **{name: date})
    assert answer.status_code == 400
    assert answer.json[0]["description"].startswith(f"{name}: ")


def test_more_than_90_days_are_refused(program: Program, many: list[str]) -> None:
    program.gets("/requests", start_date="2026-08-01T00:00:00Z", end_date="2026-10-30T00:00:00Z")
    for last in ("2026-10-30T00:00:01Z", "2026-07-31T23:59:59Z"):
        [error] = program.gets(
            "/requests", start_date="2026-08-01T00:00:00Z", end_date=last, status=400
        )
        assert error["description"].startswith("end_date: ")


def test_what_has_changed_is_chosen_whenever_it_was_told(
    program: Program, many: list[str], closed: Callable, clock: town.Clock
) -> None:
    clock.passes(days=80)
    closed(many[2])
    after = (clock.at - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert numbers(program.gets("/requests", updated_after=after)) == [many[2]]
    assert numbers(program.gets("/requests", updated_before="2026-10-06T00:00:00Z")) == many[1::-1]
    both = {"start_date": "2026-10-01T00:00:00Z", "updated_before": "2026-10-06T00:00:00Z"}
    assert numbers(program.gets("/requests", **both)) == [many[1]]


# --- Page by page -------------------------------------------------------------------------


def copies(number: str, count: int) -> None:
    """So many more cases like this one, a second apart."""
    one = cases.find(number)
    values = {**one.__data__, "open_key": None}
    del values["id"]
    rows = [
        {**values, "opened_at": one.opened_at - timedelta(seconds=place)}
        for place in range(1, count + 1)
    ]
    for start in range(0, count, 200):
        Case.insert_many(rows[start : start + 200]).execute()


@pytest.mark.wide
def test_at_most_1000_are_told_and_the_rest_on_the_next_page(program: Program) -> None:
    copies(program.tells_of_lamp(), 1_050)
    first = numbers(program.raw("/requests.json").json)
    second = numbers(program.raw("/requests.json", page="2").json)
    assert (len(first), len(second)) == (1000, 51)
    assert len({*first, *second}) == 1051
    assert program.raw("/requests.json", page="3").json == []


def test_pages_are_as_long_as_one_wishes(program: Program) -> None:
    copies(program.tells_of_lamp(), 9)
    pages = [numbers(program.gets("/requests", page_size="4", page=str(n))) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [one for page in pages for one in page] == numbers(program.gets("/requests"))


@pytest.mark.wide
@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "one"},
        {"page_size": "0"},
        {"page_size": "1001"},
        {"page": "9" * 30},
        {"page_size": "１"},
    ],
)
def test_a_page_that_cannot_be_is_refused(stranger: Program, query: dict[str, str]) -> None:
    assert stranger.raw("/requests.xml", **query).status_code == 400


def test_a_thousand_are_told_with_a_handful_of_questions(program: Program, counted: list) -> None:
    copies(program.tells_of_lamp(), 200)
    counted.clear()
    assert len(program.raw("/requests.json").json) == 201
    assert len(counted) <= 8


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every question to the database."""
    from backend.db import database

    asked: list[str] = []
    ask = type(database.obj).execute_sql

    def execute(self, sql, *rest, **more):
        asked.append(sql)
        return ask(self, sql, *rest, **more)

    monkeypatch.setattr(type(database.obj), "execute_sql", execute)
    return asked


# --- More, for who asks for it ------------------------------------------------------------


def test_foreign_elements_come_only_when_they_are_asked_for(program: Program) -> None:
    number = program.tells_of_lamp()
    [plain] = program.gets(f"/requests/{number}")
    [extended] = program.gets(f"/requests/{number}", extensions="true")
    assert extended.keys() - plain.keys() == {"extended_attributes", "notes"}
    assert {name: extended[name] for name in plain} == plain
    for no in ("false", "", "0"):
        assert program.gets(f"/requests/{number}", extensions=no) == [plain]


def test_the_extension_tells_of_the_register_and_of_every_step(
    program: Program, city: Does
) -> None:
    number = program.tells_of_lamp()
    program.tells_of_lamp()
    city(number, "comment", note="配件已订购")
    [one] = program.gets(f"/requests/{number}", extensions="true")
    assert one["extended_attributes"] == {
        "asset_code": LAMP,
        "grid_code": "440304004028001",
        "area_code": "440304004028001",
        "reports": 2,
    }
    assert [(note["type"], note["description"]) for note in one["notes"]] == [
        ("file", "已立案。"),
        ("comment", "配件已订购"),
    ]


def test_a_building_has_a_code_of_its_own(program: Program) -> None:
    code = town.houses()[0].code
    program.sends(service_code="building.noise", address_id=code)
    [one] = program.gets("/requests", extensions="1")
    assert one["extended_attributes"]["building_code"] == one["address_id"] == code


def test_a_place_that_the_desk_filed_has_its_position(program: Program, city: Does) -> None:
    program.tells_of_place(description="x", address_string="水围一街路口")
    city(cases.number_of(Case.get()), "file")
    [one] = program.gets("/requests")
    assert (one["lat"], one["long"]) == (float(HERE["lat"]), float(HERE["long"]))
    assert one["address"] == "水围一街路口"
    assert "address_id" not in one
