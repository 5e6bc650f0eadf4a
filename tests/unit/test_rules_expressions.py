"""What a form may say about its answers: the part of XPath that XLSForms are written in."""

import time

import pytest

from backend.rules import expressions
from backend.rules.expressions import BadExpression, Situation

Case = tuple[str, dict[str, object]]

HOLD: list[Case] = [
    ("${floors} > 3", {"floors": 4}),
    ("${kind} = 'workshop' and ${floors} <= 2", {"kind": "workshop", "floors": 2}),
    ("selected(${exits}, 'roof') or ${floors} = 1", {"exits": ["door", "roof"], "floors": 9}),
    ("not(selected(${exits}, 'roo'))", {"exits": ["roof"]}),
    ("count-selected(${exits}) = 2", {"exits": ["door", "roof"]}),
    ("${living} = 'wrong'", {"living": {"result": "wrong", "photo": "f" * 32}}),
    ("${living} = ''", {}),
    ("${a} + 2 * 3 = 7", {"a": 1}),
    ("(${a} + 2) * 3 = 9", {"a": 1}),
    ("${a} div 4 = 0.5 and ${a} mod 2 = 0", {"a": 2}),
    ("-${a} < 0", {"a": 2}),
    ("${day} <= today()", {"day": "2026-11-21"}),
    ("if(${a} > 1, 'x', 'y') = 'x'", {"a": 2}),
    ("coalesce(${b}, ${a}) = 2", {"a": 2}),
    ("string-length(${name}) = 2 and starts-with(${name}, '水')", {"name": "水围"}),
    ("round(${a}, 1) = 2.3 and int(${a}) = 2", {"a": 2.26}),
    ("true() and not(false()) and contains('abc', \"b\")", {}),
    ("'1' = 1", {}),
    (
        "string-length(${phone}) = 11 and regex(${phone}, '^1[0-9]{10}$')",
        {"phone": 13800138000},
    ),
    ("${day} > today() - 30 and ${day} < today()", {"day": "2026-11-01"}),
    ("${day} >= date('2026-11-01')", {"day": "2026-11-01"}),
    ("concat('a', ${a}, 'b') = 'a2b' and ends-with('ab', 'b') and abs(0 - ${a}) = 2", {"a": 2}),
]
DO_NOT: list[Case] = [
    ("${floors} > 3", {}),  # Nothing is no number.
    ("${a} div 0 = ${a} div 0", {"a": 1}),
    ("number('x') >= 0", {}),
    ("${name} < 'b'", {"name": "a"}),  # Words have no order, as in XPath.
    ("not(${a} = 1 or ${b} = 1)", {"a": 1}),
]


def holds(text: str, this: object = None, **answers: object) -> bool:
    return expressions.read(text).holds(Situation(answers, this, "2026-11-21"))


@pytest.mark.parametrize(("text", "answers"), HOLD)
def test_what_holds(text: str, answers: dict[str, object]) -> None:
    assert holds(text, **answers)


@pytest.mark.parametrize(("text", "answers"), DO_NOT)
def test_what_does_not(text: str, answers: dict[str, object]) -> None:
    assert not holds(text, **answers)


def test_this_is_the_answer_itself() -> None:
    assert holds(". >= 0 and . < ${most}", 3, most=4)
    assert not holds("regex(., '[0-9]{4}')", "12345")


@pytest.mark.parametrize(
    "text",
    ["", "${a} >", "a = 1", "open('/etc/passwd')", "${a} = 1)", "(${a}", "selected(${a})",
     "$a", "1 1", "__import__('os')", "today(1)", "(" * 60 + "1" + ")" * 60, "-" * 200 + "1",
     "1 = 1" + " " * 20 + "or 1" * 400, "regex(., '(')", "regex(., ${a})", r"regex(., '(a)\1')",
     "regex(., concat('a', 'b'))"],
)  # fmt: skip
def test_what_is_no_rule_is_said(text: str) -> None:
    with pytest.raises(BadExpression):
        expressions.read(text)


def test_a_pattern_that_would_take_for_ever_does_not() -> None:
    started = time.perf_counter()
    assert not holds("regex(., '((a+)+)+b')", "a" * 500)
    assert time.perf_counter() - started < 0.1


def test_a_rule_knows_what_it_looks_at() -> None:
    assert expressions.read("${a} = 1 or selected(${b_2}, 'x')").names == {"a", "b_2"}
