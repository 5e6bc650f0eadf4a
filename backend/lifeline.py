"""A process that ends with the one that started it, even if that one was killed outright."""

import os
import signal
import threading
import time

LOOK_EVERY_S = 1.0


def end_with(parent: int) -> None:
    """From now on, this process gets SIGTERM within a second or so of its parent's end."""
    threading.Thread(target=_watch, args=(parent,), name="lifeline", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
