"""Topics: what many suddenly tell of in one place is found within a day, and little else is."""

from datetime import date

import pytest

from backend.rules import topics
from backend.rules.topics import Burst, Item, Said
from tests import talk
from tests.talk import COMMUNITIES, Counted

HERE, NEXT_DOOR = COMMUNITIES[0], COMMUNITIES[1]


def said(number: int, text: str, place: str = HERE, person: int | None = None) -> Said:
    who = number if person is None else person
    return Said(number, number, who, place, 0.0, text)


@pytest.fixture(scope="module")
def base() -> Counted:
    """A thousand reports of lamps and rubbish, in two communities."""
    counted = Counted()
    for number in range(1_000):
        text = ("路灯不亮了", "垃圾没人清", "井盖松动很响")[number % 3]
        counted.add(said(-number, text, COMMUNITIES[number % 2]))
    return counted


def crowd(text: str, count: int = 6, first: int = 0, place: str = HERE) -> list[Said]:
    return [said(first + at, f"{text}{'！' * at}", place) for at in range(count)]


def test_what_six_people_suddenly_name_is_a_topic(base):
    [found] = topics.bursts(crowd("搅拌站的粉尘太大") + crowd("路灯不亮了", 3, 90), base)
    assert found.phrase == "搅拌站的粉尘太大"
    assert (found.place, found.people, len(found.said)) == (HERE, 6, 6)


def test_one_who_writes_ten_times_is_no_crowd(base):
    alone = [said(at, "搅拌站的粉尘太大", person=7) for at in range(10)]
    assert topics.bursts(alone, base) == []


def test_four_people_are_not_enough_and_five_are(base):
    assert topics.bursts(crowd("搅拌站", 4), base) == []
    assert len(topics.bursts(crowd("搅拌站", 5), base)) == 1


def test_what_is_told_every_day_is_no_topic(base):
    assert topics.bursts(crowd("路灯不亮了", 8), base) == []


def test_a_city_without_a_past_has_no_news():
    assert topics.bursts(crowd("搅拌站", 9), Counted()) == []


def test_what_is_usual_next_door_may_be_news_here():
    counted = Counted()
    for number in range(2_000):
        text = "路灯不亮了" if number % 2 else "码头货柜车排队"
        counted.add(said(-number, text, HERE if number % 2 else NEXT_DOOR))
    assert len(topics.bursts(crowd("码头货柜车排队", 9), counted)) == 1
    assert topics.bursts(crowd("码头货柜车排队", 9, place=NEXT_DOOR), counted) == []


def test_what_is_told_all_over_a_street_is_a_topic_of_the_street(base):
    spread = [said(at, "自来水发黄有味", COMMUNITIES[at % 6]) for at in range(12)]
    [found] = topics.bursts(spread, base)
    assert found.place == topics.place_of(HERE, "street")


def test_two_matters_in_one_place_are_two_topics(base):
    found = topics.bursts(crowd("搅拌站粉尘") + crowd("天然气停供", first=50), base)
    assert {one.phrase for one in found} == {"搅拌站粉尘", "天然气停供"}


def test_a_name_has_no_phone_and_nothing_that_only_two_wrote(base):
    texts = [f"我叫欧阳震{at}，13800138{at:03}，搅拌站太臭" for at in "华华国"]
    texts += ["搅拌站太臭，找慕容复", "搅拌站太臭啊13800138000", "说搅拌站太臭"]
    [found] = topics.bursts([said(at, text) for at, text in enumerate(texts)], base)
    assert found.phrase == "搅拌站太臭"
    for gram in (found.phrase, *found.grams):
        assert not any(mark.isdigit() for mark in gram)
        assert len([text for text in texts if gram in text]) >= topics.NAMED_BY


def test_latin_words_are_named_whole(base):
    [found] = topics.bursts(crowd("the concrete plant stinks at night"), base)
    assert found.phrase == "the concrete plant stinks at night"


def test_a_topic_that_is_open_is_not_raised_again():
    burst = Burst(HERE, "搅拌站", ("搅拌", "拌站", "搅拌站"), tuple(crowd("搅拌站")), 50.0)
    street = topics.place_of(HERE, "street") or ""
    same = Item(1, HERE, frozenset({"搅拌", "拌站"}))
    assert topics.known_as(burst, [same]) is same
    above = Item(2, street, frozenset({"搅拌站"}))
    assert topics.known_as(burst, [above]) is above
    assert topics.known_as(burst, [Item(3, NEXT_DOOR, frozenset({"搅拌站"}))]) is None
    other = Item(4, HERE, frozenset({"路灯"}))
    assert topics.known_as(burst, [other]) is None
    by_cases = Item(5, HERE, frozenset({"粉尘"}), frozenset({0, 1, 2}))
    assert topics.known_as(burst, [by_cases]) is by_cases


def test_a_later_report_joins_by_its_words():
    item = Item(1, HERE, frozenset({"搅拌", "拌站", "搅拌站"}))
    assert topics.joins(said(1, "那个搅拌站还在响", f"{HERE}/{HERE[-12:]}001"), item)
    assert not topics.joins(said(1, "搅拌站", NEXT_DOOR), item)
    assert not topics.joins(said(1, "路灯不亮"), item)


def test_days_are_counted_without_a_gap():
    days = [date(2026, 11, 1), date(2026, 11, 3), date(2026, 11, 1)]
    assert topics.by_day(days) == [
        (date(2026, 11, 1), 2),
        (date(2026, 11, 2), 0),
        (date(2026, 11, 3), 1),
    ]
    assert topics.by_day([]) == []


def test_garbage_in_a_window_is_nothing(base):
    rubbish = ("", "😀" * 1_000, "1" * 100_000, "\x00" * 10_000, "！" * 1_000)
    assert topics.bursts([said(at, rubbish[at % 5]) for at in range(50)], base) == []


def test_planted_bursts_are_found_within_a_day_and_little_else_is():
    days = topics.BASE_WEEKS * 7 + 12
    town = talk.Talk(5, days, each_day=90, every_days=3)
    raised = list(talk.watch(town, days, every_hours=6))
    found = talk.figures(town, raised, days)
    assert found["planted"] >= 3
    assert found["found"] >= 0.9
    assert found["in_a_day"] >= 0.66
    assert found["false_a_week"] <= 1


@pytest.mark.proof
@pytest.mark.parametrize(("seed", "each_day"), [(11, 240), (12, 240), (13, 600)])
def test_ninety_days_of_a_talking_district(seed, each_day, capsys):
    days = topics.BASE_WEEKS * 7 + 90
    town = talk.Talk(seed, days, each_day=each_day)
    raised = list(talk.watch(town, days, every_hours=3))
    found = talk.figures(town, raised, days)
    with capsys.disabled():
        print(f"\nseed {seed}, {len(town.told):,} reports: " + str(found))
    assert found["in_a_day"] >= 0.9
    assert found["false_a_week"] <= 1
