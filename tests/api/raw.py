"""A request as the server's HTTP layer hands it on, byte by byte, and its answer."""

import io
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app


@dataclass
class Sent:
    """`path` is percent-decoded already; `query`, `head` and `body` stand as on the wire."""

    method: str
    path: bytes
    query: bytes = b""
    head: dict[str, bytes] = field(default_factory=dict)
    body: bytes | None = None

    def to(self, app: Flask) -> "Answer":
        parts, status, headers = run_wsgi_app(app, self._environ(), buffered=True)
        return Answer(int(status.split()[0]), headers, b"".join(parts))

    def _environ(self) -> dict[str, Any]:
        head = {"Host": b"gridtag.example", **self.head}
        if self.body is not None:
            head = {"Content-Type": b"application/json", **head}
            head["Content-Length"] = str(len(self.body)).encode()
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path.decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "gridtag.example",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body or b""),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **{_variable(name): text.decode("latin-1") for name, text in head.items()},
        }


def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


@dataclass
class Answer:
    status: int
    headers: Headers
    body: bytes
