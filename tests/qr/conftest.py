"""A seeded mint: the same invented tags in every run of the tests."""

from collections.abc import Callable
from random import Random

import pytest

from qr import codes
from qr.labels.layout import Piece

STREETS = ("水围村一街", "大磡村", "壆岗大道", "塱尾路", "滘边工业路", "上埗南路")
GRADES = ("green", "yellow", "orange", "red")

Order = Callable[..., list[Piece]]


@pytest.fixture
def pieces() -> Order:
    """`pieces(5)` are five labels to print; `graded=True` gives each a safety grade."""

    def order(count: int, *, graded: bool = False, seed: int = 1) -> list[Piece]:
        keys, chance = codes.Keys(bytes(32)), Random(seed)
        return [
            Piece(
                codes.mint(keys, chance.randbytes),
                f"{STREETS[number % len(STREETS)]} {number + 1} 号",
                "福田区福田街道水围社区",
                GRADES[number % 4] if graded else "",
            )
            for number in range(count)
        ]

    return order
