"""Reading: what a text is about, how surely, and why; and what is never counted."""

import random
import time
from collections.abc import Sequence
from functools import cache

import pytest

from backend.rules import reading
from backend.rules.grams import grams
from backend.rules.reading import Found, Lesson, Reader
from fixtures.words import writing

PRECISION = 0.97


def lessons(each: int) -> list[Lesson]:
    """What is taught, in no order, each by somebody else."""
    taught = list(writing.corpus("taught", each, 1))
    random.Random(1).shuffle(taught)
    return [Lesson(text, label, at, at) for at, (text, label) in enumerate(taught)]


@cache
def reader(each: int = 60) -> Reader:
    found = reading.learn(lessons(each), precision=PRECISION)
    assert found is not None
    return found


def examined(learnt: Reader, each: int) -> list[tuple[str, list[Found]]]:
    """What is read of sentences that were written apart from what was taught."""
    return [(label, learnt.read(text)) for text, label in writing.corpus("asked", each, 2)]


def macro_f1(answers: Sequence[tuple[str, list[Found]]]) -> float:
    pairs = [(label, found[0].label if found else "") for label, found in answers]
    scores = []
    for label in {label for label, _ in pairs}:
        right = sum(one == said == label for one, said in pairs)
        named = sum(one == label for one, _ in pairs) + sum(said == label for _, said in pairs)
        scores.append(2 * right / named)
    return sum(scores) / len(scores)


def alone(answers: Sequence[tuple[str, list[Found]]]) -> tuple[float, float]:
    """The share that would go without a person, and how much of it is right."""
    sure = [(label, found[0]) for label, found in answers if found and found[0].sureness >= 0.97]
    return len(sure) / len(answers), sum(a == b.label for a, b in sure) / max(1, len(sure))


