"""The outbox in a browser: who looks after it sees what waits, what failed, and tries again."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from backend import __main__ as command
from backend.actor import SYSTEM
from backend.config import Settings
from backend.db import writing
from backend.house import house
from backend.models import Case, TrailLine, Unit, UnitMessage
from backend.services import doctor, outbox, rotation, standing, unit_ways
from backend.start import start
from tests import town
from tests.api.pages.reading import ENGLISH, OURS, sign_in
from tests.services.receivers import listening
from tests.services.telling import case_in, told
from tests.town import House, Worker

LAMPS = "FT-LD"


@pytest.fixture
def given_up(opened: House) -> int:
    """A message that nobody tries any more."""
    case: Case = case_in(told("dark"))
    with writing():
        outbox.tell_unit(case, "overdue", {"percent": 100}, unit=LAMPS)
    row = UnitMessage.get(UnitMessage.kind == "overdue")
    lost = UnitMessage.update(due_at=None, given_up_at=row.at, tries=9, fault="<b>answered 500")
    lost.where(UnitMessage.id == row.id).execute()
    return int(row.id)


def test_what_failed_is_shown_first_and_tried_again(client: FlaskClient, given_up: int) -> None:
    sign_in(client, "du")
    page = client.get("/desk/outbox", headers=ENGLISH).get_data(as_text=True)
    assert "tried 9 times: &lt;b&gt;answered 500" in page
    assert f'action="/desk/outbox/{given_up}/retry"' in page
    answer = client.post(
        f"/desk/outbox/{given_up}/retry", data={"state": "failed"}, headers=OURS | ENGLISH
    )
    assert (answer.status_code, answer.location) == (303, "/desk/outbox?state=failed")
    row = UnitMessage.get_by_id(given_up)
    assert (row.given_up_at, row.tries, row.due_at is None) == (None, 0, False)
    assert TrailLine.get(TrailLine.verb == "outbox.retry").account == "du"
    page = client.get("/desk/outbox", headers=ENGLISH).get_data(as_text=True)
    assert "Late" in page
    assert '<option value="waiting" selected>' in page
    assert "Nothing is here." in client.get("/desk/outbox?state=sent", headers=ENGLISH).text


def test_what_has_gone_out_is_not_tried_again(client: FlaskClient, given_up: int) -> None:
    UnitMessage.update(sent_at=1).where(UnitMessage.id == given_up).execute()
    sign_in(client, "du")
    answer = client.post(f"/desk/outbox/{given_up}/retry", data={"state": "x"}, headers=OURS)
    assert answer.status_code == 409


def test_others_find_no_outbox(client: FlaskClient, given_up: int) -> None:
    for account in ("jin", "lin", "han"):
        sign_in(client, account)
        assert client.get("/desk/outbox").status_code == 403


def test_the_operator_s_tools_see_it(given_up: int) -> None:
    found = {finding.check: finding for finding in doctor.examine()}
    assert "1 to units were given up" in found["messages"].state
    assert not found["messages"].is_well
    figures = {name: value for name, (_, value) in standing.figures().items()}
    assert figures["gridtag_outbox_given_up"] == 1
    assert figures["gridtag_cases_overdue"] == 0


# --- Where a unit is told -----------------------------------------------------------------


@pytest.fixture
def guan(worker: Callable[[str], Worker]) -> Worker:
    return worker("guan")


def test_an_address_is_set_and_never_shown_again(guan: Worker) -> None:
    path = f"/units/{LAMPS}/address"
    body = {"address": "https://hooks.example.cn/T0KEN?key=T0KEN"}
    made = guan.asks("PUT", path, body).json
    assert made["address"] == "https://hooks.example.cn/…"
    assert made["secret"].startswith("whsec_")
    assert "address" in made["ways"]
    shown = guan.asks("GET", path)
    assert "secret" not in shown.json
    assert "T0KEN" not in shown.get_data(as_text=True)
    line = TrailLine.get(TrailLine.verb == "unit.set-address")
    assert "T0KEN" not in line.facts
    assert b"T0KEN" not in bytes(Unit.get_by_id(LAMPS).sealed)
    assert guan.asks("DELETE", path).status_code == 204
    assert guan.asks("GET", path).json["address"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"address": "http://hooks.example.cn/"},
        {"address": "slack://a/b/c"},
        {"address": "https://hooks.example.cn/", "secret": "whsec_short"},
        {"address": "https://hooks.example.cn/", "secret": "not base64 of anything at all!!!"},
    ],
)
def test_what_cannot_be_called_is_refused(guan: Worker, body: dict[str, str]) -> None:
    assert guan.asks("PUT", f"/units/{LAMPS}/address", body).status_code == 422


def test_the_command_reads_the_address_where_nobody_else_reads(
    opened: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: Settings = town.settings(url, HOOKS_INSIDE=True)
    monkeypatch.setattr("backend.terminal.read_settings", lambda: given)
    with listening() as program:
        said = run("units", "notify", LAMPS, "--json", text=f"{program.address}\n")
        assert json.loads(said)["address"] == "http://127.0.0.1/…"
        assert run("units", "try", LAMPS) == f"{LAMPS} has it.\n"
        [(headers, body)] = program.heard
        assert json.loads(body)["kind"] == "test"
        assert headers["webhook-signature"].startswith("v1,")
        program.status = 500
        assert "answered 500" in run("units", "try", LAMPS, fails=True)
    assert "no address" in run("units", "notify", LAMPS, fails=True).lower()
    run("units", "notify", LAMPS, "--forget")
    assert Unit.get_by_id(LAMPS).sealed is None


def run(*words: str, text: str = "", fails: bool = False) -> str:
    result = CliRunner().invoke(command.main, list(words), input=text)
    assert (result.exit_code != 0) == fails, result.output
    return result.output


def test_an_address_opens_with_a_new_key(opened: House, url: str) -> None:
    unit_ways.set_address(LAMPS, "dingtalk://" + "a1" * 20, by=SYSTEM)
    start(town.settings(url, DATA_KEYS=f"2:{'33' * 32},{town.KEYS['DATA_KEYS']}"))
    assert rotation.rotate()["unit"].resealed == 1
    start(town.settings(url, DATA_KEYS=f"2:{'33' * 32}"))
    sealed = bytes(Unit.get_by_id(LAMPS).sealed)
    assert house().vault.open(f"unit:{LAMPS}".encode(), sealed)[0] == "dingtalk://" + "a1" * 20
