"""Normal forms stay as they are, and every address is found by itself."""

from hypothesis import given
from hypothesis import strategies as st

from backend.rules.addresses import normal, search_keys

WORDS = """
广东省 深圳市 福田区 光明新区 福田街道 水围社区 水围村 科技园南区 工业区 益田五路 一街 三坊 三十二号
之一 32号 之2
一幢 3号楼 5# A座 二〇三房 606室 5F 三楼 - 十 百 之 号 区 市 社区 街道 （旁） Ｂ ① ㎡ x
"""
words = st.sampled_from(WORDS.split())
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=8).map("".join))


@given(texts)
def test_a_normal_form_is_its_own_normal_form(text):
    assert normal(normal(text)) == normal(text)


@given(texts)
def test_every_address_is_found_by_itself_and_by_its_tails(text):
    keys = search_keys(text)
    assert keys[:1] == ([normal(text)] if normal(text) else [])
    assert all(keys[0].endswith(key) for key in keys)


@given(texts)
def test_blanks_and_width_never_matter(text):
    spaced = " ".join(text[:150])
    assert normal(spaced[:200]) == normal("".join(spaced[:200].split()))
