"""The product's server as `make run` starts it, and beside it a route that does nothing."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path

from flask import Flask

from backend.config import Settings
from mobile_api.__main__ import listen, listen_beside, serve_here

START_S = 60
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


class Served:
    """A server in processes of its own; `port` is where it answers while the block lasts."""

    def __init__(self, module: str, settings: Settings) -> None:
        self.port = _free_port()
        given = {
            known.name: str(int(value) if isinstance(value, bool) else value)
            for known in fields(Settings)
            if (value := getattr(settings, known.name)) != known.default
        }
        # Nothing of the caller's own settings: what is measured are the defaults.
        known_names = {known.name for known in fields(Settings)}
        rest = {name: value for name, value in os.environ.items() if name not in known_names}
        self.environment = rest | given | {"PORT": str(self.port)}
        self.command = [sys.executable, "-m", module]

    def __enter__(self) -> "Served":
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def cpu_s(self) -> float:
        """Processor seconds of all its processes so far, the keeper included."""
        total = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = stat.read_text().rpartition(")")[2].split()
            except OSError:  # It has just ended.
                continue
            if int(after_name[2]) == self.process.pid:  # Its process group.
                total += int(after_name[11]) + int(after_name[12])
        return total * TICK_S

    def _wait(self) -> None:
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                    line.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    if line.recv(1):
                        return
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{' '.join(self.command)} does not answer.")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def trivial() -> Flask:
    """What there is to compare with: the least that Flask can do."""
    app = Flask("trivial")

    @app.get("/")
    def answer() -> dict[str, bool]:
        return {"ok": True}

    return app


def serve() -> None:
    """Serve `trivial` by the product's own server code, in as many processes and threads."""
    settings = Settings(PORT=int(os.environ["PORT"]))
    listener = first = listen(settings)
    for _ in range(settings.PROCESSES - 1):
        beside = listen_beside(first)
        if os.fork() == 0:
            listener = beside
            break
    serve_here(trivial(), settings, listener)


if __name__ == "__main__":
    serve()
