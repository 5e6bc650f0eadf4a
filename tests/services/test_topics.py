"""The ledger of topics: found in what came in, given to somebody, settled; nothing said twice."""

import json
from datetime import date, timedelta

import pytest

from backend import clock as house_clock
from backend.errors import Invalid, NotAllowed, NotFound, NotYourArea, TopicEnded, VersionStale
from backend.models import (
    Account,
    Area,
    Case,
    Mention,
    Notice,
    Report,
    Topic,
    TopicCase,
    TrailLine,
    WordMark,
    WordWeek,
)
from backend.services import cases, reports, topics
from backend.services.topics import finding, telling, weeks
from tests.services.test_cases_moves import COMMUNITY, town, worker
from tests.town import Clock

__all__ = ["town"]

PLACE = {"place": {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}}


@pytest.fixture
def clock(monkeypatch):
    passing = Clock()
    monkeypatch.setattr(house_clock, "now", passing)
    return passing


@pytest.fixture
def du(town):
    return worker(1, "supervisor")


def told(text: str, *, channel: str = "web", by=None, **form) -> Case:
    form = {"things": [PLACE], "problem": "other", "words": text, **form}
    filed = reports.file(form, channel=channel, by=by)
    case = cases.find(filed["cases"][0]["number"])
    path = Area.get_by_id(COMMUNITY).path
    Case.update(area_path=path).where(Case.id == case.id).execute()
    return case


@pytest.fixture
def past(clock, town, monkeypatch):
    """Weeks in which people told of lamps and rubbish: enough to know what is usual."""
    monkeypatch.setattr(finding.topics, "LEAST_BASE", 40)
    clock.passes(days=-20)
    for day in range(18):
        told(f"路灯不亮了，{'甲乙丙'[day % 3]}座门口")
        told("垃圾没人清，臭得很")
        told("井盖松动很响")
        clock.passes(days=1)
    clock.passes(days=2)
    return clock


def crowd(count: int = 6, text: str = "搅拌站粉尘太大") -> None:
    for at in range(count):
        told(f"{text}，{('风苑', '雨里', '云阁', '山居', '水岸', '火炉')[at % 6]}")


def test_what_many_tell_of_is_found_once_and_a_supervisor_is_told(past, du):
    crowd()
    assert topics.find() == 1
    assert topics.find() == 0
    [one] = topics.listed(by=du)["items"]
    assert (one["phrase"], one["state"], one["reporters"]) == ("搅拌站粉尘太大", "open", 6)
    assert (one["area"], one["cases_count"]) == (COMMUNITY, 6)
    [notice] = Notice.select().where(Notice.kind == "topic-found")
    assert (notice.role, json.loads(notice.facts)["phrase"]) == ("supervisor", "搅拌站粉尘太大")


def test_a_few_people_make_no_topic_nor_does_one_who_writes_often(past, du):
    crowd(4)
    for _ in range(8):
        told("无人机太吵了", phone="13900139000")
    assert topics.find() == 0


def test_a_collector_is_one_voice_and_a_clerk_lends_it_to_every_caller(past, du):
    lin = worker(9, "collector")
    for _ in range(8):
        told("红火蚁咬人", channel="worker", by=lin)
    assert topics.find() == 0
    tao = worker(8, "clerk")
    for _ in range(6):
        told("天然气停供好几天", channel="hotline", by=tao)
    assert topics.find() == 1


def test_letters_and_what_was_struck_out_are_no_topic(past, du, clock):
    for _ in range(8):
        form = {"things": [{"building": "4403040040280100001"}], "problem": "message"}
        reports.file({**form, "words": "网格员小妹帮我量血压"}, channel="message")
    crowd(8, "这是测试请忽略")
    Case.update(voided_at=clock()).where(Case.problem == "other").execute()
    assert topics.find() == 0
    assert "量血压" not in str([one.text for one in telling.between(clock() - weeks.BASE, clock())])


