"""The keys that codes are made with: none is missing, none is everybody's."""

import pytest

from backend.config import DEMO_TAG_KEYS, SettingError, read_settings

KEYS = {
    "SECRET_KEY": "k" * 64,
    "DATA_KEYS": "1:" + "11" * 32,
    "INDEX_KEYS": "1:" + "22" * 32,
    "TAG_KEYS": "1:" + "33" * 32,
}


def test_two_keys_the_newest_first():
    keys = read_settings({**KEYS, "TAG_KEYS": f"2:{'44' * 32},1:{'33' * 32}"}).tag_keys
    assert (keys.current, keys.previous) == (b"\x44" * 32, b"\x33" * 32)
    assert read_settings(KEYS).tag_keys.previous is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "TAG_KEYS is required"),
        ("1:33", "64 hex digits"),
        (f"1:{'33' * 32},2:{'33' * 32}", "equals the current"),
        (f"1:{'33' * 32},2:{'44' * 32},3:{'55' * 32}", "one key or two"),
        (DEMO_TAG_KEYS, "everybody knows"),
        (f"2:{'33' * 32},{DEMO_TAG_KEYS}", "everybody knows"),
    ],
)
def test_keys_that_stop_the_start(text, words):
    with pytest.raises(SettingError, match=words):
        read_settings({**KEYS, "TAG_KEYS": text})


def test_the_demo_has_the_published_key(tmp_path):
    url = f"sqlite:///{tmp_path}/demo.db"
    assert read_settings({"DEMO": "1", "DATABASE_URL": url}).TAG_KEYS == DEMO_TAG_KEYS


def test_a_host_that_is_none():
    with pytest.raises(SettingError, match="TAG_HOSTS"):
        read_settings({**KEYS, "TAG_HOSTS": "https://q.example.cn/"})
    assert read_settings({**KEYS, "TAG_HOSTS": "Q.example.cn,q7.cn"}).tag_hosts == (
        "q.example.cn",
        "q7.cn",
    )
