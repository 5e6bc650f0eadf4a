"""Messages to reporters: told what became of it, each of it once, whatever dies in between."""

import json
import stat
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock as house_clock
from backend import house as houses
from backend.couriers import Letter, courier
from backend.couriers.file import FileCourier
from backend.db import database, writing
from backend.models import Case, Message, Report
from backend.services import cases, messages, reports, retention, standards
from backend.start import start
from tests import town
from tests.services.cast import actor
from tests.services.telling import case_in, closes, number_in, told
from tests.town import Clock, House

PHONE = "16099942001"


@pytest.fixture
def box(clock: Clock, url: str, tmp_path: Path) -> Path:
    """What has been carried, in a file of this test's own."""
    place = tmp_path / "messages.jsonl"
    start(town.settings(url, MESSAGES=str(place), PUBLIC_URL="https://q.example.cn"))
    return place


def carried(box: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in box.read_text("utf-8").splitlines() if line]


# --- What is said -------------------------------------------------------------------------


def test_a_reporter_with_a_phone_is_told_that_it_came_in(box: Path) -> None:
    answer = told(phone=PHONE)
    told("leans")
    assert messages.deliver() == 1
    [letter] = carried(box)
    assert letter["to"] == PHONE
    assert number_in(answer) in letter["text"]
    assert letter["text"].endswith(f"https://q.example.cn/r/{answer['token']}")
    assert Message.get().sent_at == house_clock.now()
    assert stat.S_IMODE(box.stat().st_mode) == 0o600


def test_in_their_own_language(box: Path) -> None:
    for language in ("en", "zh_Hant", "zh_Hans", "tlh"):
        told(phone=PHONE, language=language)
    messages.deliver()
    said = [letter["text"] for letter in carried(box)]
    assert said[0].startswith("Gridtag: we have your report on ")
    assert "收到您反映" in said[2]
    assert "編號" in said[1]
    assert said[3][:20] == said[2][:20], "an unknown language is read as Chinese"


def test_everybody_who_told_hears_the_end_of_it_those_of_a_merged_case_too(box: Path) -> None:
    first, second = told(phone=PHONE), told(phone="16099942002")
    other = told("flickers", phone="16099942003")
    told(phone="")
    case, merged = case_in(first), case_in(other)
    Case.update(state="merged", merged_into=case.id).where(Case.id == merged.id).execute()
    messages.deliver()
    box.unlink()
    with writing():
        assert messages.tell(cases.find(number_in(first)), "closed", "换了灯。") == 3
    messages.deliver()
    told_to = {letter["to"]: letter["text"] for letter in carried(box)}
    assert told_to.keys() == {PHONE, "16099942002", "16099942003"}
    assert "换了灯。" in told_to[PHONE]
    assert second["token"] in told_to["16099942002"]
    assert first["token"] not in told_to["16099942002"]


def test_the_desk_s_moves_and_a_reopening_tell_those_who_told(box: Path, house: House) -> None:
    first, second = told(phone=PHONE), told(phone="16099942002")
    lat, lon = house.door
    place = {"place": {"lat": lat, "lon": lon, "crs": "wgs84"}}
    lost = told("light", "web", phone=PHONE, things=[place])
    by = actor("fen")
    cases.moves.decline(number_in(lost), "1", "这里没有路灯。", by=by)
    case = case_in(first)
    Case.update(state="handled").where(Case.id == case.id).execute()
    closing = standards.condition_of(case.kind, case.problem).code
    cases.moves.close(number_in(first), str(case.version), "换了灯。", closing, by=actor("xie"))
    reports.rate(second["token"], number_in(first), {"solved": False, "again": True})
    said = Counter((row.kind, row.report_id) for row in Message.select())
    assert set(said.values()) == {1}
    assert Counter(kind for kind, _ in said) == {
        "received": 3, "declined": 1, "closed": 2, "reopened": 2,
    }  # fmt: skip
    messages.deliver()
    assert any("这里没有路灯。" in letter["text"] for letter in carried(box))


def test_what_is_undone_tells_nobody(box: Path) -> None:
    case = case_in(told(phone=PHONE))
    messages.deliver()

    def breaks() -> None:
        with writing():
            messages.tell(case, "closed")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks()
    assert messages.deliver() == 0


# --- Each of them once --------------------------------------------------------------------


