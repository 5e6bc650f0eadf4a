"""Bad photos: how often a code is still found. Simulated damage, fixed seeds; see `qr/wear.py`."""

from random import Random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat

from qr import codes, decoder, links, rescue, symbols, wear
from qr.rescue import TooLarge

KEYS = codes.Keys(bytes(32))
USUAL = symbols.press(links.prefix("q.example.cn"))  # 29 modules, level Q
STRONG = symbols.press(links.prefix("q7.cn"))  # 29 modules, level H


def rate(count, press, find, copies=1, **damage):
    """How many of `count` damaged tags are read, in per cent; a wrong text fails at once."""
    chance, found = Random(str(sorted(damage.items()))), 0
    for _ in range(count):
        symbol = press.symbol(codes.mint(KEYS, chance.randbytes))
        photos = [wear.photo(symbol, chance, **damage) for _ in range(copies)]
        texts = find(wear.beside(photos))
        assert set(texts) <= {symbol.text}
        found += bool(texts)
    return 100 * found / count


def rescued(photo):
    seen = rescue.read(photo)
    return seen.texts if seen else []


# The ordinary day


def test_a_clean_tag_needs_one_look():
    symbol = USUAL.symbol(codes.mint(KEYS, Random(1).randbytes))
    assert rescue.read(wear.clean(symbol)) == ([symbol.text], "full size")


def test_a_large_photo_is_read_in_its_thumbnail():
    chance = Random(2)
    symbol = USUAL.symbol(codes.mint(KEYS, chance.randbytes))
    wall = Image.effect_noise((3000, 2000), 20)
    wall.paste(wear.clean(symbol), (900, 1200))
    assert rescue.read(wall.convert("RGB")) == ([symbol.text], "thumbnail")


def test_a_small_tag_in_a_large_photo_is_read_at_full_size():
    chance = Random(3)
    symbol = USUAL.symbol(codes.mint(KEYS, chance.randbytes))
    wall = Image.new("L", (4000, 3000), 200)
    wall.paste(wear.photo(symbol, chance, pixels=2), (3000, 500))
    assert rescue.read(wall) == ([symbol.text], "full size")


DAMAGES = [
    ("blur of half a module", 99, {"blur": 0.5}),
    ("contrast 0.15", 99, {"contrast": 0.15, "noise": 8, "pixels": 4}),
    ("1.5 pixels a module", 99, {"pixels": 1.5}),
    ("tilt of 60 degrees", 95, {"tilt": 60}),
    ("5 % dirt", 50, {"dirt": 0.05}),
]


@pytest.mark.parametrize(("name", "goal", "damage"), DAMAGES, ids=[one[0] for one in DAMAGES])
@pytest.mark.parametrize("count", [25, pytest.param(300, marks=pytest.mark.proof)])
def test_rescue_saves_what_it_promises(name, goal, damage, count):
    assert rate(count, USUAL, rescued, **damage) >= goal


@pytest.mark.parametrize("count", [25, pytest.param(300, marks=pytest.mark.proof)])
def test_two_copies_outlive_one_under_dirt(count):
    assert rate(count, USUAL, rescued, copies=2, dirt=0.05) >= 85


@pytest.mark.parametrize("count", [25, pytest.param(300, marks=pytest.mark.proof)])
def test_level_h_bears_a_tenth_of_dirt_beside_clean_finders(count):
    assert rate(count, STRONG, rescued, dirt=0.10, spare_finders=True) >= 95


def test_remedies_are_worth_their_time():
    """Blur is where the plain decoder fails most: without remedies fewer than half are read."""
    assert rate(30, USUAL, decoder.texts, blur=0.5) < 60 < rate(30, USUAL, rescued, blur=0.5)


@pytest.mark.parametrize(
    ("remedy", "damage"),
    [
        (rescue._sharpened, {"blur": 0.5}),
        (rescue._strongly_sharpened, {"blur": 0.5}),
        (rescue._enlarged_and_sharpened, {"blur": 0.6}),
        (rescue._enlarged, {"blur": 0.5}),
        (rescue._median, {"contrast": 0.15, "noise": 8, "pixels": 4}),
        (rescue._smoothed, {"contrast": 0.15, "noise": 8, "pixels": 4}),
        (rescue._closed, {"contrast": 0.15, "noise": 8, "pixels": 4}),
        (rescue._opened, {"contrast": 0.15, "noise": 8, "pixels": 4}),
        (rescue._stretched_and_enlarged, {"contrast": 0.15, "noise": 8, "pixels": 4}),
        (rescue._much_smoothed, {"contrast": 0.15, "noise": 12, "pixels": 8}),
    ],
)
def test_every_remedy_helps_against_its_fault(remedy, damage):
    plain = rate(10, USUAL, decoder.texts, **damage)
    helped = rate(10, USUAL, lambda photo: decoder.texts(remedy(photo)), **damage)
    assert helped >= plain + 10


