"""The demo town's past of rounds: what a newcomer finds has happened here."""

import pytest

from backend import clock
from backend.models import Campaign, Grade, GradeChange, Hazard, Inspection, PatrolTask
from backend.rules.deadlines import CHINA
from backend.services import inspections, past
from tests.services import rounds


@pytest.fixture
def _walked(village):
    rounds.settle()
    rounds.account("an", "safety_officer")


@pytest.mark.usefixtures("_walked")
def test_places_were_looked_at_and_are_planned_again(monkeypatch):
    monkeypatch.setattr(past.rounds, "SEEN", 1.0)
    monkeypatch.setattr(past.rounds, "WRONG", 0.5)
    looked = past.fill_rounds()
    assert looked >= 2
    assert Inspection.select().where(Inspection.made_at > clock.now()).count() == 0
    found = Hazard.select().count()
    assert found > 0
    assert found == sum(row.wrong for row in Inspection.select())
    assert Hazard.select().where(Hazard.state == "passed_on").count() == 0
    waiting = Hazard.select().where((Hazard.state == "open") & Hazard.due.is_null()).count()
    assert waiting == 0
    for row in Inspection.select():
        assert inspections.grades.of(row.subject)["patrol_due"] is not None
        assert inspections.submitting.result(row.id)["wrong"] == row.wrong
    assert Grade.select().count() <= GradeChange.select().count()


@pytest.mark.usefixtures("_walked")
def test_a_campaign_is_under_way_and_not_over(monkeypatch):
    monkeypatch.setattr(past.rounds, "SEEN", 1.0)
    monkeypatch.setattr(past.rounds, "CAMPAIGN", 2)
    past.fill_rounds()
    campaign = Campaign.get()
    assert campaign.until >= clock.now().astimezone(CHINA).date().isoformat()
    mine = PatrolTask.select().where(PatrolTask.campaign_id == campaign.id)
    assert 0 <= mine.where(PatrolTask.done_at.is_null(False)).count() < mine.count()


@pytest.mark.usefixtures("_walked")
def test_who_has_inspections_is_given_none():
    an = rounds.actor(rounds.account("bo"), "safety_officer")
    rounds.inspects(an)
    assert past.fill_rounds() == 0
