"""What a device signs: every language spells one body the same way, and nothing else passes."""

import hashlib
import hmac
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backend.errors import Invalid
from backend.rules.signing import MOST_DEPTH, canonical, carries_signature, is_signed, sign

DOC = Path(__file__).parents[2] / "docs" / "SIGNING.md"

SECRET = "3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789A"
MESSAGE = (
    '{"device_id":"d1e2v3","device_time":"2026-03-01T08:30:00+08:00","fix":{"accuracy_m":12.0,'
    '"age_ms":850,"crs":"wgs84","is_mock":false,"lat":22.5241,"lon":114.0571,"provider":"gps"},'
    '"nonce":"n-0001","tag":"7K3M9QX2DHV5"}'
)
SIG = "8e65219e8f6d80d0ad06565f8bd7f30abd7442be92fdb9c111fd101aedcc23de"
ODD_MESSAGE = '{"a":-0.0,"reason":"水围村 \\"急\\"\\n","z":100000.0}'
ODD_SIG = "c8c5356230f62c3a61b1bdc857bd7df4bff60b13c650503daf02fe0d44f2a304"


# --- The test vector ---------------------------------------------------------------------


def test_the_test_vector_of_the_documentation():
    text = DOC.read_text()
    for part in (SECRET, MESSAGE, SIG, ODD_MESSAGE, ODD_SIG):
        assert part in text
    for message, signature in ((MESSAGE, SIG), (ODD_MESSAGE, ODD_SIG)):
        assert canonical(message.encode()) == message.encode()
        assert sign(SECRET, message.encode()) == signature
        assert hmac.new(SECRET.encode(), message.encode(), "sha256").hexdigest() == signature


def test_order_spacing_and_the_sig_itself_do_not_matter():
    body = json.loads(MESSAGE)
    sent = json.dumps({"sig": SIG, **dict(reversed(body.items()))}, indent=4).encode()
    assert canonical(sent) == MESSAGE.encode()
    assert is_signed(SECRET, sent, SIG)
    assert carries_signature(SECRET, sent)
    assert is_signed(SECRET, sent, SIG.upper())


# --- Clients in three languages ----------------------------------------------------------

BODIES = [
    json.loads(MESSAGE),
    json.loads(ODD_MESSAGE),
    {
        "b": [{"z": 1, "a": [True, None, "é\u2028\x7f"]}],
        "a": {"ß": 1.5, "A": -3, "a": 1e-7},
        "": "",
    },
]


def python_block(language):
    return re.findall(rf"```{language}\n(.*?)```", DOC.read_text(), re.DOTALL)[0]


@pytest.mark.parametrize("body", BODIES)
def test_the_documented_python_is_accepted(body):
    names = {"json": json, "hmac": hmac, "hashlib": hashlib}
    exec(python_block("python"), names)  # noqa: S102 our own documentation
    signed = names["signed"](SECRET, body)
    assert carries_signature(SECRET, json.dumps(signed).encode())
    assert carries_signature(SECRET, json.dumps(signed, ensure_ascii=False).encode())


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_documented_javascript_is_accepted(body):
    script = python_block("javascript") + (
        f"\nsigned({json.dumps(SECRET)}, {json.dumps(body)})"
        ".then((body) => process.stdout.write(JSON.stringify(body)));"
    )
    sent = run(["node", "-e", script])
    assert carries_signature(SECRET, sent)
    assert not carries_signature(SECRET + "x", sent)


@pytest.mark.parametrize("body", BODIES[:2])
@pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("jq") and shutil.which("bash")),
    reason="needs bash, openssl and jq",
)
def test_the_documented_shell_is_accepted(body):
    script = python_block("bash") + '\nsigned "$1" "$2"'
    sent = run(["bash", "-c", script, "sh", SECRET, json.dumps(body)])
    assert carries_signature(SECRET, sent)


def run(command):
    return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout


# --- Spelling ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number", ["12.0", "12", "1.50", "1e5", "1E+5", "-0.0", "-0", "0.1", "9" * 400]
)
def test_numbers_are_spelt_as_they_were_sent(number):
    body = f'{{"n": {number}}}'.encode()
    assert canonical(body) == f'{{"n":{number}}}'.encode()


