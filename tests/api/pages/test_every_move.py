"""Every move of the table has a button, and a form that says all that the move needs."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.models import Account, Case
from backend.rules import workflow
from backend.services import cases, reports
from tests.api.matrix.places import snapshot
from tests.api.pages.reading import ENGLISH, OURS, read, sign_in
from tests.services.cast import actor
from tests.town import House, rows

LAMP = rows("facility_tags.csv")[0]["tag"]
HERE = {"lat": 22.5245, "lon": 114.0583, "crs": "wgs84"}


class Staff:
    """Takes moves as people do: opens the page, looks for the button, fills in its form."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.taken, self.who = client, set[str](), ""

    def does(self, who: str, action: str, number: str, base: str = "/desk", **words: Any) -> None:
        if who != self.who:
            sign_in(self.client, who)
            self.who = who
        page = read(self.client.get(f"{base}/{number}", headers=ENGLISH))
        assert page.all("button", name="action", value=action), (who, action)
        named = {
            str(attrs.get("name"))
            for tag, attrs in page.found
            if tag in ("input", "textarea", "select")
        }
        for name in workflow.MOVES[action].needs:
            assert name in named or f"{name}-phrase" in named or name == "parts", (action, name)
        [version] = {one["value"] for one in page.all("input", name="version")}
        form = {"action": action, "version": version, **words}
        answer = self.client.post(f"{base}/{number}/moves", data=form, headers=OURS | ENGLISH)
        assert answer.status_code == 303, (action, read(answer).text)
        self.taken.add(action)

    def page(self, path: str) -> TestResponse:
        return self.client.get(path, headers=ENGLISH)


@pytest.fixture
def staff(client: FlaskClient, opened: House) -> Staff:
    return Staff(client)


def photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(snapshot()), "a.jpg"


def told(problem: str = "dark") -> str:
    form = {"things": [{"tag": LAMP}], "problem": problem}
    return str(reports.file(form, channel="scan")["cases"][0]["number"])


def told_of_the_street(problem: str = "rubbish") -> str:
    form = {"things": [{"place": HERE}], "problem": problem}
    return str(reports.file(form, channel="web")["cases"][0]["number"])


def test_every_move_can_be_taken_over_the_pages(staff: Staff) -> None:
    lamp = told()
    staff.does("fen", "dispatch", lamp, unit="FT-LD", condition="")
    staff.does("fen", "reassign", lamp, unit="FTJD-CG")
    staff.does("luo", "return", lamp, "/work", unit="FT-LD", **{"reason-phrase": "不归我们"})
    staff.does("fen", "dispatch", lamp, unit="FT-LD")
    staff.does("jin", "accept", lamp, "/work")
    staff.does("fen", "join-in", lamp, unit="FTJD-CG", words="请围挡")
    staff.does("luo", "acknowledge", lamp, "/work")
    staff.does("luo", "report-done", lamp, "/work", note="围好了")
    staff.does("jin", "comment", lamp, "/work", note="在路上")
    staff.does("jin", "ask-extension", lamp, "/work", reason="等配件")
    staff.does("fen", "extend", lamp)
    staff.does("jin", "ask-extension", lamp, "/work", reason="再等")
    staff.does("fen", "refuse", lamp, reason="不行")
    staff.does("jin", "ask-shelving", lamp, "/work", reason="围挡", until="2026-12-01")
    staff.does("du", "shelve", lamp)
    staff.does("jin", "resume", lamp, "/work")
    staff.does("du", "urge", lamp)
    another_lamp_mender()
    staff.does("jin", "pass-on", lamp, "/work", to="pei")
    staff.does("pei", "feed-back", lamp, "/work", note="好了", photo=photo(), reason="没信号")
    staff.does("xie", "rework", lamp, "/checks", reason="还是暗")
    staff.does("pei", "feed-back", lamp, "/work", note="真好了", photo=photo(), reason="没信号")
    closing = cases.show(lamp, by=actor("xie"))["condition"]["code"]
    staff.does("xie", "close", lamp, "/checks", closing=closing)
    assert cases.find(lamp).state == "closed"

    heap = told_of_the_street()
    staff.does("fen", "ask-confirmation", heap, reason="在哪？")
    staff.does("lin", "confirm", heap, "/confirmations", confirmed="yes", reason="属实")
    staff.does("fen", "file", heap, condition="")
    other = told("flickers")
    staff.does("fen", "merge", heap, into=other)
    staff.does("fen", "unmerge", heap)
    parts = {"part-words-0": "清走", "part-words-2": "修路面", "part-problem-2": "road"}
    staff.does("fen", "split", heap, **parts)
    assert Case.select().where(Case.parent_id == cases.find(heap).id).count() == 2

    junk = told_of_the_street("flood")
    staff.does("fen", "decline", junk, note="没有")
    staff.does("fen", "ask-void", junk, reason="测试")
    staff.does("du", "void", junk)
    assert staff.taken == set(workflow.MOVES)


