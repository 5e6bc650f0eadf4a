"""How a half-seen value looks: 张**, 440***********123X, 138****5678, a year of birth.

A mask has one shape whatever its length was, because length tells too: 张** may be 张伟 or
张小明, 欧阳** any 欧阳. A value that does not look like what its field holds gives away its
first letter at most, and a value of one letter nothing.
"""

import re
from collections.abc import Callable

Mask = Callable[[str | None], str | None]

COMPOUND_SURNAMES = frozenset(
    """
    欧阳 司马 上官 诸葛 司徒 夏侯 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司空 鲜于 闾丘 亓官 南宫 东方
    西门 东郭 南门 百里 呼延 端木 轩辕 独孤 拓跋 钟离 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙
    公羊 赫连 万俟 闻人 第五 左丘 谷梁 公西 颛孙 壤驷 漆雕 乐正 梁丘 微生 羊舌 巫马 公良 夹谷 段干
    耶律 完颜 纳兰 叶赫 贺兰 达奚 欧陽 司馬 諸葛 東方 西門 長孫 軒轅 獨孤 鍾離 濮陽
    """.split()  # noqa: SIM905 a page of quotes is no easier to read
)

_HIDDEN = "**"


def name(text: str | None) -> str | None:
    """The surname and two stars; of a name in letters, the first letter and two stars."""
    if text is None or not text.strip():
        return text
    text = text.strip()
    if len(text) > 2 and text[:2] in COMPOUND_SURNAMES:
        return text[:2] + _HIDDEN
    return _first_letter(text)


def id_number(text: str | None) -> str | None:
    """The first 3 and the last 4 of 18; the birthday lies between them."""
    if text is not None and _ID_NUMBER.fullmatch(text.strip()):
        text = text.strip()
        return text[:3] + "*" * 11 + text[-4:]
    return _or_first_letter(text)


def phone(text: str | None) -> str | None:
    """138****5678 for a mainland mobile, however it was typed."""
    if text is not None:
        number = _MOBILE.fullmatch(re.sub(r"[\s()-]", "", text))
        if number:
            return f"{number[1][:3]}****{number[1][-4:]}"
    return _or_first_letter(text)


def birth_date(text: str | None) -> str | None:
    """The year alone; two stars for what is no date."""
    if text is None or not text.strip():
        return text
    found = _DATE.fullmatch(text.strip())
    return found[1] if found else _HIDDEN


def plain(text: str | None) -> str | None:
    """Two stars, whatever it was: a value that has no half-seen form."""
    return text if text is None or not text.strip() else _HIDDEN


MASKS: dict[str, Mask] = {
    "name": name,
    "sex": plain,
    "birth_date": birth_date,
    "id_number": id_number,
    "phone": phone,
    "residence_kind": plain,
    "room": plain,
    "since": plain,
    "source": plain,
    "verified_at": plain,
    "people_class": plain,
    "business_name": plain,
    "credit_code": plain,
    "business_class": plain,
    "legal_name": name,
    "legal_phone": phone,
    "event_class": plain,
    "event_at": plain,
    "event_text": plain,
    "event_status": plain,
}
"""The mask of every field of `sight.FIELDS`."""

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[0-9]{10})")
_DATE = re.compile(
    r"((?:18|19|20)[0-9]{2})(?:[-/.年]?[0-9]{1,2}(?:[-/.月]?[0-9]{1,2}日?)?)?(?:[T ].*)?"
)


def _or_first_letter(text: str | None) -> str | None:
    if text is None or not text.strip():
        return text
    return _first_letter(text.strip())


def _first_letter(text: str) -> str:
    # Of one letter nothing is shown: the mask would be the value.
    return (text[0] if len(text) > 1 and text[0].isalnum() else "") + _HIDDEN
