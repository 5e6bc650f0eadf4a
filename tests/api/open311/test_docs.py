"""What docs/OPEN311.md tells an author of a client to type works in the demo town."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from backend.db import writing
from backend.services import clients
from mobile_api import demo
from tests.api.open311 import spark

PAGE = Path(__file__).resolve().parents[3] / "docs" / "OPEN311.md"


def commands(text: str) -> list[str]:
    return re.findall(r"^ *curl .*$", text.replace("\\\n", " "), re.M)


COMMANDS = commands(PAGE.read_text(encoding="utf-8"))


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 8


@pytest.mark.wide
@pytest.mark.parametrize(
    "command", [*COMMANDS, *commands(demo.what_to_try("http://127.0.0.1:8000"))]
)
def test_a_command_works(client: FlaskClient, command: str) -> None:
    with writing():
        clients.add_demo()
    words = iter(shlex.split(command)[1:])
    form, address = {}, ""
    for word in words:
        if word in ("-d", "--data-urlencode"):
            name, _, value = next(words).partition("=")
            form[name] = value
        elif not word.startswith("-"):
            address = word
    parts = urlsplit(address)
    assert parts.netloc == "127.0.0.1:8000"
    path = f"{parts.path}?{parts.query}"
    answer = client.post(path, data=form) if form else client.get(path)
    assert answer.status_code == (201 if form else 200), answer.text
    said = answer.json if ".json" in path else spark.read(answer.data)[1]
    assert said is not None
