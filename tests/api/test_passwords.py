"""One's own password."""

from flask.testing import FlaskClient

from tests.town import Worker


def test_lin_changes_her_password_and_is_out_everywhere_else(
    lin: Worker, client: FlaskClient
) -> None:
    elsewhere = Worker(client, "lin").signs_in()
    wrong = lin.asks("PUT", "/me/password", {"present": "guessed", "new": "long enough"})
    assert (wrong.status_code, wrong.json["code"]) == (401, "wrong-password")
    short = lin.asks("PUT", "/me/password", {"present": "shuiwei", "new": "short"})
    assert (short.status_code, list(short.json["errors"])) == (422, ["new"])
    done = lin.asks("PUT", "/me/password", {"present": "shuiwei", "new": "long enough"})
    assert done.status_code == 204
    assert lin.asks("GET", "/me").status_code == 200
    assert elsewhere.asks("GET", "/me").json["code"] == "session-ended"
    Worker(client, "lin").signs_in("long enough")
