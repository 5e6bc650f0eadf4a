"""Reads what a text is about: learns from texts that people have sorted, says how sure it is
and which of its words spoke for it.

A gram's weight for a label begins as naive Bayes counts it and is polished by a few passes of
logistic regression. How often such a reading was right is measured on texts that were held
back, as they were written and with a part of their characters unknown, because tomorrow somebody
says it in words that nobody has used before.
"""

import math
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from backend.rules.grams import grams

SMOOTHING = 0.5
PASSES = 3
RATE = 0.3
FOLDS = 3
UNKNOWN = (0, 3, 5)
"""Tenths of the characters that are taken for unknown when a reading is tried."""
LEAST = 3
"""Texts, and people, that a gram must have come from: what fewer wrote is theirs alone."""
MOST_GRAMS = 40_000
LEAST_KNOWN = 4
"""Grams of a text that must be known; with fewer nothing is said of it."""
LIKELY = 1.645
"""Standard errors: an estimate that is too good in one of twenty cases."""

Idle = Callable[[], None]


@dataclass(frozen=True)
class Lesson:
    """A text with what it is about. `source` and `person` say whose, as numbers."""

    text: str
    label: str
    source: int
    person: int


@dataclass(frozen=True)
class Found:
    """What a text may be about, how often such a reading is right, and what spoke for it."""

    label: str
    sureness: float
    spoke_for: tuple[str, ...] = ()
    spoke_against: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """What was learnt: weights in the order of `labels`, and how sure a reading may be.

    `steps` are (share, how often it was right), rising. From the share `auto_from` on, readings
    were as often right as `precision` asks, all together and at that share; above 1 none were.
    What lies below is never said to be as sure. `tried` are figures of the texts held back.
    """

    labels: tuple[str, ...]
    weights: Mapping[str, Sequence[float]]
    steps: tuple[tuple[float, float], ...] = ()
    auto_from: float = 2.0
    precision: float = 1.0
    tried: Mapping[str, float] = field(default_factory=dict)

    def read(self, text: str, among: Collection[str] | None = None, most: int = 3) -> list[Found]:
        """The likeliest of `among` (or of all), the best first; none if too little is known."""
        known = [gram for gram in grams(text) if gram in self.weights]
        chosen = [
            place for place, label in enumerate(self.labels) if among is None or label in among
        ]
        if len(known) < LEAST_KNOWN or not chosen:
            return []
        shares = self._shares(known, chosen)
        best = sorted(chosen, key=lambda place: -shares[place])[:most]
        sure, rest = self._sure(shares[best[0]]), 1 - shares[best[0]]
        said = {place: (1 - sure) * shares[place] / rest if rest else 0.0 for place in best[1:]}
        said[best[0]] = sure
        return [self._found(place, min(sure, said[place]), shares, known, chosen) for place in best]

    def _sure(self, share: float) -> float:
        sure = _at(self.steps, share)
        return sure if share >= self.auto_from else min(sure, self.precision - 0.01)

    def _shares(self, known: Sequence[str], chosen: Sequence[int]) -> dict[int, float]:
        sums = _sums([self.weights[gram] for gram in known])
        highest = max(sums[place] for place in chosen)
        raised = {place: math.exp(sums[place] - highest) for place in chosen}
        total = math.fsum(raised.values())
        return {place: one / total for place, one in raised.items()}

    def _found(
        self,
        place: int,
        sureness: float,
        shares: Mapping[int, float],
        known: Sequence[str],
        chosen: Sequence[int],
    ) -> Found:
        rivals = [one for one in chosen if one != place] or [place]
        rival = max(rivals, key=lambda one: shares[one])
        spoke = {
            gram: self.weights[gram][place] - self.weights[gram][rival]
            if rival != place
            else self.weights[gram][place]
            for gram in known
        }
        return Found(
            self.labels[place],
            round(sureness, 3),
            _loudest({gram: by for gram, by in spoke.items() if by > 0}, 4),
            _loudest({gram: -by for gram, by in spoke.items() if by < 0}, 2),
        )


