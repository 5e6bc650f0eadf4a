"""A bucket of the tests' own: the few words of S3 that photos need, spoken by one small server."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "the-key", "the-secret"


class Server(ThreadingHTTPServer):
    """Its files by their paths. While `is_ill`, it answers 503; with `cuts`, half an answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, tuple[bytes, datetime]] = {}
        self.is_ill = False
        self.cuts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def settings(self, where: str = "s3://city/photos") -> dict[str, str]:
        return {
            "PHOTOS": where,
            "PHOTOS_ENDPOINT": self.url,
            "PHOTOS_ACCESS_KEY": KEY,
            "PHOTOS_SECRET_KEY": SECRET,
        }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._is_welcome():
            assert hashlib.sha256(body).hexdigest() == self.headers["x-amz-content-sha256"]
            self.server.files[self.path] = (body, datetime.now(UTC))
            self._answers(200, b"", ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def do_GET(self) -> None:
        if not self._is_welcome():
            return
        where = urlsplit(self.path)
        if "list-type=2" in where.query:
            self._answers(200, self._listed(where.path, parse_qs(where.query)["prefix"][0]))
        elif where.path in self.server.files:
            self._answers(200, self.server.files[where.path][0])
        else:
            self._refuses(404, "NoSuchKey")

    def do_DELETE(self) -> None:
        if self._is_welcome():
            self.server.files.pop(self.path, None)
            self._answers(204, b"")

    def _listed(self, bucket: str, prefix: str) -> bytes:
        rows = "".join(
            f"<Contents><Key>{path.removeprefix(f'{bucket}/')}</Key><Size>{len(body)}</Size>"
            f"<LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for path, (body, at) in self.server.files.items()
            if path.startswith(f"{bucket}/{prefix}")
        )
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        name = f"<Name>{bucket[1:]}</Name><IsTruncated>false</IsTruncated>"
        return f'<ListBucketResult xmlns="{space}">{name}{rows}</ListBucketResult>'.encode()

    def _is_welcome(self) -> bool:
        """Well, and asked by who has the key. The signature itself is the library's business."""
        if self.server.is_ill:
            self._refuses(503, "SlowDown")
        elif not re.search(rf"Credential={KEY}/", self.headers.get("Authorization", "")):
            self._refuses(403, "AccessDenied")
        else:
            return True
        return False

    def _refuses(self, status: int, code: str) -> None:
        said = f"<Error><Code>{code}</Code><Message>no</Message><Resource>{self.path}</Resource>"
        self._answers(status, f"{said}<RequestId>1</RequestId></Error>".encode())

    def _answers(self, status: int, body: bytes, **head: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/xml", **head}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.cuts and len(body) > 1_000:
            self.server.cuts -= 1
            body, self.close_connection = body[: len(body) // 2], True
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at the files."""


@contextmanager
def bucket() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
