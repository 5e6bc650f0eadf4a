"""Links: what goes into a symbol and what is found in a camera's text, ours or not."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr import codes, links
from qr.links import BadHost, ForeignHost, NotOurLink

CODE = codes.mint(codes.Keys(bytes(32)), lambda n: b"\x3a\x06\x94\xb8\xbb")
OURS = ["q.example.cn"]
LINK = f"https://q.example.cn/{CODE}"


# The ordinary day


def test_the_link_has_a_small_host_and_a_capital_code():
    assert links.url(CODE, " Q.Example.CN.:443") == LINK
    assert CODE.isupper()


def test_the_gs1_link_holds_the_code_behind_the_company():
    assert links.url(CODE, "q.example.cn", "6901234") == f"https://q.example.cn/8004/6901234{CODE}"


@pytest.mark.parametrize(
    "scanned",
    [
        LINK,
        LINK.lower(),
        LINK.upper(),
        LINK + "/",
        LINK.replace("https", "http"),
        LINK.replace(".cn/", ".cn:443/"),
        LINK.replace(".cn/", ".cn./"),
        LINK + "?from=wechat&x=1#top",
        f"https://q.example.cn/{codes.show(CODE)}",
        f"https://q.example.cn/{codes.show(CODE).lower()}/",
        f"https://q.example.cn/{codes.show(CODE).replace('-', '%20')}",
        quote(LINK, safe=""),
        f"https://q.example.cn/8004/6901234{CODE}",
        f"https://q.example.cn/8004/6901234{codes.show(CODE).lower()}/",
        codes.show(CODE),
        f"  {CODE}\n",
    ],
)
def test_whatever_the_camera_saw_leads_to_the_code(scanned):
    assert links.code_in(scanned, OURS) == CODE


def test_one_letter_segments_belong_to_the_pages():
    assert links.is_reserved("w")
    assert not links.is_reserved(CODE)
    with pytest.raises(NotOurLink):
        links.code_in("https://q.example.cn/w", OURS)


# Who must not


@pytest.mark.parametrize(
    ("scanned", "host"),
    [
        (f"https://q.examp1e.cn/{CODE}", "q.examp1e.cn"),
        (f"https://q.example.cn.evil.cn/{CODE}", "q.example.cn.evil.cn"),
        (f"https://q.example.cn@evil.cn/{CODE}", "evil.cn"),
        (f"https://q.example.cn:8443/{CODE}", "q.example.cn:8443"),
        (f"https:///{CODE}", ""),
    ],
)
def test_a_sticker_of_a_stranger_is_named(scanned, host):
    with pytest.raises(ForeignHost) as refused:
        links.code_in(scanned, OURS)
    assert refused.value.host == host


def test_a_gs1_number_of_another_company_is_not_ours():
    with pytest.raises(NotOurLink, match="another company"):
        links.code_in(f"https://q.example.cn/8004/4012345{CODE}", OURS, company="6901234")


# What is broken


@pytest.mark.parametrize(
    "host",
    ["https://q.example.cn/", "q example", "-q.cn", "q..cn", "", "q.cn/", "a" * 300, "q_x.cn"],
)
def test_a_bad_host_is_refused_before_anything_is_printed(host):
    with pytest.raises(BadHost):
        links.host_name(host)


def test_a_chinese_host_is_answered_with_its_latin_form():
    with pytest.raises(BadHost, match="xn--fiqs8s"):
        links.host_name("网格.中国")


@pytest.mark.parametrize("company", ["123", "69O1234", "1" * 13, ""])
def test_a_bad_company_prefix_is_refused(company):
    with pytest.raises(ValueError, match="4 to 12 digits"):
        links.prefix("q.example.cn", company)


@pytest.mark.parametrize(
    "scanned",
    [
        "https://q.example.cn/",
        "https://q.example.cn/about/us",
        "https://q.example.cn:port/",
        "https://[::1/",
        f"https:\\\\q.example.cn/{CODE}",
        f"https://evil.cn\\@q.example.cn/{CODE}",
        f"https://q.example.cn/8004/{CODE}",
        f"https://q.example.cn/8004/{'1' * 19}{CODE}",
        "https://q.example.cn/" + "a" * 3000,
    ],
)
def test_other_links_lead_to_no_tag(scanned):
    with pytest.raises(NotOurLink):
        links.code_in(scanned, OURS)


def test_a_mistyped_code_in_our_link_is_still_called_mistyped():
    with pytest.raises(codes.Mistyped):
        links.code_in(LINK[:-1] + ("0" if LINK[-1] != "0" else "1"), OURS)


# What is strange


@given(st.text() | st.text().map(lambda tail: f"https://q.example.cn/{tail}"))
def test_any_text_gives_a_code_or_a_reason(text):
    try:
        code = links.code_in(text, OURS)
    except (codes.Unreadable, NotOurLink):
        return
    assert codes.is_well_formed(code)
