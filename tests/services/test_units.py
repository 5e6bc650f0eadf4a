"""Units: who owns and handles what, with the duty phone that anybody may call."""

from backend.models import Unit
from backend.services import units

UNITS = """code,name,level,area,duty_phone,email
FT-LD,路灯管理所,district,440304,0755-00000101,lights@example.org
SW-SQ,水围社区工作站,community,440304004028,,
"""


def test_units_are_loaded_once(bring):
    assert bring("units", UNITS).added == 2
    assert bring("units", UNITS).unchanged == 2
    found = units.public(units.named("路灯管理所"))
    assert found == {"code": "FT-LD", "name": "路灯管理所", "duty_phone": "0755-00000101"}
    assert units.named("消失的单位") is None


def test_a_unit_that_moves_or_is_renamed_keeps_its_code(bring):
    bring("units", UNITS)
    changed = bring("units", UNITS.replace("0755-00000101", "0755-00000199"))
    assert (changed.changed, changed.unchanged) == (1, 1)
    assert units.find("FT-LD").duty_phone == "0755-00000199"


def test_what_is_wrong_is_named_by_row_and_column_and_nothing_is_loaded(bring):
    wrong = UNITS + "SW-SQ,又一次,community,440304004028,,\nX,Y,planet,999999,,nobody\n"
    report = bring("units", wrong)
    assert {(one.row, one.column) for one in report.listed} == {
        (4, "code"),
        (5, "level"),
        (5, "email"),
    }
    assert Unit.select().count() == 0


def test_an_area_nobody_knows_is_an_error(bring):
    report = bring("units", UNITS.replace("440304,", "999999,"))
    assert [(one.row, one.column) for one in report.listed] == [(2, "area")]


def test_a_unit_may_be_a_desk_and_name_who_answers_for_it(bring):
    header, *lines = UNITS.splitlines()
    told = [f"{header},is_desk,head", f"{lines[0]},1,fen", f"{lines[1]},,"]
    assert bring("units", "\n".join(told)).added == 2
    desk, other = units.find("FT-LD"), units.find("SW-SQ")
    assert (desk.is_desk, desk.head) == (True, "fen")
    assert (other.is_desk, other.head) == (False, None)


def test_columns_that_came_later_may_stand_alone_or_between_others(bring):
    told = "code,head,name,level,area,duty_phone,email\nA,fen,甲,district,440304,,\n"
    assert bring("units", told).added == 1
    assert (units.find("A").head, units.find("A").is_desk) == ("fen", False)
