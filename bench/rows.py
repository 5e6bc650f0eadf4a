"""The rows of an invented city: as many buildings as one likes, everything in them, sealed.

Row number and key decide everything, so that two processes may make a half each. Nobody here
exists: ID numbers carry the county code 440399, which was never given out, phones the prefix 161.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.models import keys
from backend.vault import Vault
from qr import codes

Rows = dict[str, list[tuple[Any, ...]]]
Area = tuple[str, str]  # Its code, its path.

HOUSES = ((8, 12, 2), (14, 22, 4), (18, 30, 5), (22, 36, 6), (29, 52, 8))
"""Rooms, residents, firms of five kinds of house: on average Shenzhen's 18, 30 and 5."""
SHOWCASE = ((20, 40, 5),)
"""The house of the scan that is promised."""

COLUMNS = {
    "building": (
        "id", "code", "name", "address", "area", "lat", "lon", "cell", "footprint", "height_m",
        "floors", "house_class", "built_year", "learned_offset_m", "version", "updated_at",
    ),
    "room": ("id", "code", "number", "floor", "house_class", "area_m2", "version", "updated_at"),
    "resident": (
        "id", "key", "sealed", "id_index", "phone_index", "sex", "people_class", "version",
        "updated_at", "updated_by",
    ),
    "residence": (
        "id", "resident_id", "room_id", "kind", "since", "until", "source", "verified_at",
        "version", "updated_at", "updated_by",
    ),
    "business": (
        "id", "key", "name", "credit_code", "business_class", "sealed", "room_id", "since",
        "source", "verified_at", "version", "updated_at", "updated_by",
    ),
    "tag": ("code", "building_id", "kind", "state", "minted_at", "bound_at", "accepted_at"),
}  # fmt: skip

SURNAMES = "李王张刘陈黄林吴杨周赵郑何罗徐朱邓谢曾叶郭梁彭钟胡肖许苏曹潘"
GIVEN = ("志伟", "秀兰", "建军", "丽", "敏", "海燕", "国强", "小梅", "磊", "桂英", "文静", "俊杰")
TIES = ("living", "living", "registered", "owning", "working")
TAG_KEY = "ef" * 32
AT = 1_790_000_000_000  # Milliseconds: some day in September 2026.
BY = "bench"


@dataclass(frozen=True)
class City:
    """What to invent: houses from number `first`, spread over `areas`, the kinds in turn."""

    areas: Sequence[Area]
    first: int = 1
    houses: Sequence[tuple[int, int, int]] = HOUSES

    def rows(self, numbers: range, vault: Vault) -> Rows:
        """Everything in these houses, table by table, in the order of COLUMNS."""
        found: Rows = {table: [] for table in COLUMNS}
        for number in numbers:
            self._house(found, self.first + number, vault)
        return found

    def area_of(self, building: int) -> Area:
        # Neighbouring numbers stand in one area, as they would after a real import.
        return self.areas[building // 50 % len(self.areas)]

    def code_of(self, building: int) -> str:
        return f"{self.area_of(building)[0][:12]}{building:07d}"

    def _house(self, found: Rows, building: int, vault: Vault) -> None:
        rooms, residents, firms = self.houses[building % len(self.houses)]
        first, code = keys.first(building) + 1, self.code_of(building)
        # Some 9 houses a cell of a thousandth of a degree, as in an urban village.
        lat, lon = 22.45 + building // 900 % 400 / 1000, 113.75 + building // 9 % 100 / 1000 * 8
        found["building"].append((
            building, code, f"{building}栋", f"深圳市第{building // 20}巷{building % 20}号",
            self.area_of(building)[0], lat, lon, int(lat * 1000) * 1_000_000 + int(lon * 1000),
            _square(lat, lon), 3.1 * (rooms // 4), rooms // 4, "0801", 1985 + building % 35,
            0.0, 1, AT,
        ))  # fmt: skip
        found["tag"].append((tag(building), building, "building", "bound", AT, AT, AT))
        found["room"] += [
            (first + n, f"{code}{n + 1:06d}", f"{n // 4 + 1}{n % 4 + 1:02d}", n // 4 + 1, "0801",
             40.5 + n, 1, AT)
            for n in range(rooms)
        ]  # fmt: skip
        for n in range(residents):
            found["resident"].append(_resident(first + n, building * 64 + n, vault))
            found["residence"].append((
                first + n, first + n, first + n % rooms, TIES[n % 5], "2024-03-01", None, "visit",
                "2026-08-01", 1, AT, BY,
            ))  # fmt: skip
        for n in range(firms):
            key, stamp = first + n, building * 16 + n
            found["business"].append((
                key, f"F{stamp}", f"深圳市第{building}巷第{n}便利店", f"9244{stamp:014d}", "0801",
                vault.seal(b"business:%d" % key, _name(stamp), f"161{stamp % 10**8:08d}"),
                first + n, "2022-05-05", "visit", "2026-08-01", 1, AT, BY,
            ))  # fmt: skip


def _resident(key: int, person: int, vault: Vault) -> tuple[Any, ...]:
    number, birthday, phone = id_number(person), _birthday(person), f"161{person % 10**8:08d}"
    return (
        key,
        f"R{person}",
        vault.seal(b"resident:%d" % key, _name(person), number, phone, birthday),
        vault.index("id_number", number),
        vault.index("phone", phone),
        "m" if person % 2 else "f",
        "7601",
        1,
        AT,
        BY,
    )


def tag(building: int) -> str:
    """Another genuine code for each building, as the house that is measured would mint it."""
    return codes.mint(codes.Keys(bytes.fromhex(TAG_KEY)), lambda size: building.to_bytes(size))


def _name(person: int) -> str:
    return SURNAMES[person % len(SURNAMES)] + GIVEN[person // 31 % len(GIVEN)]


# --- ID numbers --------------------------------------------------------------------------

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _weighed(digits: str, place: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS[place:], strict=False))


# 50,000 birthdays times 1,000 serials; each part is weighed once, not twenty million times.
_DAYS = [date(1885, 1, 1) + timedelta(days=n) for n in range(50_000)]
_BIRTHDAYS = [day.isoformat() for day in _DAYS]
_BORN = [f"{day:%Y%m%d}" for day in _DAYS]
_BORN_SUMS = [_weighed(born, 6) + _weighed("440399", 0) for born in _BORN]
_SERIALS = [f"{n:03d}" for n in range(1000)]
_SERIAL_SUMS = [_weighed(serial, 14) for serial in _SERIALS]


def id_number(person: int) -> str:
    """Another 18 characters for each of fifty million, the check digit right (GB 11643)."""
    day, serial = person // 1000 % 50_000, person % 1000
    check = "10X98765432"[(_BORN_SUMS[day] + _SERIAL_SUMS[serial]) % 11]
    return f"440399{_BORN[day]}{_SERIALS[serial]}{check}"


def _birthday(person: int) -> str:
    return _BIRTHDAYS[person // 1000 % 50_000]


def _square(lat: float, lon: float) -> str:
    """A footprint of 12 m by 12 m, as GeoJSON rings."""
    west, east, south, north = lon - 6e-5, lon + 6e-5, lat - 5.4e-5, lat + 5.4e-5
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return "[[" + ",".join(f"[{x:.7f},{y:.7f}]" for x, y in ring) + "]]"


def portions(total: int, size: int = 500) -> Iterator[range]:
    """0 .. total - 1, cut into ranges that one process takes at a time."""
    return (range(start, min(start + size, total)) for start in range(0, total, size))
