"""Tags: from a scanned text to a building."""

import pytest

from backend.errors import Invalid, NotAllowed, NotFound, TagRevoked, TagUnknown
from backend.models import Tag, TrailLine
from backend.services import places, tags
from tests.services.cast import actor

pytestmark = pytest.mark.usefixtures("clock")


def test_a_plate_leads_to_its_building(house):
    found = tags.resolve(house.tag)
    assert places.by_id(found.building_id).code == house.code
    assert (found.code, found.room_id, found.kind, found.state) == (
        house.tag,
        None,
        "building",
        "bound",
    )
    assert tags.is_bound(house.tag)


@pytest.mark.parametrize(
    "link",
    [
        "https://q.example.gov.cn/{}",
        "https://q.cn/{}/",
        "http://127.0.0.1:8000/{}?a=1#b",
        " {} ",
    ],
)
def test_a_camera_reads_the_link_around_the_code(house, link):
    assert tags.resolve(link.format(house.tag)).code == house.tag


@pytest.mark.parametrize(
    "text",
    ["", " ", "nothing", "https://", "https://q.cn/", "x" * 3000, "码", "\x00", "a\nb", "%00"],
)
def test_any_other_text_is_unknown(text):
    with pytest.raises(TagUnknown):
        tags.resolve(text)


def test_mei_lists_the_tags_of_a_building(house):
    found = tags.tags_of(house.code, by=actor("mei"))
    assert house.tag in [one["tag"] for one in found]
    assert {one["kind"] for one in found} >= {"building"}
    assert all(one["state"] == "bound" and one["ended_at"] is None for one in found)


def test_a_withdrawn_tag_opens_nothing_any_more(house, clock):
    mei = actor("mei")
    answer = tags.revoke(house.tag, "torn", by=mei)
    assert (answer["state"], answer["ended_at"]) == ("revoked", clock())
    with pytest.raises(TagRevoked) as refusal:
        tags.resolve(house.tag)
    assert refusal.value.facts["building_id"] == places.find_building(house.code).id
    assert not tags.is_bound(house.tag)
    line = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (line.verb, line.account) == ("tag.revoke", "mei")
    lines = TrailLine.select().count()
    assert tags.revoke(house.tag, "lost", by=mei)["state"] == "revoked"
    assert TrailLine.select().count() == lines
    assert Tag.select().where(Tag.code == house.tag).count() == 1


def test_whose_tags_one_may_see_and_withdraw(house, far_house):
    assert tags.tags_of(far_house.code, by=actor("mei")), "Mei prints for all of Shuiwei"
    for prover in ("lin", "zhao"):
        with pytest.raises(NotAllowed):
            tags.tags_of(house.code, by=actor(prover))
    with pytest.raises(NotAllowed):
        tags.revoke(house.tag, "torn", by=actor("lin"))
    with pytest.raises(NotAllowed):
        tags.tags_of(house.code, by=actor("han"))


def test_a_withdrawal_that_cannot_be(house):
    with pytest.raises(Invalid):
        tags.revoke(house.tag, "bored", by=actor("mei"))
    with pytest.raises(NotFound):
        tags.revoke("nothing", "torn", by=actor("mei"))
