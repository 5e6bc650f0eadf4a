"""May somebody do this verb in this area: a role given for a place that holds the place."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from backend.rules.areas import path_contains


class Grant(NamedTuple):
    """A role, and the path of the area it was given for.

    None: given for no area at all. It then counts at single buildings only, by a duty there.
    """

    role: str
    scope_path: str | None = None


def may(
    grants: Iterable[Grant],
    verbs_by_role: Mapping[str, Collection[str]],
    verb: str,
    area_path: str | None,
) -> bool:
    """Whether one single grant includes both the verb and the place.

    `area_path` None asks about a verb that has no place (reading one's own profile). A thing
    that should have a place but lost it is "", and no grant reaches it.
    """
    return any(
        verb in verbs_by_role.get(grant.role, ()) and _reaches(grant.scope_path, area_path)
        for grant in grants
    )


def _reaches(scope_path: str | None, area_path: str | None) -> bool:
    if area_path is None:
        return True
    return scope_path is not None and path_contains(scope_path, area_path)
