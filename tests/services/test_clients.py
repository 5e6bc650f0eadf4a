"""Keys for other programs: given once, kept as a hash, withdrawn for good; and what is asked."""

import json

import pytest

from backend import load
from backend.actor import SYSTEM
from backend.errors import ClientUnknown, Conflict, Invalid, NotAllowed, NotFound
from backend.house import House, house
from backend.models import Client, TrailLine
from backend.rules import questions
from backend.services import clients
from backend.services.clients import keys
from tests.services.test_cases_moves import worker
from tests.services.test_cli import Type, at_the_village, types  # noqa: F401 - fixtures.


def test_a_client_is_known_by_its_key(village: House) -> None:
    made = clients.add("fix-shuiwei", "hello@example.org", by=SYSTEM)
    assert len(made["key"]) == 32
    assert clients.known(made["key"]).name == "fix-shuiwei"


def test_the_key_is_nowhere(village: House) -> None:
    key = clients.add("fix-shuiwei", "hello@example.org", by=SYSTEM)["key"]
    assert key.encode() not in bytes(Client.get().key_index)
    assert all(key not in str(value) for value in Client.get().__data__.values())
    assert all(key not in line.facts for line in TrailLine.select())


@pytest.mark.parametrize("key", [None, "", "x", "\ud800", "x" * 10_000])
def test_every_other_key_is_refused(village: House, key: str | None) -> None:
    clients.add("fix-shuiwei", "hello@example.org", by=SYSTEM)
    with pytest.raises(ClientUnknown):
        clients.known(key)


def test_a_withdrawn_key_opens_nothing_and_its_name_is_gone(village: House) -> None:
    key = clients.add("fix-shuiwei", "hello@example.org", by=SYSTEM)["key"]
    clients.revoke("fix-shuiwei", by=SYSTEM)
    with pytest.raises(ClientUnknown):
        clients.known(key)
    with pytest.raises(Conflict):
        clients.add("fix-shuiwei", "another@example.org", by=SYSTEM)
    with pytest.raises(Conflict):
        clients.revoke("fix-shuiwei", by=SYSTEM)
    with pytest.raises(NotFound):
        clients.revoke("nobody", by=SYSTEM)


def test_administrators_alone_give_keys(village: House) -> None:
    clients.add("fix-shuiwei", "hello@example.org", by=worker(1, "administrator"))
    with pytest.raises(NotAllowed):
        clients.add("other", "hello@example.org", by=worker(2, "supervisor"))
    with pytest.raises(NotAllowed):
        clients.revoke("fix-shuiwei", by=worker(2, "dispatcher"))
    verbs = [line.verb for line in TrailLine.select().where(TrailLine.outcome == "done")]
    assert [verb for verb in verbs if verb.startswith("client.")] == ["client.add"]


@pytest.mark.parametrize("name", ["", "A", "ä", "-x", "x" * 41, "a b", "a\n"])
def test_a_client_s_name_is_plain(village: House, name: str) -> None:
    with pytest.raises(Invalid):
        clients.add(name, "hello@example.org", by=SYSTEM)


@pytest.mark.parametrize("contact", ["", "  ", "x" * 201])
def test_somebody_answers_for_a_client(village: House, contact: str) -> None:
    with pytest.raises(Invalid):
        clients.add("fix-shuiwei", contact, by=SYSTEM)


def test_the_demo_has_a_key_that_everybody_knows_and_nobody_else(
    village: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "FILES", ())
    load.load_demo()
    load.load_demo()
    assert clients.known(keys.DEMO_KEY).name == "demo"
    Client.delete().execute()
    object.__setattr__(house().settings, "DEMO", False)
    load.load_demo()
    assert Client.select().count() == 0


# --- On the command line ------------------------------------------------------------------


def test_keys_are_given_listed_and_withdrawn(at_the_village: Type) -> None:  # noqa: F811
    made = at_the_village("clients", "add", "fix-shuiwei", "--contact", "hello@example.org")
    assert (made.exit_code, len(made.output.strip())) == (0, 32)
    [one] = json.loads(at_the_village("clients", "list", "--json").output)
    assert (one["name"], one["revoked_at"]) == ("fix-shuiwei", None)
    gone = at_the_village("clients", "revoke", "fix-shuiwei")
    assert gone.exit_code == 0
    assert "until " in at_the_village("clients", "list").output
    assert at_the_village("clients", "revoke", "fix-shuiwei").exit_code == 1


# --- Questions ----------------------------------------------------------------------------

ASKED = {"code": "how_many", "zh": "几盏", "en": "How many"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({**ASKED, "code": "tag"}, "'tag' is no code"),
        ({**ASKED, "code": "How"}, "'How' is no code"),
        ({**ASKED, "datatype": "colour"}, "has the datatype 'colour'"),
        ({**ASKED, "datatype": "singlevaluelist"}, "choices go with a list"),
        ({**ASKED, "choices": [{"code": "a", "zh": "甲", "en": "A"}]}, "choices go with a list"),
        ({**ASKED, "answered": False, "required": True}, "cannot be required"),
        ({**ASKED, "problems": ["purple"]}, "is of no problem: purple"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_at_the_start(entry: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        questions.read([entry], ["dark"])


def test_a_question_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        questions.read([ASKED, ASKED], ["dark"])


@pytest.mark.parametrize(
    "text", ["2026-11-21T08:00:00Z", "2026-11-21T16:00:00+08:00", "2026-11-21T03:00:00.000-05:00"]
)
def test_an_instant_is_one_in_any_zone(text: str) -> None:
    assert questions.instant(text).isoformat() == "2026-11-21T08:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["", "2026-11-21", "2026-11-21T08:00:00", "0001-01-01T00:00:00+14:00", "x" * 99]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them.
        questions.instant(text)
