"""A client sends a report: of a lamp, of a place, with everything the standard knows."""

import io
from typing import Any

import orjson
import pytest

from backend.house import house
from backend.models import Case, Mention, Photo, Report
from backend.services import cases, reports
from tests import town
from tests.api.open311.program import BIN, HERE, LAMP, V2, Program, jpeg
from tests.services.telling import tag_of

DARK = "streetlight.dark"
ADDRESS = "广东省深圳市福田区福田街道水围社区水围村一坊1栋"


def last_report() -> Report:
    return Report.select().order_by(Report.id.desc()).get()


def opened(report: Report) -> list[str | None]:
    """token, words, phone, name, email"""
    return house().vault.open(f"report:{report.id}".encode(), bytes(report.sealed))


def last_case() -> Case:
    return Case.select().order_by(Case.id.desc()).get()


# --- The ordinary day ---------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_a_lamp_that_is_named_is_taken_on_at_once(program: Program, suffix: str) -> None:
    [one] = program.sends(service_code=DARK, attribute__asset=LAMP, suffix=suffix)
    assert one.keys() == {"service_request_id", "service_notice"}
    assert cases.find(one["service_request_id"]).state == "filed"
    assert (last_case().thing, last_case().channel) == (LAMP, "open311")


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_a_place_gets_a_token_until_the_desk_has_looked(program: Program, suffix: str) -> None:
    [one] = program.sends(service_code="street.road", **HERE, suffix=suffix)
    assert one.keys() == {"token", "service_notice"}
    assert last_case().state == "received"


def test_the_tag_names_the_lamp_however_it_is_written(program: Program) -> None:
    code = tag_of(LAMP)
    first = program.sends(service_code=DARK, attribute__tag=code)
    again = program.sends(service_code=DARK, attribute__tag=f"https://q.example.cn/{code.lower()}")
    assert first[0]["service_request_id"] == again[0]["service_request_id"]
    assert last_case().reports == 2


def test_two_clients_tell_of_one_lamp_and_it_is_one_case(
    program: Program, other_program: Program
) -> None:
    assert program.tells_of_lamp() == other_program.tells_of_lamp()
    said = other_program.sends(service_code=DARK, attribute__asset=LAMP, locale="en")
    assert said[0]["service_notice"].startswith("Others have told us too")
    assert {row.client for row in Report.select()} == {"fix-shuiwei", "lamps-today"}


def test_the_number_of_the_facility_is_its_address_too(program: Program) -> None:
    [one] = program.sends(service_code=DARK, address_id=LAMP.lower())
    assert cases.find(one["service_request_id"]).thing == LAMP


def test_everything_a_reporter_says_is_sealed(program: Program) -> None:
    program.tells_of_lamp(
        description="灯坏了\n晚上很黑 <b>危险</b>",
        first_name="小明",
        last_name="王",
        phone="13800138000",
        email="wang@example.org",
        media_url="https://photos.example.org/1.jpg",
        device_id="d-1",
        account_id="a-1",
    )
    report = last_report()
    words = "灯坏了\n晚上很黑 <b>危险</b>\nhttps://photos.example.org/1.jpg"
    assert opened(report)[1:] == [words, "13800138000", "王小明", "wang@example.org"]
    assert (report.client, report.channel) == ("fix-shuiwei", "open311")


def test_names_stand_as_their_owners_write_them(program: Program) -> None:
    program.tells_of_lamp(first_name="Anna", last_name="Wong")
    assert opened(last_report())[3] == "Anna Wong"
    program.tells_of_lamp(first_name="Anna")
    assert opened(last_report())[3] == "Anna"


def test_the_token_of_the_follow_up_link_is_the_report_s(program: Program) -> None:
    token = program.tells_of_place()
    assert reports.follow(token)["channel"] == "open311"


# --- Where --------------------------------------------------------------------------------


def test_a_position_is_a_place_and_joins_nothing(program: Program) -> None:
    """Even where a lamp stands: which one it is, a person says."""
    number = program.tells_of_lamp()
    lamp = cases.find(number)
    program.sends(service_code=DARK, lat=str(lamp.lat), long=str(lamp.lon))
    place = last_case()
    assert place.id != lamp.id
    assert (place.kind, place.facility_id, place.state) == ("streetlight", None, "received")
    assert (round(place.lat, 5), round(place.lon, 5)) == (round(lamp.lat, 5), round(lamp.lon, 5))
    program.sends(service_code=DARK, lat=str(lamp.lat), long=str(lamp.lon))
    assert last_case().id != place.id


def test_an_address_that_names_one_building_is_that_building(program: Program) -> None:
    [one] = program.sends(service_code="building.drain", address_string=ADDRESS)
    assert cases.find(one["service_request_id"]).thing == town.houses()[0].code


