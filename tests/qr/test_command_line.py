"""The command line: what a person types, what comes out, and with which status."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from PIL import Image

from qr import codes, console, decoder, samples, sheets, verify, wear
from qr.__main__ import main

HOST = "q.example.cn"


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """`typed("plan --host q7.cn")` runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda line: CliRunner().invoke(main, line.split())


def read_pdf(file):
    document = pypdfium2.PdfDocument(file)
    try:
        pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()
    return [text for page in pages for text in decoder.texts(page)]


# The ordinary day


def test_a_sheet_of_210_streetlights(typed):
    done = typed(f"sheet --kind streetlight --count 210 --host {HOST} --pdf s.pdf --list s.csv")
    assert done.exit_code == 0
    assert "210 streetlight labels, 35 page(s) of A4" in done.stdout
    assert "210 symbols, all right" in done.stdout
    assert "No city accepts them" in done.stderr
    with Path("s.csv").open(encoding="utf-8") as file:
        urls = [row["url"] for row in csv.DictReader(file)]
    assert len(set(urls)) == 210
    assert sorted(read_pdf("s.pdf")) == sorted(urls)


@pytest.mark.parametrize(
    "kind", ["streetlight", "manhole_cover", "bin", "newsstand", "building", "room", "ebike"]
)
def test_every_kind_has_a_sheet(kind, typed):
    done = typed(f"sheet --kind {kind} --count 2 --host {HOST} --pdf s.pdf --json")
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert (said["kind"], said["labels"], said["pages"], said["sample"]) == (kind, 2, 1, True)
    assert said["bytes"] == Path("s.pdf").stat().st_size
    assert said["read_back"]["labels"] == 2


def test_a_list_is_printed_again_with_the_same_codes(typed):
    typed(f"sheet --kind room --count 5 --host {HOST} --pdf a.pdf --list a.csv")
    done = typed(f"sheet --kind room --from a.csv --host {HOST} --pdf b.pdf --list b.csv --json")
    assert json.loads(done.stdout)["sample"] is False
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()


def test_zips_for_plate_makers(typed):
    done = typed(f"zip --kind room --count 3 --host {HOST} --svg s.zip --png p.zip --dpi 600")
    assert done.exit_code == 0
    with zipfile.ZipFile("p.zip") as bundle:
        names = bundle.namelist()
        with Image.open(io.BytesIO(bundle.read(names[0]))) as picture:
            assert picture.width == pytest.approx(63.5 / 25.4 * 600, abs=1)
    assert [Path(name).suffix for name in names] == [".png"] * 3 + [".csv"]


def test_zpl_for_a_thermal_printer(typed):
    done = typed(f"sheet --kind bin --count 2 --host {HOST} --zpl s.zpl --dpi 203 --json")
    assert json.loads(done.stdout)["form"] == "100x60"
    assert Path("s.zpl").read_text().count("^XA") == 2


def test_a_printer_is_humoured_from_what_the_ruler_said(typed):
    assert typed("ruler --form L7160 --pdf r.pdf").exit_code == 0
    done = typed(
        f"sheet --kind room --count 3 --host {HOST} --pdf s.pdf "
        "--right 0.5 --down -1 --across 99.2 --along 100.4 --start 4"
    )
    assert done.exit_code == 0


def test_a_plan_tells_modules_and_reach(typed):
    done = typed(f"plan --host {HOST}")
    assert done.exit_code == 0
    assert "29 modules a side, level Q" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.startswith("streetlight"))
    assert row.split() == ["streetlight", "A4", "1", "1.693", "49.1", "62.7", "1.02", "6"]
    assert "Warning" not in done.stderr
    assert "Advice: Error correction is level Q" in done.stdout


