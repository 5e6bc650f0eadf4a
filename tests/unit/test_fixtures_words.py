"""The sentences to learn from and to be examined by: every problem, nothing in both."""

import csv

from backend.services import problems
from fixtures.words import __main__ as lessons
from fixtures.words import writing


def test_every_problem_of_street_and_building_has_sentences():
    wanted = {
        f"{kind}.{problem.code}"
        for kind in ("street", "building")
        for problem in problems.subject(kind).problems
    }
    assert set(writing.phrasebook()) == wanted - {"building.message"}


def test_no_wording_is_both_taught_and_asked():
    for said in writing.phrasebook().values():
        assert not set(said["taught"]) & set(said["asked"])
        assert not set(said["new_things"]) & set(said["things"])
        assert not set(said["new_faults"]) & set(said["faults"])
    assert not set(writing.JOINS["taught"]) & set(writing.JOINS["asked"])
    taught = {text for text, _ in writing.corpus("taught", 60, 1)}
    asked = {text for text, _ in writing.corpus("asked", 60, 1)}
    assert not taught & asked


def test_the_lessons_of_the_demo_are_what_the_program_writes():
    with lessons.FILE.open(encoding="utf-8", newline="") as file:
        found = [(row["text"], row["label"]) for row in csv.DictReader(file)]
    assert found == list(writing.corpus("taught", lessons.EACH, lessons.SEED))
