"""One house, many addresses: codes that name it, and spellings that meet."""

import pytest

from backend.errors import BadBuildingCode, BadHouseCode
from backend.rules import addresses
from backend.rules.addresses import (
    KINDS,
    building_part,
    check_building_code,
    check_house_code,
    normal,
    search_keys,
)

# --- Codes -------------------------------------------------------------------------------


def test_the_two_lengths_and_the_letter():
    assert check_building_code("4403040040110700005") == "4403040040110700005"
    assert check_building_code(" 44030400401103t0002 ") == "44030400401103T0002"
    assert check_house_code("４403040040110700005000036") == "4403040040110700005000036"
    assert building_part("44030400401103T0002000001") == "44030400401103T0002"


@pytest.mark.parametrize(
    "wrong",
    ["", "440304004011070000", "44030400401107000050", "4403040040110T00005", "44030400401107A0005",
     "4403040040110700005\u0000", "440304004011070000T", "٤403040040110700005", "x" * 5000],
)  # fmt: skip
def test_other_building_codes_are_refused(wrong):
    with pytest.raises(BadBuildingCode):
        check_building_code(wrong)


@pytest.mark.parametrize(
    "wrong", ["", "4403040040110700005", "440304004011070000500003T", "4403040040110700005" * 2]
)
def test_other_house_codes_are_refused(wrong):
    for ask in (check_house_code, building_part):
        with pytest.raises(BadHouseCode):
            ask(wrong)


def test_nobody_can_ask_a_code_for_its_area():
    assert not [name for name in dir(addresses) if "area_of" in name or "community" in name]


def test_five_kinds():
    assert KINDS == ("standard", "police_door", "title_deed", "utility_account", "nickname")


# --- Spellings ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("水围村32号", "水围村三十二号"),
        ("水围村32号", " 水围村 ３２ 号 "),
        ("水围村32-1号", "水围村三十二号之一"),
        ("水围村32-1号", "水围村32之1号"),
        ("水围村32-1号", "水围村32—1号"),
        ("福田花园1栋606", "福田花园一幢606室"),
        ("福田花园1栋606", "福田花园1号楼606房"),
        ("福田花园1栋606", "福田花园1#楼606"),
        ("福田花园1栋606", "福田花园,1栋。606"),
        ("1栋A座5层502", "一栋a座5F502"),
        ("4栋203", "四栋二〇三房"),
        ("益田五路49号", "益田5路四十九号"),
        ("新洲11街20号", "新洲十一街二十号"),
        ("八卦4路105号", "八卦四路一百零五号"),
        ("105号院3栋", "105号大院3栋"),
        ("水围村一坊1栋", "广东省深圳市福田区福田街道水围社区水围村一坊1栋"),
        ("水围村一坊1栋", "深圳市福田区水围村1坊1栋"),
        ("水围村一坊1栋", "福田区水围村一坊1栋"),
        ("水围村一坊1栋", "福田街道办事处水围社区居委会水围村一坊1栋"),
        ("上村路3号", "深圳市光明新区公明街道上村社区上村路3号"),
    ],
)
def test_two_spellings_of_one_address_meet(one, other):
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("水围村32号", "水围村3号2"),
        ("水围村32号", "水围村23号"),
        ("水围村32-1号", "水围村321号"),
        ("1栋606", "16栋06"),
        ("1座1栋", "1栋1座"),
        ("A1栋", "B1栋"),
        ("水围社区32号", "石厦社区32号"),
    ],
)
def test_two_addresses_stay_two(one, other):
    assert normal(one) != normal(other)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("福田区", "福田区"),
        ("福田区福田街道", "福田街道"),
        ("水围社区32号", "水围社区32号"),
        ("水围菜市场3号", "水围菜市场3号"),
        ("工业区三栋", "工业区3栋"),
        ("科技园南区5栋", "科技园南区5栋"),
        ("翠竹三区五栋", "翠竹3区5栋"),
        ("十字路5号", "十字路5号"),
        ("千林山居3栋", "千林山居3栋"),
        ("百号", "百号"),
        ("中国银行大厦", "中国银行大厦"),
        ("中国广东省深圳市水围村", "水围村"),
        ("粤电0304280001201", "粤电0304280001201"),
    ],
)
def test_words_that_only_look_like_areas_or_numbers_stay(text, kept):
    assert normal(text) == kept


@pytest.mark.parametrize("nothing", ["", "   ", "，。！", "\u0000\u200b", "---"[:0]])
def test_nothing_is_nothing(nothing):
    assert normal(nothing) == ""
    assert search_keys(nothing) == []


def test_a_novel_is_cut():
    assert len(normal("水围村" * 10_000)) <= 200
    assert len(search_keys("村1" * 10_000)) <= 200


# --- Search ------------------------------------------------------------------------------


def found(query, address):
    """As the index does it: some key begins with the normal form of the query."""
    return any(key.startswith(normal(query)) for key in search_keys(address))


@pytest.mark.parametrize(
    "query",
    ["益田五路49号福田花园1栋606", "益田五路", "49号", "四十九号", "福田花园", "福田花园一栋",
     "1栋606", "606", "深圳市福田区益田五路49号"],
)  # fmt: skip
def test_an_address_is_found_by_any_of_its_parts(query):
    assert found(query, "广东省深圳市福田区益田五路49号福田花园1栋606")


@pytest.mark.parametrize("query", ["9号", "06", "田花园", "2栋"])
def test_and_not_by_a_piece_of_a_part(query):
    assert not found(query, "广东省深圳市福田区益田五路49号福田花园1栋606")


def test_keys_begin_with_the_whole_and_come_once():
    keys = search_keys("水围村1坊1栋1单元1")
    assert keys[0] == "水围村1坊1栋1单元1"
    assert len(keys) == len(set(keys))