def test_later_reports_join_while_it_is_open(past, du):
    crowd()
    topics.find()
    past.passes(hours=5)
    told("还是那个搅拌站，粉尘太大了")
    told("路灯不亮了")
    topics.find()
    [one] = topics.listed(by=du)["items"]
    assert (one["reporters"], one["cases_count"]) == (7, 7)
    assert one["last_at"] - one["first_at"] == timedelta(hours=5)


def test_it_is_shown_with_its_days_and_cases_and_the_look_is_kept(past, du):
    crowd(3)
    past.passes(days=1)
    crowd(4)
    topics.find()
    shown = topics.show(Topic.get().id, by=du)
    assert [one["reports"] for one in shown["days"]] == [3, 4]
    assert len(shown["cases"]) == 7
    assert shown["actions"] == ["assign", "settle", "dismiss"]
    assert TrailLine.select().order_by(TrailLine.id.desc()).first().verb == "topic.show"


def test_it_is_given_to_a_unit_until_a_day_and_late_after_it(past, du):
    crowd()
    topics.find()
    row = Topic.get()
    due = house_clock.now().date() + timedelta(days=3)
    kept = topics.assign(row.id, "1", due_on=due, unit="HW", words="实地查看", by=du)
    assert kept == {"id": row.id, "state": "assigned", "version": 2}
    [one] = topics.listed(by=du)["items"]
    assert (one["unit"]["code"], one["due_on"], one["is_late"]) == ("HW", due, False)
    past.passes(days=4)
    assert topics.listed(by=du)["items"][0]["is_late"]
    topics.settle(row.id, "2", "已停工整改", by=du)
    assert topics.listed(by=du)["items"] == []
    [one] = topics.listed(state="settled", by=du)["items"]
    assert not one["is_late"]
    shown = topics.show(row.id, by=du)
    assert (shown["note"], shown["words"], shown["actions"]) == ("已停工整改", "实地查看", [])


def test_a_person_to_whom_it_is_given_is_told(past, du, bring):
    crowd()
    topics.find()
    gu = Account.create(
        name="gu", full_name="顾", password_hash="", area=COMMUNITY, created_at=past()
    )
    due = house_clock.now().date()
    topics.assign(Topic.get().id, "1", due_on=due, account="gu", by=du)
    [notice] = Notice.select().where(Notice.account_id == gu.id)
    assert notice.kind == "topic-given"
    assert topics.listed(by=du)["items"][0]["account"] == "顾"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"unit": "HW", "due_on": date(2020, 1, 1)}, "due_on"),
        ({"due_on": date(2030, 1, 1)}, "unit"),
        ({"unit": "HW", "account": "gu", "due_on": date(2030, 1, 1)}, "unit"),
        ({"account": "nobody", "due_on": date(2030, 1, 1)}, "account"),
        ({"unit": "HW", "words": "长" * 501, "due_on": date(2030, 1, 1)}, "words"),
    ],
)
def test_what_is_wrong_with_an_assignment_is_said(past, du, form, field):
    crowd()
    topics.find()
    with pytest.raises(Invalid) as refused:
        topics.assign(Topic.get().id, "1", **form, by=du)
    assert field in refused.value.facts["errors"]
    assert Topic.get().state == "open"


def test_who_may_not_and_who_comes_late(past, du):
    crowd()
    topics.find()
    number = Topic.get().id
    with pytest.raises(NotAllowed):
        topics.show(number, by=worker(3, "collector"))
    with pytest.raises(NotYourArea):
        topics.show(number, by=worker(3, "supervisor", "440305"))
    with pytest.raises(NotAllowed):
        topics.settle(number, "1", "x", by=worker(3, "handler"))
    assert topics.listed(by=worker(3, "supervisor", "440305"))["items"] == []
    with pytest.raises(NotFound):
        topics.show(number + 1, by=du)
    with pytest.raises(VersionStale):
        topics.settle(number, "7", "x", by=du)
    with pytest.raises(Invalid):
        topics.settle(number, "1", "  ", by=du)
    topics.dismiss(number, "1", "演练", by=du)
    with pytest.raises(TopicEnded):
        topics.settle(number, "2", "x", by=du)


