"""The smart ID at a building's door: for everybody, about nobody."""

import re

import pytest
from flask.testing import FlaskClient

from tests import town
from tests.api.pages.reading import sign_in

MOST_BYTES = 15_360


def personal(houses: set[str]) -> set[str]:
    """Every name, number and phone of whoever lives, works or has a firm in these houses."""
    people = [one for one in town.rows("residents.csv") if one["building"] in houses]
    firms = [one for one in town.rows("businesses.csv") if one["building"] in houses]
    found = {one[field] for one in people for field in ("name", "id_number", "phone")}
    found |= {one[field] for one in firms for field in ("legal_name", "legal_phone", "credit_code")}
    return found - {""}


def test_nobody_is_on_it_in_any_language(client: FlaskClient) -> None:
    known = personal({house.code for house in town.houses()})
    assert len(known) > 500
    for house in town.houses():
        for path in (f"/id/{house.code}", f"/api/v1/buildings/{house.code}/smart-id"):
            for language in ("zh-CN", "zh-HK", "en"):
                answer = client.get(path, headers={"Accept-Language": language})
                text = answer.get_data(as_text=True)
                assert answer.status_code == 200
                assert [one for one in known if one in text] == [], path


def test_it_says_what_the_house_is_and_what_its_landlord_owes(client: FlaskClient) -> None:
    house = town.houses()[0]
    text = client.get(f"/id/{house.code}", headers={"Accept-Language": "zh-CN"}).text
    for said in (
        "水围一街1号",
        "城中村类",
        "最近的室外消火栓",
        "居住人数",
        "房东责任",
        "周边便民服务",
    ):
        assert said in text, said
    assert "/rounds/at/" not in text  # Nothing to do for somebody in the street.


def test_who_may_open_the_records_is_led_there(client: FlaskClient) -> None:
    house = town.houses()[0]
    assert sign_in(client).status_code == 303
    text = client.get(f"/id/{house.code}").text
    assert f'href="/b/{house.code}"' in text


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_it_is_small_with_all_that_it_brings(client: FlaskClient, language: str) -> None:
    asks = {"Accept-Language": language}
    path = f"/id/{town.houses()[0].code}"
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get(path, headers=asks).text))
    size = sum(weigh(client, one, asks) for one in (path, *files))
    print(f"smart_id_bytes {size}")
    assert len(files) >= 2
    assert size <= MOST_BYTES


def weigh(client: FlaskClient, path: str, asks: dict[str, str]) -> int:
    """Bytes on the wire."""
    with client.get(path, headers={**asks, "Accept-Encoding": "gzip"}) as answer:
        return len(answer.data)
