"""What may be seen in a visit, told once more in other words than the code's.

The oracle knows the rules of `fixtures/policy/visits.toml` as sentences: seen is a building's
people only while a visit there is open, its lease lives and its presence is believed.
"""

from dataclasses import dataclass, field

LEASE, SILENCE, LONGEST, IDLE, VOUCH = 90, 900, 14_400, 1_200, 300


@dataclass
class Visit:
    """One visit of one phone. Times are seconds of the story."""

    phone: str
    building: str
    tag: str
    opened: float
    lease: float  # Until when.
    present: float  # Last proof.
    state: str = "open"
    outside: int = 0
    seen_tags: set[str] = field(default_factory=set)
    doubted_at: float | None = None
    is_vouched: bool = False
    is_doubted_for_good: bool = False
    looked: float = 0.0  # When somebody last looked; noted once a minute.

    @property
    def shows(self) -> bool:
        return self.doubted_at is None or self.is_vouched


class Oracle:
    """All the facts that decide, and what follows from them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.visit: Visit | None = None
        self.has_role = True
        self.is_out = False  # Account shut.
        self.lost: set[str] = set()  # Phones.
        self.away: set[str] = set()  # Buildings that are not Lin's just now.
        self.withdrawn: set[str] = set()  # Tags.

    # --- What happens --------------------------------------------------------------------

    def passes(self, seconds: float) -> None:
        self.now += seconds

    def let_time_work(self) -> None:
        """What a sign of life finds done: masked since the lease ended, closed after silence."""
        visit = self.visit
        if visit is None or visit.state == "closed":
            return
        if visit.state == "open" and self.now >= min(visit.lease, visit.looked + IDLE):
            visit.state = "suspended"
        if self.now >= min(visit.present + SILENCE, visit.opened + LONGEST):
            visit.state = "closed"

    def opens(self, phone: str, building: str, tag: str, *, doubt: bool, vague: bool) -> None:
        """A scan that was accepted: the visit before it, on whatever phone, is over."""
        now = self.now
        self.visit = Visit(phone, building, tag, now, now + LEASE, now, seen_tags={tag})
        self.visit.looked = now
        if doubt or vague:
            self.visit.doubted_at = now
        self.visit.is_doubted_for_good = doubt

    def is_inside(self, *, doubt: bool, vague: bool) -> None:
        visit = self.visit
        assert visit is not None
        if doubt:
            visit.is_doubted_for_good = True
            visit.doubted_at = self.now if visit.doubted_at is None else visit.doubted_at
        elif not vague and not visit.is_doubted_for_good:
            visit.doubted_at = None
        self.is_present()

    def is_present(self) -> None:
        visit = self.visit
        assert visit is not None
        visit.present, visit.outside = self.now, 0
        if self.now - visit.looked < IDLE:
            visit.state = "open"
            visit.lease = min(self.now + LEASE, visit.opened + LONGEST)

    def is_outside(self, *, doubt: bool) -> None:
        visit = self.visit
        assert visit is not None
        if doubt:
            visit.is_doubted_for_good = True
            visit.doubted_at = self.now if visit.doubted_at is None else visit.doubted_at
        visit.outside += 1
        visit.state = "closed" if visit.outside >= 3 else "suspended"
        visit.lease = min(visit.lease, self.now)

    def scans_again(self, tag: str) -> None:
        """Another tag of the building, or one that was used up."""
        visit = self.visit
        assert visit is not None
        visit.looked = self.now
        if tag in visit.seen_tags:
            return
        visit.seen_tags.add(tag)
        if visit.doubted_at is not None and self.now - visit.doubted_at <= VOUCH:
            visit.is_vouched = True
        self.is_present()

    def is_over(self) -> None:
        if self.visit is not None:
            self.visit.state = "closed"

    def looks(self, phone: str, building: str, lease: float) -> bool:
        """Whether people are seen with a lease good until then; the look may be noted."""
        visit, is_seen = self.visit, self.may_see(phone, building, lease)
        if visit is None or (visit.phone, visit.building) != (phone, building):
            return is_seen
        is_masked_by_doubt = (
            lease > self.now
            and visit.state == "open"
            and self.now - visit.looked <= IDLE
            and not visit.shows
        )
        if visit.state != "closed" and not is_masked_by_doubt and self.now - visit.looked >= 60:
            visit.looked = self.now
        return is_seen

    # --- What follows --------------------------------------------------------------------

    def may_act(self, phone: str) -> bool:
        return not self.is_out and phone not in self.lost and self.has_role

    def may_stay(self) -> bool:
        visit = self.visit
        assert visit is not None
        return visit.building not in self.away and visit.tag not in self.withdrawn

    def may_see(self, phone: str, building: str, lease: float) -> bool:
        """Whether people may be seen here, on this phone, with a lease good until then."""
        visit = self.visit
        return (
            visit is not None
            and self.may_act(phone)
            and building not in self.away
            and (visit.phone, visit.building, visit.state) == (phone, building, "open")
            and self.now < min(visit.lease, lease)
            and self.now - visit.looked <= IDLE
            and visit.shows
        )
