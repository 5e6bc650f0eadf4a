"""A client of Open311, which asks for all in both formats and holds them against each other."""

import io
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.api.open311 import schemas, spark

V2 = "/open311/v2"
LAMP, BIN = "SW-L001", "SW-B001"
HERE = {"lat": "22.5245", "long": "114.0583"}


class Program:
    """`key` None: one that was given none."""

    def __init__(self, client: FlaskClient, key: str | None) -> None:
        self.client, self.key = client, key

    def raw(self, path: str, **query: str) -> TestResponse:
        return self.client.get(V2 + path, query_string=query)

    def gets(self, path: str, *, status: int = 200, base: str = V2, **query: str) -> Any:
        """What JSON says; XML says the same, by the convention and the schema."""
        json = self.client.get(f"{base}{path}.json", query_string=query)
        xml = self.client.get(f"{base}{path}.xml", query_string=query)
        assert (json.status_code, xml.status_code) == (status, status), json.text
        return self.same(json, xml)

    def same(self, json: TestResponse, xml: TestResponse) -> Any:
        bare = json.request.path.endswith("/discovery.json")
        ending = "" if bare else "; charset=utf-8"
        assert json.headers["Content-Type"] == f"application/json{ending}"
        assert xml.headers["Content-Type"] == f"text/xml{ending}"
        root, said = spark.read(xml.data)
        assert said == json.json
        schemas.check(root, json.json)
        return json.json

    def sends(self, *, status: int = 201, base: str = V2, suffix: str = "json", **form: Any) -> Any:
        """A POST of these parameters; `attribute__since` is attribute[since], None leaves out."""
        answer = self.posts(f"{base}/requests.{suffix}", form)
        assert answer.status_code == status, answer.text
        if suffix == "xml":
            root, said = spark.read(answer.data)
        else:
            root, said = "errors" if status >= 400 else "service_requests", answer.json
        schemas.check(root, said)
        return said

    def posts(self, path: str, form: dict[str, Any], **more: Any) -> TestResponse:
        return self.client.post(path, data=self.form(form), **more)

    def form(self, form: dict[str, Any]) -> dict[str, Any]:
        given = {"api_key": self.key, **form}
        return {parameter(name): value for name, value in given.items() if value is not None}

    def tells_of_lamp(self, problem: str = "dark", **more: Any) -> str:
        """A report of the lamp; its number."""
        form = {"service_code": f"streetlight.{problem}", "attribute__asset": LAMP, **more}
        return self.sends(**form)[0]["service_request_id"]

    def tells_of_place(self, **more: Any) -> str:
        """A report of a place, which the desk looks at first; its token."""
        return self.sends(**{"service_code": "street.road", **HERE, **more})[0]["token"]

    def wrong(self, status: int = 400, **form: Any) -> list[str]:
        """What the errors say, after the field's name too."""
        errors = self.sends(status=status, **form)
        assert {error["code"] for error in errors} == {str(status)}
        return [error["description"] for error in errors]


def parameter(name: str) -> str:
    kind, _, code = name.partition("__")
    return f"attribute[{code}]" if code else kind


def jpeg(colour: str = "navy") -> bytes:
    """A small photo."""
    made = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(made, "JPEG")
    return made.getvalue()
