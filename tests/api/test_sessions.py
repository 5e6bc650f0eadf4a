"""Signing in, staying signed in, and being out: for the worker at once, for the thief for good."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from backend.db import database, is_sqlite
from backend.models import Account, Device, Session, TrailLine
from backend.rules import signing
from backend.services.accounts import sessions
from tests.api.scenes import renews, told
from tests.town import API, PASSWORD, Clock, House, Worker

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def quick(opened: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords and commits that take no time, for stories with many of them."""
    if is_sqlite():
        database.execute_sql("PRAGMA synchronous = OFF")
    monkeypatch.setattr(sessions, "_hasher", QUICK)
    Account.update(password_hash=QUICK.hash(PASSWORD)).execute()


def signs_in(worker: Worker, password: str = PASSWORD, **head: str) -> TestResponse:
    form = {"account": worker.name, "password": password}
    return worker.asks("POST", "/sessions", form, headers=head)


# --- The ordinary day --------------------------------------------------------------------


def test_lin_is_signed_in_for_15_minutes(lin: Worker, clock: Clock) -> None:
    answer = signs_in(lin)
    assert (answer.status_code, answer.json["expires_in"]) == (201, 900)
    lin.token = answer.json["access_token"]
    clock.passes(seconds=899)
    assert lin.asks("GET", "/me").json["account"] == "lin"
    clock.passes(seconds=1)
    refused = lin.asks("GET", "/me")
    assert (refused.status_code, refused.json["code"]) == (401, "token-expired")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="gridtag"'


def test_a_renewal_brings_another_15_minutes_for_14_days(lin: Worker, clock: Clock) -> None:
    known = {lin.refresh}
    for day in range(14):
        clock.passes(hours=23, minutes=59)
        assert renews(lin).status_code == 201, f"day {day}"
        assert lin.refresh not in known
        known.add(lin.refresh)
        assert lin.asks("GET", "/me").status_code == 200
    clock.passes(hours=1)
    assert renews(lin).json["code"] == "token-expired"


def test_signing_out_ends_this_session_alone(lin: Worker, worker: Callable[[str], Worker]) -> None:
    tablet = worker("lin")
    assert lin.asks("DELETE", "/sessions/current").status_code == 204
    assert lin.asks("GET", "/me").json["code"] == "session-ended"
    assert renews(lin).json["code"] == "session-ended"
    assert tablet.asks("GET", "/me").status_code == 200


# --- Who must not ------------------------------------------------------------------------


def test_a_wrong_password_and_no_such_account_sound_the_same(lin: Worker, clock: Clock) -> None:
    answers = [signs_in(lin, "wrong").json, signs_in(Worker(lin.client, "nobody")).json]
    for answer in answers:
        del answer["request_id"]
    assert answers[0] == answers[1]
    assert (answers[0]["code"], answers[0]["status"]) == ("wrong-password", 401)


def test_a_disabled_account_is_told_no_more_than_a_stranger(lin: Worker) -> None:
    Account.update(active=False).where(Account.name == "lin").execute()
    assert signs_in(lin).json["code"] == "wrong-password"


@pytest.mark.parametrize("change", ["disabled", "device revoked", "role ended"])
def test_what_changes_about_lin_counts_on_her_next_request(
    lin: Worker, worker: Callable[[str], Worker], house: House, change: str
) -> None:
    lin.scans(house)
    assert lin.looks(house).json["visible"] == "open"
    guan = worker("guan")
    known = guan.asks("GET", "/accounts/lin")
    if change == "disabled":
        head = {"If-Match": known.headers["ETag"]}
        guan.asks("PATCH", "/accounts/lin", {"active": False}, headers=head)
    elif change == "device revoked":
        guan.asks("POST", f"/devices/{lin.device['device_id']}/revocation")
    else:
        guan.asks("DELETE", f"/accounts/lin/roles/{known.json['roles'][0]['id']}")
    code = {"disabled": "session-ended", "device revoked": "device-revoked"}
    assert lin.looks(house).json["code"] == code.get(change, "not-allowed")
    assert lin.scans(house).json["code"] == code.get(change, "not-allowed")
    assert renews(lin).status_code == (201 if change == "role ended" else 401)


