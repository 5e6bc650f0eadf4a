"""What a client reads first: where the endpoints are, what may be reported, what is asked."""

from datetime import UTC, datetime

import pytest

from backend.models import Changeset
from backend.services import problems
from backend.services.clients import changesets, offer
from tests import town
from tests.api.open311.program import Program


def test_discovery_names_both_endpoints_and_both_formats(stranger: Program) -> None:
    said = stranger.gets("/discovery")
    assert [one["type"] for one in said["endpoints"]] == ["production", "test"]
    assert [one["url"] for one in said["endpoints"]] == [
        "http://127.0.0.1:8000/open311/v2",
        "http://127.0.0.1:8000/open311/test/v2",
    ]
    assert {tuple(one["formats"]) for one in said["endpoints"]} == {
        ("text/xml", "application/json")
    }


def test_discovery_stands_outside_the_endpoints_too(stranger: Program) -> None:
    inside = stranger.gets("/discovery")
    assert stranger.gets("/discovery", base="/open311") == inside
    assert stranger.gets("/discovery", base="/open311/test/v2") == inside


def test_the_changeset_is_a_day_in_the_past_and_stays(stranger: Program, clock: town.Clock) -> None:
    first = stranger.gets("/discovery")["changeset"]
    assert datetime.fromisoformat(first) == town.MONDAY
    clock.passes(days=3)
    assert stranger.gets("/discovery")["changeset"] == first
    assert Changeset.select().count() == 1


def test_the_changeset_moves_when_a_service_does_and_never_back(
    stranger: Program, clock: town.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = stranger.gets("/discovery")["changeset"]
    clock.passes(hours=1)
    changesets._digest.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(changesets, "offered", lambda: offer.offered()[1:])
        second = stranger.gets("/discovery")["changeset"]
    clock.passes(hours=1)
    changesets._digest.cache_clear()
    third = stranger.gets("/discovery")["changeset"]
    assert first < second < third


def test_the_contact_is_a_setting(
    stranger: Program, opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(opened.settings, "OPEN311_CONTACT", "open311@example.gov.cn")
    said = stranger.gets("/discovery")
    assert said["contact"] == "open311@example.gov.cn"
    assert "open311@example.gov.cn" in said["key_service"]


def test_every_problem_of_every_subject_is_a_service(stranger: Program) -> None:
    codes = [one["service_code"] for one in stranger.gets("/services")]
    expected = {
        f"{kind}.{problem.code}"
        for kind, subject in problems.subjects().items()
        for problem in subject.problems
    }
    assert set(codes) == expected - {"building.message"}
    assert len(codes) == len(set(codes)) > 40


def test_a_letter_to_the_grid_is_no_service(stranger: Program) -> None:
    stranger.gets("/services/building.message", status=404)


def test_things_with_tags_are_taken_at_once_and_places_are_looked_at(stranger: Program) -> None:
    kinds = {one["service_code"]: one["type"] for one in stranger.gets("/services")}
    assert kinds["streetlight.dark"] == kinds["building.drain"] == "realtime"
    assert {kind for code, kind in kinds.items() if code.startswith("street.")} == {"batch"}


@pytest.mark.wide
def test_metadata_says_whether_anything_is_asked(stranger: Program) -> None:
    for one in stranger.gets("/services"):
        definition = stranger.gets(f"/services/{one['service_code']}")
        assert bool(definition["attributes"]) == one["metadata"], one["service_code"]


def test_a_service_without_questions_has_an_empty_list(stranger: Program) -> None:
    assert stranger.gets("/services/street.flood") == {
        "service_code": "street.flood",
        "attributes": [],
    }
    assert b"<attributes />" in stranger.raw("/services/street.flood.xml").data


def test_services_are_called_in_the_reader_s_language(stranger: Program) -> None:
    def dark(**query: str) -> dict:
        services = stranger.gets("/services", **query)
        return next(one for one in services if one["service_code"] == "streetlight.dark")

    assert (dark()["service_name"], dark()["group"]) == ("路灯：灯不亮", "路灯")
    english = dark(locale="en")
    assert english["service_name"] == "Street light: It does not light"
    assert english["group"] == "street light"
    assert dark(locale="zh-CN") == dark(locale="") == dark(locale="xx") == dark()
    assert {"路灯", "street light", "灯不亮"} <= set(english["keywords"].split(", "))


def test_a_client_s_header_chooses_the_language_too(stranger: Program) -> None:
    english = stranger.client.get(
        "/open311/v2/services.json", headers={"Accept-Language": "en-GB,en;q=0.9"}
    )
    assert english.json[0]["group"] == "bin"
    assert "Accept-Language" in english.headers["Vary"]


def test_the_thing_itself_is_named_by_attributes(stranger: Program) -> None:
    def codes(service: str) -> list[str]:
        return [one["code"] for one in stranger.gets(f"/services/{service}")["attributes"]]

    assert codes("streetlight.dark") == ["tag", "asset", "how_many", "since"]
    assert codes("building.drain") == ["tag"]
    assert codes("street.rubbish") == ["kinds"]


@pytest.mark.wide
def test_attributes_are_numbered_from_one(stranger: Program) -> None:
    for one in stranger.gets("/services"):
        attributes = stranger.gets(f"/services/{one['service_code']}")["attributes"]
        assert [each["order"] for each in attributes] == list(range(1, len(attributes) + 1))


@pytest.mark.wide
def test_every_datatype_is_asked_somewhere_and_lists_alone_have_values(
    stranger: Program,
) -> None:
    found = [
        attribute
        for one in stranger.gets("/services")
        for attribute in stranger.gets(f"/services/{one['service_code']}")["attributes"]
    ]
    assert {one["datatype"] for one in found} == {
        "string", "number", "datetime", "text", "singlevaluelist", "multivaluelist",
    }  # fmt: skip
    assert all(("values" in one) == one["datatype"].endswith("list") for one in found)


def test_a_word_of_advice_expects_no_answer(stranger: Program) -> None:
    advice = stranger.gets("/services/street.wire", locale="en")["attributes"][0]
    assert (advice["variable"], advice["required"]) == (False, False)
    assert "119" in advice["description"]


def test_one_question_has_to_be_answered_by_programs(stranger: Program) -> None:
    [what] = stranger.gets("/services/street.other")["attributes"]
    assert (what["code"], what["required"], what["datatype"]) == ("what", True, "string")


def test_values_are_named_in_the_reader_s_language(stranger: Program) -> None:
    [kinds] = stranger.gets("/services/street.rubbish", locale="en")["attributes"]
    assert {"key": "rubble", "name": "rubble"} in kinds["values"]
    [kinds] = stranger.gets("/services/street.rubbish")["attributes"]
    assert {"key": "rubble", "name": "建筑垃圾"} in kinds["values"]


@pytest.mark.wide
@pytest.mark.parametrize("code", ["001", "x.y", "streetlight", "streetlight.dark.x", "路灯.x"])
def test_an_unknown_service_is_not_found(stranger: Program, code: str) -> None:
    [error] = stranger.gets(f"/services/{code}", status=404)
    assert error["code"] == "404"


def test_services_may_be_kept_for_a_while(stranger: Program) -> None:
    for path in ("/discovery.xml", "/services.xml", "/services/street.flood.json"):
        assert stranger.raw(path).headers["Cache-Control"] == "public, max-age=300"
    assert stranger.raw("/requests.xml").headers["Cache-Control"] == "no-store"
    assert datetime.now(UTC) > town.MONDAY