def test_an_address_gives_a_street_problem_its_position(program: Program) -> None:
    program.sends(service_code="street.road", address_string=f"{ADDRESS}门口")
    assert last_case().thing is None
    assert last_case().lat == pytest.approx(town.houses()[0].door[0], abs=0.001)
    assert last_case().address == f"{ADDRESS}门口"


def test_an_address_nobody_knows_stays_what_was_said(program: Program) -> None:
    program.sends(service_code="street.road", address_string="不知道路 99 号")
    assert (last_case().address, last_case().lat) == ("不知道路 99 号", None)


def test_an_address_of_many_houses_is_only_a_place(program: Program) -> None:
    program.sends(service_code="building.drain", address_string="1栋")
    assert (last_case().building_id, last_case().state) == (None, "received")


def test_a_building_s_code_is_an_address(program: Program) -> None:
    code = town.houses()[0].code
    program.sends(service_code="building.noise", address_id=code)
    assert last_case().thing == code
    program.sends(service_code="street.tree", address_id=code)
    assert (last_case().kind, last_case().thing) == ("street", None)
    assert last_case().address == ADDRESS
    program.sends(service_code=DARK, address_id=code)
    assert (last_case().kind, last_case().facility_id) == ("streetlight", None)


def test_the_plate_of_a_building_names_it(program: Program) -> None:
    [one] = program.sends(service_code="building.rubbish", attribute__tag=town.houses()[0].tag)
    assert cases.find(one["service_request_id"]).building_id is not None


def test_what_names_the_thing_goes_before_the_position(program: Program) -> None:
    program.sends(service_code=DARK, attribute__asset=LAMP, lat="22.6", long="114.1")
    assert last_case().thing == LAMP


@pytest.mark.wide
@pytest.mark.parametrize(
    "place",
    [
        {},
        {"lat": "22.5"},
        {"long": "114.0"},
        {"lat": "", "long": "", "address_string": " ", "address_id": ""},
        {"lat": "91", "long": "114"},
        {"lat": "22.5", "long": "181"},
        {"lat": "nan", "long": "114"},
        {"lat": "1e1", "long": "114"},
        {"lat": "22,5", "long": "114"},
        {"address_id": "SW-L999999"},
        {"address_id": "4" * 19},
        {"attribute__asset": "no number!"},
        {"attribute__tag": "7K3M9QX2DHV5"},
        {"attribute__tag": "junk"},
        {"address_string": "x" * 201},
    ],
)
def test_a_report_of_nowhere_is_refused(program: Program, place: dict[str, str]) -> None:
    assert len(program.wrong(service_code=DARK, **place)) == 1
    assert Report.select().count() == Case.select().count() == 0


def test_the_number_of_another_kind_of_thing_is_refused(program: Program) -> None:
    [said] = program.wrong(service_code=DARK, attribute__asset=BIN, locale="en")
    assert said == "attribute[asset]: Another kind of thing has this number."


# --- What is asked beside it --------------------------------------------------------------


def answers() -> dict[str, Any]:
    return orjson.loads(Mention.select().order_by(Mention.id.desc()).get().answers)


def test_answers_are_kept_with_the_case(program: Program) -> None:
    program.tells_of_lamp(attribute__how_many="some", attribute__since="2026-11-01T20:00:00+08:00")
    assert answers() == {"how_many": "some", "since": "2026-11-01T12:00:00Z"}


def test_a_list_takes_several_answers_however_they_are_sent(program: Program) -> None:
    for form in (
        {"attribute[kinds][]": ["rubble", "green"]},
        {"attribute[kinds]": ["rubble", "green"]},
        {"attribute[kinds][0]": "green", "attribute[kinds][1]": "rubble"},
        {"attribute[kinds]": "rubble,green"},
    ):
        program.sends(service_code="street.rubbish", **HERE, **form)
        assert answers() == {"kinds": ["rubble", "green"]}


def test_numbers_and_texts_are_answers(program: Program) -> None:
    program.sends(
        service_code="manhole_cover.uneven",
        **HERE,
        attribute__gap_cm="2.50",
        attribute__where="lane",
    )
    assert answers() == {"gap_cm": 2.5, "where": "lane"}
    program.sends(service_code="street.tree", **HERE, attribute__blocks="整条路\n都堵了")
    assert answers() == {"blocks": "整条路\n都堵了"}


def test_an_empty_answer_is_none(program: Program) -> None:
    program.tells_of_lamp(attribute__how_many="", attribute__since=" ")
    assert answers() == {}


