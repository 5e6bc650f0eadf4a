"""Where a unit may be told beside mail: a webhook, or a robot of a chat; checked, and masked."""

import base64
import re
from urllib.parse import urlsplit

ROBOTS = {
    "dingtalk": re.compile(r"dingtalk://(?:[0-9A-Za-z]{1,100}@)?[0-9A-Za-z]{8,100}/?"),
    "wecombot": re.compile(r"wecombot://[0-9A-Za-z_-]{8,100}/?"),
    "feishu": re.compile(r"feishu://[0-9A-Za-z-]{8,100}/?"),
    "lark": re.compile(r"lark://[0-9A-Za-z-]{8,100}/?"),
}
"""DingTalk 钉钉, WeCom 企业微信, Feishu 飞书 and its sister Lark, each by its robot's token."""
LONGEST = 500
SIGNED_WITH = "whsec_"
"""How the secret of a webhook begins, says its standard."""


class NoPlace(ValueError):
    """Not an address that a unit can be told at."""


def check(address: str, *, inside: bool) -> str:
    """The address as it is kept. `inside`: plain http will do, too. Raises NoPlace."""
    kind = kind_of(address)
    if len(address) > LONGEST or not address.isascii() or not address.isprintable():
        raise NoPlace(kind)
    if kind in ROBOTS:
        if not ROBOTS[kind].fullmatch(address):
            raise NoPlace(kind)
        return address
    if kind not in (("https", "http") if inside else ("https",)) or not _has_host(address):
        raise NoPlace(kind)
    return address


def is_secret(text: str) -> bool:
    """Whether a webhook can be signed with it: whsec_ and 24 bytes or more in base64."""
    try:
        found = base64.b64decode(text.removeprefix(SIGNED_WITH), validate=True)
    except ValueError:
        return False
    return text.startswith(SIGNED_WITH) and 24 <= len(found) <= 64


def kind_of(address: str) -> str:
    """https, http, or the name of a robot."""
    return address.partition("://")[0].lower()


def masked(address: str) -> str:
    """What may be shown: where it leads, without what opens it."""
    kind = kind_of(address)
    if kind in ROBOTS:
        return f"{kind}://…{address.rstrip('/')[-4:]}"
    return f"{kind}://{urlsplit(address).hostname}/…"


def _has_host(address: str) -> bool:
    try:
        split = urlsplit(address)
        return bool(split.hostname) and split.username is None and split.port != 0
    except ValueError:
        return False
