"""The outbox to units: every message goes out, once, and a dead way holds up nobody else."""

import email
import email.policy
import json
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock as house_clock
from backend.couriers import Bulletin, chat, hook, places
from backend.couriers.file import FileCourier
from backend.db import database, writing
from backend.house import house
from backend.models import Case, Notice, Unit, UnitMessage
from backend.services import carrying, outbox
from backend.start import start
from tests import town
from tests.services.receivers import listening, mailbox
from tests.services.telling import case_in, told
from tests.town import Clock

SECRET = "whsec_" + "a2V5a2V5a2V5a2V5a2V5a2V5"
LD, PS, SQ = "FT-LD", "FT-PS", "SW-SQ"


@pytest.fixture
def box(clock: Clock, url: str, tmp_path: Path) -> Path:
    """What the house's courier has carried; hooks may be inside."""
    place = tmp_path / "units.jsonl"
    opened(url, place)
    Unit.update(email=None).execute()
    return place


def opened(url: str, place: Path, **changes: object) -> None:
    known = {"UNIT_MESSAGES": str(place), "PUBLIC_URL": "https://q.example.cn"}
    start(town.settings(url, **{**known, "HOOKS_INSIDE": True, **changes}))


def case() -> Case:
    found = case_in(told("dark"))
    found.unit, found.due_at = LD, house_clock.now()
    found.save()
    UnitMessage.delete().execute()
    return found


def tells(found: Case, *units: str, times: int = 1, kind: str = "dispatched") -> None:
    with writing():
        for number in range(times):
            for unit in units:
                outbox.tell_unit(found, kind, unit=unit, once=str(number))


def leads(unit: str, address: str) -> None:
    sealed = house().vault.seal(f"unit:{unit}".encode(), address, SECRET)
    Unit.update(sealed=sealed).where(Unit.code == unit).execute()


def carried(box: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in box.read_text("utf-8").splitlines() if line]


def rows() -> list[tuple[str, bool, str | None]]:
    found = UnitMessage.select().order_by(UnitMessage.id)
    return [(row.unit, row.sent_at is not None, row.fault) for row in found]


# --- The house's own courier --------------------------------------------------------------


def test_a_unit_without_an_address_is_told_by_the_house_s_courier(box: Path) -> None:
    found = case()
    tells(found, LD)
    assert (carrying.carry_here(), carrying.carry_out()) == (1, 0)
    [line] = carried(box)
    assert (line["to"], line["kind"]) == (LD, "dispatched")
    assert line["text"].endswith(f"https://q.example.cn/desk/{line['case']}")
    assert "2026-11-02 09:00" in line["text"]
    assert carrying.carry_here() == 0


def test_the_same_is_told_once_however_often_it_is_written(box: Path) -> None:
    found = case()
    tells(found, LD)
    tells(found, LD)
    tells(found, LD, kind="urged")
    assert [row.kind for row in UnitMessage.select()] == ["dispatched", "urged"]


def test_every_kind_has_words_in_both_languages(box: Path) -> None:
    found = case()
    for kind, said in outbox.texts().items():
        assert said.keys() == {"zh_Hans", "en"}
        tells(found, LD, kind=kind)
    assert carrying.carry_here() == len(outbox.texts())
    assert {line["kind"] for line in carried(box)} == outbox.texts().keys()


def test_a_keeper_that_died_after_carrying_tells_nobody_twice(box: Path, clock: Clock) -> None:
    tells(case(), LD)
    [(_, letter)] = carrying._said(carrying._leased(carrying.HERE))
    FileCourier(str(box)).carry([letter])
    assert carrying.carry_here() == 0, "the lease still holds"
    clock.passes(seconds=120)
    carrying.carry_here()
    assert len(carried(box)) == 1


def test_four_keepers_carry_each_message_once(box: Path) -> None:
    tells(case(), LD, PS, SQ, times=60)

    def keeps() -> None:
        carrying.carry_here()
        database.close()

    keepers = [threading.Thread(target=keeps) for _ in range(4)]
    for keeper in keepers:
        keeper.start()
    for keeper in keepers:
        keeper.join()
    counts = Counter(line["key"] for line in carried(box))
    assert (len(counts), set(counts.values())) == (180, {1})