def test_a_plan_warns_above_29_modules(typed):
    done = typed("plan --host tags.grid.longgang.example.cn --json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["modules"] == 37
    assert "Warning: 37 modules" in done.stderr


def test_a_photo_is_read(typed, pieces):
    order = sheets.order("bin", HOST)
    (piece,) = pieces(1)
    wear.clean(order.symbol(piece)).save("photo.jpg")
    done = typed(f"read photo.jpg --host {HOST}")
    assert (done.exit_code, done.stdout) == (0, f"photo.jpg: {codes.show(piece.code)}\n")
    said = json.loads(typed("read photo.jpg --json").stdout)["photos"][0]
    assert (said["code"], said["by"]) == (piece.code, "full size")


def test_a_phone_that_was_held_sideways_is_read(typed, pieces):
    (piece,) = pieces(1)
    picture = wear.clean(sheets.order("bin", HOST).symbol(piece)).rotate(90)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save("photo.jpg", exif=exif)
    assert codes.show(piece.code) in typed("read photo.jpg").stdout


# Who must not


def test_a_run_that_does_not_read_back_is_not_written(typed, monkeypatch):
    def spoiled(data, order, pieces, progress=None):
        raise verify.NotReleased([verify.Failure(2, "7K3M9QX2DHV5", "does not decode to its link")])

    monkeypatch.setattr(verify, "pdf", spoiled)
    done = typed(f"sheet --kind bin --count 2 --host {HOST} --pdf s.pdf --list s.csv")
    assert done.exit_code == 1
    assert "Label 2 (7K3M9QX2DHV5) does not decode" in done.stderr
    assert list(Path().iterdir()) == []


def test_a_stranger_is_named_in_a_photo(typed, pieces):
    (piece,) = pieces(1)
    wear.clean(sheets.order("bin", "q.examp1e.cn").symbol(piece)).save("photo.png")
    done = typed(f"read photo.png --host {HOST}")
    assert done.exit_code == 1
    assert "leads to q.examp1e.cn, which is not ours" in done.stdout


# What is broken


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sheet --kind lamp --count 1 --host q.cn --pdf s.pdf", "no label for 'lamp'"),
        ("sheet --kind bin --count 1 --host q.cn --pdf s.pdf --form X", "no form 'X'"),
        ("sheet --kind bin --count 1 --host https://q.cn --pdf s.pdf", "bare host"),
        ("sheet --kind bin --count 0 --host q.cn --pdf s.pdf", "--count"),
        ("sheet --kind bin --host q.cn --pdf s.pdf", "Say how many"),
        ("sheet --kind bin --count 1 --from x.csv --host q.cn --pdf s.pdf", "Say how many"),
        ("sheet --kind bin --count 1 --host q.cn", "Name a file"),
        ("zip --kind bin --count 1 --host q.cn", "Name a file"),
        ("sheet --kind bin --count 1 --host q.cn --pdf s.pdf --start 99", "positions 1 to 10"),
        ("sheet --kind bin --count 1 --host q.cn --pdf s.pdf --across 0", "more than nothing"),
        ("sheet --kind bin --count 1 --host q.cn --pdf s.pdf --right 30", "wrong paper"),
        ("sheet --kind bin --count 1 --host q.cn --pdf s.pdf --copies 4", "1 x 1.2 mm"),
        (
            "sheet --kind manhole_cover --count 1 --host q.cn --pdf s.pdf --form L7651",
            "cannot hold",
        ),
        (f"plan --host {'a' * 63}.{'b' * 63}.{'c' * 63}", "too long"),
        ("sheet --kind bin --from bad.csv --host q.cn --pdf s.pdf", "Line 2, column code"),
        ("sheet --kind bin --from latin.csv --host q.cn --pdf s.pdf", "not UTF-8"),
        ("sheet --kind bin --from red.csv --host q.cn --pdf s.pdf", "no grade 'red'"),
    ],
)
def test_who_asks_wrongly_hears_what_to_ask(line, said, typed, pieces):
    Path("bad.csv").write_text("code\n123\n")
    Path("latin.csv").write_bytes(b"code\n\xff\xfe\n")
    Path("red.csv").write_text(f"code,grade\n{pieces(1)[0].code},red\n")
    done = typed(line)
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert not Path("s.pdf").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sheet --kind bin --count 1 --host q.cn --pdf no/s.pdf", "no folder no"),
        ("sheet --kind bin --from nobody.csv --host q.cn --pdf s.pdf", "nobody.csv"),
        ("sheet --kind bin --from emoji.csv --host q.cn --pdf s.pdf", "U+1F6B2"),
        ("sheet --kind bin --from long.csv --host q.cn --pdf s.pdf", "do not fit"),
        ("read nobody.png", "nobody.png"),
        ("read text.png", "cannot identify"),
        ("read white.png", "No code can be read"),
    ],
)
def test_what_fails_says_why_and_leaves_nothing_behind(line, said, typed, pieces):
    code = pieces(1)[0].code
    Path("emoji.csv").write_text(f"code,title\n{code},🚲\n")
    Path("long.csv").write_text(f"code,title\n{code},{'水' * 200}\n")
    Path("text.png").write_text("no picture")
    Image.new("L", (300, 300), 255).save("white.png")
    before = sorted(Path().iterdir())
    done = typed(line)
    assert done.exit_code == 1
    assert said in done.stderr + done.stdout
    assert sorted(Path().iterdir()) == before


# What is strange


def test_samples_are_forged_for_everybody_else():
    for piece in samples.pieces(20):
        assert codes.read(piece.code, samples.KEYS) == piece.code
        assert piece.title.startswith("样张")
        with pytest.raises(codes.Forged):
            codes.read(piece.code, codes.Keys(bytes(32)))


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "s.pdf"
    file.write_bytes(b"yesterday's")
    monkeypatch.setattr(Path, "replace", lambda one, other: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        console.write(file, b"today's")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("s.pdf", b"yesterday's")
    ]


def test_progress_is_for_terminals(monkeypatch, capsys):
    console.progress("page", 2)(0)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    tick = console.progress("page", 2)
    tick(0)
    tick(1)
    assert capsys.readouterr().err == "\rpage 1 of 2\rpage 2 of 2\n"


def test_the_module_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "qr", "plan", "--host", "q7.cn", "--json"],
        capture_output=True, check=True, text=True, timeout=60,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert json.loads(done.stdout)["level"] == "H"