def learn(
    lessons: Sequence[Lesson], *, precision: float, rest: Idle = lambda: None
) -> Reader | None:
    """What these texts teach; None if they are of fewer than two labels.

    `precision`: what must be right of the readings that may go without a person. `rest` is
    called between passes, for who shares a processor.
    """
    counted = [(grams(each.text), each) for each in lessons]
    if len({each.label for each in lessons}) < 2:
        return None
    tried: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        tried += _tried(counted, fold, rest)
        rest()
    labels, weights = _learnt(counted, rest)
    steps = _rising(tried)
    auto_from = _auto_from(tried, steps, precision)
    passed = [is_right for share, is_right in tried if share >= auto_from]
    figures = {
        "texts": len(counted),
        "readings": len(tried),
        "right": round(sum(is_right for _, is_right in tried) / max(1, len(tried)), 4),
        "alone": round(len(passed) / max(1, len(tried)), 4),
        "alone_right": round(sum(passed) / max(1, len(passed)), 4),
    }
    return Reader(labels, weights, steps, auto_from, precision, figures)


Counted = tuple[list[str], Lesson]


def _tried(counted: Sequence[Counted], fold: int, rest: Idle) -> list[tuple[float, bool]]:
    """(share, was it right) of a third of the texts, by what the others taught.

    The thirds are stretches of time: what ten people say of one thing on one day must not
    stand on both sides.
    """
    size = len(counted)
    first, last = size * fold // FOLDS, size * (fold + 1) // FOLDS
    labels, weights = _learnt([*counted[:first], *counted[last:]], rest)
    reader = Reader(labels, weights, ((0.0, 0.0), (1.0, 1.0)))
    found = []
    for known, lesson in counted[first:last]:
        for tenths in UNKNOWN:
            said = [gram for gram in _part_of(known, tenths) if gram in weights]
            if len(said) >= LEAST_KNOWN:
                shares = reader._shares(said, range(len(labels)))
                best = max(shares, key=lambda place: shares[place])
                found.append((shares[best], labels[best] == lesson.label))
    return found


def _part_of(said: Iterable[str], tenths: int) -> list[str]:
    """Without the grams that hold one of the characters, or words, nobody has heard of."""
    return [
        gram for gram in said if all(crc32(part.encode()) % 10 >= tenths for part in _parts(gram))
    ]


def _parts(gram: str) -> Sequence[str]:
    return gram.split(" ") if gram.isascii() else gram


def _learnt(
    counted: Sequence[Counted], rest: Idle
) -> tuple[tuple[str, ...], dict[str, list[float]]]:
    labels = tuple(sorted({lesson.label for _, lesson in counted}))
    places = {label: place for place, label in enumerate(labels)}
    known = common(counted)
    texts = [
        ([gram for gram in said if gram in known], places[lesson.label]) for said, lesson in counted
    ]
    weights = _bayes(texts, len(labels))
    _polish(texts, weights, len(labels), rest)
    return labels, weights


def common(counted: Sequence[Counted]) -> set[str]:
    """The grams that enough texts of enough people hold, the most frequent ones."""
    sources: Counter[str] = Counter()
    people: dict[str, set[int]] = {}
    seen: set[tuple[int, str]] = set()
    for said, lesson in counted:
        for gram in said:
            if (lesson.source, gram) not in seen:
                seen.add((lesson.source, gram))
                sources[gram] += 1
            who = people.setdefault(gram, set())
            if len(who) < LEAST:
                who.add(lesson.person)
    enough = [
        (-count, gram)
        for gram, count in sources.items()
        if count >= LEAST and len(people[gram]) >= LEAST
    ]
    return {gram for _, gram in sorted(enough)[:MOST_GRAMS]}


def _bayes(texts: Sequence[tuple[list[str], int]], size: int) -> dict[str, list[float]]:
    """Log shares of each gram, around their mean; halved, for neighbours say the same twice."""
    counts: dict[str, list[float]] = {}
    totals = [0.0] * size
    for said, place in texts:
        totals[place] += len(said)
        for gram in said:
            row = counts.get(gram)
            if row is None:
                row = counts[gram] = [0.0] * size
            row[place] += 1
    spread = SMOOTHING * len(counts)
    for gram, row in counts.items():
        shares = [
            math.log((count + SMOOTHING) / (total + spread))
            for count, total in zip(row, totals, strict=True)
        ]
        mean = math.fsum(shares) / size
        counts[gram] = [(share - mean) / 2 for share in shares]
    return counts


