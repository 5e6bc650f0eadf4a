"""Cut the labels' typeface out of Noto Sans SC. Needed only to add characters:

    pip download --no-deps justmytype-intl-cjk==0.1.0 && unzip justmytype_intl_cjk-*.whl
    apt-get download unicode-data && dpkg -x unicode-data_*.deb .
    python -m qr.fonts "justmytype_intl_cjk/fonts/ofl/notosanssc/NotoSansSC[wght].ttf" \
        usr/share/unicode

The variable font is set to weight 500, reduced to the characters below and renamed. The result is
the same, byte for byte, each time.
"""

import bz2
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

FAMILY = "Gridtag Sans SC"
WEIGHT = 500
TARGET = Path(__file__).parent / "GridtagSansSC-Medium.ttf"

# Village and river names of Guangdong that the national list of 2013 leaves out, and signs.
GUANGDONG = (
    "壆澫氹坣磜坜埗滘塱磡岗埔涌凼冚瀝漖陂塅墪壢壟礐礤岃崀屻峝輋嶴畲墈氽冧邨栢鰂鴨脷蠔嘥逕徑坭"
)
RANGES = [
    (0x20, 0x7E),  # Latin
    (0xA0, 0xFF),
    (0x2010, 0x2027),  # dashes, quotation marks, ellipsis
    (0x2030, 0x203B),
    (0x2103, 0x2116),  # degrees Celsius, numero
    (0x2160, 0x217B),  # Roman numerals
    (0x2190, 0x2193),  # arrows
    (0x2460, 0x2473),  # numbers in circles
    (0x25A0, 0x25CF),
    (0x3000, 0x301F),  # Chinese punctuation
    (0x3220, 0x3229),
    (0x338E, 0x33C4),  # units: kilogram to square metre and beyond
    (0xFF01, 0xFF5E),  # full-width Latin
]


def main(font_file: str, unicode_folder: str) -> None:
    """Write the typeface and say how large it is."""
    font = TTFont(font_file, recalcTimestamp=False)
    wanted = set(characters(Path(unicode_folder))) & set(font.getBestCmap())
    instantiateVariableFont(font, {"wght": WEIGHT}, inplace=True, static=True)
    options = Options(
        layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"], glyph_names=False
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "vhea", "vmtx", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    rename(font)
    font.save(TARGET)
    print(f"{len(wanted)} characters, {TARGET.stat().st_size} bytes in {TARGET}", file=sys.stderr)


def characters(folder: Path) -> Iterator[int]:
    """通用规范汉字表 (8,105), their traditional forms, GB 2312, Guangdong's own, and signs."""
    listed = {point for point, _ in unihan(folder / "Unihan_OtherMappings.txt.bz2", "kTGH")}
    yield from listed
    for point, forms in unihan(folder / "Unihan_Variants.txt.bz2", "kTraditionalVariant"):
        if point in listed:
            yield from (int(form.removeprefix("U+"), 16) for form in forms.split())
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield from map(ord, bytes([row, cell]).decode("gb2312", "ignore"))
    yield from map(ord, GUANGDONG)
    for first, last in RANGES:
        yield from range(first, last + 1)


def unihan(file: Path, field: str) -> Iterator[tuple[int, str]]:
    """Every character with this Unihan field, and the field's text."""
    with bz2.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("U+"):
                point, name, text = line.rstrip("\n").split("\t")
                if name == field:
                    yield int(point.removeprefix("U+"), 16), text


def rename(font: TTFont) -> None:
    """Give the changed font a name of its own; copyright and licence stay as they are."""
    names = font["name"]
    for identifier, text in {
        1: FAMILY,
        2: "Regular",
        3: f"{FAMILY} Medium {WEIGHT}",
        4: f"{FAMILY} Medium",
        6: FAMILY.replace(" ", "") + "-Medium",
        16: FAMILY,
        17: "Medium",
    }.items():
        names.setName(text, identifier, 3, 1, 0x409)
    names.names = [
        name
        for name in names.names
        if name.platformID == 3 and name.langID == 0x409 and name.nameID != 25
    ]
    font["OS/2"].usWeightClass = WEIGHT


if __name__ == "__main__":
    main(*sys.argv[1:])