def test_an_account_that_is_shut_in_the_table_alone_is_out_as_well(lin: Worker) -> None:
    Account.update(active=False).where(Account.name == "lin").execute()
    assert lin.asks("GET", "/me").json["code"] == "session-ended"
    assert renews(lin).json["code"] == "session-ended"


def test_a_password_that_was_reset_ends_every_session(
    lin: Worker, worker: Callable[[str], Worker]
) -> None:
    guan = worker("guan")
    head = {"If-Match": guan.asks("GET", "/accounts/lin").headers["ETag"]}
    reset = guan.asks("PATCH", "/accounts/lin", {"password": "another one"}, headers=head)
    assert reset.status_code == 200
    assert lin.asks("GET", "/me").json["code"] == "session-ended"
    assert renews(lin).json["code"] == "session-ended"
    assert signs_in(lin).json["code"] == "wrong-password"
    assert signs_in(lin, "another one").status_code == 201


# --- Guessing ----------------------------------------------------------------------------


def test_ten_wrong_passwords_in_five_minutes_and_no_more(
    lin: Worker, clock: Clock, quick: None
) -> None:
    for _ in range(10):
        assert signs_in(lin, "wrong").status_code == 401
    refused = signs_in(lin, "wrong")
    assert (refused.status_code, refused.json["code"]) == (429, "too-many-attempts")
    assert refused.headers["Retry-After"] == str(refused.json["retry_after_s"]) == "30"
    assert signs_in(lin).status_code == 429, "the right word, too, must wait"
    clock.passes(seconds=29)
    assert signs_in(lin).status_code == 429
    clock.passes(seconds=1)
    assert signs_in(lin, "wrong").status_code == 401
    assert signs_in(lin, "wrong").status_code == 429
    clock.passes(minutes=5)
    assert [signs_in(lin, "wrong").status_code for _ in range(11)] == [401] * 10 + [429]


def test_a_guess_with_an_idempotency_key_counts_as_any(lin: Worker, quick: None) -> None:
    for number in range(10):
        key = {"Idempotency-Key": f"guess-{number}"}
        assert signs_in(lin, "wrong", **key).status_code == 401
    assert signs_in(lin, "wrong", **{"Idempotency-Key": "guess-10"}).status_code == 429
    assert signs_in(lin).status_code == 429


def test_guessing_the_present_password_counts_as_well(lin: Worker, quick: None) -> None:
    for _ in range(10):
        form = {"present": "wrong", "new": "something longer"}
        assert lin.asks("PUT", "/me/password", form).json["code"] == "wrong-password"
    form["present"] = PASSWORD
    assert lin.asks("PUT", "/me/password", form).status_code == 429
    assert lin.asks("GET", "/me").status_code == 200


def test_right_passwords_are_never_counted(lin: Worker, quick: None) -> None:
    for _ in range(25):
        assert signs_in(lin).status_code == 201
    assert signs_in(lin, "wrong").status_code == 401


def test_one_s_guesses_do_not_lock_another_out(lin: Worker, quick: None) -> None:
    for _ in range(11):
        signs_in(lin, "wrong")
    assert signs_in(Worker(lin.client, "zhao")).status_code == 201


def test_a_forged_forwarded_address_changes_nothing(lin: Worker, quick: None) -> None:
    for number in range(10):
        head = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        assert signs_in(lin, "wrong", **head).status_code == 401
    for name in ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip"):
        assert signs_in(lin, "wrong", **{name: "203.0.113.99"}).status_code == 429


def test_guesses_at_the_same_time_are_counted_as_well(app: Flask, lin: Worker, quick: None) -> None:
    def guess(_: int) -> int:
        try:
            form = {"account": "lin", "password": "wrong"}
            return app.test_client().post(f"{API}/sessions", json=form).status_code
        finally:
            database.close()

    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(guess, range(40)))
    assert sorted(found) == [401] * 10 + [429] * 30


# --- A stolen refresh token --------------------------------------------------------------


