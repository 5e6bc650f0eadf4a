"""A phone's work, done here."""

import hashlib
from typing import Any


def solve(challenge: dict[str, Any]) -> str:
    """What `static/work.js` finds."""
    salted = hashlib.sha256(challenge["salt"].encode())
    for number in range(challenge["most"]):
        tried = salted.copy()
        tried.update(str(number).encode())
        if tried.hexdigest() == challenge["hash"]:
            return f"{challenge['salt']}:{number}:{challenge['mac']}"
    raise AssertionError("there is no solution")
