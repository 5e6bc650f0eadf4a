"""A client that asks as a browser does, and one in which Lin has signed in."""

import pytest
from flask.testing import FlaskClient

from tests.api.pages.reading import sign_in


@pytest.fixture(autouse=True)
def a_browser_asks(client: FlaskClient) -> None:
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def browser(client: FlaskClient) -> FlaskClient:
    assert sign_in(client).status_code == 303
    return client
