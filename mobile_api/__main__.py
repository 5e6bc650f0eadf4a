"""Serve the house: migrate, load the demo town into an empty demo, start server and keeper.

Waitress reads every request whole before a thread sees it, so that slow phones hold nobody up;
one process a core listens on the same port. See docs/decisions/0008-server.md for the
measurements behind it.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from functools import partial
from types import FrameType

import click
from flask import Flask
from waitress import create_server

from backend import lifeline, logs
from backend.config import SettingError, Settings, read_settings
from mobile_api import create_app, early, uploads
from mobile_api.threads import Turntaking

log = logging.getLogger("gridtag")

RESTART_PAUSE_S = 1.0


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Serve Gridtag's pages and API (settings come from the environment, see docs/SETTINGS.md)."""
    if context.invoked_subcommand is None:
        try:
            serve(read_settings())
        except SettingError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)


def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT; a child that dies is started again."""
    first = listen(settings)
    listeners = [first, *(listen_beside(first) for _ in range(settings.PROCESSES - 1))]
    _prepare(settings)
    _greet(settings)
    starts: list[Start] = [partial(_start_server, settings, listener) for listener in listeners]
    children = {start(): start for start in [*starts, _start_keeper]}
    stopping = _stop_on_signals(children)
    while children:
        try:
            pid, _status = os.wait()
        except ChildProcessError:
            break
        start = children.pop(pid, None)
        if start is None or stopping.is_set():
            continue
        click.echo(f"process {pid} ended; starting another", err=True)
        time.sleep(RESTART_PAUSE_S)
        children[start()] = start


Start = Callable[[], int]  # Starts a child and returns its number.


def listen(settings: Settings) -> socket.socket:
    """The socket of the first server process. Raises SettingError if the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.HOST, settings.PORT))
    except OSError as error:
        listener.close()
        raise SettingError(
            f"Cannot listen on {settings.HOST}:{settings.PORT} ({error.strerror}). "
            "Stop what is there, or set PORT to another number."
        ) from error
    # Only now, so that a second Gridtag is told that the port is taken.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return _open(listener)


def listen_beside(first: socket.socket) -> socket.socket:
    """Another process's socket on the same port; the kernel deals out the connections.

    From one socket for all, the process that is awake takes nearly every connection, and the
    other cores idle (measured: 16 of 16).
    """
    listener = socket.socket(first.family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(first.getsockname())
    return _open(listener)


def _open(listener: socket.socket) -> socket.socket:
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def _prepare(settings: Settings) -> None:
    """Tables first; in a demo, the town. A process of its own keeps the parent small."""
    steps = [["migrate", "--quiet"]] + [["load-demo", "--if-empty"]] * settings.DEMO
    for step in steps:
        done = subprocess.run([sys.executable, "-m", "backend", *step])  # noqa: S603 - ours.
        if done.returncode:  # It has said why.
            sys.exit(done.returncode)


def _start_server(settings: Settings, listener: socket.socket) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    lifeline.end_with(parent)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        serve_here(create_app(settings), settings, listener)
    except Exception:
        log.exception("the server could not go on")
    finally:
        os._exit(1)


def serve_here(app: Flask, settings: Settings, listener: socket.socket) -> None:
    """Answer by `app` in this process until it is stopped."""
    logs.prepare(settings.LOG_LEVEL)
    server = create_server(
        app,
        _dispatcher=Turntaking(settings.THREADS),
        sockets=[listener],
        connection_limit=1000,
        channel_timeout=120,
        asyncore_use_poll=True,
        max_request_body_size=uploads.MOST,
        clear_untrusted_proxy_headers=settings.TRUSTED_PROXIES == 0,
        ident="gridtag",
    )
    server.channel_class = early.Channel
    server.run()


def _start_keeper() -> int:
    keeper = [sys.executable, "-m", "backend", "worker", "--beside", str(os.getpid())]
    return subprocess.Popen(keeper).pid  # noqa: S603 - ours.


def _stop_on_signals(children: Collection[int]) -> threading.Event:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        for pid in children:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                continue

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return stopping


def _greet(settings: Settings) -> None:
    """What to try, once everything is in place."""
    url = settings.public_url
    click.echo(f"\nGridtag serves {url}  (API docs: {url}/api/docs, Ctrl-C stops)")
    if not settings.DEMO:
        return
    from mobile_api import demo

    click.echo(demo.what_to_try(url))


if __name__ == "__main__":
    main()
