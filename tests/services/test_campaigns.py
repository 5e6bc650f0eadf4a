"""Campaigns and due lists: who has to go where, and how far everything is, to the last hazard."""

from unittest import mock

import pytest

from backend import clock as house_clock
from backend.db import writing
from backend.errors import Invalid, NotAllowed, NotFound, NotYourArea, SubjectsWrong
from backend.models import (
    Account,
    Building,
    Campaign,
    Grade,
    Notice,
    PatrolTask,
    RoleGrant,
    SmallPlace,
)
from backend.services import facilities, inspections
from tests import town as cast
from tests.services import rounds
from tests.services.rounds import COMMUNITY, inspects, wrong


@pytest.fixture
def clock(village, monkeypatch):
    stopped = cast.Clock()
    monkeypatch.setattr(house_clock, "now", stopped)
    return stopped


@pytest.fixture
def an(clock):
    rounds.settle()
    number = rounds.account("an", "safety_officer")
    return rounds.actor(number, "safety_officer")


def campaign(**more):
    form = {"name": "三小场所三日行动", "area": COMMUNITY, "form": "small_place"}
    by = rounds.actor(3, "supervisor")
    return inspections.campaigns.open_campaign(
        {**form, "until": "2026-11-04", "subjects": ["place:P1", "place:P2"], **more}, by=by
    )


def shown(number):
    return inspections.progress.show(number, by=rounds.actor(3, "supervisor"))


def test_a_campaign_is_a_task_for_each_and_counts_what_was_found(an):
    opened = campaign()
    assert (opened["tasks"], opened["done"]) == (2, 0)
    assert [one["reason"] for one in inspections.due(by=an)["items"]] == ["campaign"] * 2
    inspects(an, conduits=wrong(an), pledge=wrong(an, fixed=True))
    found = shown(opened["id"])
    counts = ("tasks", "done", "hazards", "fixed_on_spot", "open", "passed_on", "closed")
    assert [found[name] for name in counts] == [2, 1, 2, 1, 1, 0, 0]
    assert (found["left"], found["late"], found["dispatched"]) == (1, 0, 0)
    [share] = found["workers"]
    assert (share["account"], share["tasks"], share["done"], share["left"]) == ("an", 2, 1, 1)
    assert [one["id"] for one in inspections.progress.listed(by=rounds.actor(3, "supervisor"))]


def test_a_campaign_that_makes_no_sense_is_refused(an):
    for more in (
        {"name": " "},
        {"until": "2026-11-01"},
        {"until": "2027-11-01"},
        {"until": "tomorrow"},
        {"since": "2026-11-01"},
        {"since": "2026-11-05"},  # After the last day.
        {"grades": ["blue"]},
        {"kinds": ["bank"]},
        {"subjects": ["facility:L1"]},
        {"subjects": None},  # Nothing is graded there yet.
    ):
        with pytest.raises(Invalid):
            campaign(**more)
    with pytest.raises(NotYourArea):
        campaign(area="440304004029")
    assert PatrolTask.select().count() == 0


def test_whatever_is_let_is_graded_and_planned_once_and_not_all_on_one_day(an, clock):
    assert inspections.enrol() == 5  # Two houses, two shops, and the lamp before them.
    assert inspections.enrol() == 0, "twice is once"
    assert Grade.select().where(Grade.grade == "green").count() == 4
    lamp = rounds.open_tasks("facility:1")
    days = [task[1] for task in rounds.open_tasks() if task not in lamp]
    assert all("2026-11-03" <= day <= "2026-11-23" for day in days)
    mine = PatrolTask.select().where(PatrolTask.account_id == an.account_id)
    assert mine.count() == 3, "the first house and its shops are An's duty"


def test_an_office_building_is_nobodys_patrol(an):
    Building.update(house_class="0701").execute()
    assert inspections.enrol() == 3, "the shops are graded all the same, and the lamp looked at"


def test_what_is_late_says_so(an, clock):
    inspections.enrol()
    clock.passes(days=30)
    told = inspections.due(by=an)
    assert told["overdue"] == told["waiting"] == 4, "the lamp is the collectors'"
    assert all(one["is_overdue"] for one in told["items"])


