"""Pictures that were used before, for another case: flagged for a person to judge, never refused.

The same file is found however long ago it came; a cropped or pressed one among the latest of its
street, because each has to be compared.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from backend import clock
from backend.models import Photo
from backend.rules import likeness

AMONG = 5_000
SINCE = timedelta(days=180)
STREET = 3  # City, district, street: as many parts of an area's path.


def earlier(row: Photo) -> str | None:
    """The photo of another case and report that this one was made from, if there is one."""
    same = _others(row).where(Photo.sha256 == row.sha256).order_by(Photo.taken_at).first()
    if same is not None:
        return str(same.id)
    marks = bytes(row.marks or b"")
    return next((other for other, known in _near(row) if likeness.are_alike(marks, known)), None)


def _others(row: Photo) -> Any:
    """Photos that came before this one and show something else."""
    query = Photo.select().where(
        (Photo.id != row.id)
        & Photo.case_id.is_null(False)
        & (Photo.case_id != row.case_id)
        & (Photo.taken_at <= row.taken_at)
    )
    if row.report_id is not None:  # One report may name several things in one picture.
        query = query.where(Photo.report_id.is_null() | (Photo.report_id != row.report_id))
    return query


def within(area_path: str) -> Any:
    """Photos of an area and of those below it, found by an index."""
    below = Photo.area_path.between(f"{area_path}/", f"{area_path}0")  # "0" comes after "/".
    return (Photo.area_path == area_path) | below


def _near(row: Photo) -> Iterator[tuple[str, bytes]]:
    street = "/".join(str(row.area_path).split("/")[:STREET])
    since = clock.now() - SINCE
    latest = (
        _others(row)
        .select(Photo.id, Photo.marks)
        .where(Photo.marks.is_null(False) & (Photo.taken_at > since))
        .where(within(street))
        .order_by(Photo.taken_at.desc())
        .limit(AMONG)
    )
    for other, marks in latest.tuples():
        yield str(other), bytes(marks)
