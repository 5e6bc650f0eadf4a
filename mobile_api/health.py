"""Is it alive, is it ready, how is it doing: for the operator's tools."""

import orjson
from flask import Blueprint, Response

from backend.services import standing
from mobile_api import metrics as counted

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _json({"status": "ok"})


@blp.get("/readyz")
def readyz() -> Response:
    """The database answers and holds our tables."""
    checks = standing.checks()
    is_ready = all(checks.values())
    status = "ready" if is_ready else "not-ready"
    return _json({"status": status, "checks": checks}, 200 if is_ready else 503)


@blp.get("/metrics")
def metrics() -> Response:
    """Prometheus text over all processes, and what the tables say."""
    body, media_type = counted.text()
    for name, (meaning, value) in standing.figures().items():
        body += f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n".encode()
    return Response(body, content_type=media_type)


def _json(body: dict[str, object], status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
