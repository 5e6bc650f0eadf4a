"""Invented people who share what nobody else has, so that any of them is found by three words.

丝雀 in the name, one birthday in the ID number, one beginning of the phone: a single letter too
many of anybody is found, whoever it is.
"""

from typing import Any
from urllib.parse import quote

from werkzeug.test import TestResponse

from tests.town import House, of_house

NAME, BORN, PHONE = "丝雀", "19010203", "16099942"
WORDS = {
    "name": [NAME, NAME.encode("unicode-escape").decode(), quote(NAME)],
    "id_number": [f"440399{BORN}"],
    "phone": [PHONE],
}


def id_number(serial: int) -> str:
    """A valid one of the invented county 440399 (GB 11643)."""
    digits = f"440399{BORN}{serial:03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def canary(serial: int, house: House) -> dict[str, str]:
    rooms = of_house(house, "rooms.csv")
    return {
        "key": f"canary-{serial}",
        "name": f"金{NAME}{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}",
        "id_number": id_number(serial),
        "phone": f"{PHONE}{serial:03d}",
        "building": house.code,
        "room": rooms[serial % len(rooms)]["code"],
        "kind": "living",
        "source": "visit",
        "since": "2026-01-01",
        **dict.fromkeys(("sex", "people_class", "until", "verified_at"), ""),
    }


def found_in(text: str, kinds: Any = WORDS) -> list[str]:
    return [kind for kind in kinds if any(word in text for word in WORDS[kind])]


def found(answer: TestResponse, kinds: Any = WORDS) -> list[str]:
    """Which of the canaries' values an answer carries, in its body or headers."""
    return found_in(f"{answer.data.decode(errors='replace')}\n{answer.headers}", kinds)
