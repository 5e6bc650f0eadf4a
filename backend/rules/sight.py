"""Show, mask or hide: what each role sees of a record while on site, read from sight.toml.

Off site there are no person rows for anybody, so there is nothing to look up: only `bucket`s.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Action = Literal["show", "mask", "hide"]

RECORDS: Mapping[str, tuple[str, ...]] = {
    "resident": (
        "name",
        "sex",
        "birth_date",
        "id_number",
        "phone",
        "residence_kind",
        "room",
        "since",
        "source",
        "verified_at",
        "people_class",
    ),
    "business": ("business_name", "credit_code", "business_class", "legal_name", "legal_phone"),
    "event": ("event_class", "event_at", "event_text", "event_status"),
}
"""Record -> its fields. A field's name says its record, so the policy needs only the field."""

FIELDS = frozenset(name for names in RECORDS.values() for name in names)

ROLES = frozenset(
    {
        "collector",
        "safety_officer",
        "building_head",
        "police_officer",
        "enforcer",
        "dispatcher",
        "clerk",
        "handler",
        "checker",
        "supervisor",
        "building_manager",
        "auditor",
        "administrator",
    }
)

PRESENCES = frozenset({"on_site"})
"""Where a policy may speak. A remote or break-glass visit is on site, by somebody's word."""

BEST_FIRST: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True)
class Policy:
    """Role -> field -> action, on site. What is absent is hidden."""

    on_site: Mapping[str, Mapping[str, Action]]
    _kept: dict[tuple[frozenset[str], str], tuple[tuple[str, Action], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> "Policy":
        """A policy from a file. Raises ValueError naming the word that is not known."""
        return cls({role: _role(role, table) for role, table in mapping.items()})

    def action(self, roles: Collection[str], field_name: str) -> Action:
        """The best that any of the roles allows; an unknown role allows nothing."""
        allowed = {self.on_site.get(role, {}).get(field_name, "hide") for role in roles}
        return next((action for action in BEST_FIRST if action in allowed), "hide")

    def actions(self, roles: Collection[str], record: str) -> tuple[tuple[str, Action], ...]:
        """Every field of a record with its action, in the record's order.

        `record` is "resident", "business" or "event". Asked for every person on a page, so
        the answer is kept: there are few sets of roles, and an unknown role counts as none.
        """
        key = (ROLES.intersection(roles), record)
        kept = self._kept.get(key)
        if kept is None:
            kept = tuple((name, self.action(key[0], name)) for name in RECORDS[record])
            self._kept[key] = kept
        return kept


def bucket(count: int) -> str:
    """How many, told so that a count betrays no household: "0", "1-5", "6-20" or "21+"."""
    if count <= 0:
        return "0"
    return "1-5" if count <= 5 else "6-20" if count <= 20 else "21+"


def _role(role: str, table: object) -> Mapping[str, Action]:
    if role not in ROLES:
        raise ValueError(f"sight: unknown role {role!r}")
    rules: dict[str, Action] = {}
    for presence, fields in _table(role, table).items():
        if presence not in PRESENCES:
            raise ValueError(f"sight: {role}: unknown presence {presence!r}")
        for name, word in _table(f"{role}.{presence}", fields).items():
            if name not in FIELDS:
                raise ValueError(f"sight: {role}.{presence}: unknown field {name!r}")
            if word not in BEST_FIRST:
                raise ValueError(f"sight: {role}.{presence}.{name}: unknown word {word!r}")
            rules[name] = word
    return rules


def _table(where: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"sight: {where} = {value!r} is not a table")  # noqa: TRY004 one error
    return value
