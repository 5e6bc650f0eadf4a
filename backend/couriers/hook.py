"""A unit's own program: one POST a message, signed as https://www.standardwebhooks.com says.

Whoever names a webhook makes us call it, so it is called at public addresses alone, over TLS, at
the address that was checked, and it leads us nowhere else. Its key is in `webhook-id`: a message
that is sent again after a broken connection bears the same one.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

from backend.couriers.letters import Bulletin, Unwelcome
from backend.couriers.places import SIGNED_WITH

PATIENCE_S = 10.0
"""For one message, from the first byte to the status of its answer."""
ITS_OWN_FAULT = frozenset({400, 406, 413, 415, 422})
"""Answers that mean this message and not the whole way."""


class Hook(NamedTuple):
    """Where it is, and what it is signed with."""

    address: str
    secret: str

    @property
    def at_once(self) -> int:
        return 1

    def carry(self, letters: Sequence[Bulletin], *, inside: bool = False) -> None:
        """Raises OSError if it cannot be reached or will not have it now, or Unwelcome."""
        for letter in letters:
            status = _post(self, letter, inside)
            if status in ITS_OWN_FAULT:
                raise Unwelcome(f"answered {status}")
            if not 200 <= status < 300:  # A redirection, too: we go where we were sent, or nowhere.
                raise OSError(f"answered {status}")


def signature(secret: str, key: str, at: int, body: bytes) -> str:
    """What `webhook-signature` says: HMAC-SHA256 over id, time and body."""
    signed = b".".join((key.encode(), str(at).encode(), body))
    digest = hmac.digest(base64.b64decode(secret.removeprefix(SIGNED_WITH)), signed, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def _post(hook: Hook, letter: Bulletin, inside: bool) -> int:
    body, at = orjson.dumps(letter._asdict()), int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Gridtag",
        "webhook-id": letter.key,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(hook.secret, letter.key, at, body),
    }
    split = urlsplit(hook.address)
    line = _Line(hook.address, inside)
    # Each read may take its time; a server that sends a byte now and then would have us for ever.
    end = threading.Timer(PATIENCE_S, line.hang_up)
    end.daemon = True
    end.start()
    try:
        path = (split.path or "/") + (f"?{split.query}" if split.query else "")
        line.request("POST", path, body, headers)
        return line.getresponse().status
    except http.client.HTTPException as fault:
        raise OSError(type(fault).__name__) from fault
    finally:
        end.cancel()
        line.close()


class _Line(http.client.HTTPConnection):
    """A connection to one of the addresses that a name has just now, if we may call it."""

    def __init__(self, address: str, inside: bool) -> None:
        split = urlsplit(address)
        self.is_safe, self.inside = split.scheme == "https", inside
        standard = 443 if self.is_safe else 80
        super().__init__(str(split.hostname), split.port or standard, timeout=PATIENCE_S)

    def connect(self) -> None:
        called = allowed(self.host, self.port, inside=self.inside)
        self.sock = socket.create_connection((called, self.port), PATIENCE_S)
        if self.is_safe:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def hang_up(self) -> None:
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # It has ended by itself.


def allowed(host: str, port: int, *, inside: bool) -> str:
    """The address to call. Raises OSError if any that the name has is not for everybody."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not inside and not all(ipaddress.ip_address(one).is_global for one in found):
        raise OSError("a private address")
    return found[0]
