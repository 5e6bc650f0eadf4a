"""A house in processes of its own, on a free port, killed and started again by the tests."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.town import KEYS

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Stopped, or in the middle of a write to the disk: such a thread stops before it comes back.
FROZEN = {"T", "D"}


def states_of(pid: int) -> set[str]:
    """One letter for each state that a thread of this process is in (proc(5))."""
    stats = Path(f"/proc/{pid}/task").glob("*/stat")
    return {file.read_text().rpartition(")")[2].split()[0] for file in stats}


class Servers:
    """Two server processes and a keeper over the database at `url`, forked from a warm parent.

    `folder` is where they keep checkpoints and photos, and whatever else they keep for a while;
    `changes` are settings. What they log goes to a file, for whoever looks into a failure.
    """

    def __init__(self, url: str, folder: Path, **changes: Any) -> None:
        self.port, self.folder = free_port(), folder
        self.children: dict[str, int] = {}
        self.settings = {
            **KEYS,
            "DATABASE_URL": url,
            "PORT": self.port,
            "CHECKPOINTS": str(folder / "checkpoints.jsonl"),
            "PHOTOS": str(folder / "photos"),
            "MESSAGES": str(folder / "messages.jsonl"),
            "SEAL_EVERY_S": 0.05,
            "CHECKPOINT_EVERY_S": 0.2,
            "LOG_LEVEL": "ERROR",
            **changes,
        }

    @property
    def known(self) -> dict[str, Any]:
        """What one needs to look at everything they kept (`audit.faults`)."""
        kept = {name: self.settings[name] for name in ("CHECKPOINTS", "PHOTOS", "MESSAGES")}
        return {"url": self.settings["DATABASE_URL"], **kept}

    def __enter__(self) -> "Servers":
        self.log = tempfile.NamedTemporaryFile(prefix="gridtag-servers-", suffix=".log")
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", json.dumps(self.settings)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": "", "TMPDIR": str(self.folder)},
        )
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.close()
        self.parent.stdout.close()
        self.parent.wait(timeout=10)
        self.log.close()

    def start(self) -> None:
        """Fork what is missing. The port answers at once; the first answer may wait a moment."""
        self.children = self._tell("start")

    def kill(self, names: list[str] | None = None) -> None:
        """kill -9 these, or all; gone when this returns."""
        for name in self.children if names is None else names:
            os.kill(self.children[name], signal.SIGKILL)
        while set(self._tell("bury")) & set(self.children if names is None else names):
            time.sleep(0.001)

    def freeze(self) -> None:
        """Nobody answers any more, wherever they are; only what the kernel has begun goes on."""
        for pid in self.children.values():
            os.kill(pid, signal.SIGSTOP)
        for pid in self.children.values():
            while not states_of(pid) <= FROZEN:
                time.sleep(0.0002)

    def kill_some(self, chance: random.Random) -> list[str]:
        """One, some or all of them, by chance."""
        names = chance.sample(sorted(self.children), chance.randint(1, len(self.children)))
        self.kill(names)
        return names

    def _tell(self, word: str) -> dict[str, int]:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(f"{word}\n")
        self.parent.stdin.flush()
        told: dict[str, int] = json.loads(self.parent.stdout.readline())
        return told
