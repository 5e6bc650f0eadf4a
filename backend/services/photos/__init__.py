"""Photos: what somebody saw. The original is sealed evidence; a plain copy is what is shown."""

from backend.services.photos.copying import make_copies, refused
from backend.services.photos.forgetting import forget_originals, forget_unused, sweep
from backend.services.photos.receiving import (
    MOST_BYTES,
    PURPOSES,
    Taken,
    develop,
    enter,
    keep,
    note,
    receive,
    take,
    tie,
    tie_to_bike,
    use,
)
from backend.services.photos.resealing import reseal
from backend.services.photos.reviewing import DECISIONS, release, review, to_review
from backend.services.photos.showing import (
    is_public,
    of_case,
    of_report,
    of_sighting,
    original,
    public_copy,
    released_of,
    show,
    sight,
)

__all__ = [
    "DECISIONS",
    "MOST_BYTES",
    "PURPOSES",
    "Taken",
    "develop",
    "enter",
    "forget_originals",
    "forget_unused",
    "is_public",
    "keep",
    "make_copies",
    "note",
    "of_case",
    "of_report",
    "of_sighting",
    "original",
    "public_copy",
    "receive",
    "refused",
    "release",
    "released_of",
    "reseal",
    "review",
    "show",
    "sight",
    "sweep",
    "take",
    "tie",
    "tie_to_bike",
    "to_review",
    "use",
]