class Family:
    """What must become of a family of tokens: the rule, told once more.

    The newest token renews. The one before it repeats the last answer, for the device's own
    signature and 60 seconds. Any other ends the family.
    """

    def __init__(self, first: str) -> None:
        self.newest, self.before = first, ""
        self.answer: dict[str, Any] = {}
        self.rotated_at, self.ended = 0.0, False

    def asked(self, token: str, *, signed: bool, now: float) -> str:
        """Which answer is due: "new", "again" or "out"."""
        if self.ended:
            return "out"
        if token == self.newest:
            return "new"
        if token == self.before and signed and now - self.rotated_at <= 60:
            return "again"
        self.ended = True
        return "out"

    def gave(self, answer: dict[str, Any], now: float) -> None:
        self.before, self.newest = self.newest, answer["refresh_token"]
        self.answer, self.rotated_at = answer, now


STEPS = ("use", "lost reply", "retry", "thief", "honest use")


@pytest.fixture
def lin_s_phone(lin: Worker, quick: None) -> Callable[[], Worker]:
    """Lin signed in anew on her enrolled phone."""

    def sign_in() -> Worker:
        form = {"account": "lin", "password": PASSWORD, "device_id": lin.device["device_id"]}
        found = lin.asks("POST", "/sessions", form).json
        lin.token, lin.refresh = found["access_token"], found["refresh_token"]
        return lin

    return sign_in


@pytest.mark.wide
@pytest.mark.parametrize(
    ("pause", "stolen"), [(7, "the first token"), (31, "what the phone holds")]
)
def test_all_120_orders_of_use_loss_retry_and_theft(
    lin_s_phone: Callable[[], Worker], clock: Clock, pause: int, stolen: str
) -> None:
    for order in itertools.permutations(STEPS):
        lin = lin_s_phone()
        first = lin.refresh
        family, now = Family(lin.refresh), 0.0
        sent = lin.refresh  # What the phone showed last, for a retry.
        for step in order:
            clock.passes(seconds=pause)
            now += pause
            if step == "thief":
                shown = first if stolen == "the first token" else lin.refresh
                answer = shows(lin, shown, signed=False)
            elif step == "retry":
                shown = sent
                answer = shows(lin, shown, signed=True)
            else:
                shown = sent = lin.refresh
                answer = shows(lin, shown, signed=step == "lost reply")
            due = family.asked(shown, signed=step in ("retry", "lost reply"), now=now)
            assert (answer.status_code == 201) == (due != "out"), (order, step)
            if due == "new":
                family.gave(answer.json, now)
            if due == "again":
                assert answer.json == family.answer, "a repeated answer is the same answer"
            if due != "out" and step in ("use", "retry", "honest use"):
                lin.refresh = answer.json["refresh_token"]
        session = Session.get_by_id(first.partition(".")[0])
        assert (session.ended_at is not None) == family.ended, order
        assert lin.asks("GET", "/me").status_code == (401 if family.ended else 200), order


def shows(worker: Worker, token: str, *, signed: bool) -> TestResponse:
    """A renewal with some token; signed, it is from the enrolled phone."""
    form = {"refresh_token": token}
    if signed:
        form = worker.signed(form | {"device_id": worker.device["device_id"]})
    return worker.asks("POST", "/sessions/renewal", form)


def test_a_reused_token_ends_the_family_and_its_owner_is_told(lin: Worker, clock: Clock) -> None:
    stolen = lin.refresh
    renews(lin)
    refused = shows(lin, stolen, signed=False)
    assert (refused.status_code, refused.json["code"]) == (401, "refresh-reused")
    assert lin.asks("GET", "/me").json["code"] == "session-ended"
    last = TrailLine.select().order_by(TrailLine.id.desc()).first()
    assert (last.verb, last.outcome, last.account) == ("session.renew", "refresh-reused", "lin")
    assert len(told(lin.signs_in(), "refresh-reused")) == 1


