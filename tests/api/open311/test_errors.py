"""Whatever goes wrong is said in the format asked for, by the numbers of the standard."""

import pytest
from flask.testing import FlaskClient

from backend.errors import StorageFull, Unavailable
from backend.house import House
from backend.services import cases
from tests.api.open311 import schemas, spark
from tests.api.open311.program import V2, Program


def said(client: FlaskClient, path: str, method: str = "GET", **more) -> tuple[int, str, list]:
    """Status, format and errors."""
    answer = client.open(path, method=method, **more)
    kind = answer.headers["Content-Type"]
    if kind == "text/xml; charset=utf-8":
        root, errors = spark.read(answer.data)
        assert root == "errors"
    else:
        assert kind == "application/json; charset=utf-8"
        errors = answer.json
    schemas.check("errors", errors)
    assert {error["code"] for error in errors} == {str(answer.status_code)}
    return answer.status_code, "xml" if "xml" in kind else "json", errors


@pytest.mark.wide
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/services", "xml"),
        ("/services.txt", "xml"),
        ("/services.XML", "xml"),
        ("/services.json.html", "xml"),
        ("/nothing.json", "json"),
        ("/nothing.xml", "xml"),
        ("/requests/", "xml"),
        ("/requests.xml/", "xml"),
        ("/requests/20261102-1", "xml"),
        ("/", "xml"),
        ("", "xml"),
        ("/services/a/b.json", "json"),
        ("/tokens.json", "json"),
        ("/%00.json", "json"),
        ("//services.xml", "xml"),
    ],
)
def test_an_unknown_address_is_not_found(client: FlaskClient, path: str, form: str) -> None:
    assert said(client, V2 + path)[:2] == (404, form)


@pytest.mark.parametrize("path", ["/open311", "/open311/", "/open311/v1/services.xml"])
def test_so_is_one_beside_the_endpoints(client: FlaskClient, path: str) -> None:
    assert said(client, path)[:2] == (404, "xml")


def test_a_browser_too_gets_errors_a_program_can_read(client: FlaskClient) -> None:
    head = {"Accept": "text/html,application/xhtml+xml"}
    assert said(client, f"{V2}/requests/1.json", headers=head)[:2] == (404, "json")


@pytest.mark.wide
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_another_method_is_told_which_there_are(client: FlaskClient, method: str) -> None:
    answer = client.open(f"{V2}/services.json", method=method)
    assert (answer.status_code, answer.json[0]["code"]) == (405, "405")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_our_own_jurisdiction_or_none_is_right(stranger: Program) -> None:
    plain = stranger.gets("/services")
    assert stranger.gets("/services", jurisdiction_id="127.0.0.1") == plain
    assert stranger.gets("/services", jurisdiction_id="") == plain


@pytest.mark.wide
@pytest.mark.parametrize(
    "path",
    ["/services", "/services/street.flood", "/requests", "/requests/20261102-1", "/tokens/x",
     "/servicerequestupdates"],
)  # fmt: skip
def test_another_jurisdiction_is_not_found(stranger: Program, path: str) -> None:
    [error] = stranger.gets(path, status=404, jurisdiction_id="sfgov.org", locale="en")
    assert "jurisdiction_id" in error["description"]


def test_discovery_asks_for_no_jurisdiction(stranger: Program) -> None:
    assert stranger.gets("/discovery", jurisdiction_id="sfgov.org") == stranger.gets("/discovery")


def test_another_jurisdiction_takes_no_reports(program: Program) -> None:
    program.wrong(status=404, service_code="street.flood", jurisdiction_id="sfgov.org")


def test_the_jurisdiction_is_a_setting(opened: House, stranger: Program) -> None:
    object.__setattr__(opened.settings, "OPEN311_JURISDICTION", "440304")
    stranger.gets("/services", jurisdiction_id="440304")
    stranger.gets("/services", status=404, jurisdiction_id="127.0.0.1")


def test_errors_are_said_in_the_reader_s_language(stranger: Program) -> None:
    [chinese] = stranger.gets("/requests", status=400, status_="", start_date="x")
    [english] = stranger.gets("/requests", status=400, start_date="x", locale="en")
    assert chinese["description"] == "start_date: 请发送带时区的时间，例如2026-11-21T08:00:00Z。"
    assert english["description"].startswith("start_date: Send an instant with its zone")


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Unavailable(retry_after_s=1), 503), (StorageFull(), 507), (RuntimeError("oh"), 500)],
)
def test_a_house_in_trouble_says_so_in_the_format_asked_for(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int
) -> None:
    def fails(*_: object) -> None:
        raise fault

    monkeypatch.setattr(cases, "search", fails)
    assert said(client, f"{V2}/requests.json")[:2] == (status, "json")
    assert said(client, f"{V2}/requests.xml")[:2] == (status, "xml")


def test_a_form_that_is_too_large_is_refused(program: Program) -> None:
    body = b"description=" + b"x" * (1024 * 1024 + 1)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, form, _ = said(program.client, f"{V2}/requests.json", "POST", data=body, headers=kind)
    assert (status, form) == (413, "json")


# --- For pages of others ------------------------------------------------------------------


def test_any_site_s_page_may_read(client: FlaskClient) -> None:
    for path in ("/services.json", "/requests.json", "/nothing.json"):
        answer = client.get(V2 + path, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_site_s_page_may_send(program: Program) -> None:
    answer = program.posts(f"{V2}/requests.json", {"service_code": "x"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = program.client.options(f"{V2}/requests.json")
    assert (asked.status_code, asked.data) == (200, b"")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "POST" in asked.headers["Allow"]


def test_a_head_is_a_get_without_its_body(client: FlaskClient) -> None:
    answer = client.head(f"{V2}/services.xml")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert int(answer.headers["Content-Length"]) > 1000


def test_nobody_s_cookie_counts(lin, program: Program) -> None:
    """A session of the house opens nothing here, and a page of another site cannot ride it."""
    answer = lin.client.post(
        f"{V2}/requests.json",
        data={"service_code": "street.flood", "lat": "22.5", "long": "114.0"},
        headers={"Authorization": f"Bearer {lin.token}"},
    )
    assert answer.status_code == 403
