"""An instant that was read from the database is the one that is written back, whatever it is."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from backend.db import EPOCH, from_ms, to_ms

CENTURY = datetime(2100, 1, 1, tzinfo=UTC) - EPOCH


@given(st.integers(0, to_ms(EPOCH + CENTURY)))
@example(1_078_625_331_860)
def test_milliseconds_survive_being_an_instant(milliseconds: int) -> None:
    assert to_ms(from_ms(milliseconds)) == milliseconds


@given(st.timedeltas(timedelta(0), CENTURY).map(lambda age: EPOCH + age))
def test_what_is_kept_is_never_later_and_less_than_a_millisecond_earlier(at: datetime) -> None:
    assert 0 <= (at - from_ms(to_ms(at))).total_seconds() < 0.001
