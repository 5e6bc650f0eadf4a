"""Pages as a browser asks for them, and as a test reads them."""

from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.town import PASSWORD, House, Worker, of_house

OURS = {"Sec-Fetch-Site": "same-origin"}
ENGLISH = {"Accept-Language": "en"}


def sign_in(client: FlaskClient, account: str = "lin", **more: str) -> TestResponse:
    form = {"account": account, "password": PASSWORD, **more}
    return client.post("/sign-in", data=form, headers=OURS | ENGLISH)


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and the text between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attrs: str) -> list[dict[str, str | None]]:
        return [a for name, a in self.found if name == tag and attrs.items() <= a.items()]


def read(answer: TestResponse) -> Tags:
    assert answer.mimetype == "text/html"
    return Tags(answer.get_data(as_text=True))


def sheet_page(worker: Worker, house: House) -> TestResponse:
    headers = {"Authorization": f"Bearer {worker.token}", "Visit-Lease": worker.lease or ""}
    return worker.client.get(f"/b/{house.code}/sheet", headers=headers | ENGLISH)


def assert_nobody(answer: TestResponse, house: House) -> None:
    text = answer.get_data(as_text=True)
    assert [value for value in secrets_of(house) if value in text] == []


def secrets_of(house: House) -> set[str]:
    """What nobody off site may read of a house."""
    people = [row[name] for row in of_house(house) for name in ("name", "id_number", "phone")]
    firms = [
        row[name]
        for row in of_house(house, "businesses.csv")
        for name in ("name", "credit_code", "legal_name", "legal_phone")
    ]
    return {value for value in (*people, *firms) if value}
