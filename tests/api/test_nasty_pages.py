"""The pages, too, answer whatever is sent: no error of ours, and nothing that runs."""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask

from backend.house import House
from backend.models import Account
from backend.services.accounts import sessions
from tests import town
from tests.api.matrix.world import QUICK_HASHER
from tests.api.raw import Answer, Sent
from tests.api.slots import in_header, in_query, quoted
from tests.nasty import VALUES, Nasty

pytestmark = pytest.mark.wide

OURS = {"Accept": b"text/html", "Origin": b"http://gridtag.example"}


class Field(NamedTuple):
    """One field of a form, the others filled as people fill them."""

    page: str
    name: str

    def __call__(self, value: Nasty) -> Sent:
        form = {"account": b"lin", "password": b"wrong", "next": b"/", "lang": b"en"}
        form |= {"problem": b"dark", "once": b"the-key-of-a-form", "thing": b"place"}
        body = b"&".join(
            b"%s=%s" % (name.encode(), quoted(text))
            for name, text in {**form, self.name: value.text}.items()
        )
        kind = {"Content-Type": b"application/x-www-form-urlencoded"}
        return Sent("POST", self.page.encode(), head={**OURS, **kind}, body=body)


def path(page: str) -> Callable[[Nasty], Sent]:
    return lambda value: Sent("GET", page.encode() % value.text, head=OURS)


def query(page: str, name: str) -> Callable[[Nasty], Sent]:
    return lambda value: Sent(
        "GET", page.encode(), name.encode() + b"=" + in_query(value.text), OURS
    )


def head(page: str, name: str) -> Callable[[Nasty], Sent]:
    return lambda value: Sent(
        "GET", page.encode(), head={**OURS, name: in_header(name, value.text)}
    )


LAMP = town.rows("facility_tags.csv")[0]["tag"]
WAYS = {
    "a tag": path("/t/%s"),
    "a typed tag": query("/t", "tag"),
    "a building": path("/b/%s"),
    "a building's sheet": path("/b/%s/sheet"),
    "a problem": path("/problems/%s"),
    "a file of the docs": path("/api/docs/assets/%s"),
    "a file": path("/static/%s"),
    "no page at all": path("/%s"),
    "an asset number": path("/8004/%s"),
    "a code typed again": query("/c", "code"),
    "a report's reason": Field("/7K3M9QX2DHV5/report", "reason"),
    "a blank's position": Field("/7K3M9QX2DHV5/near", "fix"),
    "a problem told": Field(f"/{LAMP}/reports", "problem"),
    "words told": Field(f"/{LAMP}/reports", "words"),
    "a phone told": Field(f"/{LAMP}/reports", "phone"),
    "a photo kept": Field(f"/{LAMP}/reports", "kept"),
    "a form's key": Field(f"/{LAMP}/reports", "once"),
    "a ticket": Field(f"/{LAMP}/reports", "ticket"),
    "work done": Field(f"/{LAMP}/reports", "work"),
    "a report's link": path("/r/%s"),
    "a case": path("/cases/%s"),
    "a place searched": query("/report", "q"),
    "a position told": Field("/report/near", "fix"),
    "a thing chosen": Field("/report/what", "thing"),
    "a thing told of": Field("/report", "thing"),
    "a place told of": Field("/report", "place"),
    "a place's position": Field("/report", "fix"),
    "a view": Field("/view", "view"),
    "where to go on": query("/sign-in", "next"),
    "why one is here": query("/sign-in", "why"),
    "what nobody asked": query("/sign-in", "x"),
    "the cookies": head("/", "Cookie"),
    "the language": head("/sign-in", "Accept-Language"),
    "what is accepted": head("/sign-in", "Accept"),
    "the host": head("/sign-in", "Host"),
    "an account": Field("/sign-in", "account"),
    "a password": Field("/sign-in", "password"),
    "where to go on from a form": Field("/sign-in", "next"),
    "a language chosen": Field("/language", "lang"),
    "where to go on in it": Field("/language", "next"),
    "a form of another's": Field("/sign-out", "next"),
}


@pytest.fixture
def quick_passwords(opened: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing costs the guessers nothing here."""
    monkeypatch.setattr(sessions, "_hasher", QUICK_HASHER)
    Account.update(password_hash=QUICK_HASHER.hash(town.PASSWORD)).execute()


@pytest.mark.parametrize("way", WAYS)
def test_a_page_for_whatever_is_sent(
    app: Flask, clock: town.Clock, quick_passwords: None, way: str
) -> None:
    """By Lin and by a stranger in turn."""
    cookie = cookie_of_lin(app)
    for number, value in enumerate(VALUES):
        sent = WAYS[way](value)
        if number % 2:
            sent.head = {"Cookie": cookie, **sent.head}
        if isinstance(WAYS[way], Field):
            clock.passes(minutes=5)  # Whoever guesses is soon told to wait.
        answer = sent.to(app)
        assert complaint(answer) is None, (way, value.name, answer.body[:300])


def cookie_of_lin(app: Flask) -> bytes:
    form = b"account=lin&password=" + town.PASSWORD.encode()
    kind = {"Content-Type": b"application/x-www-form-urlencoded"}
    answer = Sent("POST", b"/sign-in", head={**OURS, **kind}, body=form).to(app)
    assert answer.status == 303
    return answer.headers["Set-Cookie"].partition(";")[0].encode()


RUNS = re.compile(
    rb"<script>alert|<img src=x|49\{%"  # written out as sent, or worked out by the template
    rb"|(?:href|src|action)=.(?:javascript:|//|https?:)"
)


def complaint(answer: Answer) -> str | None:
    if answer.status >= 500:
        return "an error of ours"
    if RUNS.search(answer.body):
        return "something that runs"
    place = answer.headers.get("Location")
    if place is not None and urlsplit(place).netloc:
        return f"sent elsewhere, to {place}"
    return None