@pytest.mark.parametrize(
    "wrong", ["late", "unsigned", "signed by another phone", "altered", "another device named"]
)
def test_a_lost_reply_is_repeated_to_the_same_phone_for_60_seconds_only(
    lin_s_phone: Callable[[], Worker], worker: Callable[[str], Worker], clock: Clock, wrong: str
) -> None:
    lin = lin_s_phone()
    other = worker("lin").device
    sent = lin.refresh
    lost = shows(lin, sent, signed=True).json
    clock.passes(seconds=60)
    assert shows(lin, sent, signed=True).json == lost
    form = lin.signed({"refresh_token": sent, "device_id": lin.device["device_id"]})
    if wrong == "late":
        clock.passes(seconds=1)
    elif wrong == "unsigned":
        del form["sig"]
    elif wrong == "signed by another phone":
        form = lin.signed({"refresh_token": sent, "device_id": lin.device["device_id"]},
                          other["secret"])  # fmt: skip
    elif wrong == "altered":
        form["device_time"] = "2026-11-02T01:00:00Z"
    else:
        form = lin.signed({"refresh_token": sent, "device_id": other["device_id"]}, other["secret"])
    refused = lin.asks("POST", "/sessions/renewal", form)
    assert refused.json["code"] == "refresh-reused"
    assert shows(lin, lost["refresh_token"], signed=True).json["code"] == "session-ended"


def test_no_header_keeps_a_thief_s_family_alive(lin: Worker) -> None:
    stolen = lin.refresh
    renews(lin)
    form, head = {"refresh_token": stolen}, {"Idempotency-Key": "k-1"}
    refused = lin.asks("POST", "/sessions/renewal", form, headers=head)
    assert refused.json["code"] == "refresh-reused"
    assert lin.asks("GET", "/me").json["code"] == "session-ended"


def test_what_only_looks_like_a_refresh_token_ends_nobody_s_session(lin: Worker) -> None:
    session = lin.refresh.partition(".")[0]
    for token in ("x", "a.b", "0" * 32 + "." + "x" * 43, "." + lin.refresh, "\u6c34"):
        assert shows(lin, token, signed=False).json["code"] == "token-invalid"
    assert Session.get_by_id(session).ended_at is None
    assert lin.asks("GET", "/me").status_code == 200


def test_refresh_tokens_are_kept_only_as_what_they_hash_to(lin: Worker) -> None:
    renews(lin)
    secret = lin.refresh.partition(".")[2].encode()
    for row in Session.select():
        for value in (row.token_hash, row.previous_hash, row.sealed_reply):
            assert value is None or secret not in bytes(value)
    assert all(lin.device["secret"].encode() not in bytes(row.sealed) for row in Device.select())


# --- Cookies -----------------------------------------------------------------------------


@pytest.fixture
def browser(app: Flask, clock: Clock) -> Any:
    """Lin signed in on a page of ours: her browser holds a cookie."""
    client = app.test_client()
    form = {"account": "lin", "password": PASSWORD, "next": "/"}
    answer = client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    return client


def test_a_cookie_reads_from_anywhere_but_changes_from_our_pages_alone(browser: Any) -> None:
    assert browser.get(f"{API}/me").json["account"] == "lin"
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert browser.post(f"{API}/devices", json={}, headers=ours).status_code == 201
    ours = {"Origin": "http://localhost"}
    assert browser.post(f"{API}/devices", json={}, headers=ours).status_code == 201


@pytest.mark.parametrize(
    "head",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Referer": "http://localhost/"},
        {},
    ],
)
def test_another_site_cannot_ride_on_the_cookie(browser: Any, head: dict[str, str]) -> None:
    for method, path in (("POST", "/devices"), ("DELETE", "/sessions/current")):
        refused = browser.open(f"{API}{path}", method=method, json={}, headers=head)
        assert (refused.status_code, refused.json["code"]) == (401, "not-signed-in")
    assert browser.get(f"{API}/me").status_code == 200


def test_a_bad_token_is_not_saved_by_a_good_cookie(browser: Any) -> None:
    head = {"Authorization": "Bearer made.up.token"}
    assert browser.get(f"{API}/me", headers=head).json["code"] == "token-invalid"


def test_signing_is_what_the_paper_says() -> None:
    """The test vector that outside clients are written against (docs/SIGNING.md)."""
    secret = "3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789A"
    assert signing.sign(
        secret, '{"a":-0.0,"reason":"水围村 \\"急\\"\\n","z":100000.0}'.encode()
    ) == ("c8c5356230f62c3a61b1bdc857bd7df4bff60b13c650503daf02fe0d44f2a304")