def test_a_record_is_verified_in_words(an):
    thing = inspections.subjects.named("place:P1")
    with writing():
        assert inspections.tasks.plan_one(thing, "verify", "2026-11-09", words="无执照")
        assert not inspections.tasks.plan_one(thing, "verify", "2026-11-09"), "one at a time"
    task = PatrolTask.get().id
    with pytest.raises(Invalid):
        inspections.done(task, {"note": "已办照"}, by=an)
    told = inspections.done(task, {"result": "corrected", "note": "已办照"}, by=an)
    assert told["words"] == "无执照\n已办照"
    assert rounds.open_tasks() == []


def test_a_campaign_that_begins_later_sends_nobody_before(an, clock):
    opened = campaign(since="2026-11-03")
    assert opened["since"] == "2026-11-03"
    assert inspections.due(by=an)["items"] == []
    clock.passes(days=1)
    assert len(inspections.due(by=an)["items"]) == 2


def test_a_campaign_is_for_some_grades_kinds_or_facilities(an):
    inspections.enrol()
    SmallPlace.update(kind="workshop").where(SmallPlace.key == "P2").execute()
    assert campaign(subjects=None)["tasks"] == 2
    assert campaign(subjects=None, kinds=["workshop"])["tasks"] == 1
    inspects(an, conduits=wrong(an))
    assert campaign(subjects=None, grades=["yellow", "orange"])["tasks"] == 1
    assert campaign(subjects=None, form="streetlight")["tasks"] == 1
    with pytest.raises(Invalid):
        campaign(subjects=None, grades=["red"])


def test_a_list_is_wrong_row_by_row_and_then_nothing_is_opened(an):
    codes = ["P1", "place:P2", "P1", "P9", "building:4403040040280100001", "facility:L1"]
    with pytest.raises(SubjectsWrong) as told:
        campaign(subjects=codes)
    assert told.value.facts["count"] == 4
    assert sorted(told.value.facts["errors"]["subjects"]) == [3, 4, 5, 6]
    assert PatrolTask.select().count() == Campaign.select().count() == 0
    assert campaign(subjects=codes[:2])["tasks"] == 2


def test_every_number_of_a_campaign_has_its_list(an, clock):
    opened = campaign()
    inspects(an, conduits=wrong(an), pledge=wrong(an, fixed=True), gas=wrong(an))
    clock.passes(days=3)
    told, du = shown(opened["id"]), rounds.actor(3, "supervisor")
    lists = inspections.progress
    for state, count in (("all", "tasks"), ("done", "done"), ("left", "left"), ("late", "late")):
        seen = lists.tasks_of(opened["id"], state=state, by=du)
        assert seen["total"] == len(seen["items"]) == told[count], state
    names = {"all": "hazards", "fixed": "fixed_on_spot"}
    for state in lists.HAZARD_STATES:
        seen = lists.hazards_of(opened["id"], state=state, by=du)
        assert seen["total"] == len(seen["items"]) == told[names.get(state, state)], state
    assert (told["late"], told["hazards"], told["dispatched"]) == (1, 3, 1)
    for share in told["workers"]:
        seen = lists.tasks_of(opened["id"], worker=share["account"] or "", by=du)
        assert seen["total"] == share["tasks"]


def test_a_share_goes_to_a_replacement_who_is_told_once(an):
    opened = campaign()
    inspects(an)
    bo = rounds.account("bo")
    du = rounds.actor(3, "supervisor")
    with pytest.raises(Invalid):  # Bo inspects nowhere.
        inspections.campaigns.hand_share(opened["id"], "an", "bo", by=du)
    with pytest.raises(NotAllowed):
        inspections.campaigns.hand_share(opened["id"], "an", "bo", by=an)
    area = Building.select().first().area
    RoleGrant.create(
        account=bo, role="safety_officer", area=area, since=house_clock.now(), granted_by="x"
    )
    told = inspections.campaigns.hand_share(opened["id"], "an", "bo", by=du)
    assert told == {"tasks": 1}, "what An has done stays An's"
    shares = {one["account"]: (one["done"], one["left"]) for one in shown(opened["id"])["workers"]}
    assert shares == {"an": (1, 0), "bo": (0, 1)}
    assert [row.kind for row in Notice.select()] == ["task-handed-over"]


