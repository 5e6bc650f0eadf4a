"""A trail that tells when a line was changed, taken out, put in or moved."""

import random
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.rules.seals import (
    GENESIS,
    batch_seal,
    batches,
    checkpoint_message,
    is_line_mac,
    is_signed_checkpoint,
    line_mac,
    pack_entries,
    sign_checkpoint,
    unpack_entries,
)

KEY = b"k" * 32
LINE = (
    1772438400000, "records.seen", "done", 12, "lin", "collector", "d" * 32, "s" * 32, "v" * 32,
    123, "440304/440304004/440304004028/440304004028001", 22.5241, 114.0571, "1-40",
    "name,phone", '{"metres":3.2}',
)  # fmt: skip


# --- One line ----------------------------------------------------------------------------


def test_a_line_is_the_house_s_own():
    mac = line_mac(KEY, LINE)
    assert len(mac) == 32
    assert line_mac(KEY, list(LINE)) == mac
    assert is_line_mac([b"n" * 32, KEY], LINE, mac)
    assert not is_line_mac([b"n" * 32], LINE, mac)


def test_the_seal_of_a_line_never_changes_between_versions():
    assert line_mac(KEY, LINE).hex() == VECTOR


VECTOR = "f7056406c712f261a3dd3dd2310807d5aa40ffaa1b53cc7c5d6a426a2a3e200d"


@pytest.mark.parametrize("place", range(len(LINE)))
@pytest.mark.parametrize("other", [None, "", "x", 0, -1, 1.5, True, "水"])
def test_every_change_of_every_column_shows(place, other):
    changed = (*LINE[:place], other, *LINE[place + 1 :])
    assert line_mac(KEY, changed) != line_mac(KEY, LINE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), ('a","b',)),
        (("a", None), ("a", "null")),
        ((1, 2), (12,)),
        ((1,), ("1",)),
        ((1,), (1.0,)),
        ((1,), (True,)),
        ((0,), (False,)),
        ((None,), (0,)),
        (("",), ()),
        (("a", ""), ("", "a")),
        (("é",), ("e\u0301",)),
        (("\\u6c34",), ("水",)),
    ],
)
def test_no_two_lines_share_a_spelling(one, other):
    assert line_mac(KEY, one) != line_mac(KEY, other)


def test_what_cannot_be_spelt_is_refused():
    with pytest.raises(TypeError):
        line_mac(KEY, (b"bytes",))
    with pytest.raises(ValueError, match="JSON"):
        line_mac(KEY, (float("nan"),))


def test_a_line_costs_a_few_microseconds():
    fastest = min(_seconds_for(2000) for _ in range(5)) / 2000
    print(f"line_mac_us {fastest * 1e6:.1f}")
    assert fastest < 30e-6, "6 µs is the aim on a quiet machine; this only catches a slow way"


def _seconds_for(times):
    start = time.perf_counter()
    for _ in range(times):
        line_mac(KEY, LINE)
    return time.perf_counter() - start


# --- Batches -----------------------------------------------------------------------------


def entries(first, count):
    return [(number, line_mac(KEY, (number,))) for number in range(first, first + count)]


def test_entries_are_forty_bytes_each():
    ten = entries(2**40, 10)
    assert len(pack_entries(ten)) == 400
    assert unpack_entries(pack_entries(ten)) == ten
    assert unpack_entries(pack_entries([])) == []


@pytest.mark.parametrize("wrong", [(1, b"short"), (-1, bytes(32)), (2**64, bytes(32))])
def test_entries_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ValueError, match=r"mac|number"):
        pack_entries([wrong])


def test_a_torn_blob_is_refused():
    with pytest.raises(ValueError, match="40"):
        unpack_entries(pack_entries(entries(1, 3))[:-1])


def test_a_thousand_forgeries_show_in_the_seal():
    chance = random.Random(22)
    honest = entries(1, 50)
    seal = batch_seal(GENESIS, honest)
    for _ in range(1000):
        forged = list(honest)
        kind = chance.choice(["edit", "delete", "swap", "cut", "add", "renumber"])
        here, there = chance.sample(range(50), 2)
        if kind == "edit":
            forged[here] = (forged[here][0], chance.randbytes(32))
        elif kind == "delete":
            del forged[here]
        elif kind == "swap":
            forged[here], forged[there] = forged[there], forged[here]
        elif kind == "cut":
            forged = forged[: min(here, 49)]
        elif kind == "add":
            forged.insert(here, (chance.randrange(1000), chance.randbytes(32)))
        else:
            forged[here] = (forged[here][0] + 100, forged[here][1])
        assert batch_seal(GENESIS, forged) != seal, kind


def test_a_batch_hangs_on_the_one_before():
    first = batch_seal(GENESIS, entries(1, 5))
    assert batch_seal(first, entries(6, 5)) != batch_seal(GENESIS, entries(6, 5))
    # Where one batch ends and the next begins is sealed too.
    assert batch_seal(first, entries(6, 5)) != batch_seal(GENESIS, entries(1, 10))
    with pytest.raises(ValueError, match="32"):
        batch_seal(b"short", [])


def test_a_stream_is_cut_into_batches():
    assert [len(batch) for batch in batches(iter(entries(1, 25)), 10)] == [10, 10, 5]
    assert list(batches(iter([]), 10)) == []


# --- Checkpoints -------------------------------------------------------------------------

AT = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)


def test_a_checkpoint_is_readable_and_signed():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    message = checkpoint_message(7, 350, GENESIS, AT)
    assert message.decode().splitlines() == [
        "gridtag checkpoint 1", "batch 7", "last line 350", f"seal {'00' * 32}",
        "signed at 1772442000250 ms",
    ]  # fmt: skip
    signature = sign_checkpoint(key, message)
    assert len(signature) == 64
    assert is_signed_checkpoint(key.public_key(), message, signature)


def test_a_checkpoint_of_anything_else_does_not_fit():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signature = sign_checkpoint(key, checkpoint_message(7, 350, GENESIS, AT))
    for other in [
        checkpoint_message(8, 350, GENESIS, AT),
        checkpoint_message(7, 351, GENESIS, AT),
        checkpoint_message(7, 350, b"\x01" * 32, AT),
        checkpoint_message(7, 350, GENESIS, AT + timedelta(milliseconds=1)),
    ]:
        assert not is_signed_checkpoint(key.public_key(), other, signature)
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    message = checkpoint_message(7, 350, GENESIS, AT)
    assert not is_signed_checkpoint(stranger, message, signature)
    assert not is_signed_checkpoint(key.public_key(), message, b"short")


def test_the_time_of_a_checkpoint_is_an_instant():
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert checkpoint_message(1, 1, GENESIS, shanghai) == checkpoint_message(1, 1, GENESIS, AT)
    with pytest.raises(ValueError, match="zone"):
        checkpoint_message(1, 1, GENESIS, AT.replace(tzinfo=None))
