"""Reading the trail: one's own lines, those of the buildings one answers for, those about a person.

Newest first, in pages. A page looks at MOST_LOOKED_AT lines at most, so it may come back short,
even empty, with a `next` that says where to go on: a rare line in a long trail costs many small
answers instead of one that holds everybody up.
"""

from backend.services.trail_read.asking import of_person, own, read

__all__ = ["of_person", "own", "read"]