def test_a_keeper_that_died_after_carrying_tells_nobody_twice(box: Path, clock: Clock) -> None:
    told(phone=PHONE)
    [due] = messages._leased()
    letter = messages._letter(due)
    assert letter is not None
    FileCourier(str(box)).carry([letter])
    assert messages.deliver() == 0, "the lease still holds"
    clock.passes(seconds=120)
    assert messages.deliver() == 1
    assert len(carried(box)) == 1


def test_a_keeper_that_died_before_carrying_leaves_it_to_the_next(box: Path, clock: Clock) -> None:
    told(phone=PHONE)
    assert len(messages._leased()) == 1
    clock.passes(seconds=120)
    messages.deliver()
    assert len(carried(box)) == 1


def test_two_keepers_carry_each_message_once(box: Path) -> None:
    for number in range(150):
        told("light", "web", phone=f"160999{number:05d}", things=[{"place": {"address": "路"}}])

    def keeps() -> None:
        try:
            messages.deliver()
        finally:
            database.close()

    keepers = [threading.Thread(target=keeps) for _ in range(4)]
    for keeper in keepers:
        keeper.start()
    for keeper in keepers:
        keeper.join()
    counts = Counter(letter["key"] for letter in carried(box))
    assert len(counts) == 150
    assert set(counts.values()) == {1}


def test_a_courier_that_cannot_is_asked_again_later_each_time(
    box: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(phone=PHONE)

    def cannot(*_: object) -> None:
        raise OSError("the gateway is away")

    with monkeypatch.context() as broken:
        broken.setattr(FileCourier, "carry", cannot)
        for wait in (60, 300, 1_800):
            messages.deliver()
            assert Message.get().due_at == clock() + timedelta(seconds=wait)
            clock.passes(seconds=wait)
    assert messages.deliver() == 1
    assert len(carried(box)) == 1


def test_a_line_that_a_power_cut_has_torn_spoils_no_other(tmp_path: Path) -> None:
    box = tmp_path / "box.jsonl"
    FileCourier(str(box)).carry([Letter("1.1", PHONE, "一")])
    with box.open("ab") as file:
        file.write(b'{"key": "1.2", "to"')
    again = FileCourier(str(box))
    again.carry([Letter("1.1", PHONE, "一"), Letter("1.2", PHONE, "二")])
    whole = [line for line in box.read_bytes().splitlines() if line.endswith(b"}")]
    assert [json.loads(line)["key"] for line in whole] == ["1.1", "1.2"]


def test_a_file_that_was_taken_away_is_begun_anew(tmp_path: Path) -> None:
    box = tmp_path / "box.jsonl"
    one = FileCourier(str(box))
    one.carry([Letter("1.1", PHONE, "一"), Letter("1.2", PHONE, "二")])
    box.unlink()
    one.carry([Letter("1.1", PHONE, "一"), Letter("1.3", PHONE, "三")])
    assert [letter["key"] for letter in carried(box)] == ["1.3"]


def test_without_a_gateway_the_log_names_nobody(
    box: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="gridtag.couriers"):
        courier("log", "").carry([Letter("1.1", PHONE, "一")])
    assert "no gateway" in caplog.text
    assert PHONE not in caplog.text + str([vars(record) for record in caplog.records])


# --- Forgotten ----------------------------------------------------------------------------


def test_180_days_after_the_end_nobody_knows_who_told(box: Path, clock: Clock) -> None:
    answer = told(phone=PHONE, words="金丝雀", fix={"lat": 22.5, "lon": 114.0, "crs": "wgs84"})
    still_open = told("leans", phone=PHONE)
    clock.passes(days=200)
    assert retention.forget_reporters() == 0, "what is not done is not forgotten"
    closes(number_in(answer))
    clock.passes(days=180)
    assert retention.forget_reporters() == 0
    clock.passes(seconds=1)
    assert retention.forget_reporters() == 1
    row = Report.get(Report.token_index == reports.filing.index_of(answer["token"]))
    opened = houses.house().vault.open(f"report:{row.id}".encode(), bytes(row.sealed))
    assert opened == [answer["token"], None, None, None, None]
    assert (row.phone_index, row.lat, row.given) == (None, None, None)
    assert reports.follow(answer["token"])["cases"][0]["state"] == "closed"
    assert reports.follow(still_open["token"])
    messages.deliver()
    assert retention.forget_reporters() == 0
