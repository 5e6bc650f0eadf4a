"""A citizen scans a lamp, tells what is wrong, and is answered: the pages, without any script."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Case, Facility, Mention, Photo, Report, Tag
from backend.services import cases, facilities, photos
from tests.api.matrix.places import snapshot
from tests.api.pages.reading import OURS, Tags, read, sign_in
from tests.town import Clock, House, rows

LAMP, COVER = "SW-L001", "SW-C001"


def tag_of(number: str) -> str:
    return next(row["tag"] for row in rows("facility_tags.csv") if row["facility"] == number)


@pytest.fixture
def citizen(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def hidden(page: Tags) -> dict[str, str]:
    """What the form on a page carries along."""
    found = page.all("input", type="hidden")
    return {str(one["name"]): str(one["value"]) for one in found if one["name"] in CARRIED}


CARRIED = ("once", "ticket", "kept")


def tells(client: FlaskClient, tag: str, problem: str = "dark", **more: Any) -> TestResponse:
    """Open the page, fill in its form, send it: an old browser says nothing of where it is from."""
    form = hidden(read(client.get(f"/{tag}"))) | {"problem": problem} | more
    return client.post(f"/{tag}/reports", data=form, content_type="multipart/form-data")


def photo(content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(snapshot() if content is None else content), "lamp.jpg"


# --- Telling ------------------------------------------------------------------------------


def test_two_taps_and_the_answer_is_a_page_of_ones_own(citizen: FlaskClient) -> None:
    answer = tells(citizen, tag_of(LAMP))
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    page = read(followed := citizen.get(answer.headers["Location"]))
    (case,) = Case.select()
    for said in ("It does not light", cases.number_of(case), "SW-L001", "0755-00000101"):
        assert said in page.text
    assert "taken on" in page.text
    assert followed.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in followed.headers["X-Robots-Tag"]
    assert followed.headers["Cache-Control"] == "no-store"
    assert page.all("meta", name="robots", content="noindex")


def test_who_tells_of_what_is_known_is_thanked_as_one_more(citizen: FlaskClient) -> None:
    tells(citizen, tag_of(LAMP))
    page = read(citizen.get(f"/{tag_of(LAMP)}"))
    assert "Reported already" in page.text
    assert "told by 1" in page.text
    second = tells(citizen, tag_of(LAMP))
    assert "Others had told of this before you, 2 in all" in (
        read(citizen.get(second.headers["Location"])).text
    )
    assert Case.select().count() == 1


def test_a_form_sent_twice_is_one_report_and_another_form_another(citizen: FlaskClient) -> None:
    form = hidden(read(citizen.get(f"/{tag_of(LAMP)}")))
    path = f"/{tag_of(LAMP)}/reports"
    first = citizen.post(path, data=form | {"problem": "dark"})
    again = citizen.post(path, data=form | {"problem": "dark"})
    assert first.headers["Location"] == again.headers["Location"]
    assert Report.select().count() == 1
    other = citizen.post(path, data=form | {"problem": "rust"})  # Back, and told more.
    assert other.status_code == 303
    assert Report.select().count() == 2


def test_what_is_forgotten_is_said_on_top_and_nothing_typed_is_lost(citizen: FlaskClient) -> None:
    answer = tells(citizen, tag_of(LAMP), "", words="crooked", phone="no", photo=photo())
    page = read(answer)
    assert answer.status_code == 422
    assert page.all("div", role="alert")
    assert page.all("a", href="#problem")
    assert page.all("a", href="#phone")
    assert page.all("input", id="phone", value="no")
    assert "crooked" in page.text
    (kept,) = Photo.select()
    assert page.all("input", name="kept", value=kept.id)
    form = hidden(page) | {"problem": "dark", "words": "crooked", "phone": "13800001111"}
    assert citizen.post(f"/{tag_of(LAMP)}/reports", data=form).status_code == 303
    assert Photo.select().count() == 1


def test_what_is_no_photo_is_said_beside_it(citizen: FlaskClient) -> None:
    answer = tells(citizen, tag_of(LAMP), photo=photo(b"%!PS not a photo"))
    assert answer.status_code == 422
    assert read(answer).all("a", href="#photo")
    assert Report.select().count() == 0


@pytest.mark.parametrize("problem", ["nonsense", "drain", "dark\x00", "x" * 41])
def test_no_problem_of_this_kind_is_refused(citizen: FlaskClient, problem: str) -> None:
    assert tells(citizen, tag_of(LAMP), problem).status_code == 422
    assert Case.select().count() == 0


def test_our_script_is_told_where_to_go_and_what_is_wrong(citizen: FlaskClient) -> None:
    path, program = f"/{tag_of(LAMP)}/reports", {"Accept": "application/json"}
    done = citizen.post(
        path, data={"problem": "dark", "once": "a-key-of-this-report"}, headers=program
    )
    assert (done.status_code, done.json["link"][:3]) == (201, "/r/")
    wrong = citizen.post(path, data={"problem": ""}, headers=program)
    assert (wrong.status_code, wrong.json["errors"].keys()) == (422, {"problem"})


def test_a_plate_takes_messages_for_the_grid(citizen: FlaskClient, house: House) -> None:
    page = read(citizen.get(f"/{house.tag}"))
    assert "Leave a message for the grid" in page.text
    assert "0755-00000120" in page.text  # The community's office.
    empty = tells(citizen, house.tag, "message")
    assert "Write your message." in read(empty).text
    assert tells(citizen, house.tag, "message", words="谢谢你们").status_code == 303
    (case,) = Case.select()
    assert (case.channel, case.state) == ("message", "received")
    assert "谢谢你们" not in citizen.get(f"/{house.tag}").get_data(as_text=True)
    assert "Reported already" not in read(citizen.get(f"/{house.tag}")).text


def test_lin_reports_as_the_worker_she_is(citizen: FlaskClient) -> None:
    sign_in(citizen)
    form = hidden(read(citizen.get(f"/{tag_of(LAMP)}"))) | {"problem": "leans"}
    answer = citizen.post(f"/{tag_of(LAMP)}/reports", data=form, headers=OURS)
    assert answer.status_code == 303
    (report,) = Report.select()
    assert report.channel == "worker"
    assert report.account_id


def test_another_site_cannot_report_in_lins_name(citizen: FlaskClient) -> None:
    sign_in(citizen)
    answer = citizen.post(
        f"/{tag_of(LAMP)}/reports",
        data={"problem": "leans"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 303
    assert Report.get().account_id is None


@pytest.mark.parametrize("state", ["lost", "revoked", "issued"])
def test_what_bears_no_good_tag_is_reported_without(citizen: FlaskClient, state: str) -> None:
    Tag.update(state=state).where(Tag.code == tag_of(LAMP)).execute()
    page = read(citizen.get(f"/{tag_of(LAMP)}"))
    assert page.all("a", href="/report")
    assert not page.all("form", id="tell")
    late = citizen.post(f"/{tag_of(LAMP)}/reports", data={"problem": "dark"})
    assert late.headers["Location"] == "/report"


def test_what_is_out_of_use_takes_no_report(citizen: FlaskClient) -> None:
    Facility.update(state="removed").where(Facility.number == LAMP).execute()
    page = read(citizen.get(f"/{tag_of(LAMP)}"))
    assert not page.all("form", id="tell")
    assert page.all("a", href="/report")


def test_a_lamps_own_photo_is_there_for_who_wants_to_see_it(citizen: FlaskClient) -> None:
    kept = photos.receive(snapshot(), by=None)
    Facility.update(photo=kept).where(Facility.number == LAMP).execute()
    assert not read(citizen.get(f"/{tag_of(LAMP)}")).all("img", src=f"/p/small/{kept}.jpg")
    Photo.update(state="ready", review="released").execute()
    assert read(citizen.get(f"/{tag_of(LAMP)}")).all(
        "img", src=f"/p/small/{kept}.jpg", loading="lazy"
    )


# --- Following ----------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["A" * 22, "short", "../../etc/passwd", "A" * 21 + "%00"])
def test_a_guessed_link_leads_nowhere(citizen: FlaskClient, token: str) -> None:
    assert citizen.get(f"/r/{token}").status_code == 404
    assert citizen.post(f"/r/{token}", data={"solved": "yes"}).status_code == 404


def closed(citizen: FlaskClient) -> tuple[str, str]:
    """The link of a report whose case is closed, and the case's number."""
    link = tells(citizen, tag_of(LAMP)).headers["Location"].partition("?")[0]
    Case.update(state="closed", open_key=None, closed_at=Case.opened_at).execute()
    return link, cases.number_of(Case.get())