@pytest.mark.wide
@pytest.mark.parametrize(
    ("service", "code", "value"),
    [
        ("streetlight.dark", "how_many", "many"),
        ("streetlight.dark", "how_many", ["one", "some"]),
        ("streetlight.dark", "since", "2026-11-01T20:00:00"),
        ("streetlight.dark", "since", "yesterday"),
        ("streetlight.dark", "colour", "red"),
        ("streetlight.rust", "how_many", "one"),
        ("streetlight.leans", "danger", "yes"),
        ("manhole_cover.uneven", "gap_cm", "two"),
        ("manhole_cover.uneven", "gap_cm", "1e9"),
        ("street.rubbish", "kinds", "gold"),
        ("street.other", "what", "a\nb"),
        ("street.other", "what", "x" * 201),
        ("street.tree", "blocks", "x" * 2001),
    ],
)
def test_an_answer_that_is_none_is_refused(
    program: Program, service: str, code: str, value: Any
) -> None:
    [said] = program.wrong(service_code=service, **HERE, **{f"attribute__{code}": value})
    assert said.startswith(f"attribute[{code}]: ")
    assert Report.select().count() == 0


def test_what_is_required_has_to_be_answered(program: Program) -> None:
    [said] = program.wrong(service_code="street.other", **HERE, locale="en")
    assert said == "attribute[what]: This has to be answered."
    program.sends(service_code="street.other", **HERE, attribute__what="路面上有一只箱子")


def test_people_in_the_street_are_not_held_up_by_questions(program: Program) -> None:
    thing = {"place": {"lat": 22.5245, "lon": 114.0583, "crs": "wgs84"}}
    assert reports.file({"things": [thing], "problem": "other"}, channel="web")["token"]


def test_everything_that_is_wrong_is_said_at_once(program: Program) -> None:
    said = program.wrong(
        service_code="street.other", lat="x", email="e" * 121, attribute__colour="red", locale="en"
    )
    assert {one.partition(":")[0] for one in said} == {
        "lat", "email", "attribute[what]", "attribute[colour]",
    }  # fmt: skip


# --- Photos -------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["media"], ["photo1", "photo2"], ["media", "photo1", "photo"]])
def test_photos_come_with_the_report(program: Program, names: list[str]) -> None:
    files = {name: (io.BytesIO(jpeg()), f"{name}.jpg") for name in names}
    number = program.tells_of_lamp(**files)
    photos = list(Photo.select().where(Photo.case_id == cases.find(number).id))
    assert [(one.state, one.purpose) for one in photos] == [("waiting", "reported")] * len(names)


def test_an_empty_part_is_no_photo(program: Program) -> None:
    program.tells_of_lamp(media=(io.BytesIO(b""), ""))
    assert Photo.select().count() == 0


@pytest.mark.parametrize(
    "files",
    [
        {"media": (io.BytesIO(b"GIF89a not a photo"), "a.gif")},
        {"picture": (io.BytesIO(jpeg()), "a.jpg")},
        {f"photo{n}": (io.BytesIO(jpeg()), "a.jpg") for n in range(1, 5)},
    ],
    ids=["no photo", "another name", "too many"],
)
def test_what_is_no_photo_is_refused_with_the_report(program: Program, files: Any) -> None:
    copies = {name: (io.BytesIO(file.getvalue()), called) for name, (file, called) in files.items()}
    program.wrong(service_code=DARK, attribute__asset=LAMP, **copies)
    assert Report.select().count() == Photo.select().count() == 0


@pytest.mark.wide
@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "javascript:alert(1)", "photos.example.org", "http://[", "x y"],
)
def test_media_url_is_an_address_of_the_web(program: Program, address: str) -> None:
    [said] = program.wrong(service_code=DARK, attribute__asset=LAMP, media_url=address)
    assert said.startswith("media_url: ")


# --- Keys ---------------------------------------------------------------------------------


@pytest.mark.wide
@pytest.mark.parametrize("key", [None, "", "wrong", "shuiwei-open311", "\u4e2d"])
def test_without_a_valid_key_nothing_is_taken(stranger: Program, key: str | None) -> None:
    [said] = stranger.sends(
        status=403, api_key=key, service_code=DARK, attribute__asset=LAMP, locale="en"
    )
    assert said == {
        "code": "403",
        "description": "This needs a valid api_key. Ask the city for one.",
    }
    assert Report.select().count() == 0


def test_the_key_may_stand_in_the_address(program: Program, stranger: Program) -> None:
    answer = stranger.client.post(
        f"{V2}/requests.json?api_key={program.key}&jurisdiction_id=127.0.0.1",
        data={"service_code": DARK, "address_id": LAMP},
    )
    assert answer.status_code == 201


def test_a_key_has_a_pace(program: Program, clock: town.Clock) -> None:
    from backend.models import Allowance
    from backend.services.clients import keys

    program.tells_of_lamp()
    Allowance.update(left=0.5).where(Allowance.key.startswith("client:")).execute()
    answer = program.posts(f"{V2}/requests.json", {"service_code": DARK, "attribute__asset": LAMP})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    clock.passes(seconds=1)
    program.tells_of_lamp()
    assert keys.MOST >= 100


