"""Mei orders tags for her community, has them read back, prints them and hands them out."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from backend.actor import SYSTEM, Actor
from backend.db import database
from backend.errors import (
    Conflict,
    Invalid,
    LabelsWrong,
    ListWrong,
    NotAllowed,
    NotFound,
    NotYourArea,
    Refused,
    RunNotReady,
    RunTooLarge,
)
from backend.house import House
from backend.models import Building, Notice, Room, Run, RunPiece, Tag, TrailLine
from backend.services import facilities, runs, tags
from qr import codes, sheets, verify
from qr.labels import layout, ops, zpl
from tests import town
from tests.services.cast import actor

SHUIWEI = "440304004028"
GRID_1 = "440304004028001"


@pytest.fixture
def mei(opened: House, clock: town.Clock) -> Actor:
    return actor("mei")


def plates(*houses: town.House, **more: Any) -> dict[str, Any]:
    things = [{"code": house.code} for house in houses]
    return {"kind": "building", "things": things, **more}


def released(mei: Actor, form: dict[str, Any]) -> str:
    number = runs.order_run(form, by=mei)["number"]
    runs.release(number, by=mei)
    return str(number)


def tags_of(number: str) -> list[Tag]:
    return list(Tag.select().where(Tag.run_id == int(number[6:])).order_by(Tag.piece))


# --- An ordinary day -----------------------------------------------------------------------


def test_mei_orders_plates_for_the_buildings_she_names(mei: Actor) -> None:
    run = runs.order_run(plates(*town.houses()[:3]), by=mei)
    assert run["number"] == "R2026-00001"
    assert (run["state"], run["count"], run["area"]["code"]) == ("ordered", 3, SHUIWEI)
    made = tags_of(run["number"])
    assert [tag.piece for tag in made] == [1, 2, 3]
    assert {tag.state for tag in made} == {"minted"}
    for tag, house in zip(made, town.houses(), strict=False):
        assert Building.get_by_id(tag.building_id).code == house.code
    pieces = runs.pieces_of(run["number"], by=mei)["items"]
    assert pieces[0]["title"] == Building.get(Building.code == town.houses()[0].code).name
    assert codes.spell(pieces[0]["shown"]) == made[0].code


def test_door_tags_say_the_room_and_its_house(mei: Actor) -> None:
    rooms = [room.code for room in Room.select().order_by(Room.id).limit(2)]
    run = runs.order_run({"kind": "room", "things": [{"code": code} for code in rooms]}, by=mei)
    first = runs.pieces_of(run["number"], by=mei)["items"][0]
    room = Room.get(Room.code == rooms[0])
    assert first["title"] == room.number
    assert first["place"] == Building.get(Building.code == rooms[0][:19]).name
    assert tags_of(run["number"])[0].room_id == room.id


def test_all_that_has_no_tag_yet_is_picked_by_the_house(mei: Actor) -> None:
    first, second = (Building.get(Building.code == house.code) for house in town.houses()[:2])
    plate = (Tag.kind == "building") & (Tag.state == "bound")
    Tag.update(state="lost").where(plate & Tag.building_id.in_([first.id, second.id])).execute()
    everything = {"kind": "building", "untagged": True}
    run = runs.order_run(everything, by=mei)
    things = [one["thing"] for one in runs.pieces_of(run["number"], by=mei)["items"]]
    assert things == sorted([first.code, second.code])
    # Those in the making count: nobody is given two plates.
    with pytest.raises(Invalid) as refused:
        runs.order_run(everything, by=mei)
    assert "untagged" in refused.value.facts["errors"]
    doors = runs.order_run({"kind": "room", "untagged": True, "area": GRID_1}, by=mei)
    tagged = Tag.select(Tag.room_id).where((Tag.kind == "room") & (Tag.state == "bound"))
    assert not {row.room_id for row in tags_of(doors["number"])} & {row.room_id for row in tagged}


def test_facilities_get_tags_by_their_number(mei: Actor) -> None:
    lamp = {"lat": 22.5245, "lon": 114.0583, "crs": "wgs84", "area": GRID_1}
    for number, kind in (("LD-001", "streetlight"), ("LD-002", "streetlight"), ("G-1", "bin")):
        facilities.register({**lamp, "kind": kind, "number": number}, by=mei)
    run = runs.order_run({"kind": "streetlight", "things": [{"code": "ld-001"}]}, by=mei)
    piece = runs.pieces_of(run["number"], by=mei)["items"][0]
    assert (piece["thing"], piece["title"]) == ("LD-001", "LD-001")
    assert tags_of(run["number"])[0].facility_id is not None
    left = runs.order_run({"kind": "streetlight", "untagged": True}, by=mei)
    assert [one["thing"] for one in runs.pieces_of(left["number"], by=mei)["items"]] == ["LD-002"]
    with pytest.raises(ListWrong):
        runs.order_run({"kind": "streetlight", "things": [{"code": "G-1"}]}, by=mei)
    runs.release(run["number"], by=mei)
    runs.mark_printed(run["number"], by=mei)
    runs.issue(run["number"], by=mei)
    assert tags_of(run["number"])[0].state == "bound"


def test_a_manhole_s_two_copies_are_both_read(mei: Actor) -> None:
    number = released(mei, {"kind": "manhole_cover", "count": 2, "copies": 2})
    twice = [tag.code for tag in tags_of(number) for _ in range(2)]
    assert read_from_pdf(runs.draw(number, "sheet.pdf", by=mei).data) == twice
    assert runs.draw(number, "svg.zip", by=mei).symbols == 4


def test_pictures_and_zpl_are_read_by_a_decoder_that_knows_nothing(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:3], grade="orange"))
    known = [tag.code for tag in tags_of(number)]
    pictures = zipfile.ZipFile(BytesIO(runs.draw(number, "png.zip", by=mei).data))
    names = sorted(name for name in pictures.namelist() if name.endswith(".png"))
    found = [Image.open(BytesIO(pictures.read(name))).convert("L") for name in names]
    text = runs.draw(number, "labels.zpl", by=mei).data.decode()
    for each in (found, [bitmap.convert("L") for bitmap in zpl.bitmaps(text)]):
        texts = [zxingcpp.read_barcodes(picture)[0].text for picture in each]
        assert [text.rpartition("/")[2] for text in texts] == known


def test_blanks_know_nothing_yet(mei: Actor) -> None:
    run = runs.order_run({"kind": "streetlight", "count": 30}, by=mei)
    made = tags_of(run["number"])
    assert len(made) == 30 == len({tag.code for tag in made})
    assert not any(tag.building_id or tag.facility_id for tag in made)
    assert RunPiece.select().count() == 0


def test_a_run_goes_its_way_and_its_tags_with_it(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:2]))
    assert {tag.state for tag in tags_of(number)} == {"minted"}
    runs.mark_printed(number, by=mei)
    assert {tag.state for tag in tags_of(number)} == {"printed"}
    run = runs.issue(number, GRID_1, by=mei)
    assert (run["state"], run["issued_to"]["code"]) == ("issued", GRID_1)
    # Ordered by name: whoever scans the plate from now on is at its building.
    for tag, house in zip(tags_of(number), town.houses(), strict=False):
        assert tag.state == "bound"
        found = Building.get_by_id(tags.resolve(tag.code).building_id)
        assert found.code == house.code


def test_issued_blanks_wait_for_somebody_to_put_them_up(mei: Actor) -> None:
    number = released(mei, {"kind": "bin", "count": 4})
    runs.mark_printed(number, by=mei)
    runs.issue(number, by=mei)
    assert {tag.state for tag in tags_of(number)} == {"issued"}
    told = Notice.select().where(Notice.kind == "run-issued")
    assert {notice.area_path for notice in told} >= {f"4403/440304/440304004/{SHUIWEI}/{GRID_1}"}


def test_a_step_taken_twice_is_taken_once(mei: Actor) -> None:
    number = released(mei, plates(town.houses()[0]))
    for step in (runs.release, runs.mark_printed, runs.issue):
        once, twice = step(number, by=mei), step(number, by=mei)
        assert once == twice
    verbs = [line.verb for line in TrailLine.select().where(TrailLine.verb.startswith("run."))]
    assert sorted(verbs) == ["run.issue", "run.order", "run.print", "run.release"]


def test_no_step_is_left_out(mei: Actor) -> None:
    number = runs.order_run(plates(town.houses()[0]), by=mei)["number"]
    for step in (runs.mark_printed, runs.issue):
        with pytest.raises(RunNotReady):
            step(number, by=mei)
    with pytest.raises(RunNotReady):
        runs.draw(number, "sheet.pdf", by=mei)
    with pytest.raises(RunNotReady):
        runs.spoil(number, [1], by=mei)


# --- Release: one label that is wrong stops them all ---------------------------------------


def test_one_symbol_that_is_drawn_wrong_stops_the_run(
    mei: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = runs.order_run({"kind": "room", "count": 5}, by=mei)["number"]
    third = tags_of(number)[2].code
    good = ops.operators

    def bad(order_layout: Any, symbol: Any, *rest: Any) -> str:
        drawn = good(order_layout, symbol, *rest)
        if not symbol.text.endswith(third):
            return drawn
        other = codes.mint(codes.Keys(b"x" * 32), lambda n: b"\7" * n)
        return good(order_layout, order.symbol(layout.Piece(other)), *rest)

    order = sheets.order("room", Run.get().host)
    monkeypatch.setattr(ops, "operators", bad)
    with pytest.raises(LabelsWrong) as refused:
        runs.release(number, by=mei)
    assert 3 in refused.value.facts["errors"]["pieces"]
    assert runs.show_run(number, by=mei)["state"] == "ordered"
    assert {tag.state for tag in tags_of(number)} == {"minted"}
    lines = TrailLine.select().where(TrailLine.verb == "run.release")
    assert [line.outcome for line in lines] == ["labels-wrong"]
    monkeypatch.undo()
    assert runs.release(number, by=mei)["state"] == "released"


def test_what_is_cancelled_while_it_is_read_back_is_not_released(
    mei: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = runs.order_run({"kind": "bin", "count": 2}, by=mei)["number"]
    good = verify.pdf

    def slow(*rest: Any) -> Any:
        runs.cancel(number, by=mei)
        return good(*rest)

    monkeypatch.setattr(verify, "pdf", slow)
    with pytest.raises(RunNotReady):
        runs.release(number, by=mei)
    assert runs.show_run(number, by=mei)["state"] == "cancelled"


def test_the_database_does_not_wait_while_labels_are_drawn(
    mei: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = runs.order_run({"kind": "bin", "count": 2}, by=mei)["number"]
    good, waiting = verify.pdf, []

    def watched(*rest: Any) -> Any:
        waiting.append(database.in_transaction())
        return good(*rest)

    monkeypatch.setattr(verify, "pdf", watched)
    runs.release(number, by=mei)
    runs.draw(number, "sheet.pdf", by=mei)
    assert waiting == [False, False]


def test_a_finer_print_head_than_there_is_is_not_drawn_for(mei: Actor) -> None:
    number = released(mei, {"kind": "room", "count": 1, "form": "100x60", "dpi": 2_400})
    text = runs.draw(number, "labels.zpl", by=mei).data.decode()
    assert f"^PW{round(100 / 25.4 * 600)}" in text


def test_words_without_glyphs_or_room_stop_the_run_piece_by_piece(mei: Actor) -> None:
    number = runs.order_run(plates(*town.houses()[:3]), by=mei)["number"]
    # Ordered by an older house with another typeface, say.
    second, third = list(RunPiece.select().order_by(RunPiece.id))[1:]
    second.title, third.title = "水围\U00020000村", "很长" * 200
    second.save()
    third.save()
    with pytest.raises(LabelsWrong) as refused:
        runs.release(number, by=mei)
    assert refused.value.facts["errors"]["pieces"].keys() == {2, 3}
    assert runs.show_run(number, by=mei)["state"] == "ordered"


def test_what_cannot_be_drawn_costs_no_code(mei: Actor) -> None:
    before = Tag.select().count()
    odd, fine = town.houses()[:2]
    Building.update(name="水围\U00020000村").where(Building.code == odd.code).execute()
    with pytest.raises(ListWrong) as refused:
        runs.order_run(plates(fine, odd), by=mei)
    assert refused.value.facts["errors"]["things"].keys() == {1}
    assert "U+20000" in str(refused.value.findings)
    assert (Run.select().count(), Tag.select().count()) == (0, before)


# --- Every format ----------------------------------------------------------------------------

PDF_FORMS = ("L7160", "L7162", "L7163", "L7651", "A4", "roll-62", "100x60")


@pytest.mark.wide
@pytest.mark.parametrize("form", PDF_FORMS)
def test_what_is_drawn_is_what_is_read_on_every_form(mei: Actor, form: str) -> None:
    number = released(mei, {"kind": "room", "count": 25, "form": form})
    file = runs.draw(number, "sheet.pdf", by=mei)
    assert file.data.startswith(b"%PDF")
    assert read_from_pdf(file.data) == [tag.code for tag in tags_of(number)]


def read_from_pdf(data: bytes) -> list[str]:
    """The codes of a file, page by page and in reading order, by a decoder that knows nothing."""
    found = []
    document = pypdfium2.PdfDocument(data)
    for page in document:
        picture = page.render(scale=4).to_pil()
        seen = zxingcpp.read_barcodes(picture)
        places = [
            (round(one.position.top_left.y / 40), one.position.top_left.x, one.text) for one in seen
        ]
        found += [text.rpartition("/")[2] for _, _, text in sorted(places)]
    document.close()
    return found


def test_labels_for_thermal_printers_and_plate_makers(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:4], grade="red"))
    for what in ("labels.zpl", "svg.zip", "png.zip"):
        file = runs.draw(number, what, by=mei)
        assert (file.labels, file.symbols) == (4, 4)
        assert file.name == f"{number}-{what}"
    names = zipfile.ZipFile(BytesIO(runs.draw(number, "svg.zip", by=mei).data)).namelist()
    first = tags_of(number)[0].code
    assert names == sorted(names)[:5]
    assert names[0] == f"000001-{codes.show(first)}.svg"
    listed = runs.draw(number, "list.csv", by=mei).data.decode("utf-8-sig").splitlines()
    assert len(listed) == 5
    assert first in listed[1]
    assert listed[1].endswith(",red")


def test_the_same_run_is_the_same_file(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:3]))
    for what in runs.FORMATS:
        first, second = (runs.draw(number, what, by=mei).data for _ in range(2))
        assert first == second, what


def test_a_part_printed_again_equals_the_first_print(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:6]))
    whole = runs.draw(number, "png.zip", by=mei)
    # Meanwhile a house is renamed and the label of the others stays what it was.
    Building.update(name="another name").execute()
    part = runs.draw(number, "png.zip", {"first": 3, "last": 5}, by=mei)
    assert part.name == f"{number}-3-5-png.zip"
    all_of_them, some = (zipfile.ZipFile(BytesIO(file.data)) for file in (whole, part))
    pictures = [name for name in some.namelist() if name.endswith(".png")]
    assert [name[:6] for name in pictures] == ["000003", "000004", "000005"]
    for name in pictures:
        assert some.read(name) == all_of_them.read(name)
    rows = some.read("list.csv").decode().splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == ["3", "4", "5"]
    sheet = runs.draw(number, "sheet.pdf", {"first": 3, "last": 5, "start": 1}, by=mei)
    assert read_from_pdf(sheet.data) == [tag.code for tag in tags_of(number)[2:5]]


def test_a_used_page_is_begun_where_it_is_free(mei: Actor) -> None:
    number = released(mei, {"kind": "room", "count": 3})
    used = runs.draw(number, "sheet.pdf", {"start": 20}, by=mei)
    assert used.pages == 2
    with pytest.raises(Invalid):
        runs.draw(number, "sheet.pdf", {"start": 22}, by=mei)
    with pytest.raises(Invalid):
        runs.draw(number, "sheet.pdf", {"first": 2, "last": 4}, by=mei)
    with pytest.raises(Invalid):
        runs.draw(number, "sheet.pdf", {"right_mm": 21.0}, by=mei)


# --- Spoiled ---------------------------------------------------------------------------------


def test_spoiled_pieces_are_dead_codes_and_never_printed_again(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:4]))
    runs.mark_printed(number, by=mei)
    run = runs.spoil(number, [2, 2, 4], by=mei)
    assert (run["tags"], run["to_reorder"]) == ({"printed": 2, "revoked": 2}, 2)
    dead = tags_of(number)[1]
    assert (dead.state, dead.end_reason) == ("revoked", "spoiled")
    with pytest.raises(Refused):
        tags.resolve(dead.code)
    again = runs.draw(number, "sheet.pdf", by=mei)
    assert read_from_pdf(again.data) == [tag.code for tag in tags_of(number) if tag.piece in (1, 3)]
    with pytest.raises(Invalid):
        runs.draw(number, "sheet.pdf", {"first": 2, "last": 2}, by=mei)
    with pytest.raises(Conflict):
        runs.spoil(number, [2], by=mei)
    for nowhere in ([], [0], [5]):
        with pytest.raises(Invalid):
            runs.spoil(number, nowhere, by=mei)


def test_what_was_spoiled_is_ordered_anew_once(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:3], form="L7163"))
    runs.spoil(number, [1, 3], by=mei)
    again = runs.reorder(number, by=mei)
    assert (again["count"], again["replaces"], again["form"]) == (2, number, "L7163")
    words = [one["thing"] for one in runs.pieces_of(again["number"], by=mei)["items"]]
    assert words == [town.houses()[0].code, town.houses()[2].code]
    assert tags_of(number)[0].replaced_by == tags_of(again["number"])[0].code
    assert runs.show_run(number, by=mei)["to_reorder"] == 0
    with pytest.raises(Conflict):
        runs.reorder(number, by=mei)


def test_a_tag_on_the_wall_is_not_spoiled_but_lost(mei: Actor) -> None:
    number = released(mei, plates(*town.houses()[:2]))
    runs.mark_printed(number, by=mei)
    runs.issue(number, by=mei)
    Tag.update(accepted_at=town.MONDAY).where(Tag.piece == 1).execute()
    with pytest.raises(Conflict) as refused:
        runs.spoil(number, [1, 2], by=mei)
    assert refused.value.facts["pieces"] == [1]
    assert tags_of(number)[1].state == "bound"


def test_a_cancelled_run_gives_no_code_back(mei: Actor) -> None:
    number = released(mei, {"kind": "ebike", "count": 3})
    assert runs.cancel(number, by=mei)["state"] == "cancelled"
    assert {(tag.state, tag.end_reason) for tag in tags_of(number)} == {("revoked", "cancelled")}
    assert runs.cancel(number, by=mei)["state"] == "cancelled"
    with pytest.raises(RunNotReady):
        runs.release(number, by=mei)
    printed = released(mei, {"kind": "ebike", "count": 1})
    runs.mark_printed(printed, by=mei)
    with pytest.raises(RunNotReady):
        runs.cancel(printed, by=mei)


# --- Who must not ----------------------------------------------------------------------------


def test_another_area_s_manager_reaches_nothing_of_it(mei: Actor) -> None:
    number = released(mei, plates(town.houses()[0]))
    other = Actor(
        mei.account_id, "nan", "南", (mei.grants[0]._replace(scope_path="4403/440305"),),
        roles=("building_manager",), home_area="440305",
    )  # fmt: skip
    steps: list[Callable[[], Any]] = [
        lambda: runs.show_run(number, by=other),
        lambda: runs.pieces_of(number, by=other),
        lambda: runs.draw(number, "list.csv", by=other),
        lambda: runs.release(number, by=other),
        lambda: runs.mark_printed(number, by=other),
        lambda: runs.issue(number, by=other),
        lambda: runs.spoil(number, [1], by=other),
        lambda: runs.cancel(number, by=other),
        lambda: runs.reorder(number, by=other),
        lambda: runs.order_run(plates(town.houses()[0], area=SHUIWEI), by=other),
    ]
    for step in steps:
        with pytest.raises(NotYourArea):
            step()
    assert runs.list_runs(by=other)["items"] == []
    assert len(runs.list_runs(by=mei)["items"]) == 1
    # Nor can she have Shuiwei's plates printed in a run of her own district.
    with pytest.raises((ListWrong, NotYourArea)):
        runs.order_run(plates(town.houses()[0]), by=other)


@pytest.mark.parametrize("name", ["han", "lin", "fen", "du", "shen"])
def test_who_prints_no_tags_is_refused(opened: House, name: str) -> None:
    with pytest.raises(NotAllowed):
        runs.order_run({"kind": "bin", "count": 1}, by=actor(name))
    with pytest.raises(NotAllowed):
        runs.list_runs(by=actor(name))


def test_a_team_of_another_area_gets_no_blanks(mei: Actor) -> None:
    number = released(mei, {"kind": "bin", "count": 2})
    runs.mark_printed(number, by=mei)
    with pytest.raises(NotYourArea):
        runs.issue(number, "440304004", by=mei)
    with pytest.raises(NotFound):
        runs.issue(number, "440304004029999", by=mei)
    assert runs.show_run(number, by=mei)["state"] == "printed"


# --- What is broken --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "lamp", "count": 1}, "kind"),
        ({"kind": "bin"}, "things"),
        ({"kind": "bin", "count": 1, "things": []}, "things"),
        ({"kind": "bin", "count": 0}, "count"),
        ({"kind": "ebike", "things": [{"code": "1"}]}, "things"),
        ({"kind": "building", "things": []}, "things"),
        ({"kind": "bin", "count": 1, "form": "A5"}, "form"),
        ({"kind": "manhole_cover", "count": 1, "copies": 2, "form": "L7651"}, "form"),
        ({"kind": "bin", "count": 1, "grade": "red"}, "grade"),
        ({"kind": "bin", "count": 1, "module_mm": 3.0}, "module_mm"),
        ({"kind": "bin", "count": 1, "copies": 2}, "module_mm"),
        ({"kind": "bin", "count": 1, "company": "12"}, "company"),
        ({"kind": "bin", "count": 1, "dpi": 100}, "dpi"),
        ({"kind": "bin", "count": 1, "start": 99}, "start"),
        ({"kind": "bin", "count": 1, "start": -1}, "start"),
        ({"kind": "bin", "count": 1, "down_mm": -30.0}, "down_mm"),
        ({"kind": "bin", "count": 1, "across_mm": 80.0}, "across_mm"),
        ({"kind": "bin", "count": 1, "along_mm": 0.0}, "along_mm"),
        ({"kind": "bin", "count": 1, "area": "999"}, "area"),
    ],
)
def test_what_makes_no_sense_is_named(mei: Actor, form: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        runs.order_run(form, by=mei)
    assert field in refused.value.facts["errors"]
    assert Run.select().count() == 0


def test_more_than_the_web_prints_at_once(mei: Actor) -> None:
    with pytest.raises(RunTooLarge):
        runs.order_run({"kind": "bin", "count": 2_101}, by=mei)
    many = "\n".join(f"{number:019}" for number in range(100_000)).encode()
    with pytest.raises(RunTooLarge) as refused:
        runs.read_list(many, by=mei)
    assert refused.value.facts == {"count": 100_000, "most": 2_100}
    assert len(runs.read_list(many, by=SYSTEM)) == 100_000


def test_a_run_without_a_number_is_none(mei: Actor) -> None:
    for nothing in ("R2026-00001", "R1999-00001", "", "x", "R2026-99999999999", "2026-1"):
        with pytest.raises(NotFound):
            runs.show_run(nothing, by=mei)
    run = runs.order_run({"kind": "bin", "count": 1}, by=mei)
    with pytest.raises(NotFound):
        runs.show_run(run["number"].replace("R2026", "R2025"), by=mei)
    assert runs.show_run(run["number"].lower(), by=mei)["number"] == run["number"]


def test_a_mistake_on_the_way_leaves_nothing_half_done(
    mei: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Tag.select().count()

    def away(*_: object, **__: object) -> None:
        raise Conflict()

    monkeypatch.setattr(tags, "mint_for", away)
    with pytest.raises(Conflict):
        runs.order_run(plates(*town.houses()[:2]), by=mei)
    assert (Run.select().count(), RunPiece.select().count()) == (0, 0)
    assert Tag.select().count() == before


def test_verification_is_not_skipped(mei: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is read back, whatever its format."""
    number = released(mei, plates(*town.houses()[:2]))
    read = []
    for name in ("pdf", "zpl", "svgs", "pngs"):
        known = getattr(verify, name)
        monkeypatch.setattr(verify, name, lambda *a, _n=name, _k=known: read.append(_n) or _k(*a))
    for what in ("sheet.pdf", "labels.zpl"):
        runs.draw(number, what, by=mei)
    assert read == ["pdf", "zpl"]
