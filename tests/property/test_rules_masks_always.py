"""No mask shows a birthday, and none ever repeats what it covers."""

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from backend.rules.masks import COMPOUND_SURNAMES, MASKS

birthdays = st.dates(date(1900, 1, 1), date(2029, 12, 31))
tails = st.from_regex(r"[0-9]{3}[0-9X]", fullmatch=True)
fields = st.sampled_from(sorted(MASKS))


@given(fields, st.text(max_size=40))
def test_no_mask_contains_what_it_covers(field, text):
    assume(text.strip().strip("*"))
    assume(not (field == "birth_date" and text.strip().isdigit()))  # A bare year is the mask.
    assert text.strip() not in MASKS[field](text)


@given(birthdays, tails)
def test_an_id_number_hides_the_birthday(born, tail):
    compact = f"{born:%Y%m%d}"
    seen = MASKS["id_number"](f"440399{compact}{tail}")
    assert seen == f"440{'*' * 11}{tail}"
    assert seen[6:14] == "*" * 8


@given(fields, birthdays, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"]))
def test_no_mask_shows_a_month_or_a_day(field, born, spelling):
    seen = MASKS[field](born.strftime(spelling))
    assert seen.rstrip("*") in ("", str(born.year), str(born.year)[0])


@given(fields, st.text(max_size=40))
def test_a_mask_over_a_mask_is_the_same_mask_or_less(field, text):
    once = MASKS[field](text)
    twice = MASKS[field](once)
    assert len(twice.replace("*", "")) <= len(once.replace("*", ""))


@given(fields, st.text(min_size=1, max_size=40))
def test_odd_texts_give_away_one_letter_or_a_known_part(field, text):
    seen = MASKS[field](text).replace("*", "").strip()
    known = (
        7 if field in ("id_number", "phone", "legal_phone") else 4 if field == "birth_date" else 1
    )
    if len(seen) > known:
        assert field in ("name", "legal_name")
        assert seen in COMPOUND_SURNAMES
