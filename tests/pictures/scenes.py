"""Photos of streets that nobody took: distinct, drawn from a seed, and written as phones would."""

import io
import random

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter

pillow_heif.register_heif_opener()

FORMS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}


def written(picture: Image.Image, form: str = "jpeg", **how: object) -> bytes:
    """The file; a HEIC of high quality, because its encoder blurs small pictures."""
    file = io.BytesIO()
    picture.save(file, FORMS[form], **{**({"quality": 95} if form == "heic" else {}), **how})
    return file.getvalue()


def scene(seed: int, size: tuple[int, int] = (480, 360)) -> Image.Image:
    """A wall, a road, some things before it, in the light of some hour, with the camera's noise."""
    chance = random.Random(seed)
    width, height = size
    picture = Image.linear_gradient("L").resize(size)
    low, high = sorted(chance.sample(range(30, 230), 2))
    picture = picture.point(lambda grey: low + grey * (high - low) // 255).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, int(height * chance.uniform(0.55, 0.8)), width, height), _colour(chance))
    for _ in range(chance.randint(8, 20)):
        left, top = chance.randrange(width), chance.randrange(height)
        box = (
            left,
            top,
            left + width // chance.randint(3, 16),
            top + height // chance.randint(2, 12),
        )
        draw = chance.choice((pen.rectangle, pen.ellipse))
        draw(box, _colour(chance))  # type: ignore[operator]
    for _ in range(chance.randint(2, 6)):
        pen.line(
            [(chance.randrange(width), chance.randrange(height)) for _ in range(2)],
            _colour(chance),
            chance.randint(2, 9),
        )
    grain = Image.effect_noise(size, chance.uniform(8, 25)).convert("RGB")
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.12)


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)
