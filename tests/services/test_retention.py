"""What is kept for a while only."""

import pytest

from backend.models import Challenge, Fix, Session, TagScan
from backend.services import retention
from mobile_api.walk import fix_at
from tests.town import Clock, House, Worker


def test_what_is_old_is_forgotten_and_what_is_young_is_not(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.scans(house)
    lin.asks("DELETE", "/sessions/current")
    kept = {table: table.select().count() for table in (Challenge, Fix, Session)}
    assert all(kept.values())
    forget = (retention.forget_challenges, retention.forget_fixes, retention.forget_sessions)

    def left() -> list[int]:
        for each in forget:
            each()
        return [Challenge.select().count(), Session.select().count(), Fix.select().count()]

    clock.passes(hours=23)
    assert 0 not in left()
    clock.passes(hours=2)
    assert left()[0] == 0
    clock.passes(days=28)
    assert left()[1] > 0
    clock.passes(days=2)
    assert left()[1:] == [0, kept[Fix]]
    clock.passes(days=58)
    assert left()[2] == kept[Fix]
    clock.passes(days=2)
    assert left()[2] == 0


def test_where_a_tag_was_scanned_is_forgotten_as_well(
    lin: Worker, house: House, clock: Clock
) -> None:
    lin.asks("POST", "/scans", {"code": house.tag, "fix": fix_at(house.door)})
    clock.passes(days=89)
    assert retention.forget_scans() == 0
    clock.passes(days=2)
    assert (retention.forget_scans(), TagScan.select().count()) == (1, 0)


def test_a_session_that_ran_out_is_forgotten_like_one_that_was_ended(
    lin: Worker, clock: Clock
) -> None:
    clock.passes(days=14 + 29)
    retention.forget_sessions()
    assert Session.select().exists()
    clock.passes(days=2)
    retention.forget_sessions()
    assert not Session.select().exists()


def test_much_is_forgotten_in_portions(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 10)
    for number in range(35):
        Challenge.create(nonce=str(number), account_id=1, issued_at=clock())
    clock.passes(days=2)
    assert retention.forget_challenges() == 35
