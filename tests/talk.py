"""A district that talks: reports of months with the shape of real ones, and bursts planted in them.

Thirty-one communities, a few of which say most; weekdays and weekends; rain in summer; one
report in five tells of what somebody else has told of before. And now and then twenty people of
one community complain within two days of something that nobody has ever named.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from backend.rules import topics
from backend.rules.topics import Burst, Item, Said
from fixtures.words import writing

COMMUNITIES = [
    f"4403/440311/44031100{street}/44031100{street}{number:03}"
    for street in range(1, 7)
    for number in range(1, 7)
][:31]
NEW = (
    "搅拌站", "焚烧厂", "变电站", "通信基站", "殡仪馆", "盾构机", "红火蚁", "登革热", "泥头车",
    "爆破声", "无人机表演", "放烟花", "自来水发黄", "天然气停供", "学位分配", "早教机构关门",
    "月子中心", "洗车场废水", "屠宰场", "养鸡场", "隔音墙", "拆迁补偿", "烂尾楼", "充电桩涨价",
    "油罐车", "白蚁", "粉尘", "化工厂异味", "喷漆车间", "直升机起降", "驾校练车", "采石场",
    "物业换届", "公交停运", "校车事故", "临时医院", "高压塔", "死猪", "蓝藻", "鞭炮厂",
)  # fmt: skip
MOANS = (
    "臭得睡不着", "什么时候停", "没人管", "严重影响生活", "业主强烈反对", "又开始了", "孩子都咳嗽",
    "请给个说法", "离我们太近", "半夜还在弄", "投诉好多次", "求处理",
)  # fmt: skip
OPENINGS = ("", "关于", "反映", "小区旁边的", "请问", "又是", "我们这里的", "建在门口的")
MONTH = {  # When a problem is told of most, and how much more often then.
    "street.flood": (6, 3.0), "street.tree": (8, 2.5), "building.noise": (5, 1.6),
    "street.stall": (10, 1.5), "building.drain": (7, 1.8), "street.light": (12, 1.6),
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A burst that was planted: its place, its new word, its reports and their hours."""

    place: str
    word: str
    said: tuple[Said, ...]

    @cached_property
    def reports(self) -> frozenset[int]:
        return frozenset(one.report for one in self.said)


class Talk:
    """`days` of reports, the bursts among them, and everything counted as it grows older."""

    def __init__(self, seed: int, days: int, each_day: float = 240, every_days: float = 3) -> None:
        self.chance = random.Random(seed)
        self.each_day = each_day
        self.weights = [1 / (rank + 1) ** 0.8 for rank in range(len(COMMUNITIES))]
        self.chance.shuffle(self.weights)
        self.roads = {one: self._roads() for one in COMMUNITIES}
        self.number = 0
        self.planted: list[Planted] = []
        self.told: list[Said] = []
        self._talk(days)
        self._plant(days, every_days)
        self.told.sort(key=lambda one: one.at)

    def _roads(self) -> list[str]:
        first, second = "福光塘新石龙田松华南北白沙金银", "苑围村坑湾岭坪头屋排厦芬"
        return [
            self.chance.choice(first)
            + self.chance.choice(second)
            + self.chance.choice("路街巷里坊")
            for _ in range(14)
        ]

    def _talk(self, days: int) -> None:
        recent: list[tuple[float, str, str, str]] = []
        for day in range(days):
            busy = 1.15 if day % 7 < 5 else 0.65
            for _ in range(round(self.chance.gauss(self.each_day * busy, self.each_day**0.5))):
                at = day * 24 + min(23.9, max(0.0, self.chance.gauss(14, 4)))
                recent = [one for one in recent if one[0] > at - 72] if not day % 3 else recent
                if recent and self.chance.random() < 0.2:
                    _, place, problem, road = self.chance.choice(recent)
                else:
                    place = self.chance.choices(COMMUNITIES, self.weights)[0]
                    problem = self._problem(day)
                    road = self.chance.choice(self.roads[place])
                recent.append((at, place, problem, road))
                part = self.chance.choice(("taught", "asked"))
                text = writing.write(part, problem, self.chance, place=road)
                if self.chance.random() < 0.15:
                    text += f"，{self.chance.choice(MOANS)}"
                self._say(place, at, text)

    def _problem(self, day: int) -> str:
        month = day / 30.4 % 12
        names = list(writing.phrasebook())
        weights = []
        for rank, name in enumerate(names):
            peak, more = MONTH.get(name, (0, 1.0))
            season = 1 + (more - 1) * (1 + math.cos((month - peak) / 6 * math.pi)) / 2
            weights.append(season / (rank + 1) ** 0.5)
        return self.chance.choices(names, weights)[0]

    def _plant(self, days: int, every_days: float) -> None:
        words = list(NEW)
        self.chance.shuffle(words)
        at = (topics.BASE_WEEKS * 7 + 1) * 24.0
        while at < (days - 3) * 24 and words:
            place, word = self.chance.choices(COMMUNITIES, self.weights)[0], words.pop()
            said = []
            for _ in range(20):
                moan = "，".join(self.chance.sample(MOANS, self.chance.choice((1, 2, 2))))
                named = self.chance.random() < 0.9
                text = f"{self.chance.choice(OPENINGS)}{word}{moan}" if named else moan
                said.append(self._say(place, at + self.chance.uniform(0, 48), text))
            self.planted.append(Planted(place, word, tuple(said)))
            at += every_days * 24 * self.chance.uniform(0.6, 1.4)

    def _say(self, place: str, at: float, text: str) -> Said:
        self.number += 1
        said = Said(self.number, self.number, self.number, place, at, text)
        self.told.append(said)
        return said


