"""What the operator's tools ask."""

from flask.testing import FlaskClient

from backend.db import database


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