def test_a_shadow_is_evened_out():
    chance, better = Random(9), 0
    for _ in range(20):
        symbol = USUAL.symbol(codes.mint(KEYS, chance.randbytes))
        photo = wear.photo(symbol, chance)
        shade = Image.new("L", photo.size, 255)
        edge = chance.uniform(0.3, 0.7) * photo.width
        ImageDraw.Draw(shade).rectangle((0, 0, edge, photo.height), fill=45)
        shaded = wear.grained(ImageChops.multiply(photo, shade), 3, chance)
        better += decoder.texts(rescue._evened(shaded)) == [symbol.text]
        better -= decoder.texts(shaded) == [symbol.text]
    assert better >= 3


# Who must not, what is broken


def test_a_photo_larger_than_any_phone_takes_is_refused():
    with pytest.raises(TooLarge):
        rescue.read(Image.new("1", (12_000, 9_000)))


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (60, 60), (300, 200)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16", "LA", "CMYK"])
def test_a_photo_without_a_code_is_no_error(size, mode):
    assert rescue.read(Image.new(mode, size)) is None


def test_nothing_is_computed_before_it_is_needed(monkeypatch):
    looks = rescue.looks(Image.effect_noise((900, 900), 50))
    monkeypatch.setattr(rescue, "REMEDIES", [("never", lambda picture: 1 / 0, rescue.LOCAL)])
    assert [next(looks)[0] for _ in range(2)] == ["full size", "global threshold"]


# The damage itself is what it says


def test_dirt_covers_what_it_says_and_spares_what_it_must():
    chance = Random(4)
    symbol = STRONG.symbol(codes.mint(KEYS, chance.randbytes))
    scene, field, finders = wear.clean(symbol), wear.place(symbol), wear.finders(symbol)
    area = (field[2] - field[0]) ** 2
    # Grey on grey shows every blob, whatever its own colour is.
    flat = Image.new("L", scene.size, 130)
    for share in (0.05, 0.10):
        soiled = wear.dirtied(flat, share, chance, field, finders)
        changed = ImageChops.difference(flat, soiled).point(lambda grey: 255 if grey else 0)
        covered = changed.histogram()[255]
        assert share - 0.012 < covered / area <= share + 0.012
        for box in finders:
            assert changed.crop(box).getextrema() == (0, 0)
        left, top, right, bottom = changed.getbbox()
        assert field[0] <= left
        assert field[1] <= top
        assert right <= field[2]
        assert bottom <= field[3]
    everywhere = wear.dirtied(flat, 0.3, chance, field)
    assert any(everywhere.crop(box).getextrema() != (130, 130) for box in finders)


def test_finders_are_where_the_finder_patterns_are():
    symbol = USUAL.symbol(codes.mint(KEYS, Random(5).randbytes))
    scene = wear.clean(symbol)
    patterns = [scene.crop(box) for box in wear.finders(symbol)]
    assert patterns[0].tobytes() == patterns[0].transpose(Image.Transpose.TRANSPOSE).tobytes()
    assert patterns[1].tobytes() == ImageOps.mirror(patterns[0]).tobytes()
    assert patterns[2].tobytes() == ImageOps.flip(patterns[0]).tobytes()
    assert patterns[0].getpixel((0, 0)) == 0
    assert patterns[0].getpixel((8 * wear.SHARP - 1,) * 2) == 255


def test_contrast_and_noise_are_what_they_say():
    flat = Image.new("L", (200, 200), 255)
    faded = wear.faded(flat, 0.15)
    assert faded.getextrema() == (147, 147)
    assert wear.faded(Image.new("L", (9, 9), 0), 0.15).getextrema() == (109, 109)
    noisy = wear.grained(faded, 8, Random(6))
    assert ImageStat.Stat(noisy).stddev[0] == pytest.approx(8, abs=0.3)


def test_a_tilted_picture_is_as_narrow_as_its_cosine():
    square = Image.new("L", (300, 300), 255)
    square.paste(0, (75, 75, 225, 225))
    for degrees in (0, 40, 60):
        left, _, right, _ = ImageChops.invert(wear.tilted(square, degrees)).getbbox()
        cosine = {0: 1, 40: 0.766, 60: 0.5}[degrees]
        assert (right - left) / 150 == pytest.approx(cosine, abs=0.05)


def test_the_same_seed_is_the_same_damage():
    symbol = USUAL.symbol(codes.mint(KEYS, Random(7).randbytes))
    one, other = (wear.photo(symbol, Random(8), dirt=0.05, blur=0.2) for _ in range(2))
    assert one.tobytes() == other.tobytes()
