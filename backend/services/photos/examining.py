"""Whether photos can be kept, opened and copied here, for the house's doctor."""

from datetime import timedelta

from backend import clock, sandbox
from backend.errors import Refused
from backend.house import house
from backend.models import Photo
from backend.rules import pixels
from backend.services.photos import copying, storing
from backend.vault import Broken

SAMPLE = 20
LATE = timedelta(minutes=10)
DOT = bytes.fromhex(  # A PNG of one pixel.
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae"
    "426082"
)

State = tuple[str, str]
"""How it is, and what to do; "" if all is well."""


def store() -> State:
    """The latest originals are there and open."""
    rows = Photo.select().where(Photo.original.is_null(False)).order_by(Photo.taken_at.desc())
    seen = 0
    for row in rows.limit(SAMPLE):
        seen += 1
        try:
            sealed = storing.store().get(str(row.original))
            house().vault.open_file(copying.name_of(row.sha256), sealed)
        except storing.Missing:
            return f"the file of photo {row.id} is missing", "restore PHOTOS from its backup"
        except Broken:
            return f"photo {row.id} does not open", "put the DATA_KEYS back that were used before"
        except Refused as refusal:
            return str(refusal), "check PHOTOS, its endpoint and its keys"
    return f"{seen} of the latest open", ""


def decoder() -> State:
    """The sandbox starts and decodes."""
    try:
        sandbox.run(pixels.publish, DOT)
    except (sandbox.Failed, Refused) as failure:
        return (
            f"the sandbox does not work ({failure})",
            "look at standard error for its first words",
        )
    return "the sandbox decodes", ""


def keeper() -> State:
    """Nobody waits for a copy for long."""
    late = (Photo.state == "waiting") & (Photo.taken_at < clock.now() - LATE)
    count = Photo.select().where(late).count()
    if count:
        return (
            f"{count} wait for their copy since {LATE.seconds // 60} minutes",
            "is the keeper up?",
        )
    return "no photo waits", ""
