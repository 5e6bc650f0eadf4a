"""A warm parent whose children are the server processes and the keeper, to be killed at will.

    python -m tests.crash.nursery '{"DATABASE_URL": ...}'

It listens, imports everything once, and then obeys lines on standard input:

    start          fork whatever of servers and keeper is missing
    bury           forget the children that are dead

and answers each with the pids of those that live, as JSON. With the last line all end.
The children run what `python -m mobile_api` and `python -m backend worker` run; only the second
of importing is spared. The listening socket stays open over their deaths, as the real parent's.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from backend import db
from backend.config import Settings
from backend.services.photos import storing
from backend.start import start
from backend.tasks import keeper
from mobile_api import create_app
from mobile_api.__main__ import listen, serve_here


def main() -> None:
    values = json.loads(sys.argv[1])
    db.PRAGMAS.update(values.pop("PRAGMAS", {}))  # To show what a weaker promise would lose.
    if values.pop("CARELESS_WITH_PHOTOS", False):
        storing.Folder.put = carelessly  # type: ignore[method-assign]
    settings = Settings(**values)
    listener = listen(settings)
    children: dict[str, int] = {}

    def serve() -> None:
        serve_here(create_app(settings), settings, listener)

    def keep() -> None:
        start(settings)
        keeper.run()

    wanted: dict[str, Callable[[], None]] = {"keeper": keep}
    wanted |= {f"server {number}": serve for number in range(settings.PROCESSES)}
    for line in sys.stdin:
        if line.strip() == "start":
            for name in wanted.keys() - children.keys():
                children[name] = born(wanted[name])
        else:
            for name, pid in list(children.items()):
                if os.waitpid(pid, os.WNOHANG)[0]:
                    del children[name]
        sys.stdout.write(json.dumps(children) + "\n")
        sys.stdout.flush()
    for pid in children.values():
        os.kill(pid, signal.SIGKILL)


def carelessly(folder: storing.Folder, name: str, content: bytes) -> None:
    """A file as most programs write it."""
    place = folder.path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def born(run: Callable[[], None]) -> int:
    """Fork a child that runs this and nothing else."""
    return os.fork() or live(run)


def live(run: Callable[[], None]) -> NoReturn:
    sys.stdin.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        run()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