def _polish(
    texts: Sequence[tuple[list[str], int]],
    weights: Mapping[str, list[float]],
    size: int,
    rest: Idle,
) -> None:
    """Logistic regression by stochastic descent, from where Bayes left off."""
    chance = random.Random(len(texts))  # noqa: S311 - the same texts teach the same.
    order = [text for text in texts if text[0]]
    for turn in range(PASSES):
        chance.shuffle(order)
        rate = RATE / (1 + turn / 2)
        for number, (said, place) in enumerate(order):
            _step([weights[gram] for gram in said], place, rate)
            if number % 500 == 0:
                rest()


def _step(rows: Sequence[list[float]], place: int, rate: float) -> None:
    sums = _sums(rows)
    highest = max(sums)
    raised = [math.exp(one - highest) for one in sums]
    total = math.fsum(raised)
    size = 1 / math.sqrt(len(rows))
    for label, one in enumerate(raised):
        wrong = one / total - (label == place)
        if abs(wrong) >= 0.05:
            wrong *= rate * size
            for row in rows:
                row[label] -= wrong


def _sums(rows: Sequence[Sequence[float]]) -> list[float]:
    """Of each label, the weights of a text; a long one does not shout louder for being long."""
    size = 1 / math.sqrt(len(rows))
    return [size * math.fsum(column) for column in zip(*rows, strict=True)]


def _rising(tried: Iterable[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """How often readings of a share were right, rising with it (isotonic regression)."""
    blocks: list[list[float]] = []  # share, right, all
    for share, is_right in sorted(tried):
        blocks.append([share, float(is_right), 1.0])
        while len(blocks) > 1 and _rate(blocks[-2]) >= _rate(blocks[-1]):
            last = blocks.pop()
            blocks[-1] = [last[0], blocks[-1][1] + last[1], blocks[-1][2] + last[2]]
    return tuple((share, _shrunk(right, count)) for share, right, count in blocks)


def _rate(block: Sequence[float]) -> float:
    return block[1] / block[2]


def _shrunk(right: float, count: float) -> float:
    """A block of three that were all right is no proof."""
    return (right + 0.5) / (count + 1)


def _at(steps: Sequence[tuple[float, float]], share: float) -> float:
    """Between the steps, on the line from one to the next."""
    if not steps:
        return 0.0
    place = bisect_left(steps, (share, -1.0))
    if place == 0:
        return steps[0][1] * share / steps[0][0] if steps[0][0] else steps[0][1]
    if place == len(steps):
        return steps[-1][1]
    (low, worse), (high, better) = steps[place - 1], steps[place]
    return worse + (better - worse) * (share - low) / (high - low)


def _auto_from(
    tried: Sequence[tuple[float, bool]], steps: Sequence[tuple[float, float]], precision: float
) -> float:
    """The least share from which on enough was right, even if we had been lucky."""
    found, right = 2.0, 0
    for count, (share, is_right) in enumerate(sorted(tried, reverse=True), 1):
        right += is_right
        if _surely(right, count) >= precision <= _at(steps, share):
            found = share
    return found


def _surely(right: int, count: int) -> float:
    """The lower end of what the true share may be (Wilson)."""
    share, square = right / count, LIKELY * LIKELY / count
    spread = LIKELY * math.sqrt(share * (1 - share) / count + square / 4 / count)
    return (share + square / 2 - spread) / (1 + square)


def _loudest(spoke: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The grams that weighed most; of those that overlap, the one that says most."""
    chosen: list[str] = []
    if any(len(gram) > 1 for gram in spoke):
        spoke = {gram: by for gram, by in spoke.items() if len(gram) > 1}
    for gram in sorted(spoke, key=lambda one: (-spoke[one] * (len(one) - 0.7), one)):
        if len(chosen) == most:
            break
        if not any(set(_parts(gram)) & set(_parts(other)) for other in chosen):
            chosen.append(gram)
    return tuple(chosen)
