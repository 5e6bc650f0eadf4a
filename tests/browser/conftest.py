"""A real server on a free port, a real Chromium, and a phone for every test."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from waitress import create_server

from backend import house as house_module
from backend.house import House
from tests import chrome
from tests.browser.phone import Phone


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the server listens; which town it serves is each test's own (`opened`)."""
    server = create_server(
        app, host="127.0.0.1", port=0, threads=8, clear_untrusted_proxy_headers=True
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    server.task_dispatcher.shutdown()
    thread.join(5)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chrome.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, address: str, opened: House) -> Iterator[Callable[..., Phone]]:
    """Phones as many as a story needs; see Phone for what it may be told."""
    given = []

    def give(**wishes: Any) -> Phone:
        given.append(Phone(chromium, **{"address": address, **wishes}))
        return given[-1]

    yield give
    for one in given:
        one.close()


@pytest.fixture
def limits(opened: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change numbers of fixtures/policy/visits.toml for this test."""

    def change(**numbers: float) -> None:
        changed = replace(opened.policy, limits=replace(opened.policy.limits, **numbers))
        monkeypatch.setattr(house_module, "_house", replace(opened, policy=changed))

    return change