# --- What is broken -----------------------------------------------------------------------


def test_a_service_has_to_be_named(program: Program) -> None:
    assert len(program.wrong(**HERE)) == 1
    assert len(program.wrong(service_code="", **HERE)) == 1


def test_an_unknown_service_is_not_found(program: Program) -> None:
    program.wrong(status=404, service_code="streetlight.purple", **HERE)
    program.wrong(status=404, service_code="001", **HERE)
    program.wrong(status=404, service_code="building.message", **HERE)


def test_words_have_a_length(program: Program) -> None:
    program.tells_of_lamp(description="灯" * 4000)
    [said] = program.wrong(service_code=DARK, attribute__asset=LAMP, description="灯" * 4001)
    assert said.startswith("description: ")


def test_one_thing_is_said_once(program: Program) -> None:
    program.wrong(service_code=[DARK, "streetlight.rust"], attribute__asset=LAMP)
    program.sends(service_code=[DARK, DARK], attribute__asset=LAMP)


@pytest.mark.wide
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"service_code": "streetlight.dark"}'),
        ("application/x-www-form-urlencoded; charset=gbk", b"service_code=x"),
        ("application/x-www-form-urlencoded", b"service_code=%FF%FE"),
        ("application/x-www-form-urlencoded", b"description=%00"),
        ("application/x-www-form-urlencoded", b"a=1&" * 300),
        ("text/plain", b"hello"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(program: Program, kind: str, body: bytes) -> None:
    answer = program.client.post(
        f"{V2}/requests.json?api_key={program.key}", data=body, content_type=kind
    )
    assert answer.status_code == 400
    assert answer.json[0]["code"] == "400"


def test_bytes_that_are_no_text_are_refused_in_photo_forms_too(program: Program) -> None:
    def sends(words: bytes) -> int:
        form = {"service_code": b"street.flood", "address_string": b"x", "description": words}
        parts = [
            b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
            % (name.encode(), text)
            for name, text in form.items()
        ]
        address = f"{V2}/requests.xml?api_key={program.key}"
        kind = "multipart/form-data; boundary=x"
        body = b"".join(parts) + b"--x--\r\n"
        return program.client.post(address, data=body, content_type=kind).status_code

    assert [sends("积水".encode()), sends("积水".encode("gbk"))] == [201, 400]
    assert Report.select().count() == 1


# --- Twice, and only to try ---------------------------------------------------------------


def test_a_key_of_its_own_makes_sending_twice_sending_once(program: Program) -> None:
    """Also with photos, whose parts are fenced anew each time."""

    def sends() -> Any:
        form = program.form(
            {"service_code": "street.road", **HERE, "media": (io.BytesIO(jpeg()), "a.jpg")}
        )
        head = {"Idempotency-Key": "report-17"}
        return program.client.post(f"{V2}/requests.json", data=form, headers=head)

    first, again = sends(), sends()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert Report.select().count() == 1


def test_the_same_key_with_another_photo_is_another_request(program: Program) -> None:
    def sends(colour: str) -> int:
        photo = (io.BytesIO(jpeg(colour)), "a.jpg")
        form = program.form({"service_code": "street.road", **HERE, "media": photo})
        head = {"Idempotency-Key": "report-17"}
        return program.client.post(f"{V2}/requests.json", data=form, headers=head).status_code

    assert [sends("navy"), sends("red"), sends("navy")] == [201, 400, 201]
    assert Report.select().count() == 1


def test_one_client_s_key_is_not_another_s(program: Program, other_program: Program) -> None:
    head = {"Idempotency-Key": "report-17"}
    form = {"service_code": "street.road", **HERE}
    first = program.posts(f"{V2}/requests.json", form, headers=head)
    second = other_program.posts(f"{V2}/requests.json", form, headers=head)
    assert first.json[0]["token"] != second.json[0]["token"]


def test_below_the_test_endpoint_everything_is_checked_and_nothing_kept(program: Program) -> None:
    base = "/open311/test/v2"
    [one] = program.sends(service_code=DARK, attribute__asset=LAMP, base=base)
    assert one["service_request_id"]
    [one] = program.sends(service_code="street.road", **HERE, base=base)
    program.gets(f"/tokens/{one['token']}", status=404)
    assert Report.select().count() == Case.select().count() == Mention.select().count() == 0
    program.wrong(service_code=DARK, base=base)
    assert program.gets("/requests", base=base) == []


def test_photos_are_checked_below_the_test_endpoint_too(program: Program) -> None:
    form = {"service_code": DARK, "attribute__asset": LAMP, "base": "/open311/test/v2"}
    program.sends(**form, media=(io.BytesIO(jpeg()), "a.jpg"))
    program.sends(status=400, **form, media=(io.BytesIO(b"no"), "a.jpg"))
    assert Photo.select().count() == 0
