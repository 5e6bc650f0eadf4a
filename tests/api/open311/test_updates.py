"""What happened since: mySociety's extension, as FixMyStreet asks for it and adds to it."""

from collections.abc import Callable

import orjson
import pytest

from backend.house import house
from backend.models import Case, CaseStep, ClientUpdate, Report
from backend.rules import workflow
from backend.services import cases, reports
from backend.services.cases import searching
from mobile_api.open311 import faces
from tests import town
from tests.api.open311 import schemas, spark
from tests.api.open311.program import V2, Program

Does = Callable[..., dict]
PATH = "/servicerequestupdates"


def adds(
    program: Program, number: str, *, status: int = 200, suffix: str = "json", **form: str | None
) -> list[dict]:
    """Send more words of a reporter."""
    given = {
        "service_request_id": number,
        "update_id": "17",
        "description": "还是没有亮",
        "updated_datetime": "2026-11-02T09:30:00+08:00",
        **form,
    }
    answer = program.posts(f"{V2}{PATH}.{suffix}", given)
    assert answer.status_code == status, answer.text
    root, said = spark.read(answer.data) if suffix == "xml" else (None, answer.json)
    schemas.check(root or ("errors" if status >= 400 else "service_request_updates"), said)
    return said


def test_every_step_of_a_case_is_an_update(
    program: Program, stranger: Program, city: Does, closed: Callable
) -> None:
    number = program.tells_of_lamp()
    closed(number)
    found = stranger.gets(PATH)
    assert {one["service_request_id"] for one in found} == {number}
    assert [(one["status"], one["external_status_code"]) for one in found] == [
        ("OPEN", "filed"),
        ("ACTION_SCHEDULED", "dispatched"),
        ("IN_PROGRESS", "handling"),
        ("INVESTIGATING", "handled"),
        ("FIXED", "closed"),
    ]
    assert [one["description"] for one in found] == [
        "已立案。", "已派遣处置单位。", "正在处置。", "已更换灯泡", "已处置并核查结案。",
    ]  # fmt: skip


def test_an_update_keeps_its_number(program: Program, city: Does) -> None:
    number = program.tells_of_lamp()
    [first] = program.gets(PATH)
    city(number, "comment", note="配件已订购")
    again, second = program.gets(PATH)
    assert again == first
    assert second["update_id"] != first["update_id"]


def statuses(program: Program) -> list[str]:
    return [one["status"] for one in program.gets(PATH)]


def test_side_ways_have_words_of_their_own(program: Program, city: Does, closed: Callable) -> None:
    number = program.tells_of_lamp()
    city(number, "dispatch", unit="FT-LD")
    city(number, "reassign", unit="FT-GD")
    assert statuses(program)[-1] == "INTERNAL_REFERRAL"
    other = program.tells_of_lamp("rust")
    city(other, "merge", into=number)
    assert "DUPLICATE" in statuses(program)
    program.tells_of_place()
    place = cases.number_of(Case.select().order_by(Case.id.desc()).get())
    city(place, "decline", note="不属于本市范围")
    assert statuses(program)[-1] == "NO_FURTHER_ACTION"


def test_a_case_that_is_opened_again_says_so(program: Program, closed: Callable) -> None:
    number = program.tells_of_lamp()
    closed(number)
    cases.reopen(cases.find(number), None)
    assert statuses(program)[-1] == "REOPEN"


def test_every_state_has_a_word_and_every_word_a_sentence() -> None:
    assert faces.BY_STATE.keys() == workflow.STATES.keys()
    assert {*faces.BY_STATE.values(), *faces.BY_ACTION.values()} <= faces.SENTENCES.keys()
    by_others = {"receive", "absorb", "let-go", "rate", "remind", "unanswered"}
    assert searching.SILENT - by_others <= workflow.MOVES.keys()


def test_what_the_city_says_to_itself_is_not_told(program: Program, city: Does) -> None:
    number = program.tells_of_lamp()
    city(number, "dispatch", unit="FT-LD")
    before = program.gets(PATH)
    city(number, "urge")
    assert program.gets(PATH) == before
    [one] = program.gets(f"/requests/{number}", extensions="true")
    assert [note["type"] for note in one["notes"]] == ["file", "dispatch"]


def test_updates_are_chosen_by_time(program: Program, city: Does, clock: town.Clock) -> None:
    number = program.tells_of_lamp()
    clock.passes(hours=2)
    city(number, "comment", note="配件已订购")
    dates = {"start_date": "2026-11-02T10:00:00+08:00", "end_date": "2026-11-02T11:00:00+08:00"}
    assert [one["description"] for one in program.gets(PATH, **dates)] == ["配件已订购"]
    dates["end_date"] = "2026-11-02T10:59:59+08:00"
    assert program.gets(PATH, **dates) == []
    clock.passes(days=91)
    assert program.gets(PATH) == []


