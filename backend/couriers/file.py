"""Messages as lines of a file, for a city's own gateway to read; each on disk before it is sent."""

import fcntl
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import orjson

from backend.couriers.letters import Bulletin, Letter

REMEMBERED = 100_000
"""Keys of the last lines; a message is asked for again within minutes, if at all."""


class FileCourier:
    """`{"key", "to", "text"}` a line. Several keepers may share the file."""

    def __init__(self, place: str) -> None:
        self.path = Path(place)
        self.carried: OrderedDict[str, None] = OrderedDict()
        self.read_to = 0
        self.turn = threading.Lock()

    def carry(self, letters: Sequence[Letter | Bulletin]) -> None:
        """Write a line for each, unless it is there already."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with self.turn, os.fdopen(self._opened(), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            is_torn = self._catch_up(file.fileno())
            fresh = [letter for letter in letters if letter.key not in self.carried]
            lines = b"".join(orjson.dumps(letter._asdict()) + b"\n" for letter in fresh)
            if not lines:
                return
            # What a power cut has torn stays a line of its own, which nobody can read.
            file.seek(0, os.SEEK_END)
            file.write(b"\n" * is_torn + lines)
            file.flush()
            os.fsync(file.fileno())
            self._catch_up(file.fileno())
        if is_new:
            self._sync_folder()

    def _opened(self) -> int:
        return os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)

    def _catch_up(self, handle: int) -> bool:
        """Learn the lines that were added since; whether the last one has no end."""
        size = os.fstat(handle).st_size
        if size < self.read_to:  # Somebody has emptied it.
            self.read_to = 0
        added = os.pread(handle, size - self.read_to, self.read_to)
        whole, _, rest = added.rpartition(b"\n")
        for line in whole.split(b"\n"):
            self._remember(line)
        self.read_to = size - len(rest)
        return bool(rest)

    def _remember(self, line: bytes) -> None:
        try:
            self.carried[orjson.loads(line)["key"]] = None
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return
        while len(self.carried) > REMEMBERED:
            self.carried.popitem(last=False)

    def _sync_folder(self) -> None:
        handle = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
