"""Tags under blur, dirt and tilt: how many of them are read. Simulated, see `qr/wear.py`.

`python -m bench wear [COUNT]` prints for each damage, out of COUNT (300) tags, the per cent that
the decoder reads at once (`..._plain`) and after its remedies (`..._rescued`). Q and H are the
error correction level, both with 29 modules.
"""

import sys
from collections.abc import Callable
from random import Random
from typing import Any

from PIL import Image

from qr import codes, decoder, links, rescue, symbols, wear

KEYS = codes.Keys(bytes(32))
LEVEL_Q = symbols.press(links.prefix("q.example.cn"))
LEVEL_H = symbols.press(links.prefix("q7.cn"))
COUNT = 300

# Name, tables, copies on the label, damage: the words of `wear.photo`.
CASES: list[tuple[str, symbols.Press, int, dict[str, Any]]] = [
    ("clean_q", LEVEL_Q, 1, {}),
    ("blur_0.5_module_q", LEVEL_Q, 1, {"blur": 0.5}),
    ("contrast_0.15_q", LEVEL_Q, 1, {"contrast": 0.15, "noise": 8, "pixels": 4}),
    ("1.5_px_a_module_q", LEVEL_Q, 1, {"pixels": 1.5}),
    ("tilt_60_degrees_q", LEVEL_Q, 1, {"tilt": 60}),
    ("dirt_5_q", LEVEL_Q, 1, {"dirt": 0.05}),
    ("dirt_5_q_two_copies", LEVEL_Q, 2, {"dirt": 0.05}),
    ("dirt_5_h", LEVEL_H, 1, {"dirt": 0.05}),
    ("dirt_10_q", LEVEL_Q, 1, {"dirt": 0.10}),
    ("dirt_10_q_two_copies", LEVEL_Q, 2, {"dirt": 0.10}),
    ("dirt_10_h", LEVEL_H, 1, {"dirt": 0.10}),
    ("dirt_10_q_clean_finders", LEVEL_Q, 1, {"dirt": 0.10, "spare_finders": True}),
    ("dirt_10_h_clean_finders", LEVEL_H, 1, {"dirt": 0.10, "spare_finders": True}),
    ("dirt_15_q_clean_finders", LEVEL_Q, 1, {"dirt": 0.15, "spare_finders": True}),
    ("dirt_15_h_clean_finders", LEVEL_H, 1, {"dirt": 0.15, "spare_finders": True}),
]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    for name, press, copies, damage in CASES:
        for eye, find in (("plain", decoder.texts), ("rescued", rescued)):
            print(f"{name}_{eye} {rate(count, press, copies, find, damage):.1f}", flush=True)


def rescued(photo: Image.Image) -> list[str]:
    found = rescue.read(photo)
    return found.texts if found else []


def rate(
    count: int,
    press: symbols.Press,
    copies: int,
    find: Callable[[Image.Image], list[str]],
    damage: dict[str, Any],
) -> float:
    """Per cent read; a tag that is read wrongly stops the bench."""
    chance, right = Random(1), 0
    for _ in range(count):
        symbol = press.symbol(codes.mint(KEYS, chance.randbytes))
        photos = [wear.photo(symbol, chance, **damage) for _ in range(copies)]
        texts = find(wear.beside(photos))
        if not set(texts) <= {symbol.text}:
            sys.exit(f"{symbol.text} was read as {texts}")
        right += bool(texts)
    return 100 * right / count
