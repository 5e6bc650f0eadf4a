"""What every page does the same way: plain data in, HTML out; only our own pages may post."""

import re
from typing import Any

from flask import Response, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from mobile_api import auth, words
from mobile_api.strict import is_clean

LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
MOST_PATH = 500
VIEW = "view"
"""The cookie of who asked for large letters; nobody else has one."""


def page(template: str, /, status: int = 200, **plain: Any) -> Response:
    """A template filled with plain data: it can show, never fetch."""
    return Response(render_template(template, **plain), status, mimetype="text/html")


def frame() -> dict[str, Any]:
    """What the frame of every page shows: who is signed in, the languages, the elder view."""
    return {
        "me": g.get("actor"),
        "language": words.language(),
        "languages": words.LANGUAGES,
        "is_elder": request.cookies.get(VIEW) == "elder",
        "here": here(),
    }


def here() -> str:
    """The path one is at, to come back to it; the front page after a form was sent."""
    return local(request.full_path.removesuffix("?")) if request.method == "GET" else "/"


def local(path: str | None) -> str:
    """A path of ours, or the front page: nobody is sent elsewhere from here."""
    is_ours = path is not None and len(path) <= MOST_PATH and LOCAL.fullmatch(path)
    return str(path) if is_ours else "/"


def see(path: str) -> AnyResponse:
    """On to another page, by GET."""
    return redirect(path, 303)


def sent(name: str, most: int = 200) -> str:
    """A field of a form of ours; what no person could have typed is refused."""
    if not auth.is_from_our_pages():
        abort(403)
    return written(name, most)


def asked(name: str, most: int = 80) -> str:
    """A parameter of the address, cut; what no person could have typed is refused."""
    text = request.args.get(name, "").strip()[:most]
    if not is_clean(text):
        abort(422)
    return text


def written(name: str, most: int = 200) -> str:
    """A field of a form that anybody may send, from an old browser that names no page as well."""
    text = request.form.get(name, "")
    if len(text) > most or not is_clean(text):
        abort(422)
    return text
