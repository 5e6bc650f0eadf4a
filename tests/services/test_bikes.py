"""An e-bike is registered in a moment, stolen, found, given away, scrapped and forgotten."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from backend import clock
from backend.errors import (
    CodeWrong,
    Conflict,
    Invalid,
    NotFound,
    PhoneNotProved,
    TooManyCodes,
    WrongState,
)
from backend.house import house
from backend.models import Bike, BikeStep, Notice, Ownership, Tag
from backend.services import bikes, phones, tags
from backend.services.bikes import forgetting
from tests.riders import form, id_number, proof_of, sent_code


def rules_of(answer) -> dict[str, str]:
    return {one["rule"]: one["outcome"] for one in answer["findings"]}


def test_a_bike_is_registered_in_a_moment_and_has_its_code_at_once(village):
    answer = bikes.register(form())
    assert answer["state"] == "registered"
    assert set(rules_of(answer).values()) == {"passed"}
    face = tags.face(answer["code"])
    assert face["subject"]["bike"] == {"brand": "雅迪", "colour": "blue", "state": "registered"}
    mine = bikes.show(answer["token"])
    assert mine["owner"]["name"] == "何小燕"
    assert mine["frame"] == "123422300000001"


def test_a_link_that_is_passed_on_gives_no_number_away(village):
    wanted = form()
    mine = bikes.show(bikes.register(wanted)["token"])
    assert mine["owner"]["id_number"].count("*") >= 8
    said = json.dumps(mine, ensure_ascii=False, default=str)
    assert wanted["id_number"] not in said
    assert wanted["phone"] not in said


def test_whoever_scans_it_learns_brand_and_colour_and_nothing_else(village):
    wanted = form()
    answer = bikes.register(wanted)
    said = json.dumps(tags.face(answer["code"]), ensure_ascii=False)
    for secret in ("何小燕", wanted["id_number"], wanted["phone"], wanted["frame"], "水围", "4403"):
        assert secret not in said


def test_a_phone_that_was_not_proved_registers_nothing(village):
    wanted = form()
    for proof in (None, "", "AAAA", "é", proof_of("13900000000")):
        with pytest.raises(PhoneNotProved):
            bikes.register({**wanted, "proof": proof})
    assert Bike.select().count() == 0


def test_a_proof_is_good_for_half_an_hour(village, monkeypatch):
    wanted, now = form(), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=31))
    with pytest.raises(PhoneNotProved):
        bikes.register(wanted)


def test_a_code_can_be_guessed_five_times(village):
    phones.ask("13800000001", "zh_Hans", source="203.0.113.7")
    sent = sent_code()
    wrong = "000000" if sent != "000000" else "111111"
    lefts = []
    for _ in range(5):
        with pytest.raises(CodeWrong) as caught:
            phones.prove("13800000001", wrong)
        lefts.append(caught.value.facts["left"])
    assert lefts == [4, 3, 2, 1, 0]
    with pytest.raises(CodeWrong):
        phones.prove("13800000001", sent)


def test_nobody_is_woken_by_a_script(village):
    for _ in range(3):
        phones.ask("13800000001", "zh_Hans", source="203.0.113.7")
    with pytest.raises(TooManyCodes):
        phones.ask("13800000001", "zh_Hans", source="198.51.100.1")


def test_a_code_is_carried_once(village, tmp_path):
    phones.ask("13800000001", "en", source="203.0.113.7")
    assert phones.deliver() == 1
    assert phones.deliver() == 0
    lines = Path(house().settings.MESSAGES).read_text(encoding="utf-8").splitlines()
    [letter] = [json.loads(line) for line in lines if '"code.' in line]
    assert letter["to"] == "13800000001"
    assert "Gridtag code" in letter["text"]


def test_everything_that_is_wrong_with_a_form_is_said_at_once(village):
    wrong = {
        "name": " ", "id_number": "440399199003071231", "phone": "12", "area": "99",
        "brand": "x" * 41, "colour": "sky", "frame": "abc", "proof": "",
    }  # fmt: skip
    with pytest.raises(Invalid) as caught:
        bikes.register(wrong)
    assert set(caught.value.facts["errors"]) == set(wrong) - {"proof"}


@pytest.mark.parametrize(
    ("change", "state", "rule", "outcome"),
    [
        ({"id_number": id_number(1, 2015)}, "rejected", "adult", "failed"),
        ({"area": "440305"}, "rejected", "area-served", "failed"),
        ({"frame": "WH-OLD 2009"}, "registered", "frame-form", "flagged"),
        ({"frame": "123412300000017"}, "review", "frame-sort", "doubtful"),
    ],
)
def test_each_rule_says_what_it_found(village, change, state, rule, outcome):
    answer = bikes.register(form(**change))
    assert (answer["state"], rules_of(answer)[rule]) == (state, outcome)
    assert (answer["code"] is not None) == (state == "registered")
    facts = json.loads(BikeStep.get().facts)
    assert [rule, outcome] in facts["findings"]


def test_a_frame_is_registered_once(village):
    bikes.register(form(1))
    again = bikes.register(form(2, frame="1234 2230 0000 001"))
    assert (again["state"], rules_of(again)["frame-unique"]) == ("rejected", "failed")


def test_a_stolen_frame_that_turns_up_goes_to_a_person_and_not_to_the_thief(village):
    first = bikes.register(form(1))
    bikes.cry_theft(first["token"])
    again = bikes.register(form(2, frame="123422300000001"))
    assert (again["state"], again["code"]) == ("review", None)
    assert Bike.get(Bike.frame_key.is_null(False)).state == "stolen"
    assert Notice.select().where(Notice.kind == "bike-review").count() == 1


def test_who_was_turned_away_may_ask_for_a_person_once(village):
    answer = bikes.register(form(area="440305"))
    assert bikes.show(answer["token"])["actions"] == ["ask-review", "withdraw"]
    assert bikes.ask_review(answer["token"], "我住在福田")["state"] == "review"
    with pytest.raises(WrongState):
        bikes.ask_review(answer["token"])


def test_a_theft_is_told_once_and_everybody_who_scans_reads_it(village):
    answer = bikes.register(form())
    for _ in range(3):
        assert bikes.cry_theft(answer["token"], {"words": "地铁口"})["state"] == "stolen"
    assert tags.face(answer["code"])["subject"]["bike"]["state"] == "stolen"
    told = Notice.select().where(Notice.kind == "bike-stolen")
    assert sorted(one.role for one in told) == ["collector", "police_officer"]
    assert BikeStep.select().where(BikeStep.action == "cry-theft").count() == 1


def test_a_stolen_bike_is_neither_given_away_nor_scrapped_nor_forgotten(village):
    answer = bikes.register(form())
    bikes.cry_theft(answer["token"])
    for act in (
        lambda token: bikes.offer(token, "13900000000"),
        bikes.scrap,
        bikes.withdraw,
    ):
        with pytest.raises(WrongState):
            act(answer["token"])
    assert bikes.find(answer["token"])["state"] == "registered"


def test_a_bike_changes_hands_when_both_agree(village):
    seller = bikes.register(form(1))
    link = bikes.offer(seller["token"], "13900000002")["token"]
    assert bikes.offered(link)["brand"] == "雅迪"
    buyer = {"name": "李四", "id_number": id_number(2), "phone": "13900000002"}
    with pytest.raises(PhoneNotProved):
        bikes.accept(link, {**buyer, "proof": "x"})
    thief = {"name": "贼", "id_number": id_number(3), "phone": "13900000003"}
    with pytest.raises(PhoneNotProved):
        bikes.accept(link, {**thief, "proof": proof_of("13900000003")})
    got = bikes.accept(link, {**buyer, "proof": proof_of("13900000002")})
    assert got["code"] == seller["code"]
    assert bikes.show(got["token"])["owner"]["name"] == "李四"
    before = bikes.show(seller["token"])
    assert (before["is_mine"], before["owner"], before["actions"]) == (False, None, [])
    with pytest.raises(NotFound):
        bikes.cry_theft(seller["token"])
    with pytest.raises(NotFound):
        bikes.offered(link)
    assert Ownership.select().where(Ownership.live_key.is_null(False)).count() == 1


def test_an_offer_stands_three_days_and_can_be_taken_back_or_refused(village, monkeypatch):
    token = bikes.register(form())["token"]
    first = bikes.offer(token, "13900000002")["token"]
    with pytest.raises(Conflict):
        bikes.offer(token, "13900000003")
    bikes.take_back(token)
    with pytest.raises(NotFound):
        bikes.offered(first)
    second = bikes.offer(token, "13900000002")["token"]
    bikes.refuse(second)
    bikes.offer(token, "13900000002")
    later = clock.now() + timedelta(hours=73)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert bikes.show(token)["offer_until"] is None
    bikes.offer(token, "13900000003")


def test_a_lost_plate_opens_nothing_any_more(village):
    answer = bikes.register(form())
    again = bikes.retag(answer["token"])
    assert again["code"] != answer["code"]
    assert tags.face(answer["code"])["notice"] == "lost"
    assert tags.face(answer["code"])["subject"] is None
    assert tags.face(again["code"])["subject"]["type"] == "bike"
    assert Tag.get_by_id(answer["code"]).replaced_by == again["code"]


def test_what_was_written_down_wrongly_is_put_right(village):
    answer = bikes.register(form())
    after = bikes.correct(answer["token"], {"colour": "红色"})
    assert after["colour"] == "red"
    with pytest.raises(PhoneNotProved):
        bikes.correct(answer["token"], {"phone": "13900000009"})
    new = {"phone": "13900000009", "proof": proof_of("13900000009")}
    assert bikes.correct(answer["token"], new)["owner"]["phone"] == "139****0009"
    with pytest.raises(Invalid):
        bikes.correct(answer["token"], {})


def test_a_scrapped_bike_frees_its_frame_and_its_code_leads_nowhere(village):
    answer = bikes.register(form(1))
    bikes.scrap(answer["token"])
    assert tags.face(answer["code"])["notice"] == "revoked"
    assert bikes.register(form(2, frame="123422300000001"))["state"] == "registered"


def test_who_asks_to_be_forgotten_is(village):
    wanted = form()
    answer = bikes.register(wanted)
    bikes.withdraw(answer["token"])
    with pytest.raises(NotFound):
        bikes.show(answer["token"])
    [row] = Ownership.select()
    assert (row.id_index, row.phone_index, row.token_index) == (None, None, None)
    assert bikes.mine(wanted["phone"], wanted["proof"]) == []
    steps = [step.action for step in BikeStep.select().order_by(BikeStep.id)]
    assert steps == ["register", "withdraw"]  # What the law makes us keep.


def test_who_has_lost_the_link_gets_it_again_by_phone(village):
    wanted = form()
    answer = bikes.register(wanted)
    with pytest.raises(PhoneNotProved):
        bikes.mine(wanted["phone"], "nonsense")
    [found] = bikes.mine(wanted["phone"], wanted["proof"])
    assert (found["token"], found["state"]) == (answer["token"], "registered")


def test_the_sixth_bike_of_one_person_is_looked_at(village):
    for serial in range(1, 6):
        assert bikes.register(form(serial, id_number=id_number(99)))["state"] == "registered"
    sixth = bikes.register(form(6, id_number=id_number(99)))
    assert (sixth["state"], rules_of(sixth)["not-many"]) == ("review", "doubtful")


def test_what_the_law_keeps_is_kept_three_years_and_no_longer(village, monkeypatch):
    turned_away = bikes.register(form(1, area="440305"))
    sold, mine = bikes.register(form(2)), bikes.register(form(3))
    link = bikes.offer(sold["token"], "13900000009")["token"]
    person = {"name": "李四", "id_number": id_number(9), "phone": "13900000009"}
    bikes.accept(link, {**person, "proof": proof_of("13900000009")})
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1_094))
    assert forgetting.forget() == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1_096))
    assert forgetting.forget() == 2
    assert forgetting.forget() == 0
    for token in (turned_away["token"], sold["token"]):
        with pytest.raises(NotFound):
            bikes.show(token)
    assert bikes.show(mine["token"])["owner"]["name"] == "何小燕"
    kept = {row.forgotten_at is None for row in Ownership.select()}
    assert (Ownership.select().count(), kept) == (4, {True, False})
    gone = Bike.get(Bike.frame == "")
    assert BikeStep.select().where(BikeStep.bike_id == gone.id).count() == 0