@pytest.mark.wide
@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-11-02"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"page_size": "0"},
        {"page": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(stranger: Program, query: dict) -> None:
    assert stranger.gets(PATH, status=400, **query)


def test_updates_come_page_by_page_and_for_one_request(program: Program, city: Does) -> None:
    first, second = program.tells_of_lamp(), program.tells_of_lamp("rust")
    for note in ("一", "二", "三"):
        city(first, "comment", note=note)
    pages = [program.gets(PATH, page_size="2", page=str(n)) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == program.gets(PATH)
    assert len(program.gets(PATH, service_request_id=second)) == 1
    program.gets(PATH, service_request_id="20261102-99", status=404)


# --- Added by a client --------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_a_client_adds_words_that_staff_alone_read(program: Program, suffix: str) -> None:
    number = program.tells_of_lamp()
    [one] = adds(
        program, number, suffix=suffix, first_name="小明", last_name="王", email="w@example.org"
    )
    found = program.gets(PATH)[-1]
    assert found["update_id"] == one["update_id"]
    assert (found["status"], found["description"]) == ("OPEN", "上报人补充了说明。")
    report = Report.select().order_by(Report.id.desc()).get()
    sealed = house().vault.open(f"report:{report.id}".encode(), bytes(report.sealed))
    assert sealed[1:] == ["还是没有亮", None, "王小明", "w@example.org"]
    assert cases.find(number).reports == 1, "it counts nobody twice"


def test_what_was_sent_before_is_not_added_again(program: Program) -> None:
    number = program.tells_of_lamp()
    first = adds(program, number)
    assert adds(program, number) == first
    assert adds(program, number, description="另一句") == first
    assert adds(program, number, update_id="18") != first
    assert ClientUpdate.select().count() == 2
    assert CaseStep.select().where(CaseStep.action == "comment").count() == 2


def test_two_clients_may_call_their_updates_the_same(
    program: Program, other_program: Program
) -> None:
    number = program.tells_of_lamp()
    other_program.tells_of_lamp()
    assert adds(program, number) != adds(other_program, number)


def test_only_who_told_of_a_case_may_add_to_it(
    program: Program, other_program: Program, stranger: Program
) -> None:
    number = program.tells_of_lamp()
    adds(other_program, number, status=404)
    adds(stranger, number, status=403)
    adds(program, "20261102-99", status=404)
    adds(program, "x", status=404)
    assert ClientUpdate.select().count() == 0


def test_a_case_that_waits_for_the_desk_takes_no_updates(program: Program) -> None:
    program.tells_of_place()
    adds(program, cases.number_of(Case.get()), status=404)


def test_the_client_s_state_is_noted_and_moves_nothing(program: Program) -> None:
    number = program.tells_of_lamp()
    adds(program, number, status_word="x")
    answer = program.posts(
        f"{V2}{PATH}.json",
        {"service_request_id": number, "update_id": "19", "description": "x", "status": "fixed"},
    )
    assert answer.status_code == 200
    step = CaseStep.select().order_by(CaseStep.id.desc()).get()
    assert orjson.loads(step.facts) == {"client": "fix-shuiwei", "status": "FIXED"}
    assert cases.find(number).state == "filed"


@pytest.mark.wide
@pytest.mark.parametrize(
    "form",
    [
        {"update_id": None},
        {"description": ""},
        {"service_request_id": None},
        {"updated_datetime": "yesterday"},
        {"update_id": "x" * 101},
        {"description": "x" * 4001},
        {"media_url": "ftp://x"},
    ],
)
def test_an_update_that_lacks_something_is_refused(program: Program, form: dict) -> None:
    adds(program, program.tells_of_lamp(), **{"status": 400, **form})


def test_another_word_for_the_state_is_refused(program: Program) -> None:
    form = {"service_request_id": program.tells_of_lamp(), "update_id": "1", "description": "x"}
    assert program.posts(f"{V2}{PATH}.json", {**form, "status": "MENDED"}).status_code == 400


def test_an_update_can_be_tried(program: Program) -> None:
    form = {"service_request_id": program.tells_of_lamp(), "update_id": "1", "description": "x"}
    answer = program.posts(f"/open311/test/v2{PATH}.json", form)
    assert answer.status_code == 200
    assert ClientUpdate.select().count() == 0


def test_a_reporter_s_own_page_shows_the_step_without_the_words(program: Program) -> None:
    [one] = program.sends(service_code="street.road", lat="22.5245", long="114.0583")
    number = cases.number_of(Case.get())
    Case.update(state="filed").execute()
    adds(program, number)
    [seen] = reports.follow(one["token"])["cases"]
    assert [(step["action"], step["note"]) for step in seen["steps"]][-1] == ("comment", None)
