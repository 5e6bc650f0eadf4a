"""Owners check for themselves; nobody is the worse off for having looked."""

import secrets

import pytest

from backend import clock as house_clock
from backend.errors import Invalid, NotFound, TagUnknown, TooManyReports
from backend.models import Grade, Hazard, Inspection, Tag
from backend.services import inspections, tags
from tests import town as cast
from tests.services import rounds


@pytest.fixture
def shop(village, monkeypatch):
    """The tag at the door of the first shop's room."""
    monkeypatch.setattr(house_clock, "now", cast.Clock())
    rounds.settle()
    thing = inspections.subjects.named("place:P1")
    [code] = tags.mint_for(1, "room", [tags.Subject(thing.building_id, thing.room_id)])
    Tag.update(state="bound").where(Tag.code == code).execute()
    return code


def sends(code, **but):
    form = {"uuid": secrets.token_hex(16), "version": 1}
    answers = rounds.answers("small_place", **but)
    return inspections.own_checks.send(
        code, "place:P1", {**form, "answers": answers}, source="1.2.3.4"
    )


def test_a_shopkeeper_checks_the_own_shop_and_hears_what_to_put_right(shop):
    offered = inspections.own_checks.offered(shop)
    assert [one["code"] for one in offered["items"]] == ["place:P1"]
    told = sends(shop, living="wrong", pledge="na")
    assert [one["words"]["zh"] for one in told["wrong"]] == ["经营场所内住人"]
    assert told["wrong"][0]["law"]
    assert Hazard.select().count() == 0
    assert Grade.select().count() == 0
    assert Inspection.get().account_id is None


def test_the_worker_sees_that_the_owner_looked(shop):
    sends(shop, gas="wrong")
    asked = inspections.ask("place:P1", by=rounds.actor(7, "safety_officer"))
    assert [one["zh"] for one in asked["own_check"]["wrong"]] == ["燃气场所住人或瓶装气超量"]


def test_what_does_not_belong_to_the_tag_is_not_there(shop):
    with pytest.raises(NotFound):
        inspections.own_checks.ask(shop, "place:P2")
    with pytest.raises(TagUnknown):
        inspections.own_checks.offered("7K3M9QX2DHV5")
    with pytest.raises(Invalid):
        sends(shop, living="perhaps")


def test_one_network_cannot_fill_the_book(shop):
    for _ in range(10):
        sends(shop)
    with pytest.raises(TooManyReports):
        sends(shop)