def test_not_solved_is_opened_again_once(citizen: FlaskClient) -> None:
    link, number = closed(citizen)
    assert "Is it solved?" in read(citizen.get(link)).text
    forgot = citizen.post(link, data={"number": number})
    assert (forgot.status_code, bool(read(forgot).all("div", role="alert"))) == (422, True)
    form = {"number": number, "solved": "no", "stars": "2", "again": "yes"}
    answer = citizen.post(link, data=form)
    page = read(citizen.get(answer.headers["Location"]))
    assert "It has been opened again." in page.text
    assert "You said: not solved." in page.text
    assert "2 of 5" in page.text
    assert Case.get().state == "filed"
    assert citizen.post(link, data=form).status_code == 409  # It is not closed.


def test_solved_is_thanked_for(citizen: FlaskClient) -> None:
    link, number = closed(citizen)
    answer = citizen.post(link, data={"number": number, "solved": "yes", "stars": "5"})
    assert "Thank you for telling us." in read(citizen.get(answer.headers["Location"])).text
    assert Mention.get().stars == 5
    assert Case.get().state == "closed"


def test_a_case_can_be_read_by_everybody_and_names_no_reporter(citizen: FlaskClient) -> None:
    tells(citizen, tag_of(COVER), "missing", words="my street", phone="13800001111", photo=photo())
    number = cases.number_of(Case.get())
    page = read(citizen.get(f"/cases/{number}"))
    assert facilities.find(COVER).number in page.text
    assert "my street" not in page.text
    assert "13800001111" not in page.text
    assert not page.all("img", loading="lazy")  # Nobody has looked at the photo yet.
    assert citizen.get("/cases/20260101-1").status_code == 404


