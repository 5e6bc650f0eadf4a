"""Set-up on a Python without pip: one known wheel from wherever, and nothing else."""

import hashlib
import runpy
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHEEL = b"the wheel of pip"


@pytest.fixture
def get_pip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """The script, on a machine where nothing is configured, for a wheel of sixteen bytes."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("HOME", str(tmp_path))
    script = runpy.run_path(str(ROOT / ".ci" / "get_pip.py"))
    script["fetch_wheel"].__globals__["SHA256"] = hashlib.sha256(WHEEL).hexdigest()
    return SimpleNamespace(**script)


class Index(ThreadingHTTPServer):
    """A package index that lists one wheel and remembers who asked."""

    def __init__(self, wheel: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.wheel = wheel
        self.told: list[str | None] = []  # the passwords it was given, or none
        self.host = self.files = f"127.0.0.1:{self.server_port}"


class Clerk(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.told.append(self.headers["Authorization"])
        files = f"http://{self.server.files}/files"
        page = f'<a href="{files}/pip-1.0.whl">an old one</a>'
        page += f'<a href="{files}/pip-26.3-py3-none-any.whl#sha256=any">ours</a>'
        body = page.encode() if self.path == "/simple/pip/" else self.server.wheel
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def serving(wheel: bytes) -> Iterator[Index]:
    with Index(wheel) as index:
        thread = threading.Thread(target=index.serve_forever, args=[0.01])
        thread.start()
        yield index
        index.shutdown()
        thread.join()


@pytest.fixture
def index() -> Iterator[Index]:
    yield from serving(WHEEL)


@pytest.fixture
def forger() -> Iterator[Index]:
    yield from serving(b"something else entirely")


def test_the_wheel_comes_from_the_configured_index(
    get_pip: SimpleNamespace, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{index.host}/simple/")
    assert get_pip.fetch_wheel() == WHEEL


def test_pips_own_configuration_file_is_read(
    get_pip: SimpleNamespace, index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text(f"[global]\nindex-url = http://{index.host}/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(conf))
    assert get_pip.fetch_wheel() == WHEEL


def test_the_password_goes_to_the_index_alone(
    get_pip: SimpleNamespace, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://lin:s%40cret@{index.host}/simple")
    assert get_pip.fetch_wheel() == WHEEL
    assert index.told == ["Basic " + b64encode(b"lin:s@cret").decode()] * 2


def test_a_stranger_with_the_files_and_the_screen_are_not_told_the_password(
    get_pip: SimpleNamespace, index: Index, forger: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.files = forger.host
    monkeypatch.setenv("PIP_INDEX_URL", f"http://lin:s%40cret@{index.host}/simple")
    with pytest.raises(SystemExit) as refusal:
        get_pip.fetch_wheel()
    assert forger.told == [None]
    assert "cret" not in str(refusal.value)


def test_a_forged_wheel_is_refused_and_the_next_index_asked(
    get_pip: SimpleNamespace, index: Index, forger: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://{forger.host}/simple")
    with pytest.raises(SystemExit, match="not the file we know") as refusal:
        get_pip.fetch_wheel()
    assert "sudo apt-get install -y python3-venv" in str(refusal.value)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"http://{index.host}/simple")
    assert get_pip.fetch_wheel() == WHEEL


def test_an_index_in_a_folder_serves_a_machine_without_a_network(
    get_pip: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "simple" / "pip").mkdir(parents=True)
    (tmp_path / "simple" / "pip" / get_pip.WHEEL).write_bytes(WHEEL)
    (tmp_path / "simple" / "pip" / "index.html").write_text(f"<a href='{get_pip.WHEEL}'>pip</a>")
    monkeypatch.setenv("PIP_INDEX_URL", f"file://{tmp_path}/simple")
    assert get_pip.fetch_wheel() == WHEEL
