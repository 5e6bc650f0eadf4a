"""Robots of DingTalk, WeCom, Feishu and Lark, through apprise: all that waits for a unit at once.

apprise is loaded with the first message: it takes some 20 MB, which no server needs. Its robots
take any answer of 200 for a success, where these services say in the body that they refuse; so
what it calls reads the body, too.
"""

import importlib
import logging
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from backend.couriers.letters import Bulletin
from backend.couriers.places import kind_of

SAID = ("errcode", "code", "StatusCode")
"""Where the services say how it went, in words of their own; 0 is well."""
PLUGINS = {
    "dingtalk": "NotifyDingTalk",
    "wecombot": "NotifyWeComBot",
    "feishu": "NotifyFeishu",
    "lark": "NotifyLark",
}
_fault = threading.local()


class Robot(NamedTuple):
    """A robot of a chat, by its address. It knows no key: sent again, it is read twice."""

    address: str

    @property
    def at_once(self) -> int:
        return 20  # Robots may speak 20 times a minute or less.

    def carry(self, letters: Sequence[Bulletin], *, inside: bool = False) -> None:
        """Raises OSError if the robot did not say it."""
        _fault.text = "not sent"
        plugin = _plugin(kind_of(self.address))
        said = plugin.parse_url(self.address)
        robot = plugin(**said)
        robot.redirects = False
        if not robot.notify(body="\n\n".join(letter.text for letter in letters)):
            raise OSError(_fault.text)


@cache
def _plugin(kind: str) -> Any:
    """Only this one is loaded: apprise by itself would load all of its hundred."""
    # It writes tokens into its debug lines.
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    module: Any = importlib.import_module(f"apprise.plugins.{kind}")
    module.requests = _Reading(module.requests)
    return getattr(module, PLUGINS[kind])


class _Reading:
    """`requests` as these plugins see it: an answer that refuses is no success."""

    def __init__(self, requests: Any) -> None:
        self.requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self.requests, name)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        try:
            answer = self.requests.post(*args, **kwargs)
        except self.requests.RequestException as fault:
            _fault.text = type(fault).__name__  # Its words hold the token.
            raise
        _fault.text = f"answered {answer.status_code}"
        said = _code(answer)
        if said not in (0, None):
            _fault.text = f"refused: {str(said)[:20]}"
            raise self.requests.RequestException(_fault.text)
        return answer


def _code(answer: Any) -> object:
    try:
        body = answer.json()
    except ValueError:
        return None
    return next((body[name] for name in SAID if name in body), None) if body else None
