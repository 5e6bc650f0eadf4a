"""What the operator's tools ask."""

from flask.testing import FlaskClient

from backend.db import database
from backend.models import Remit
from backend.services import cases, doctor


def test_it_lives_and_is_ready(client: FlaskClient) -> None:
    for prefix in ("", "/api/v1"):
        assert client.get(f"{prefix}/healthz").json == {"status": "ok"}
        assert client.get(f"{prefix}/readyz").json["status"] == "ready"


def test_without_tables_it_is_not_ready(client: FlaskClient) -> None:
    database.execute_sql("ALTER TABLE account RENAME TO gone")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not-ready")


def test_answers_are_counted_by_rule_and_never_by_address(client: FlaskClient) -> None:
    client.get("/api/v1/buildings/4403040040280100001")
    text = client.get("/metrics").get_data(as_text=True)
    assert 'rule="/api/v1/buildings/<code>"' in text
    assert "4403040040280100001" not in text


def test_rules_that_fail_show_where_an_operator_looks(client: FlaskClient) -> None:
    def figure() -> str:
        text = client.get("/metrics").get_data(as_text=True)
        return next(line for line in text.splitlines() if line.startswith(NAME))

    assert figure() == f"{NAME} 0"
    Remit.update(unit="gone").where(Remit.key == "2.1").execute()
    cases.look_over()
    assert figure() == f"{NAME} 1"
    [said] = [one for one in doctor.examine() if one.check == "duty list"]
    assert (said.is_well, "remit:2.1 (unit-gone)" in said.state) == (False, True)


NAME = "gridtag_dispatch_rules_failed"
