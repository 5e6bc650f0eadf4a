"""Those whom the house calls: a program with a webhook, a mail server. Both on this machine."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Program:
    """Answers as it is told to, and keeps what it was sent: (headers, body)."""

    port: int = 0
    status: int = 200
    answer: bytes = b"{}"
    pause_s: float = 0.0
    location: str | None = None
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def listening(**answers: Any) -> Iterator[Program]:
    """A program that waits for calls."""
    program = Program(**answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            program.heard.append((dict(self.headers), body))
            time.sleep(program.pause_s)
            self.send_response(program.status)
            if program.location:
                self.send_header("Location", program.location)
            self.send_header("Content-Length", str(len(program.answer)))
            self.end_headers()
            self.wfile.write(program.answer)

        def log_message(self, *_: object) -> None:
            """Nothing on the screen."""

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        program.port = server.server_address[1]
        yield program


@contextmanager
def mailbox() -> Iterator[tuple[int, list[str]]]:
    """(port, letters): a mail server that takes everything, but for people called nobody."""
    letters: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                if line.upper() == "QUIT":
                    return  # Without a word, as some do.
                self.answer(line)

        def answer(self, line: str) -> None:
            if line.upper() == "DATA":
                self.say("354 go on")
                read = iter(self.rfile.readline, b".\r\n")
                letters.append(b"".join(read).decode())
            self.say("550 unknown" if "nobody@" in line else "250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as server:
        yield server.server_address[1], letters


@contextmanager
def _served(server: Any) -> Iterator[Any]:
    server.daemon_threads, server.block_on_close = True, False
    running = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    running.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        running.join()