def another_lamp_mender() -> None:
    Account.update(unit="FT-LD").where(Account.name == "pei").execute()


# --- Putting together what is the same -----------------------------------------------------


def test_several_that_are_the_same_are_put_together_at_once(staff: Staff) -> None:
    first, second, third = (told_of_the_street("light") for _ in range(3))
    sign_in(staff.client, "fen")
    page = read(staff.page(f"/desk/{first}"))
    boxes = page.all("input", type="checkbox", name="other")
    assert len(boxes) == 2
    form = {"other": [box["value"] for box in boxes]}
    answer = staff.client.post(f"/desk/{first}/merges", data=form, headers=OURS)
    assert answer.status_code == 303
    assert {cases.find(one).state for one in (second, third)} == {"merged"}
    assert cases.find(first).reports == 3


def test_what_somebody_has_moved_meanwhile_is_not_put_together(staff: Staff) -> None:
    first, second = (told_of_the_street("light") for _ in range(2))
    sign_in(staff.client, "fen")
    [box] = read(staff.page(f"/desk/{first}")).all("input", type="checkbox", name="other")
    staff.does("fen", "file", second)
    form = {"other": [box["value"]]}
    answer = staff.client.post(f"/desk/{first}/merges", data=form, headers=OURS | ENGLISH)
    assert answer.status_code == 409
    assert "Somebody was quicker" in read(answer).text
    assert cases.find(second).state == "filed"


@pytest.mark.parametrize("junk", ["", "x", "20260101-9:1", "\x00:1"])
def test_nonsense_is_not_put_together(staff: Staff, junk: str) -> None:
    number = told()
    sign_in(staff.client, "fen")
    answer = staff.client.post(f"/desk/{number}/merges", data={"other": junk}, headers=OURS)
    assert answer.status_code in (303, 404, 422)
    assert staff.client.post(f"/desk/{number}/merges", data={"other": junk}).status_code in (
        401,
        403,
        422,
    )


# --- The standard --------------------------------------------------------------------------


def test_a_condition_is_looked_up_and_comes_back_into_the_form(staff: Staff) -> None:
    number = told_of_the_street("road")
    sign_in(staff.client, "fen")
    page = read(staff.page(f"/desk/{number}/conditions?action=file&q=井盖"))
    link = next(
        a["href"] for a in page.all("a") if str(a["href"]).startswith(f"/desk/{number}?action=file")
    )
    form = read(staff.page(str(link)))
    [field] = form.all("input", name="condition", id="file-condition")
    assert field["value"]
    staff.does("fen", "file", number, condition=field["value"])
    assert cases.find(number).condition == field["value"]
    assert "has nothing" in read(staff.page(f"/desk/{number}/conditions?action=file&q=xyz")).text


def test_a_split_that_is_too_small_says_so_and_keeps_what_was_written(staff: Staff) -> None:
    number = told()
    sign_in(staff.client, "fen")
    version = str(cases.find(number).version)
    form = {"action": "split", "version": version, "part-words-0": "只有一件"}
    answer = staff.client.post(f"/desk/{number}/moves", data=form, headers=OURS | ENGLISH)
    assert answer.status_code == 422
    assert "只有一件" in answer.get_data(as_text=True)
    page = read(staff.page(f"/desk/{number}?action=split&parts=10"))
    assert len(page.all("fieldset")) >= 10


# --- At the thing --------------------------------------------------------------------------


def test_a_tag_shows_its_handler_what_is_to_be_done(staff: Staff) -> None:
    number = told()
    assert cases.dispatch_waiting() == 1
    sign_in(staff.client, "jin")
    page = read(staff.page(f"/{LAMP}"))
    assert "Your case here" in page.text
    [button] = page.all("button", name="action", value="accept")
    assert button
    staff.does("jin", "accept", number, "/work")
    page = read(staff.page(f"/{LAMP}"))
    assert page.all("button", name="action", value="feed-back")
    assert page.all("form", action=f"/work/{number}/moves")
    for other in ("luo", "xie", "lin"):
        sign_in(staff.client, other)
        assert "Your case here" not in read(staff.page(f"/{LAMP}")).text


def test_a_grid_worker_sees_what_they_are_asked_and_nothing_else(staff: Staff) -> None:
    number = told_of_the_street()
    sign_in(staff.client, "lin")
    assert staff.page(f"/confirmations/{number}").status_code == 404
    staff.does("fen", "ask-confirmation", number, reason="请看看")
    sign_in(staff.client, "lin")
    assert "To be looked at (1)" in read(staff.page("/")).text
    assert "请看看" in read(staff.page(f"/confirmations/{number}")).text
    assert staff.page(f"/desk/{number}").status_code == 403
    answer = staff.client.post(
        f"/confirmations/{number}/moves",
        data={"action": "confirm", "version": "1"},
        headers=OURS | ENGLISH,
    )
    assert answer.status_code in (409, 422)
