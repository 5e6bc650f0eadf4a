"""The house learns from what people sorted and closed, and says what a case's words make of it."""

import json
import re

import pytest

from backend import clock as house_clock
from backend.db import database, from_ms
from backend.errors import NotAllowed
from backend.house import house
from backend.models import Case, CaseStep, LearntWords, Lesson, Unit
from backend.rules import reading as rule
from backend.services import cases, imports, reports, rotation, words
from backend.services.cases import reading
from fixtures.words import writing
from tests.services.test_cases_moves import town, worker
from tests.town import Clock

__all__ = ["town"]

PLACE = {"place": {"lat": 22.5244, "lon": 114.0584, "crs": "wgs84"}}
HEAD = "text,label,unit\n"


@pytest.fixture
def clock(monkeypatch):
    """Nine on a Monday; it passes when a story says so."""
    passing = Clock()
    monkeypatch.setattr(house_clock, "now", passing)
    return passing


def told(text: str, problem: str = "other", **more) -> Case:
    """A report with words only, by somebody in the street."""
    form = {"things": [PLACE], "problem": problem, "words": text, **more}
    return cases.find(reports.file(form, channel="web")["cases"][0]["number"])


def closes(case: Case, clock, *, unit: str = "HW", returned: bool = False) -> None:
    """A case as it stands when all is done."""
    now = clock()
    Case.update(state="closed", unit=unit, closed_at=now, updated_at=now).where(
        Case.id == case.id
    ).execute()
    if returned:
        CaseStep.create(case_id=case.id, at=now, action="return", state="filed")


def file_of(each: int = 6, problems: int = 20, seed: int = 1) -> str:
    wanted = list(writing.phrasebook())[:problems]
    rows = [(text, label) for text, label in writing.corpus("taught", each, seed)]
    return "text,label\n" + "".join(
        f'"{text}",{label}\n' for text, label in rows if label in wanted
    )


@pytest.fixture
def learnt(bring, town):
    """A house that was taught twelve sentences of each of eight problems."""
    assert bring("lessons", file_of(12, 8)).added == 96
    return words.learn()


def test_what_was_taught_is_proposed_with_its_reasons(learnt):
    found = reading.propose(told("下沙村的井盖不见了，怕人掉下去"))
    assert (found.kind, found.problem, found.unit) == ("street", "cover", None)
    assert found.condition == cases.desk.standards.condition_of("street", "cover").code
    assert 0 < found.sureness < 1
    assert any(one.startswith("+") for one in found.why)
    assert all(re.fullmatch(r"[+-].{1,24}", one) for one in found.why)


def test_three_are_proposed_to_the_desk_the_likeliest_first(learnt):
    found = reading.proposals(told("路灯不亮，垃圾没人清"))
    assert len(found) == 3
    assert [one.sureness for one in found] == sorted((one.sureness for one in found), reverse=True)


def test_the_answer_to_what_is_wrong_counts_as_words(learnt):
    case = told("", answers={"what": "小区里的井盖不见了，怕人掉下去"})
    assert reading.propose(case).problem == "cover"


def test_a_house_that_was_taught_nothing_says_nothing(town):
    assert words.learn() is None
    assert reading.propose(told("井盖不见了")) is None


def test_a_case_without_words_gets_no_proposal(learnt):
    assert reading.propose(told("", answers={"what": "？"})) is None


def test_what_a_person_should_see_is_not_proposed(bring, town):
    bring("lessons", file_of(12, 12))  # Now also "something else".
    words.learn()
    assert reading.propose(told("想咨询一下社保怎么办理，在哪里办")) is None


def test_a_file_may_name_units_instead(bring, town):
    rows = "".join(f"河道漂浮物很多水葫芦{at}号桥,,HW\n" for at in "甲乙丙丁戊己庚辛壬癸")
    assert bring("lessons", HEAD + rows).added == 10
    bring("lessons", file_of(12, 8))
    words.learn()
    found = reading.propose(told("河道里漂浮物很多，还有水葫芦"))
    assert (found.unit, found.kind, found.problem) == ("HW", None, None)