def test_one_that_cannot_be_said_keeps_no_other_back(box: Path) -> None:
    tells(case(), LD, PS, SQ)
    UnitMessage.update(kind="nonsense").where(UnitMessage.unit == LD).execute()
    assert carrying.carry_here() == 2
    assert rows() == [(LD, False, "KeyError"), (PS, True, None), (SQ, True, None)]


# --- Webhooks -----------------------------------------------------------------------------


def test_a_program_is_called_with_a_signature_it_can_check(box: Path) -> None:
    found = case()
    with listening() as program:
        leads(LD, program.address)
        tells(found, LD)
        assert carrying.carry_out() == 1
    [(headers, body)] = program.heard
    said = json.loads(body)
    assert said["id" if "id" in said else "key"] == headers["webhook-id"] == UnitMessage.get().key
    at = int(headers["webhook-timestamp"])
    signed = hook.signature(SECRET, headers["webhook-id"], at, body)
    assert headers["webhook-signature"] == signed
    assert signed != hook.signature(SECRET, headers["webhook-id"], at, body + b" ")


def test_a_signature_as_the_standard_has_it() -> None:
    """From the test vectors of standard-webhooks."""
    secret, key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    found = hook.signature(secret, key, 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [301, 500, 404])
def test_what_a_program_does_not_take_is_sent_again_later(
    box: Path, clock: Clock, status: int
) -> None:
    found = case()
    with listening() as other, listening(status=status, location=other.address) as program:
        leads(LD, program.address)
        tells(found, LD, times=3)
        assert carrying.carry_out() == 0
        assert len(program.heard) == 1, "a dead way is tried once a round"
        assert rows() == [(LD, False, f"answered {status}")] * 3
        program.status = 200
        assert carrying.carry_out() == 0
        clock.passes(seconds=60)
        assert carrying.carry_out() == 3
        assert other.heard == [], "nobody leads us elsewhere"
    keys = Counter(headers["webhook-id"] for headers, _ in program.heard)
    assert sorted(keys.values()) == [1, 1, 2]


def test_a_message_that_is_refused_for_its_own_sake_holds_up_no_other(box: Path) -> None:
    found = case()
    with listening(status=422) as program:
        leads(LD, program.address)
        tells(found, LD, times=3)
        carrying.carry_out()
        assert len(program.heard) == 3


def test_a_program_that_hangs_delays_nobody_else(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "PATIENCE_S", 0.5)
    found = case()
    with listening(pause_s=30) as dead, listening() as well:
        leads(LD, dead.address)
        leads(PS, well.address)
        tells(found, LD, PS, times=10)
        begun = time.monotonic()
        assert carrying.carry_out() == 10
        assert time.monotonic() - begun < 5
        assert (len(dead.heard), len(well.heard)) == (1, 10)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/x", "https://[::1]/x",
        "https://169.254.169.254/latest", "https://192.168.1.1/x", "https://[::ffff:10.0.0.1]/",
    ],
)  # fmt: skip
def test_nobody_makes_us_call_what_is_inside(address: str) -> None:
    letter = Bulletin("k", LD, "x", "test", "1", "2026-11-02T01:00:00+00:00", "", {})
    with pytest.raises(OSError, match="private"):
        hook.Hook(address, SECRET).carry([letter])


