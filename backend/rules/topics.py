"""What many suddenly tell of in one place: words that come far more often than they used to.

The last two days are held against the eight weeks before, community by community, then street
by street and district by district. Reports that share such words are one topic, and the longest
stretch of text that enough of them have in common is its name.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol

from backend.rules.grams import grams, is_han, runs

WINDOW_HOURS = 48
BASE_WEEKS = 8
LEAST_PEOPLE = {"community": 5, "street": 7, "district": 10}
"""Reporters, by the size of the place: the larger, the more will say the same by chance."""
LEAST_SCORE = 13.0
"""Log-odds, in nats, of what came against what was to be expected."""
LEAST_BASE = 300
"""Reports to compare with, in the whole city; with fewer everything would be new."""
WEIGHT = 60
"""Reports that the habits of the whole city count for in a place that has few of its own."""
NAMED_BY = 3
"""People who must have written a name of a topic, letter by letter."""
LONGEST_NAME = 20
TRIED = 6
"""Hot words that a name is sought around; the one that most people wrote most of wins."""
PARTICLES = "的了呢吗啊吧是在就也都又把被和与 "
"""A name neither begins nor ends with these."""
ALIKE = 0.5
"""Share of the reports that two hot words must have in common to be of one topic."""
DEPTHS = {"community": 4, "street": 3, "district": 2}
"""How many codes the path of such an area has."""


@dataclass(frozen=True)
class Said:
    """A report's words: whose (a number), about which case, where and when (hours)."""

    report: int
    case: int
    person: int
    area_path: str
    at: float
    text: str

    @cached_property
    def grams(self) -> list[str]:
        return [gram for gram in grams(self.text) if len(gram) > 1]


class Base(Protocol):
    """What was told in the weeks before, by place."""

    def reports(self, place: str) -> int:
        """How many reports came from this place, or below it; "" is everywhere."""

    def count(self, place: str, gram: str) -> int:
        """How many of them held this."""


@dataclass(frozen=True)
class Burst:
    """Reports of one place that suddenly share words."""

    place: str
    phrase: str
    grams: tuple[str, ...]
    said: tuple[Said, ...]
    score: float

    @property
    def people(self) -> int:
        return len({one.person for one in self.said})


def place_of(area_path: str, level: str) -> str | None:
    """The area of this level that holds the path; None if the path stands above it."""
    codes = area_path.split("/")
    return "/".join(codes[: DEPTHS[level]]) if len(codes) >= DEPTHS[level] else None


def bursts(window: Sequence[Said], base: Base) -> list[Burst]:
    """The topics of the window, those of the smallest places first."""
    if base.reports("") < LEAST_BASE:
        return []
    found: list[Burst] = []
    taken: set[int] = set()
    for level in DEPTHS:
        here: dict[str, list[Said]] = defaultdict(list)
        for one in window:
            place = place_of(one.area_path, level)
            if place is not None and one.report not in taken:
                here[place].append(one)
        for place in sorted(here):
            found += _of_place(place, here[place], base, LEAST_PEOPLE[level])
        taken.update(one.report for burst in found for one in burst.said)
    return found


def _of_place(place: str, window: Sequence[Said], base: Base, least: int) -> list[Burst]:
    if len({one.person for one in window}) < least:
        return []
    hot = _hot(place, window, base, least)
    clusters: list[tuple[list[str], set[int]]] = []
    for gram, (_, reports) in sorted(hot.items(), key=lambda item: (-item[1][0], item[0])):
        for said, theirs in clusters:
            if len(theirs & reports) >= ALIKE * min(len(theirs), len(reports)):
                said.append(gram)
                theirs |= reports
                break
        else:
            clusters.append(([gram], set(reports)))
    known = {one.report: one for one in window}
    found = []
    for said, reports in clusters:
        mine = tuple(known[report] for report in sorted(reports))
        names = [one for gram in said[:TRIED] if (one := name(gram, mine)) is not None]
        if names:
            phrase = max(names, key=lambda one: (len(_writers(one, mine)) * len(one), one))
            found.append(Burst(place, phrase, tuple(said[:12]), mine, hot[said[0]][0]))
    return found


def _hot(
    place: str, window: Sequence[Said], base: Base, least: int
) -> dict[str, tuple[float, set[int]]]:
    """Gram -> its score and the reports that hold it."""
    people: dict[str, set[int]] = defaultdict(set)
    reports: dict[str, set[int]] = defaultdict(set)
    for one in window:
        for gram in one.grams:
            people[gram].add(one.person)
            reports[gram].add(one.report)
    size = len({one.person for one in window})
    found = {}
    for gram, who in people.items():
        if len(who) >= least:
            score = surprise(len(who), size * share(gram, place, base))
            if score >= LEAST_SCORE:
                found[gram] = (score, reports[gram])
    return found


