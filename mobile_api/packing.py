"""Text is sent packed to whoever unpacks it: a citizen's page is small on the wire.

gzip from the standard library, because it is the one packing every browser takes over plain http
and through every proxy. What is personal is never packed: the length of a packed page can tell
what stands in it (BREACH).
"""

import gzip
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.security import safe_join

WORTH = 600  # Fewer bytes travel in one packet anyway.
TYPES = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
YEAR_S = 365 * 86_400


def prepare(app: Flask) -> None:
    """Pack answers, and let a file of ours be kept for ever under its content's name."""
    folder = Path(app.root_path) / "static"

    @app.url_defaults
    def name_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _version(folder, str(values["filename"]))

    @app.after_request
    def pack(response: Response) -> Response:
        if request.endpoint == "static":
            _let_keep(response, folder)
        return _packed(response) if _is_worth_it(response) else response


def _let_keep(response: Response, folder: Path) -> None:
    version = request.args.get("v")
    name = request.path.removeprefix("/static/")
    if response.status_code in (200, 304) and version and version == _version(folder, name):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"


@cache
def _version(folder: Path, name: str) -> str:
    """A few letters that change with the file; none for a file that is not there."""
    place = safe_join(str(folder), name)
    path = Path(place) if place else None
    return sha256(path.read_bytes()).hexdigest()[:10] if path and path.is_file() else ""


def _is_worth_it(response: Response) -> bool:
    """Public text, whole, not packed yet."""
    if response.mimetype not in TYPES or response.status_code in (204, 206, 304):
        return False
    response.vary.add("Accept-Encoding")
    is_wanted = request.accept_encodings["gzip"] > 0
    is_personal = g.get("actor") is not None
    return is_wanted and not is_personal and (response.content_length or WORTH) >= WORTH


def _packed(response: Response) -> Response:
    response.direct_passthrough = False
    content = response.get_data()
    is_file = request.endpoint == "static"
    response.set_data(_packed_file(content) if is_file else gzip.compress(content, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    etag, _ = response.get_etag()
    if etag:  # The same content, but no longer the same bytes.
        response.set_etag(etag, weak=True)
    return response


@lru_cache(maxsize=128)
def _packed_file(content: bytes) -> bytes:
    """Our files are few, and packed once, as small as they get."""
    return gzip.compress(content, 9, mtime=0)