@pytest.mark.parametrize(
    "address",
    [
        "http://example.cn/x", "ftp://example.cn", "file:///etc/passwd", "https://", "",
        "https://u:p@example.cn/", "https://example.cn:0/", "dingtalk://", "dingtalk://a/b/c",
        "slack://T/B/X", "https://example.cn/\n", "wecombot://short", "https://exämple.cn/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(places.NoPlace):
        places.check(address, inside=False)


def test_what_is_shown_of_an_address_opens_nothing() -> None:
    assert places.masked("https://q.example.cn/T0KEN?key=T0KEN") == "https://q.example.cn/…"
    assert places.masked("dingtalk://S3CRET@" + "f" * 60 + "a1b2/") == "dingtalk://…a1b2"


# --- Mail and chats -----------------------------------------------------------------------


def test_all_that_waits_for_a_unit_is_one_mail(url: str, clock: Clock, tmp_path: Path) -> None:
    with mailbox() as (port, letters):
        opened(url, tmp_path / "x", SMTP_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM="city@gov.cn")
        found = case()
        Unit.update(email="lamps@example.cn").where(Unit.code == LD).execute()
        tells(found, LD)
        tells(found, LD, kind="urged")
        assert carrying.carry_out() == 2
    [letter] = letters
    read = email.message_from_string(letter, policy=email.policy.default)
    assert read["To"] == "lamps@example.cn"
    assert UnitMessage.get().key.replace(":", ".") in read["Message-ID"]
    text = read.get_content()
    assert "派遣" in text
    assert "督办" in text


def test_who_has_both_is_told_both_ways(url: str, clock: Clock, tmp_path: Path) -> None:
    with mailbox() as (port, letters), listening() as program:
        opened(url, tmp_path / "x", SMTP_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM="city@gov.cn")
        found = case()
        Unit.update(email="lamps@example.cn").where(Unit.code == LD).execute()
        leads(LD, program.address)
        tells(found, LD)
        assert carrying.carry_out() == 2
        assert (len(letters), len(program.heard)) == (1, 1)


def test_a_password_goes_over_no_open_line(url: str, clock: Clock, tmp_path: Path) -> None:
    with mailbox() as (port, letters):
        opened(
            url, tmp_path / "x", SMTP_URL=f"smtp://u:pass@127.0.0.1:{port}", MAIL_FROM="c@gov.cn"
        )
        found = case()
        Unit.update(email="lamps@example.cn").where(Unit.code == LD).execute()
        tells(found, LD)
        assert carrying.carry_out() == 0
    assert letters == []
    assert rows() == [(LD, False, "no TLS")]


def test_a_way_that_was_taken_away_leaves_its_messages_to_the_courier(box: Path) -> None:
    found = case()
    leads(LD, "https://q.example.cn/x")
    tells(found, LD)
    Unit.update(sealed=None).execute()
    carrying.carry_out()
    assert carrying.carry_here() == 1
    assert carried(box)[0]["to"] == LD


@pytest.mark.parametrize(
    ("address", "well", "refused"),
    [
        ("dingtalk://" + "f" * 40, b'{"errcode":0,"errmsg":"ok"}', b'{"errcode":310000}'),
        ("wecombot://" + "f" * 36, b'{"errcode":0}', b'{"errcode":45009}'),
        ("feishu://" + "f" * 36, b'{"code":0,"msg":"success"}', b'{"code":9499}'),
        ("lark://" + "f" * 36, b'{"StatusCode":0,"code":0}', b'{"code":19001}'),
    ],
)
def test_a_robot_says_it_and_a_refusal_in_200_is_none_the_less_one(
    box: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    well: bytes,
    refused: bytes,
) -> None:
    found = case()
    with listening(answer=refused) as program:
        points(monkeypatch, address, program.address)
        leads(LD, address)
        tells(found, LD, times=25)
        assert carrying.carry_out() == 0
        assert {fault for _, _, fault in rows()} == {
            f"refused: {next(iter(json.loads(refused).values()))}"
        }
        clock.passes(seconds=60)
        program.answer = well
        assert carrying.carry_out() == 25
        assert len(program.heard) == 3, "twenty at once: robots may not speak often"


def points(monkeypatch: pytest.MonkeyPatch, address: str, there: str) -> None:
    """The service's own address, which apprise knows, is a program of ours."""
    plugin = chat._plugin(places.kind_of(address))
    monkeypatch.setattr(plugin, "notify_url", there)


def test_no_token_stands_in_what_is_kept_of_a_failure(
    box: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    found, address = case(), "dingtalk://" + "5ec4e7" * 8
    points(monkeypatch, address, "http://127.0.0.1:1/?t={token}")
    leads(LD, address)
    tells(found, LD)
    with caplog.at_level("DEBUG"):
        carrying.carry_out()
    kept = f"{rows()} {caplog.text}"
    assert "ConnectionError" in kept
    assert "5ec4e7" not in kept


# --- In the end ---------------------------------------------------------------------------


def test_after_days_it_is_given_up_and_the_desk_is_told_once(box: Path, clock: Clock) -> None:
    found = case()
    with listening(status=503) as program:
        leads(LD, program.address)
        tells(found, LD, times=3)
        for _ in range(5):
            carrying.carry_out()
            clock.passes(days=1)
        carrying.carry_out()
        clock.passes(days=9)
        assert carrying.carry_out() == 0
        assert len(program.heard) == 5
    assert {row.given_up_at is not None for row in UnitMessage.select()} == {True}
    [notice] = Notice.select().where(Notice.kind == "unit-unreachable")
    assert json.loads(notice.facts)["messages"] == 3
    assert timedelta(0) < house_clock.now() - notice.at