def share(gram: str, place: str, base: Base) -> float:
    """Of the reports of this place, how many may be expected to hold it."""
    everywhere = (base.count("", gram) + 0.5) / (base.reports("") + 1)
    return (base.count(place, gram) + WEIGHT * everywhere) / (base.reports(place) + WEIGHT)


def surprise(came: int, expected: float) -> float:
    """Log-odds that so many came because more come than used to (0 if fewer did)."""
    if came <= expected:
        return 0.0
    return came * math.log(came / expected) - (came - expected)


def name(gram: str, said: Sequence[Said]) -> str | None:
    """The longest stretch around a gram that enough people wrote; None if too few did.

    It grows letter by letter while half of those who wrote the gram go on the same.
    """
    best = gram
    writers = _writers(best, said)
    least = max(NAMED_BY, math.ceil(len(writers) / 2))
    while len(best) < LONGEST_NAME * (1 if is_han(gram) else 2):
        longer = [(len(_writers(one, said)), one) for one in _extended(best, said)]
        count, grown = max(longer, default=(0, ""))
        if count < least:
            break
        best = grown
    best = best.strip(PARTICLES) if len(best.strip(PARTICLES)) > 1 else best
    return best if len(_writers(best, said)) >= NAMED_BY else None


def _writers(stretch: str, said: Iterable[Said]) -> set[int]:
    return {one.person for one in said if _holds(one.text, stretch)}


def _holds(text: str, stretch: str) -> bool:
    return any(stretch in line for line in _lines(text))


def _extended(stretch: str, said: Iterable[Said]) -> set[str]:
    """The stretch with one more letter, or word, on either side, as somebody wrote it."""
    found = set()
    for one in said:
        for line in _lines(one.text):
            at = line.find(stretch)
            while at >= 0:
                end = at + len(stretch)
                if is_han(stretch):
                    if at:
                        found.add(line[at - 1 : end])
                    if end < len(line):
                        found.add(line[at : end + 1])
                else:
                    found.update(_with_words(line, at, end))
                at = line.find(stretch, at + 1)
    return {one for one in found if one.strip() == one}


def _with_words(line: str, at: int, end: int) -> Iterable[str]:
    """The same for words: the one before and the one behind, whole."""
    if line[:at].endswith(" "):
        yield f"{line[:at].split()[-1]} {line[at:end]}"
    if line[end:].startswith(" "):
        yield f"{line[at:end]} {line[end:].split()[0]}"


def _lines(text: str) -> list[str]:
    """Stretches without a mark or digit in them: Chinese runs as they are, words in a row."""
    found: list[str] = []
    words: list[str] = []
    for run in runs(text):
        if is_han(run):
            found.append(run)
        else:
            words.append(run)
    return [*found, " ".join(words)] if words else found


# --- The ledger ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A topic that is known: where, by which words, and the cases in it."""

    id: int
    place: str
    grams: frozenset[str]
    cases: frozenset[int] = frozenset()
    is_open: bool = True


def known_as(burst: Burst, items: Iterable[Item]) -> Item | None:
    """The item that a burst belongs to: of a place around or within it, with the same words."""
    for item in items:
        is_near = _contains(item.place, burst.place) or _contains(burst.place, item.place)
        if is_near and (_are_alike(burst.grams, item.grams) or _are_same(burst, item)):
            return item
    return None


def joins(said: Said, item: Item) -> bool:
    """Whether a later report speaks of a topic: half of its words, or four of them."""
    if not _contains(item.place, said.area_path):
        return False
    shared = len(item.grams.intersection(said.grams))
    return shared >= min(4, max(1, math.ceil(len(item.grams) / 2)))


def _are_alike(grams: Collection[str], others: Collection[str]) -> bool:
    shared = len(set(grams) & set(others))
    return shared >= 0.3 * min(len(grams), len(others)) and shared > 0


def _are_same(burst: Burst, item: Item) -> bool:
    """Whether half of it is in there already, by whatever words."""
    theirs = {one.case for one in burst.said}
    return 2 * len(theirs & item.cases) >= len(theirs)


def _contains(place: str, path: str) -> bool:
    return path == place or path.startswith(place + "/")


def by_day(days: Iterable[date]) -> list[tuple[date, int]]:
    """Each day with how many, without a gap from the first to the last."""
    counts = Counter(days)
    if not counts:
        return []
    first = min(counts)
    length = (max(counts) - first).days + 1
    return [(day, counts[day]) for day in (first + timedelta(at) for at in range(length))]