def test_the_same_file_again_changes_nothing_and_another_label_is_the_new_one(bring, town):
    text = file_of(2, 2)
    assert bring("lessons", text).added == 4
    assert bring("lessons", text).unchanged == 4
    other = text.replace("street.cover", "street.flood")
    report = bring("lessons", other)
    assert (report.added, report.changed, report.unchanged) == (0, 2, 2)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("井盖坏了,street.dragon,", "label"),
        ("井盖坏了,,", "label"),
        ("井盖坏了,,XX", "unit"),
        ("井盖坏了,street.cover,HW", "unit"),
        (",street.cover,", "text"),
        ("路灯不亮,street.cover,", "text"),
        ('"路\x00灯",street.cover,', "text"),
        (f"{'长' * 4_001},street.cover,", "text"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_and_nothing_is_loaded(bring, town, row, column):
    report = bring("lessons", f"{HEAD}路灯不亮,street.light,\n{row}\n")
    assert [(one.row, one.column) for one in report.listed] == [(3, column)]
    assert "路灯不亮" not in str(report.as_dict())  # A text may be somebody's: never repeated.
    assert Lesson.select().count() == 0


def test_only_an_administrator_loads_lessons(bring, town):
    with pytest.raises(NotAllowed):
        bring("lessons", file_of(2, 2), by=worker(7, "dispatcher"))


# --- From the house's own cases ------------------------------------------------------------


def test_closed_cases_teach_what_a_person_made_of_them(bring, town, clock):
    for text, label in writing.corpus("taught", 6, 3):
        if label.startswith("street.") and label != "street.other":
            closes(told(text, label.partition(".")[2]), clock)
    Unit.create(code="SW", name="水务", level="district", area_path="4403")
    for at in "甲乙丙丁戊己":
        closes(told(f"河里死鱼很多，水面发绿，{at}号桥"), clock, unit="SW")
        closes(told(f"夜里飞机太低，窗户震动，{at}座"), clock, unit="HW", returned=True)
    assert words.learn_if_due()
    found = reading.propose(told("河里死鱼很多，水面发绿"))
    assert found.unit == "SW"
    learnt = words.reader()
    assert not any("飞机" in gram for gram in learnt.weights)  # Nobody knew whose it was.


def test_a_case_that_was_something_else_teaches_the_problem_it_was_filed_under(town, clock, bring):
    bring("lessons", file_of(12, 8))
    code = cases.desk.standards.condition_of("street", "flood").code
    for at in "甲乙丙丁":
        case = told(f"{at}号地库外面成了池塘，鞋都漂走了")
        Case.update(condition=code).where(Case.id == case.id).execute()
        closes(case, clock)
    words.learn()
    assert reading.propose(told("地库外面成了池塘，鞋漂走了")).problem == "flood"


def test_nothing_of_a_reporter_is_kept_but_what_many_wrote(town, clock, bring):
    """Names, phones and ID numbers planted in the words of cases, once, twice and by one alone."""
    bring("lessons", file_of(12, 8))
    secrets = ("欧阳震华", "13800138000", "440399199003071236", "一三八零零一三八零零零", "慕容")
    for at in range(2):
        closes(told(f"我是欧阳震华，电话13800138000，证号440399199003071236，井盖坏了{at}"), clock)
    for _ in range(4):  # The same person, who leaves a phone.
        closes(told("慕容说一三八零零一三八零零零，路灯不亮了", phone="13900139000"), clock)
    words.learn()
    row = LearntWords.get()
    grams = set(words.reader().weights)
    assert not any(part in gram for gram in grams for part in ("欧阳", "震华", "慕容"))
    assert not any(mark.isdigit() for gram in grams for mark in gram)
    kept = bytes(row.sealed) + row.figures.encode()
    assert not any(secret.encode() in kept for secret in secrets)
    stored = b"".join(bytes(one.sealed) for one in Lesson.select())
    assert "井盖".encode() not in stored


def test_letters_to_the_grid_teach_nothing(town, clock, bring):
    bring("lessons", file_of(12, 8))
    before = words.learn()["lessons"]
    house_ = {"building": "4403040040280100001"}
    for at in range(5):
        form = {"things": [house_], "problem": "message", "words": f"给网格员的信{at}"}
        closes(cases.find(reports.file(form, channel="web")["cases"][0]["number"]), clock)
    assert words.learn()["lessons"] == before


def test_if_too_much_of_what_it_sent_came_back_people_decide(learnt, clock):
    assert words.learn()["auto_from"] <= 2
    for at in range(words.FEW):
        facts = '{"rule":"words","seconds":1}'
        CaseStep.create(
            case_id=9_000 + at, at=clock(), action="dispatch", state="dispatched", facts=facts
        )
        if at % 20 == 0:
            CaseStep.create(case_id=9_000 + at, at=clock(), action="return", state="filed")
    figures = words.learn()
    assert (figures["sent"], figures["right"]) == (60, 57)
    assert figures["auto_from"] > 1
    assert words.reader().auto_from > 1


# --- Versions ------------------------------------------------------------------------------


def test_it_is_learnt_at_night_and_when_a_file_came(clock, learnt, bring, town):
    assert not words.learn_if_due()
    clock.passes(hours=1)
    bring("lessons", file_of(1, 8, seed=9))
    assert words.learn_if_due()
    clock.passes(hours=17)  # Three at night.
    assert not words.learn_if_due()  # Nothing was closed since.
    closes(told("井盖不见了", "cover"), clock)
    clock.passes(hours=1)
    assert not words.learn_if_due()  # Not a day yet.
    clock.passes(hours=24)
    assert words.learn_if_due()


def test_a_new_version_takes_over_and_one_old_one_stays(learnt, bring):
    first = words.reader()
    for seed in (5, 6, 7):
        bring("lessons", file_of(1, 8, seed=seed))
        words.learn()
    assert words.reader() is not first
    assert words.reader() is words.reader()
    assert LearntWords.select().count() == 2


def test_what_was_packed_reads_the_same(learnt):
    again = words._unpacked(LearntWords.get().id)
    text = "下沙村的井盖不见了，怕人掉下去"
    assert [one.label for one in again.read(text)] == [
        one.label for one in words.reader().read(text)
    ]
    assert again.steps == words.reader().steps
    assert json.loads(LearntWords.get().figures)["held_out"]["readings"] > 0


def test_keys_may_be_rotated(learnt):
    outcome = rotation.rotate()
    assert (outcome["lesson"].rows, outcome["lesson"].broken) == (96, 0)
    assert (outcome["learnt"].rows, outcome["learnt"].broken) == (1, 0)


def test_an_interrupted_learning_leaves_what_was_known(learnt, monkeypatch):
    before = words.reader()

    def broken(*_, **__):
        raise RuntimeError("the light went out")

    monkeypatch.setattr(rule, "learn", broken)
    with pytest.raises(RuntimeError):
        words.learn()
    assert words.reader() is before
    assert not database.in_transaction()
    assert from_ms(0) < LearntWords.get().at
    assert "lessons" in imports.KINDS
    assert house().readers