def test_twelve_and_twelve_point_nought_are_two_bodies():
    assert sign(SECRET, b'{"n":12}') != sign(SECRET, b'{"n":12.0}')
    assert not is_signed(SECRET, b'{"n":12}', sign(SECRET, b'{"n":12.0}'))


def test_escapes_are_only_those_that_json_demands():
    assert canonical(rb'{"a":"\u6c34\/\u0041\u0001\u000a\t\\\""}') == (
        '{"a":"水/A\\u0001\\n\\t\\\\\\""}'.encode()
    )
    assert canonical(rb'{"a":"\ud83d\ude00"}') == '{"a":"😀"}'.encode()


def test_names_are_sorted_by_code_point_at_every_depth():
    sent = '{"b":1,"ａ":2,"a":[{"d":1,"c":2}],"😀":3,"B":4}'
    assert canonical(sent.encode()).decode() == '{"B":4,"a":[{"c":2,"d":1}],"b":1,"ａ":2,"😀":3}'


def test_only_the_top_sig_is_left_out():
    assert canonical(b'{"sig":"x","fix":{"sig":"y"}}') == b'{"fix":{"sig":"y"}}'


def test_an_empty_body_has_a_signature_too():
    assert canonical(b"{}") == canonical(b' {"sig": "x"} ') == b"{}"


# --- Who must not ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        MESSAGE.replace("22.5241", "22.5242"),
        MESSAGE.replace("12.0", "12.00"),
        MESSAGE.replace("false", "true"),
        MESSAGE.replace("n-0001", "n-0002"),
        MESSAGE[:-1] + ',"more":1}',
        MESSAGE.replace('"fix":{', '"fix":{"more":1,'),
        "{}",
    ],
)
def test_a_changed_body_does_not_fit(changed):
    assert not is_signed(SECRET, changed.encode(), SIG)


@pytest.mark.parametrize(
    "wrong", ["", "0" * 64, SIG[:-1], SIG + "0", "é" * 64, "\ud800", SIG[::-1]]
)
def test_a_wrong_signature_does_not_fit(wrong):
    assert not is_signed(SECRET, MESSAGE.encode(), wrong)


@pytest.mark.parametrize("sig", [None, 1, True, ["x"], {"a": 1}])
def test_a_body_whose_sig_is_no_text_carries_none(sig):
    assert not carries_signature(SECRET, json.dumps({"a": 1, "sig": sig}).encode())


def test_another_device_cannot_sign():
    assert not is_signed("another secret", MESSAGE.encode(), SIG)


# --- What is broken ----------------------------------------------------------------------

BROKEN = [
    b"", b"null", b"[]", b'"x"', b"12", b"{", b"{}{}", b"{'a':1}", b'{"a":1,}', b'{"a":01}',
    b'{"a":1,"a":1}', b'{"a":{"b":1,"b":2}}', b'{"sig":"x","sig":"y"}', b'{"a":NaN}',
    b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":"\xff"}', b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\\ud800"}', b'{"\\udfff":1}', b'{"a":"\n"}', b'{"a":"unclosed', b'{"a":tru}',
    '{"a":1}'.encode("utf-16"), b"[" * 100_000, b'{"a":' * 100_000, b'{"a":"' + b'\\"' * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("raw", BROKEN, ids=lambda raw: repr(raw[:20]))
def test_what_is_not_one_plain_object_is_refused(raw):
    for ask in (canonical, lambda body: sign(SECRET, body)):
        with pytest.raises(Invalid):
            ask(raw)
    assert not is_signed(SECRET, raw, SIG)
    assert not carries_signature(SECRET, raw)


def test_thirty_two_deep_is_enough():
    def nested(depth):
        return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    assert canonical(nested(MOST_DEPTH)) == nested(MOST_DEPTH)
    with pytest.raises(Invalid):
        canonical(nested(MOST_DEPTH + 1))


def test_brackets_in_text_are_not_depth():
    body = json.dumps({"a": "[{" * 500 + '\\"[', "b]": 1}, separators=(",", ":")).encode()
    assert canonical(body) == body
