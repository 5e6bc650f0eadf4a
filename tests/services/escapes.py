"""What a decoder that has been taken over would try; each is a task of the sandbox."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path


def says(content: bytes) -> bytes:
    return content[::-1]


def fails(content: bytes) -> bytes:
    raise ValueError(content)


def crashes(content: bytes) -> bytes:
    return ctypes.string_at(0)


def leaves(content: bytes) -> bytes:
    os._exit(0)


def lasts(content: bytes) -> bytes:
    while True:
        sum(range(1_000_000))


def sleeps(content: bytes) -> bytes:
    time.sleep(60)
    return content


def eats(content: bytes) -> bytes:
    return bytes(2 << 30)[:1]


def floods(content: bytes) -> bytes:
    return bytes(100 << 20)


def reads_a_file(content: bytes) -> bytes:
    return Path("/etc/passwd").read_bytes()


def calls_home(content: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(content))) as line:
        line.sendall(b"secret")
    return b"told"


def starts_a_shell(content: bytes) -> bytes:
    return subprocess.check_output(["/bin/sh", "-c", "id"])


def becomes_a_shell(content: bytes) -> bytes:
    os.execv("/bin/sh", ["sh", "-c", "sleep 60"])


def forks(content: bytes) -> bytes:
    return b"%d" % os.fork()


def kills(content: bytes) -> bytes:
    os.kill(int(content), signal.SIGKILL)
    return b"killed"


def lifts_its_limits(content: bytes) -> bytes:
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    return b"lifted"


def looks_around(content: bytes) -> bytes:
    """Everything it knows that it was not given."""
    return "\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()