def test_what_was_called_none_is_not_raised_again_what_flares_up_again_is(past, du):
    crowd()
    topics.find()
    topics.dismiss(Topic.get().id, "1", "是演练", by=du)
    past.passes(hours=1)
    crowd()
    assert topics.find() == 0
    crowd(6, "天然气停供好几天")
    assert topics.find() == 1
    gas = Topic.get(Topic.phrase.contains("天然气"))
    topics.settle(gas.id, "1", "已恢复", by=du)
    past.passes(days=6)
    crowd(12, "天然气停供好几天")
    assert topics.find() == 1


# --- What is kept --------------------------------------------------------------------------


def test_no_phone_nor_name_stands_in_a_topic_or_its_counters(past, du):
    for at in range(6):
        name = "欧阳震华" if at < 2 else "路人"
        told(f"我是{name}，电话1380013800{at}，搅拌站粉尘太大", phone=f"1390013900{at}")
    topics.find()
    past.passes(days=3)
    topics.find()
    stored = [
        *(f"{row.phrase}{row.grams}" for row in Topic.select()),
        *(row.facts for row in Notice.select()),
        *(str(row.__data__) for row in WordWeek.select()),
        *(row.facts for row in TrailLine.select()),
    ]
    assert Topic.get().phrase == "搅拌站粉尘太大"
    for secret in ("13800138", "13900139", "欧阳", "震华", "路人"):
        assert not any(secret in text for text in stored)


def test_weeks_count_each_report_once_however_often_it_is_looked(past, du):
    topics.find()
    first = sum(row.reports for row in WordWeek.select())
    assert first == 54
    topics.find()
    weeks.count_older(house_clock.now())
    assert sum(row.reports for row in WordWeek.select()) == first


def test_counting_ends_at_whatever_fraction_of_a_second_it_began(past, du, monkeypatch):
    real, slices = weeks._add, []

    def adds(told):
        real(told)
        slices.append(1)
        assert len(slices) < 100, "the mark is never reached"

    monkeypatch.setattr(weeks, "_add", adds)
    past.passes(microseconds=123_456)
    topics.find()
    assert sum(row.reports for row in WordWeek.select()) == 54


def test_one_who_dies_while_counting_counts_nothing_twice(past, du, monkeypatch):
    real, calls = weeks._add, []

    def dies(told):
        real(told)
        calls.append(1)
        if len(calls) == 44:
            raise RuntimeError("the light went out")

    monkeypatch.setattr(weeks, "_add", dies)
    with pytest.raises(RuntimeError):
        topics.find()
    half = sum(row.reports for row in WordWeek.select())
    assert 0 < half < 54
    topics.find()
    assert sum(row.reports for row in WordWeek.select()) == 54


def test_all_weeks_can_be_counted_anew_from_the_reports(past, du):
    topics.find()
    before = {row.key: (row.reports, bytes(row.counts)) for row in WordWeek.select()}
    WordWeek.delete().execute()
    WordMark.delete().execute()
    topics.find()
    assert {row.key: (row.reports, bytes(row.counts)) for row in WordWeek.select()} == before


def test_weeks_that_are_long_past_are_dropped(past, du):
    topics.find()
    past.passes(weeks=20)
    topics.find()
    assert WordWeek.select().count() == 0


def test_who_tells_of_two_things_tells_once(past, du):
    before = len(list(telling.between(house_clock.now() - timedelta(days=40), past())))
    reports.file({"things": [PLACE, PLACE], "problem": "light", "words": "灯"}, channel="web")
    past.passes(seconds=1)
    after = len(list(telling.between(past() - timedelta(days=40), past())))
    assert after == before + 1
    assert Mention.select().count() > Report.select().count() - 1
    assert TopicCase.select().count() == 0
