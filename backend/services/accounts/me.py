"""Who I am and what I may do."""

from typing import Any

from backend.actor import Actor
from backend.house import house
from backend.verbs import verb


@verb("me.show", anyone=True, reads=True)
def show(*, by: Actor) -> dict[str, Any]:
    """The signed-in person, their roles and what these allow"""
    policy = house().policy
    return {
        "account": by.name,
        "full_name": by.full_name,
        "area": by.home_area,
        "roles": [
            {"role": grant.role, "title": policy.titles[grant.role], "area": grant.scope_path}
            for grant in by.grants
        ],
        "verbs": sorted({verb for role in by.roles for verb in policy.verbs[role]}),
        "device_id": by.device_id,
    }
