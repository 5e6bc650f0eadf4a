"""Figures follow the steps: whatever happens to cases, what is kept is what the steps say."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from backend import clock as house_clock
from backend.db import to_ms
from backend.errors import Refused
from backend.models import Case, CaseCursor, CaseFact, CaseStep, CaseTally
from backend.rules import workflow
from backend.services import cases, figures, reports
from tests.services.test_cases_moves import COMMUNITY, take, told, worker
from tests.services.test_cases_moves import town as town

WORDS = {
    "note": "已处理",
    "reason": "不归我们管",
    "unit": "LD",
    "until": "2026-12-24",
    "words": "请再看看",
}


class Town:
    """Somebody for every role, and a clock that goes on by chance."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.at = datetime(2026, 11, 2, 1, tzinfo=UTC)
        roles = ("dispatcher", "handler", "checker", "supervisor")
        self.people = [worker(number, role) for number, role in enumerate(roles * 2, 10)]
        self.tokens: list[tuple[str, str]] = []
        self.taken: set[str] = set()

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self) -> None:
        """One thing more happens, or is refused."""
        self.at += timedelta(minutes=self.dice.choice((1, 7, 45, 300, 2_000)))
        what = self.dice.random()
        try:
            if what < 0.15:
                self.tells()
            elif what < 0.25 and self.tokens:
                self.rates()
            else:
                self.moves()
        except Refused:
            return

    def tells(self) -> None:
        problem = self.dice.choice(("dark", "flickers", "rust", "leans"))
        channel = self.dice.choice(("scan", "hotline"))
        form = {"things": [{"facility": "L1"}], "problem": problem}
        answer = reports.file(form, channel=channel)
        self.tokens.append((answer["token"], answer["cases"][0]["number"]))

    def rates(self) -> None:
        token, number = self.dice.choice(self.tokens)
        form = {"solved": self.dice.random() < 0.5, "stars": self.dice.choice((None, 2, 5))}
        reports.rate(token, number, {**form, "again": not form["solved"]})

    def moves(self) -> None:
        case = self.dice.choice(list(Case.select()))
        by = self.dice.choice(self.people)
        known = cases.show(cases.number_of(case), by=by)["actions"]
        if not known:
            return
        chosen = self.dice.choice(known)
        others = [cases.number_of(one) for one in Case.select().where(Case.id != case.id)]
        words = {**WORDS, "into": self.dice.choice(others or ["none"]), "to": "nobody"}
        if chosen == "feed-back":
            words.pop("photo", None)
        wanted = {name: words[name] for name in workflow.MOVES[chosen].needs if name in words}
        take(cases.number_of(case), chosen, by, **wanted)
        self.taken.add(chosen)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_figures_are_what_the_steps_say(town, monkeypatch, seed):
    story = Town(seed)
    monkeypatch.setattr(house_clock, "now", story)
    story.tells()
    for number in range(150):
        story.goes_on()
        if number % 7 == 0:
            figures.keep()
    figures.keep()
    assert figures.check() == []
    assert len(story.taken) > 8, story.taken
    assert CaseFact.select().count() >= Case.select().count() > 2
    kept = sorted(CaseTally.select().tuples())
    figures.rebuild()
    assert sorted(CaseTally.select().tuples()) == kept
    assert figures.check() == []


@pytest.fixture
def one(town):
    number = told()
    figures.keep()
    assert figures.check() == []
    return number


def test_a_fact_that_was_changed_is_found(one):
    CaseFact.update(prompt=1, dispatched_at=5).execute()
    [first, *_] = figures.check()
    assert "prompt" in first.kept
    assert "round 1" in first.where


def test_a_sum_that_was_changed_is_found(one):
    CaseTally.update(sums='{"received":2}').where(CaseTally.facet == "unit").execute()
    found = figures.check()
    assert {each.kept for each in found} == {'{"received":2}'}
    assert '"received":1' in found[0].true


def test_a_sum_that_is_gone_or_too_many_is_found(one):
    gone = CaseTally.delete().where(CaseTally.facet == "channel").execute()
    CaseTally.create(area_path="4403", facet="all", span="2020-01", value="", sums='{"closed":9}')
    found = figures.check()
    assert len(found) == gone + 1
    assert {each.kept for each in found} == {"{}", '{"closed":9}'}


def test_a_case_that_disappeared_is_found(one):
    Case.delete().execute()
    assert next(each.true for each in figures.check()) == "nothing"


def test_a_step_that_is_seen_late_is_not_forgotten(one):
    """On PostgreSQL a lower number may be committed after a higher one was read."""
    second = told("flickers")
    figures.keep()
    mine = Case.get(Case.problem == "flickers").id
    CaseStep.update(id=CaseStep.id + 1_000).where(CaseStep.case_id != mine).execute()
    [last] = CaseStep.select().where(CaseStep.case_id == mine).order_by(-CaseStep.id).limit(1)
    CaseCursor.update(step_id=last.id + 100).execute()
    CaseStep.create(
        id=last.id + 50, case_id=mine, at=house_clock.now(), action="dispatch", state="dispatched"
    )
    figures.keep()
    fact = CaseFact.get(CaseFact.case_id == mine)
    assert (fact.dispatched_at is not None, cases.find(second).id) == (True, mine)


def test_two_keepers_write_each_change_once(one, monkeypatch):
    """The second one reads what the first has just read, and finds the place taken."""
    from backend.services.figures import keeping

    told("flickers")
    news = keeping._news

    def read_twice(cursor):
        found = news(cursor)
        monkeypatch.setattr(keeping, "_news", news)
        keeping.keep()
        return found

    monkeypatch.setattr(keeping, "_news", read_twice)
    figures.keep()
    assert figures.check() == []


def test_an_answer_that_no_step_tells_of_is_counted(town):
    number = told()
    case = cases.find(number)
    now = house_clock.now()
    CaseStep.create(case_id=case.id, at=now, action="close", state="closed")
    Case.update(state="closed", closed_at=now, answer_by=now + timedelta(minutes=10)).execute()
    figures.keep()
    fact = CaseFact.get()
    assert (fact.told, fact.answered) == (1, 0)
    assert to_ms(fact.pending) == to_ms(now + timedelta(minutes=10))
    Case.update(answered_at=now + timedelta(minutes=4)).execute()
    figures.keep()
    fact = CaseFact.get()
    assert (fact.told, fact.answered, fact.answered_soon, fact.pending) == (1, 1, 1, None)
    assert figures.check() == []


def test_the_areas_of_a_case_and_what_it_counts_under(one):
    known = {(row.area_path, row.facet): row.value for row in CaseTally.select()}
    assert known["4403/440304", "class"] == "streetlight.dark"
    assert known["4403/440304/440304004", "all"] == ""
    assert ("4403/440304/440304004", "unit") not in known
    assert COMMUNITY not in str(known)
