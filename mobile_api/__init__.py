"""The door: everything that speaks HTTP, nothing that decides."""

import logging
import secrets
import time
from typing import Any

from flask import Flask, Response, g, request
from flask_smorest import Api
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter

from backend.config import Settings, read_settings
from backend.db import translated
from backend.errors import Refused
from backend.start import start
from mobile_api import docs, headers, health, metrics, open311, packing, pages, problems, words
from mobile_api.blueprint import answer_refusal
from mobile_api.resources import BLUEPRINTS
from mobile_api.strict import is_clean

PREFIX = "/api/v1"
MOST_BODY = 1024 * 1024

log = logging.getLogger("gridtag")


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application over an opened house."""
    house = start(settings or read_settings())
    app = Door(__name__, static_url_path="/static")
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY,
        MAX_FORM_MEMORY_SIZE=MOST_BODY,
        PROPAGATE_EXCEPTIONS=False,
        TEMPLATES_AUTO_RELOAD=False,
        API_TITLE="Gridtag",
        API_VERSION="1.0.0",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        BABEL_DEFAULT_LOCALE="zh_Hans",
        BASE_MAP_HOST=house.settings.base_map_host,
        SECURE=house.settings.public_url.startswith("https://"),
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # An address has one spelling; nobody is redirected by Host.
    app.url_map.converters["int"] = RowNumber
    app.url_map.converters["code"] = TypedCode
    words.prepare(app)
    if house.settings.TRUSTED_PROXIES:
        hops = house.settings.TRUSTED_PROXIES
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _handle_errors(app)
    app.before_request(_arrive)
    packing.prepare(app)
    app.after_request(headers.add)
    app.after_request(_note)
    api = DocumentedApi(app, spec_kwargs=docs.SPEC)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(docs.make(api, PREFIX))
    app.register_blueprint(health.blp)
    app.register_blueprint(health.blp, url_prefix=PREFIX, name="health_v1")
    open311.register(app)
    for page in pages.BLUEPRINTS:
        app.register_blueprint(page)
    return app


class Door(Flask):
    """Flask's application, all of whose functions are plain ones."""

    def ensure_sync(self, func: Any) -> Any:
        """Flask asks eight times a request whether a function is a coroutine. None is."""
        return func


class RowNumber(IntegerConverter):
    """A number in a path that a database can hold; a longer one is nothing we know."""

    regex = r"\d{1,15}"


class TypedCode(BaseConverter):
    """A tag's code as somebody may have typed it: a dozen letters and digits, give or take a few.

    Everything else is left to the pages: no name of theirs is as long.
    """

    regex = "(?:[0-9A-Za-z][-_ ]?){10,16}"


class DocumentedApi(Api):
    """flask-smorest's Api, leaving errors to us and documenting ours."""

    ERROR_SCHEMA = docs.Problem

    def _register_error_handlers(self) -> None:
        """Errors are answered by `problems`, for pages and API alike."""


def _handle_errors(app: Flask) -> None:
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def _refused(refusal: Refused) -> Response:
    if open311.is_ours(request.path):
        g.refused = refusal.code
        return open311.from_refusal(refusal)
    if problems.wants_page():
        return pages.refusal(refusal)
    return answer_refusal(refusal)


def _http_error(error: HTTPException) -> Any:
    if open311.is_ours(request.path):
        return open311.from_http(error)
    if problems.wants_page():
        return pages.http_error(error)
    return problems.from_http(error)


def _unexpected(error: Exception) -> Any:
    """A database that is gone or full is told as such; anything else is our fault, and logged."""
    known = translated(error)
    if isinstance(known, Refused):
        return _refused(known)
    log.error("internal-error", exc_info=error, extra={"request_id": g.get("request_id")})
    return _http_error(InternalServerError())


def _arrive() -> Response | None:
    """Name the request, time it, and keep unprintable paths away from everybody else."""
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    if isinstance(request.routing_exception, BadHost):  # A page would need one for its links.
        return problems.from_http(request.routing_exception)
    if not is_clean(request.path):
        if open311.is_ours(request.path):
            return open311.from_http(NotFound())
        return problems.document(404, "not-found", "There is nothing at this address.")
    return None


def _note(response: Response) -> Response:
    """Count and log: never a query, a body or a name, for they may be personal."""
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    rule = str(request.url_rule) if request.url_rule else "-"
    metrics.count(request.method, rule, response.status_code, seconds)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if log.isEnabledFor(logging.INFO):
        log.info(
            "request",
            extra={
                "request_id": g.get("request_id"),
                "method": request.method,
                "rule": rule,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "refused": g.get("refused"),
            },
        )
    return response