def apart(answers: Sequence[tuple[str, list[Found]]]) -> float:
    """How far what is said of sureness is from what was right: expected calibration error."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for label, found in answers:
        if found:
            said = found[0].sureness
            bins.setdefault(min(9, int(said * 10)), []).append((said, found[0].label == label))
    gaps = [
        abs(sum(said for said, _ in one) - sum(right for _, right in one)) for one in bins.values()
    ]
    return sum(gaps) / len(answers)


def test_a_cover_is_read_as_a_cover_and_the_words_that_said_so_are_named():
    [first, *_] = reader().read("下沙村的井盖不见了，怕人掉下去")
    assert first.label == "street.cover"
    assert first.sureness > 0.8
    assert "井盖" in first.spoke_for
    assert not any(len(gram) > 3 for gram in first.spoke_for)


def test_words_of_another_matter_do_not_lead_astray():
    found = reader().read("路灯下面的垃圾没人清，臭得很")
    assert found[0].label == "street.rubbish"
    assert not set(found[0].spoke_for) & set(found[0].spoke_against)
    assert found[0].sureness > found[1].sureness
    assert sum(one.sureness for one in found) <= 1.001


def test_unseen_sentences_are_read_and_sureness_means_what_it_says():
    answers = examined(reader(), 20)
    share, right = alone(answers)
    assert macro_f1(answers) >= 0.80
    assert share >= 0.3
    assert right >= PRECISION
    assert apart(answers) <= 0.1


@pytest.mark.proof
def test_with_more_lessons_nine_in_ten_are_read(capsys):
    learnt = reader(200)
    took = time.process_time()
    answers = examined(learnt, 100)
    took = (time.process_time() - took) / len(answers)
    share, right = alone(answers)
    top = sum(label in {one.label for one in found} for label, found in answers) / len(answers)
    with capsys.disabled():
        print(
            f"\n{len(answers)} unseen sentences: macro-F1 {macro_f1(answers):.3f}, top three "
            f"{top:.3f}, alone {share:.3f} of which right {right:.4f}, "
            f"calibration error {apart(answers):.3f}, {took * 1000:.2f} ms each"
        )
    assert macro_f1(answers) >= 0.88
    assert top >= 0.94
    assert right >= PRECISION
    assert apart(answers) <= 0.08
    assert took <= 0.005


def test_wholly_new_wording_is_left_to_people_more_often_than_it_is_wrong(monkeypatch):
    monkeypatch.setitem(writing.OWN, "asked", 1.0)
    share, right = alone(examined(reader(), 20))
    assert share < 0.5
    assert right >= 0.9


@pytest.mark.parametrize("text", ["", "？", "路灯", "13800138000", "asdf qwer"])
def test_who_says_too_little_is_not_guessed_at(text):
    assert reader().read(text) == []


def test_small_talk_is_nobodys_problem():
    assert all(one.sureness < 0.5 for one in reader().read("今天天气真好我们去爬山吧"))


def test_only_what_may_be_is_considered():
    found = reader().read("电线掉下来了，很危险，怕起火", {"building.bare_wire", "building.drain"})
    assert {one.label for one in found} == {"building.bare_wire", "building.drain"}
    assert reader().read("电线掉下来了，很危险", {"bin.full"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "井盖不见了" * 20_000,
        "😀" * 100_000,
        "\x00\x1b[2J" * 30_000,
        "a" * 100_000,
        "a1" * 50_000,
        "一二三四五" * 20_000,
        "\u202e\u200d\ufeff\ud800" * 20_000,
        "ﷺ" * 50_000,
        " ".join(f"x{'y' * (at % 40)}" for at in range(5_000)),
    ],
)
def test_garbage_neither_breaks_it_nor_holds_it_up(text):
    reader()
    took = time.process_time()
    reader().read(text)
    assert time.process_time() - took < 0.05


# --- What is kept --------------------------------------------------------------------------


def test_numbers_plates_and_addresses_leave_no_gram():
    text = (
        "张三丰 13800138000 身份证440399199003071236 粤B12345 电话一三八零零一三八零零零 "
        "zhang.san@example.cn ｔｅｌ１３８００１３８０００ 井盖坏了"
    )
    found = grams(text)
    assert "井盖" in found
    assert not any(mark.isdigit() for gram in found for mark in gram)
    assert not any(part in gram for gram in found for part in ("example", "zhang", "一三八", "零"))


def test_what_fewer_than_three_people_in_three_cases_wrote_is_not_learnt():
    known = lessons(10)
    label = known[0].label
    # Two people write a name in their own cases; one writes another in four cases of his.
    known += [Lesson("井盖坏了请找欧阳震华", label, 9_000 + at, 9_000 + at) for at in range(2)]
    known += [Lesson("井盖坏了我是慕容复兴", label, 9_100 + at, 9_100) for at in range(4)]
    # Four people write a third name in one case.
    known += [Lesson("井盖坏了他叫司徒雷登", label, 9_200, 9_200 + at) for at in range(4)]
    known += [Lesson("井盖坏了看见独孤求败", label, 9_300 + at, 9_300 + at) for at in range(3)]
    learnt = reading.learn(known, precision=PRECISION)
    assert learnt is not None
    for name in ("欧阳", "震华", "慕容", "司徒"):
        assert not any(name in gram for gram in learnt.weights)
    assert "独孤" in learnt.weights


def test_one_label_alone_teaches_nothing():
    same = [Lesson(f"井盖不见了{at}", "street.cover", at, at) for at in range(50)]
    assert reading.learn(same, precision=PRECISION) is None
    assert reading.learn([], precision=PRECISION) is None


def test_the_same_lessons_teach_the_same():
    one, two = (reading.learn(lessons(8), precision=PRECISION) for _ in range(2))
    assert one == two


def test_few_lessons_give_nobody_leave_to_send_alone():
    learnt = reading.learn(lessons(3), precision=PRECISION)
    assert learnt is not None
    assert learnt.auto_from > 1
    answers = examined(learnt, 5)
    assert alone(answers)[0] == 0


def test_labels_at_random_are_never_sure():
    """Where words say nothing of the label, no sureness is claimed."""
    chance = random.Random(4)
    texts = [one.text for one in lessons(15)]
    noise = [Lesson(text, chance.choice("ab"), at, at) for at, text in enumerate(texts)]
    learnt = reading.learn(noise, precision=PRECISION)
    assert learnt is not None
    said = [
        found[0].sureness
        for text, _ in writing.corpus("asked", 5, 3)
        if (found := learnt.read(text))
    ]
    assert said
    assert max(said) < 0.85
