"""Rules inside a form, such as `${floors} > 3 and selected(${exits}, 'roof')`: read once, then run.

The language is the part of XPath that XLSForms are written in, so that a city's own forms can be
taken over as they are. Nothing else can be said in it: no loop, no name but those of the answers.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import re2

Value = str | float | bool
Run = Callable[["Situation"], Value]

LONGEST = 1_000
DEEPEST = 40
EPOCH = date(1970, 1, 1).toordinal()
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_MEMORY = 1 << 20  # Bytes that a pattern may take.
TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>'[^']*'|"[^"]*")
    | \$\{(?P<name>[A-Za-z_][A-Za-z0-9_.-]{0,79})\}
    | (?P<word>[a-z][a-z-]*)
    | (?P<sign><=|>=|!=|=|<|>|\+|-|\*|\(|\)|,|\.)
    )""",
    re.VERBOSE,
)


class BadExpression(ValueError):
    """A text that is no rule; it says what is wrong with it."""


@dataclass(slots=True)
class Situation:
    """What a rule is asked of: the answers so far, the one it stands at (`.`), and the day.

    One is made for a whole form and moved on from item to item.
    """

    answers: dict[str, Any]
    this: Any = None
    today: str = ""


@dataclass(frozen=True)
class Expression:
    """A rule: `holds` says whether it is so. `names` are the answers it looks at."""

    text: str
    names: frozenset[str]
    run: Run = field(compare=False, repr=False)

    def holds(self, situation: Situation) -> bool:
        return _is_true(self.run(situation))

    def value(self, situation: Situation) -> str | float | int:
        """What it comes to, as an answer is kept; nothing if that is no number."""
        found = self.run(situation)
        if isinstance(found, str | bool) or not math.isfinite(found):
            return _text(found) if isinstance(found, str | bool) else ""
        return int(found) if found.is_integer() else found


def read(text: str) -> Expression:
    """The rule that a text says. Raises BadExpression."""
    if len(text) > LONGEST:
        raise BadExpression(f"longer than {LONGEST} characters")
    reader = _Reader(_tokens(text))
    run = reader.either(0)
    if reader.kind != "end":
        raise BadExpression(f"{reader.said!r} is not expected here: {text}")
    return Expression(text, frozenset(reader.names), run)


Token = tuple[str, str]


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadExpression(f"cannot be read from here on: {text[at:]!r}")
        kind = str(match.lastgroup)
        found.append((kind, str(match[kind])))
        at = match.end()
    return [*found, ("end", "the end")]