# --- On the wire --------------------------------------------------------------------------


def test_pages_for_everybody_are_packed_and_personal_ones_are_not(citizen: FlaskClient) -> None:
    asks = {"Accept-Encoding": "gzip"}
    plain, packed = citizen.get(f"/{tag_of(LAMP)}"), citizen.get(f"/{tag_of(LAMP)}", headers=asks)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) * 2 < len(plain.data)
    sign_in(citizen)
    assert "Content-Encoding" not in citizen.get(f"/{tag_of(LAMP)}", headers=asks).headers


def test_a_file_is_kept_for_ever_under_its_contents_name(citizen: FlaskClient) -> None:
    page = read(citizen.get(f"/{tag_of(LAMP)}"))
    (sheet,) = page.all("link", rel="stylesheet")
    named = citizen.get(str(sheet["href"]), buffered=True)
    assert "immutable" in named.headers["Cache-Control"]
    for path in ("/static/style.css", "/static/style.css?v=0123456789"):
        again = citizen.get(path, buffered=True)
        assert "immutable" not in again.headers["Cache-Control"]
    assert citizen.get("/static/nothing.css?v=").status_code == 404


def test_a_photo_that_cannot_be_opened_is_asked_for_again(
    citizen: FlaskClient, clock: Clock
) -> None:
    broken = photo(snapshot()[:700])
    answer = tells(citizen, tag_of(LAMP), photo=broken)
    address = answer.headers["Location"].partition("?")[0]
    assert "could not be opened" not in read(citizen.get(address)).text
    photos.make_copies()
    page = read(citizen.get(address))
    assert "could not be opened. Your report stands" in page.text
    (case,) = Case.select()
    form = {"number": cases.number_of(case)}
    empty = citizen.post(f"{address}/photo", data=form, content_type="multipart/form-data")
    assert (empty.status_code, "Choose a photo." in read(empty).text) == (422, True)
    clock.passes(minutes=1)
    form_ = {**form, "photo": photo()}
    sent = citizen.post(f"{address}/photo", data=form_, content_type="multipart/form-data")
    assert sent.headers["Location"].endswith("?done=photo")
    assert [one["state"] for one in photos.of_case(case.id, public=False)] == [
        "unreadable",
        "waiting",
    ]
    assert "could not be opened" not in read(citizen.get(address)).text
    no_photo = {**form, "photo": photo(b"no photo")}
    refused = citizen.post(f"{address}/photo", data=no_photo, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "JPEG, PNG, WebP or HEIC" in read(refused).text


def test_five_photos_are_enough_and_none_is_taken_after_the_end(citizen: FlaskClient) -> None:
    address = tells(citizen, tag_of(LAMP)).headers["Location"].partition("?")[0]
    (case,) = Case.select()

    def sends() -> int:
        form = {"number": cases.number_of(case), "photo": photo()}
        answer = citizen.post(f"{address}/photo", data=form, content_type="multipart/form-data")
        return answer.status_code

    assert [sends() for _ in range(6)] == [303] * 5 + [409]
    Photo.delete().execute()
    Case.update(state="closed").execute()
    assert sends() == 409
