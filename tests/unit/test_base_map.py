"""The base map's settings: one host, named plainly, for it goes into a page's policy."""

import pytest

from backend.config import SettingError, read_settings
from tests.town import KEYS

ENVIRON = {name: str(value) for name, value in KEYS.items()} | {"DEMO": "1"}
TILES = "https://tiles.example.cn/{z}/{x}/{y}.png?key=k"


def test_without_one_the_map_is_drawn_as_phones_measure():
    settings = read_settings(ENVIRON)
    assert (settings.base_map_host, settings.map_datum) == ("", "wgs84")
    # A datum alone moves nothing.
    assert read_settings({**ENVIRON, "BASE_MAP_DATUM": "gcj02"}).map_datum == "wgs84"


def test_its_host_is_all_that_phones_are_let_ask():
    settings = read_settings({**ENVIRON, "BASE_MAP_URL": TILES, "BASE_MAP_DATUM": "gcj02"})
    assert settings.base_map_host == "https://tiles.example.cn"
    assert settings.map_datum == "gcj02"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"BASE_MAP_URL": "https://tiles.example.cn/all.png"}, "BASE_MAP_URL"),
        ({"BASE_MAP_URL": "https://{s}.example.cn/{z}/{x}/{y}.png"}, "BASE_MAP_URL"),
        ({"BASE_MAP_URL": "//tiles.example.cn/{z}/{x}/{y}.png"}, "BASE_MAP_URL"),
        ({"BASE_MAP_URL": "https://a.cn; script-src */{z}/{x}/{y}.png"}, "BASE_MAP_URL"),
        ({"BASE_MAP_URL": "https://*/{z}/{x}/{y}.png"}, "BASE_MAP_URL"),
        ({"BASE_MAP_URL": "javascript:alert(1)/{z}/{x}/{y}"}, "BASE_MAP_URL"),
        ({"BASE_MAP_DATUM": "bd09"}, "BASE_MAP_DATUM"),
    ],
)
def test_what_would_open_more_than_one_host_stops_the_start(change, said):
    with pytest.raises(SettingError, match=said):
        read_settings({**ENVIRON, **change})
