"""Every figure once: what is counted, at which instant, and which two counts make a share."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from backend.rules.figures import histograms
from backend.rules.figures.facts import Fact
from backend.rules.figures.periods import day_of

Sums = Counter[str]
"""How often each measure was counted; under `stage:bucket` how many durations fell there."""


class Measure(NamedTuple):
    """A count of cases: in the period in which `at` lies, those whose `flag` is not 0."""

    name: str
    at: str
    flag: str | None
    zh: str
    en: str


MEASURES: Mapping[str, Measure] = {
    one.name: one
    for one in (
        Measure("received", "opened_at", "received", "受理", "received"),
        Measure("reports", "opened_at", "reports", "上报", "reports"),
        Measure("joined", "opened_at", "joined", "并入的上报", "reports that joined a case"),
        Measure("filed", "opened_at", "filed", "立案", "taken on"),
        Measure("declined", "opened_at", "declined", "不予立案", "not taken on"),
        Measure("dispatched", "dispatched_at", None, "分拨", "sent to a unit"),
        Measure("prompt", "dispatched_at", "prompt", "及时分拨", "sent within 30 minutes"),
        Measure("once", "dispatched_at", "once", "一次分拨成功", "right at the first unit"),
        Measure("returned", "dispatched_at", "returned", "退单", "sent back"),
        Measure("extended", "dispatched_at", "extended", "延期", "given more time"),
        Measure("shelved", "dispatched_at", "shelved", "挂账", "shelved"),
        Measure("accepted", "accepted_at", None, "签收", "accepted"),
        Measure("accepted_soon", "accepted_at", "accepted_soon", "及时签收", "accepted in time"),
        Measure("owed", "due_at", "owed", "应结案（除缓办）", "due, deferred ones left out"),
        Measure("deferred", "due_at", "deferred", "缓办", "deferred"),
        Measure("done", "due_at", "done", "应结已结", "due and closed"),
        Measure("kept", "due_at", "kept", "按期结案", "closed in time"),
        Measure("handled", "handled_at", None, "处置完成", "handled"),
        Measure("reworked", "handled_at", "reworked", "返工", "found not right"),
        Measure("closed", "closed_at", None, "结案", "closed"),
        Measure("again", "closed_at", "again", "重办", "opened again"),
        Measure("told", "closed_at", "told", "应反馈", "to be answered"),
        Measure("answered", "closed_at", "answered", "已反馈", "answered"),
        Measure(
            "answered_soon", "closed_at", "answered_soon", "及时反馈", "answered within 10 minutes"
        ),
        Measure("rated", "closed_at", "rated", "评价", "judged by a reporter"),
        Measure("solved", "closed_at", "solved", "评为已解决", "judged solved"),
        Measure("starred", "closed_at", "starred", "评星", "given stars"),
        Measure("pleased", "closed_at", "pleased", "满意", "given four or five stars"),
        Measure("voided", "voided_at", None, "作废", "struck out"),
    )
}
WEIGHED = frozenset({"reports", "joined"})
"""Measures that count reports, not cases: no list of cases is as long."""


class Figure(NamedTuple):
    """A share: `part` of `whole`, both counts of MEASURES. `is_good`: more is better."""

    name: str
    part: str
    whole: str
    zh: str
    en: str
    is_good: bool


FIGURES: Mapping[str, Figure] = {
    one.name: one
    for one in (
        Figure("kept", "kept", "owed", "按期结案率", "Closed in time", True),
        Figure("done", "done", "owed", "结案率", "Closed", True),
        Figure("prompt", "prompt", "dispatched", "分拨及时率", "Dispatched in time", True),
        Figure("once", "once", "dispatched", "一次分拨成功率", "Right at the first unit", True),
        Figure("returned", "returned", "dispatched", "退单率", "Sent back by units", False),
        Figure("accepted", "accepted_soon", "accepted", "签收及时率", "Accepted in time", True),
        Figure("reworked", "reworked", "handled", "返工率", "Found not right", False),
        Figure("extended", "extended", "dispatched", "延期率", "Given more time", False),
        Figure("shelved", "shelved", "dispatched", "挂账率", "Shelved", False),
        Figure("again", "again", "closed", "重办率", "Opened again", False),
        Figure("filed", "filed", "received", "立案率", "Taken on", True),
        Figure("declined", "declined", "received", "不予立案率", "Not taken on", False),
        Figure("joined", "joined", "reports", "并案率", "Joined another case", True),
        Figure(
            "answered_soon", "answered_soon", "told", "首次反馈及时率", "Answered in time", True
        ),
        Figure("answered", "answered", "told", "响应率", "Answered", True),
        Figure("solved", "solved", "rated", "解决率", "Judged solved", True),
        Figure("pleased", "pleased", "starred", "满意率", "Satisfied", True),
    )
}


class Stage(NamedTuple):
    """A part of a case's way, counted in the period in which it ended."""

    name: str
    start: str
    end: str
    zh: str
    en: str


STAGES: Mapping[str, Stage] = {
    one.name: one
    for one in (
        Stage("dispatch", "opened_at", "dispatched_at", "分拨用时", "until dispatched"),
        Stage("accept", "dispatched_at", "accepted_at", "签收用时", "until accepted"),
        Stage("handle", "dispatched_at", "handled_at", "处置用时", "until handled"),
        Stage("check", "handled_at", "closed_at", "核查用时", "until checked"),
        Stage("answer", "closed_at", "answered_at", "反馈用时", "until answered"),
        Stage("whole", "opened_at", "closed_at", "全程用时", "from report to closing"),
    )
}

_PLACES = {name: place for place, name in enumerate(Fact._fields)}
_COUNTED = [
    (one.name, _PLACES[one.at], _PLACES[one.flag] if one.flag else None)
    for one in MEASURES.values()
]
_TIMED = [(one.name, _PLACES[one.start], _PLACES[one.end]) for one in STAGES.values()]


def contributions(fact: Fact) -> Iterator[tuple[int, str, int]]:
    """What a fact adds to which day's sums: (number of the day, key, how many)."""
    values: tuple[Any, ...] = fact
    for name, at, flag in _COUNTED:
        instant = values[at]
        if instant is None:
            continue
        weight = 1 if flag is None else values[flag]
        if weight:
            yield day_of(instant), name, weight
    for name, start, end in _TIMED:
        began, ended = values[start], values[end]
        if began is not None and ended is not None:
            yield day_of(ended), f"{name}:{histograms.bucket(ended - began)}", 1


class Share(NamedTuple):
    """A figure's value with what it is made of. `share` None: nothing to divide by."""

    figure: Figure
    part: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.part / self.whole if self.whole else None


def shares(sums: Sums) -> list[Share]:
    """All figures, in the order of the table."""
    return [Share(one, sums[one.part], sums[one.whole]) for one in FIGURES.values()]


class Duration(NamedTuple):
    """How long a stage took, in seconds, within `histograms.ERROR`. None: nothing to measure."""

    stage: Stage
    cases: int
    median_s: float | None
    p90_s: float | None


def durations(sums: Sums) -> list[Duration]:
    """All stages, in the order of the table."""
    found: dict[str, dict[int, int]] = {name: {} for name in STAGES}
    for key, count in sums.items():
        name, colon, bucket = key.partition(":")
        if colon and count:
            found[name][int(bucket)] = count
    return [
        Duration(
            stage,
            sum(found[name].values()),
            histograms.quantile(found[name], 0.5),
            histograms.quantile(found[name], 0.9),
        )
        for name, stage in STAGES.items()
    ]
