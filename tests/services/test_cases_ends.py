"""The last look: at the thing, by a person or by a lot; and a second one, if a reporter asks."""

from datetime import timedelta

import pytest

from backend.errors import Conflict, Invalid
from backend.models import Case, Tag, TagScan
from backend.services import cases, facilities, reports
from tests.services.test_cases_moves import (
    COMMUNITY,
    clock,
    fen,
    snapshot,
    take,
    told,
    town,
    wall,
    worker,
    wu,
    xie,
)

__all__ = ["clock", "fen", "snapshot", "town", "wu", "xie"]


@pytest.fixture
def handling(fen, wu, clock) -> str:
    number = told()
    take(number, "dispatch", fen, unit="LD")
    take(number, "accept", wu)
    return number


def far(metres: float) -> dict:
    return {"lat": 22.5244 + metres / 111_195, "lon": 114.0582, "crs": "wgs84"}


def test_a_handler_shows_to_be_at_the_lamp_or_says_why_not(handling, wu, xie):
    for fix in (None, far(55)):
        with pytest.raises(Invalid) as refused:
            take(handling, "feed-back", wu, note="done", fix=fix)
        assert list(refused.value.facts["errors"]) == ["reason"]
    take(handling, "feed-back", wu, note="done", fix=far(55), reason="围挡内没有定位")
    facts = cases.show(handling, by=xie)["history"][-1]["facts"]
    assert (facts["at_asset"], facts["reason"]) == (False, "围挡内没有定位")


def test_forty_metres_are_near_enough(handling, wu):
    take(handling, "feed-back", wu, note="done", fix=far(45))
    assert cases.show(handling, by=wu)["history"][-1]["facts"]["at_asset"] is True


@pytest.mark.parametrize(
    ("minutes", "metres", "who", "counts"),
    [(29, 8, 2, True), (31, 8, 2, False), (5, 80, 2, False), (5, 8, 3, False)],
)
def test_its_tag_read_lately_there_and_by_oneself_counts(
    handling, wu, clock, minutes, metres, who, counts
):
    lamp = cases.find(handling).facility_id
    Tag.create(
        code="C" * 12, kind="streetlight", facility_id=lamp, state="bound", minted_at=clock.now
    )
    TagScan.create(
        code="C" * 12, account_id=who, at=clock.now - timedelta(minutes=minutes), lat=1, lon=1,
        accuracy_m=5, metres=metres,
    )  # fmt: skip
    if counts:
        assert take(handling, "feed-back", wu, note="x", fix=None)["state"] == "handled"
        return
    with pytest.raises(Invalid):
        take(handling, "feed-back", wu, note="x", fix=None)


def bins(fen, wu, count: int, **words) -> list[str]:
    here = {"lat": 22.5244, "lon": 114.0582, "crs": "wgs84", "area": COMMUNITY, "kind": "bin"}
    numbers = []
    for index in range(count):
        facilities.register({**here, "number": f"B{index}"}, by=worker(5, "building_manager"))
        form = {"things": [{"facility": f"B{index}"}], "problem": "full"}
        number = reports.file(form, channel="scan")["cases"][0]["number"]
        take(number, "dispatch", fen, unit="HW")
        take(number, "accept", wu)
        take(number, "feed-back", wu, note="x", **words)
        numbers.append(number)
    return numbers


def test_full_bins_close_by_themselves_but_for_those_that_are_drawn(fen, wu, xie, clock):
    numbers = bins(fen, wu, 40)
    clock.now += timedelta(hours=23, minutes=59)
    assert cases.close_unsampled() == 0
    clock.now += timedelta(minutes=1)
    closed = cases.close_unsampled()
    assert 24 <= closed <= 38  # Some twenty in a hundred are for a person.
    assert cases.close_unsampled() == 0
    left = [number for number in numbers if cases.find(number).state == "handled"]
    assert len(left) == 40 - closed
    take(left[0], "close", xie)
    gone = next(number for number in numbers if number not in left)
    step = cases.show(gone, by=fen)["history"][-1]
    assert (step["action"], step["by"], step["facts"]["sampled"]) == ("close", None, False)


def test_where_nobody_could_show_to_have_been_a_person_looks(fen, wu, clock):
    bins(fen, wu, 12, fix=None, reason="no position")
    clock.now += timedelta(days=2)
    assert cases.close_unsampled() == 0


def test_a_lamp_is_never_closed_by_itself(handling, wu, clock):
    take(handling, "feed-back", wu, note="x")
    clock.now += timedelta(days=9)
    assert cases.close_unsampled() == 0


@pytest.fixture
def declined(fen, clock) -> tuple[str, str]:
    place = {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}
    filed = reports.file({"things": [{"place": place}], "problem": "rubbish"}, channel="web")
    number = filed["cases"][0]["number"]
    take(number, "decline", fen, note="不在本区")
    return filed["token"], number


def test_what_was_declined_is_looked_at_once_more_if_the_reporter_says_why(declined, fen, clock):
    token, number = declined
    assert reports.follow(token)["cases"][0]["may_appeal"]
    with pytest.raises(Invalid):
        reports.appeal(token, number, " ")
    clock.now += timedelta(days=15)
    seen = reports.appeal(token, number, "在 水围 8 栋门口")["cases"][0]
    assert (seen["state"], seen["may_appeal"]) == ("received", False)
    assert "水围 8 栋" not in str(cases.public(cases.find(number)))
    assert [one["words"] for one in cases.show(number, by=fen)["said"]] == [
        None,
        "在 水围 8 栋门口",
    ]
    row = cases.find(number)
    assert (row.dispatch_by, row.closed_at) == (clock.now + timedelta(minutes=30), None)
    take(number, "decline", fen, note="还是不在")
    with pytest.raises(Conflict):
        reports.appeal(token, number, "again")


def test_after_fifteen_days_it_stays_declined(declined, clock):
    token, number = declined
    clock.now += timedelta(days=15, seconds=1)
    assert not reports.follow(token)["cases"][0]["may_appeal"]
    with pytest.raises(Conflict):
        reports.appeal(token, number, "x")


def test_what_was_struck_out_is_not_appealed(declined, fen):
    token, number = declined
    Case.update(voided_at=wall("2026-11-21 20:00")).where(Case.id > 0).execute()
    with pytest.raises(Conflict):
        reports.appeal(token, number, "x")
