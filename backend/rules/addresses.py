"""One building, many addresses: its codes, and texts made comparable however they are typed.

A building code has 19 characters, a house code 25: those 19 and 6 for the house. They *name*
a thing and say nothing about who answers for it now: the first digits are the community at
the time of coding, so nothing here gives an area out of a code.
"""

import re
import unicodedata

from backend.errors import BadBuildingCode, BadHouseCode

KINDS = ("standard", "police_door", "title_deed", "utility_account", "nickname")
"""Where an address comes from: the library itself, the door plate, the deed, a bill, people."""

MOST_CHARS = 200
"""Longer texts are cut before they are compared; no address is that long."""


# --- Codes -------------------------------------------------------------------------------


def is_building_code(text: str) -> bool:
    return _BUILDING.fullmatch(text) is not None


def is_house_code(text: str) -> bool:
    return _HOUSE.fullmatch(text) is not None


def check_building_code(text: str) -> str:
    """The 19 characters, tidied and with a capital T. Raises BadBuildingCode."""
    code = _tidy(text)
    if not is_building_code(code):
        raise BadBuildingCode()
    return code


def check_house_code(text: str) -> str:
    """The 25 characters, tidied and with a capital T. Raises BadHouseCode."""
    code = _tidy(text)
    if not is_house_code(code):
        raise BadHouseCode()
    return code


def building_part(house_code: str) -> str:
    """The code of the building that a house is in. Raises BadHouseCode."""
    return check_house_code(house_code)[:19]


# Some serials were given out with a T in front: 44030400401103T0002.
_BUILDING = re.compile(r"[0-9]{14}[0-9T][0-9]{4}")
_HOUSE = re.compile(r"[0-9]{14}[0-9T][0-9]{10}")


def _tidy(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


# --- Texts -------------------------------------------------------------------------------


def normal(text: str) -> str:
    """The one spelling of an address under which its variants meet; "" for nothing.

    Full width becomes half, blanks and punctuation go, letters become capitals, 三十二号
    becomes 32号, 32号之一 and 32之1号 become 32-1号, 幢 and 号楼 become 栋, 302房 and 302室
    become 302, and a leading 广东省深圳市福田区福田街道水围社区 goes, if something is left.
    """
    text = text[:MOST_CHARS]
    for _ in range(9):  # One step may make room for another: 3之2之1. Twice is the rule.
        before, text = text, _simpler(text)
        if text == before:
            break
    return text


def search_keys(text: str) -> list[str]:
    """The normal form and its tails that begin at a number, a name or a letter after it.

    An index that finds keys by their beginning then finds the address by any of its parts:
    福田花园1栋606 by 福田花园, by 1栋 and by 606. A search text goes through `normal` first.
    """
    whole = normal(text)
    keys = dict.fromkeys(whole[found.start() :] for found in _UNIT.finditer(whole))
    return list(keys)


def _simpler(text: str) -> str:
    text = _tidy(text)[:MOST_CHARS]
    text = _NOISE.sub("", _DASH.sub("-", text))
    text = _CHINESE_NUMBER.sub(lambda found: _digits(found[0]), text)
    for pattern, spelling in _SAME:
        text = pattern.sub(spelling, text)
    return _AREAS.sub("", text, count=1)


_NOISE = re.compile(r"[^\w\-#]|_")
_DASH = re.compile(r"[‐-―−－—~]+")

_COUNTED = "号栋幢座楼层单室房巷弄街路坊期区排梯门"
# 之一 at the end, or before 号: the second half of a split door number.
_CHINESE_NUMBER = re.compile(
    rf"(?:(?<=之)[零〇○一二三四五六七八九十百]+(?![\u4e00-\u9fff])"
    rf"|[零〇○一二两三四五六七八九十百]+(?=[{_COUNTED}]|之[0-9零〇一二三四五六七八九十百]))"
)

_SAME: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"([0-9]+)号之([0-9]+)号?"), r"\1-\2号"),
    (re.compile(r"([0-9]+)之([0-9]+)号?"), r"\1-\2号"),
    (re.compile(r"号大院"), "号院"),
    (re.compile(r"([0-9A-Z])(?:号楼|#楼|幢)"), r"\1栋"),
    (re.compile(r"([0-9A-Z])#(?=[0-9A-Z])"), r"\1栋"),
    (re.compile(r"([0-9A-Z])#"), r"\1号"),
    (re.compile(r"([0-9])(?:F|楼层)(?![A-Z])"), r"\1层"),
    (re.compile(r"([0-9A-Z])(?:号房|房间|房|室)(?![\u4e00-\u9fff])"), r"\1"),
    (re.compile(r"#"), ""),
)

# A unit begins where digits do, where capitals do, and with the name that follows either.
_UNIT = re.compile(
    r"^.|(?<![0-9-])[0-9]|(?<![A-Z])[A-Z]|(?<=[号栋座楼层元路街巷村院区坊园苑城])(?![道院])\w"
)


def _digits(numeral: str) -> str:
    """三十二 -> 32, 二〇三 -> 203; what is no numeral stays as it is."""
    values = ["零一二三四五六七八九".find(c) for c in numeral.translate(_SAME_DIGITS)]
    if "十" not in numeral and "百" not in numeral:
        return "".join(map(str, values))
    found = _SPOKEN.fullmatch(numeral.translate(_SAME_DIGITS))
    if not found or not any(found.groups()):
        return numeral
    hundreds, tens_said, tens, ones = found.groups()
    total = 100 * _value(hundreds) if hundreds else 0
    if tens_said:
        total += 10 * (_value(tens) if tens else 1)
    return str(total + (_value(ones) if ones else 0))


_SAME_DIGITS = str.maketrans("〇○两", "零零二")
_SPOKEN = re.compile(
    r"(?:([一二三四五六七八九])百零?)?(([一二三四五六七八九])?十)?([一二三四五六七八九])?"
)


def _value(digit: str) -> int:
    return "零一二三四五六七八九".index(digit)


# Each part goes only while a name follows: 水围社区32号 keeps its 水围社区.
_NAME = "[\u4e00-\u9fff]"
_AREAS = re.compile(
    rf"(?:中国(?={_NAME}{{2,3}}[省市]))?"
    rf"(?:{_NAME}{{2,3}}(?:省|自治区)(?={_NAME}))?"
    # 菜市场 and 城市民居 are no cities.
    rf"(?:{_NAME}{{2,4}}?市(?![场政民口集])(?={_NAME}))?"
    # 科技园南区 and 工业区 are no districts.
    rf"(?:(?![^区]*(?:工业|科技|住宅|生活|开发|[东南西北中前后小园社校厂景院片])区)"
    rf"{_NAME}{{2,4}}?区(?={_NAME}))?"
    rf"(?:{_NAME}{{2,6}}?街道(?:办事处|办)?(?={_NAME}))?"
    rf"(?:{_NAME}{{2,8}}?社区(?:居民委员会|居委会)?(?={_NAME}))?"
)