def test_several_tasks_go_to_a_colleague_or_none_does(an):
    campaign()
    bo = rounds.account("bo", "safety_officer")
    RoleGrant.create(
        account=bo, role="safety_officer", area=None, since=house_clock.now(), granted_by="x"
    )
    numbers = [one["id"] for one in inspections.due(by=an)["items"]]
    with pytest.raises(NotFound):
        inspections.hand_over([*numbers, 999], "bo", by=an)
    assert len(inspections.due(by=an)["items"]) == 2
    inspections.hand_over(numbers, "bo", by=an)
    assert inspections.due(by=an)["items"] == []
    assert [row.kind for row in Notice.select()] == ["tasks-handed-over"]


# --- Facilities ---------------------------------------------------------------------------


def test_a_lamp_is_looked_at_every_so_many_days_by_the_collector_of_its_grid(an, clock):
    li = rounds.account("li")
    collector = rounds.actor(li, "collector")
    RoleGrant.create(account=li, role="collector", area=COMMUNITY, since=clock.at, granted_by="x")
    inspections.enrol()
    mine = inspections.due(by=collector)["items"]
    [task] = [one for one in mine if one["subject"]["code"] == "facility:L1"]
    assert (task["form"], task["role"]) == ("streetlight", "collector")
    assert PatrolTask.get_by_id(task["id"]).account_id == li
    assert all(one["subject"]["code"] != "facility:L1" for one in inspections.due(by=an)["items"])
    inspects(collector, "facility:L1")
    assert rounds.open_tasks("facility:1") == [("patrol", "2027-01-01")], "sixty days on"
    facilities.remove("L1", "1", by=rounds.actor(900, "building_manager"))
    inspections.enrol()
    assert rounds.open_tasks("facility:1") == []


def test_where_several_collect_the_lamp_is_their_posts_and_no_others(an, clock):
    for name in ("li", "mo"):
        RoleGrant.create(
            account=rounds.account(name),
            role="collector",
            area=COMMUNITY,
            since=clock.at,
            granted_by="x",
        )
    inspections.enrol()
    [lamp] = PatrolTask.select().where(PatrolTask.subject == "facility:1")
    assert (lamp.account_id, lamp.role) == (None, "collector")
    for number, role, sees in ((7, "collector", True), (8, "safety_officer", False)):
        due = inspections.due(by=rounds.actor(number, role))["items"]
        assert (lamp.id in [one["id"] for one in due]) is sees


def test_a_kind_without_an_interval_is_not_patrolled(an, village):
    days = village.policy.inspections.facility_days
    with mock.patch.dict(days, clear=True):
        inspections.enrol()
    assert rounds.open_tasks("facility:1") == []


def test_what_somebody_had_who_has_left_is_their_posts_again(an):
    campaign()
    bo = rounds.actor(rounds.account("bo"), "safety_officer")
    assert inspections.due(by=bo)["items"] == []
    Account.update(active=False).where(Account.id == an.account_id).execute()
    inspections.enrol()
    assert {one["reason"] for one in inspections.due(by=bo)["items"]} == {"campaign", "patrol"}


# --- The board ----------------------------------------------------------------------------


def test_the_board_says_what_is_late_where_and_of_which_post_and_never_whose(an, clock):
    inspections.enrol()
    opened = campaign()
    clock.passes(days=90)
    du = rounds.actor(3, "supervisor")
    told = inspections.overdue.overview(by=du)
    late = PatrolTask.select().where(PatrolTask.done_at.is_null()).count()
    assert told["late"] == late == 7
    assert {one["reason"]: one["late"] for one in told["reasons"]} == {
        "patrol": 5,
        "recheck": 0,
        "campaign": 2,
        "verify": 0,
    }
    assert shown(opened["id"])["late"] == 2
    assert sum(one["late"] for one in told["areas"]) == late
    posts = {one["post"]: one["late"] for one in told["posts"]}
    assert posts == {"safety_officer": 5, "collector": 1, "none": 1}
    lists = inspections.overdue.listed
    for post, count in posts.items():
        assert lists(post=post, by=du)["total"] == count
    for one in told["areas"]:
        assert lists(one["code"], by=du)["total"] == one["late"]
    for one in told["reasons"]:
        assert lists(reason=one["reason"], by=du)["total"] == one["late"]
    assert "'an'" not in str(told) + str(lists(by=du))
    with pytest.raises(NotYourArea):
        inspections.overdue.overview("440305", by=du)