class Counted:
    """The weeks before, counted plainly."""

    def __init__(self) -> None:
        self.sizes: Counter[str] = Counter()
        self.grams: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, said: Said, times: int = 1) -> None:
        for level in ("", *topics.DEPTHS):
            place = topics.place_of(said.area_path, level) if level else ""
            assert place is not None
            self.sizes[place] += times
            counts = self.grams[place]
            for gram in said.grams:
                counts[gram] += times

    def reports(self, place: str) -> int:
        return self.sizes[place]

    def count(self, place: str, gram: str) -> int:
        return self.grams[place][gram]


@dataclass
class Raised:
    """A topic that was found, when, and the planted burst it is of; none: it is a false one."""

    at: float
    burst: Burst
    planted: Planted | None


def watch(talk: Talk, days: int, every_hours: float = 2) -> Iterator[Raised]:
    """Look again and again, as the keeper does; each topic is raised once."""
    base, told = Counted(), talk.told
    old = young = gone = 0
    items: list[Item] = []
    at = topics.BASE_WEEKS * 7 * 24.0
    while at <= days * 24:
        while young < len(told) and told[young].at <= at:
            young += 1
        while told[old].at <= at - topics.WINDOW_HOURS:
            base.add(told[old])
            old += 1
        while told[gone].at <= at - (topics.BASE_WEEKS * 7 * 24 + topics.WINDOW_HOURS):
            base.add(told[gone], -1)
            gone += 1
        for burst in topics.bursts(told[old:young], base):
            if topics.known_as(burst, items) is None:
                cases = frozenset(one.case for one in burst.said)
                items.append(Item(len(items), burst.place, frozenset(burst.grams), cases))
                yield Raised(at, burst, _planted_in(burst, talk.planted))
        at += every_hours


def _planted_in(burst: Burst, planted: Sequence[Planted]) -> Planted | None:
    reports = {one.report for one in burst.said}
    for one in planted:
        if len(reports & one.reports) * 2 >= len(reports):
            return one
    return None


def figures(talk: Talk, raised: Sequence[Raised], days: int) -> dict[str, float]:
    """Recall within a day of the first report and of all, hours until found, false topics."""
    first: dict[str, float] = {}
    for one in raised:
        if one.planted is not None:
            first.setdefault(one.planted.word, one.at)
    starts = {one.word: min(said.at for said in one.said) for one in talk.planted}
    late = sorted(first[word] - starts[word] for word in first)
    weeks = (days - topics.BASE_WEEKS * 7) / 7
    return {
        "planted": len(starts),
        "in_a_day": sum(hours <= 24 for hours in late) / len(starts),
        "found": len(late) / len(starts),
        "median_hours": late[len(late) // 2] if late else math.inf,
        "twice": sum(one.planted is not None for one in raised) - len(late),
        "false_a_week": sum(one.planted is None for one in raised) / weeks,
    }