class _Reader:
    """Reads from the weakest binding (`or`) to the strongest; each step makes a function."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at = tokens, 0
        self.names: set[str] = set()

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def said(self) -> str:
        return self.tokens[self.at][1]

    def take(self) -> str:
        said = self.said
        self.at += 1
        return said

    def expect(self, sign: str) -> None:
        if (self.kind, self.said) != ("sign", sign):
            raise BadExpression(f"{sign!r} is missing before {self.said!r}")
        self.at += 1

    def meets(self, *signs: str) -> bool:
        return self.kind in ("sign", "word") and self.said in signs

    def either(self, depth: int) -> Run:
        if depth > DEEPEST:
            raise BadExpression("nested too deeply")
        return self._chain(("or",), lambda: self._chain(("and",), lambda: self._equal(depth)))

    def _equal(self, depth: int) -> Run:
        return self._chain(
            ("=", "!="),
            lambda: self._chain(("<", "<=", ">", ">="), lambda: self._sum(depth)),
        )

    def _sum(self, depth: int) -> Run:
        return self._chain(
            ("+", "-"), lambda: self._chain(("*", "div", "mod"), lambda: self._one(depth))
        )

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Run]) -> Run:
        left = part()
        while self.meets(*signs):
            left = _pair(OPERATIONS[self.take()], left, part())
        return left

    def _one(self, depth: int) -> Run:
        kind, said = self.kind, self.take()
        if kind == "number":
            number = float(said)
            return lambda _: number
        if kind == "text":
            text = said[1:-1]
            return lambda _: text
        if kind == "name":
            self.names.add(said)
            return lambda now: _value(now.answers.get(said))
        if kind == "word":
            return self._call(said, depth)
        return self._sign(said, depth)

    def _sign(self, said: str, depth: int) -> Run:
        if said == ".":
            return lambda now: _value(now.this)
        if said == "-":
            negated = self._one(depth + 1) if depth <= DEEPEST else self.either(depth)
            return lambda now: -_number(negated(now))
        if said != "(":
            raise BadExpression(f"{said!r} is not expected here")
        inner = self.either(depth + 1)
        self.expect(")")
        return inner

    def _call(self, name: str, depth: int) -> Run:
        if name not in FUNCTIONS:
            raise BadExpression(f"there is no function {name!r}")
        self.expect("(")
        given: list[Run] = []
        while not self.meets(")"):
            if given:
                self.expect(",")
            given.append(self.either(depth + 1))
        self.expect(")")
        counts, function = FUNCTIONS[name]
        if len(given) not in counts:
            raise BadExpression(f"{name}() takes {' or '.join(map(str, counts))} values")
        if name == "today":
            return lambda now: now.today
        if name == "regex":
            return self._regex(*given)
        return lambda now: function(*(one(now) for one in given))

    def _regex(self, value: Run, pattern: Run) -> Run:
        """A pattern is written in the form, so that it is read once and known to be harmless."""
        if self.tokens[self.at - 2][0] != "text" or self.tokens[self.at - 3][1] != ",":
            raise BadExpression("regex() takes its pattern between quotation marks")
        matches = _pattern(str(pattern(Situation({})))).fullmatch
        return lambda now: matches(_text(value(now))) is not None


def _pair(operation: Callable[[Value, Value], Value], left: Run, right: Run) -> Run:
    return lambda now: operation(left(now), right(now))


# --- Values, as XPath sees them -----------------------------------------------------------


def _value(answer: Any) -> Value:
    """An answer as it is compared: nothing is the empty text, several are one text of them all."""
    if answer is None:
        return ""
    if isinstance(answer, dict):
        return str(answer.get("result", ""))
    if isinstance(answer, list):
        return " ".join(map(str, answer))
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        return float(answer)
    return answer if isinstance(answer, bool) else str(answer)


def _number(value: Value) -> float:
    """A day is the number of days since 1970, as XForms count them."""
    try:
        return float(value)
    except ValueError:
        return float(_days(value)) if isinstance(value, str) and _is_day(value) else math.nan


def _days(day: str) -> float:
    try:
        return float(date.fromisoformat(day).toordinal() - EPOCH)
    except ValueError:
        return math.nan


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value


def _is_true(value: Value) -> bool:
    return bool(value) and value == value


def _is_equal(left: Value, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return _is_true(left) == _is_true(right)
    if isinstance(left, float) or isinstance(right, float):
        return _number(left) == _number(right)
    return left == right


def _divided(left: Value, right: Value) -> float:
    by = _number(right)
    return _number(left) / by if by else math.nan


def _rest(left: Value, right: Value) -> float:
    by = _number(right)
    return math.fmod(_number(left), by) if by else math.nan


def _compare(left: Value, right: Value, wanted: Callable[[Any, Any], bool]) -> bool:
    """By number; days (2026-11-21) are the one kind of text that has an order."""
    if isinstance(left, str) and isinstance(right, str) and _is_day(left) and _is_day(right):
        return wanted(left, right)
    return wanted(_number(left), _number(right))


def _is_day(text: str) -> bool:
    return DAY.fullmatch(text) is not None


OPERATIONS: Mapping[str, Callable[[Value, Value], Value]] = {
    "or": lambda left, right: _is_true(left) or _is_true(right),
    "and": lambda left, right: _is_true(left) and _is_true(right),
    "=": _is_equal,
    "!=": lambda left, right: not _is_equal(left, right),
    "<": lambda left, right: _compare(left, right, lambda a, b: a < b),
    "<=": lambda left, right: _compare(left, right, lambda a, b: a <= b),
    ">": lambda left, right: _compare(left, right, lambda a, b: a > b),
    ">=": lambda left, right: _compare(left, right, lambda a, b: a >= b),
    "+": lambda left, right: _number(left) + _number(right),
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "div": _divided,
    "mod": _rest,
}


def _whole(value: Value) -> float:
    number = _number(value)
    return float(math.trunc(number)) if math.isfinite(number) else math.nan


def _rounded(value: Value, digits: Value = 0.0) -> float:
    number, places = _number(value), _whole(digits)
    return round(number, int(places)) if math.isfinite(number + places) else math.nan


def _pattern(text: str) -> Any:
    """A regular expression, by a machine that takes time in proportion to what it reads.

    Python's own may take for ever over a form's innocent-looking `([0-9]+)+`.
    """
    options = re2.Options()
    options.log_errors, options.never_capture, options.max_mem = False, True, MOST_MEMORY
    try:
        return re2.compile(text, options)
    except re2.error as fault:
        raise BadExpression(f"no regular expression that can be kept: {text}") from fault


FUNCTIONS: Mapping[str, tuple[tuple[int, ...], Callable[..., Value]]] = {
    "not": ((1,), lambda value: not _is_true(value)),
    "true": ((0,), lambda: True),
    "false": ((0,), lambda: False),
    "selected": ((2,), lambda chosen, code: _text(code) in _text(chosen).split()),
    "count-selected": ((1,), lambda chosen: float(len(_text(chosen).split()))),
    "string-length": ((1,), lambda value: float(len(_text(value)))),
    "contains": ((2,), lambda value, part: _text(part) in _text(value)),
    "concat": (tuple(range(1, 20)), lambda *parts: "".join(map(_text, parts))),
    "ends-with": ((2,), lambda value, part: _text(value).endswith(_text(part))),
    "starts-with": ((2,), lambda value, part: _text(value).startswith(_text(part))),
    "regex": ((2,), lambda value, pattern: False),
    "number": ((1,), _number),
    "int": ((1,), _whole),
    "abs": ((1,), lambda value: abs(_number(value))),
    "date": ((1,), lambda value: value),
    "round": ((1, 2), _rounded),
    "string": ((1,), _text),
    "if": ((3,), lambda condition, yes, no: yes if _is_true(condition) else no),
    "coalesce": ((2,), lambda first, second: first if _text(first) else second),
    "today": ((0,), lambda: ""),
}
