"""The API's document (OpenAPI 3.1), a page to read it, and the meaning of every problem."""

import importlib.resources
from typing import Any

import orjson
from flask import Blueprint, Response, abort, render_template, send_from_directory
from flask_smorest import Api
from marshmallow import INCLUDE, Schema, fields

from backend.errors import all_codes
from mobile_api import problems

SPEC: dict[str, Any] = {
    "info": {
        "description": "One tag on every building; what a scan shows depends on who you are and "
        "where you stand. Errors are RFC 9457 documents. See docs/SIGNING.md for signatures.",
        "license": {"name": "Proprietary", "identifier": "LicenseRef-Gridtag"},
    },
    "servers": [{"url": "/"}],
    "components": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "page": {"type": "apiKey", "in": "cookie", "name": "gridtag"},
        }
    },
}


class Problem(Schema):
    """RFC 9457, with our `code`; refusals add their facts as members."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.Raw(metadata={"description": "Field -> sentences, for 422."})
    request_id = fields.String(allow_none=True)

    class Meta:
        unknown = INCLUDE


def make(api: Api, prefix: str) -> Blueprint:
    """The pages and the document of `api`."""
    blp = Blueprint("docs", __name__)
    document = orjson.dumps(_finished(api.spec.to_dict()), option=orjson.OPT_INDENT_2)
    assets = str(importlib.resources.files("swagger_ui") / "static")

    @blp.get(f"{prefix}/openapi.json")
    def openapi() -> Response:
        return Response(document, mimetype="application/json")

    @blp.get("/api/docs")
    @blp.get(f"{prefix}/docs", endpoint="docs_v1")
    def page() -> str:
        return render_template("docs/swagger.html", document=f"{prefix}/openapi.json")

    @blp.get("/api/docs/assets/<name>")
    def asset(name: str) -> Response:
        if name not in ASSETS:
            abort(404)
        return send_from_directory(assets, name, max_age=86_400)

    @blp.get("/problems/<code>")
    def problem(code: str) -> str:
        kind = all_codes().get(code)
        if kind is None and code not in problems.CODES.values():
            abort(404)
        status = problems.status_of(kind) if kind else _http_status(code)
        meaning = kind.sentence if kind else problems.SENTENCES.get(status, code)
        return render_template("docs/problem.html", code=code, status=status, meaning=meaning)

    return blp


ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})


def _http_status(code: str) -> int:
    return next(status for status, known in problems.CODES.items() if known == code)


def _finished(spec: dict[str, Any]) -> dict[str, Any]:
    """Every operation names the problems it may answer with, in their own media type."""
    for path in spec["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            operation["responses"].pop("default", None)
            for status in [s for s in operation["responses"] if int(s) >= 400]:
                del operation["responses"][status]
            for status in ("4XX", "5XX"):
                operation["responses"][status] = {
                    "description": "A problem",
                    "content": {
                        problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                }
    # flask-smorest's own, which nothing points at now.
    spec["components"].pop("responses", None)
    spec["components"]["schemas"].pop("PaginationMetadata", None)
    return spec
