"""What accepted positions teach about a building: between tall houses all phones are off."""

from collections import defaultdict
from statistics import median

from backend.house import house
from backend.models import Building, Fix, Visit


def learn_offsets() -> int:
    """Set each building's offset to the median distance of its accepted first fixes.

    Only buildings with enough of them; kept fixes reach back 90 days. Returns how many changed.
    """
    metres: dict[int, list[float]] = defaultdict(list)
    rows = (
        Fix.select(Visit.building_id, Fix.metres)
        .join(Visit, on=(Fix.visit_id == Visit.id))
        .where((Fix.seq == 0) & (Visit.presence == "verified"))
        .tuples()
    )
    for building_id, found in rows.iterator():
        metres[building_id].append(found)
    changed = 0
    for building_id, known in metres.items():
        if len(known) >= house().policy.limits.learned_min_fixes:
            offset = round(median(known), 1)
            changed += (
                Building.update(learned_offset_m=offset)
                .where((Building.id == building_id) & (Building.learned_offset_m != offset))
                .execute()
            )
    return changed
