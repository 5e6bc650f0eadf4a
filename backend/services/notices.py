"""Messages to the people who must know, written in the transaction that caused them."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend import clock
from backend.actor import Actor
from backend.db import to_ms
from backend.errors import NotFound
from backend.models import Notice
from backend.prepared import Prepared
from backend.rules.areas import path_contains
from backend.verbs import verb


def tell_role(
    role: str,
    area_path: str,
    kind: str,
    facts: Mapping[str, object],
    *,
    reaches_down: bool = False,
) -> None:
    """For whoever holds `role` over this area; with `reaches_down`, or over a part of it.

    `facts` hold no resident's personal value.
    """
    Notice.create(
        kind=kind,
        role=role,
        area_path=area_path,
        reaches_down=reaches_down,
        facts=orjson.dumps(facts, default=str).decode(),
        at=clock.now(),
    )


def tell_account(account_id: int, kind: str, facts: Mapping[str, object]) -> None:
    """For one person."""
    said = orjson.dumps(facts, default=str).decode()
    _write.write(account_id, kind, said, to_ms(clock.now()))


_write = Prepared(
    lambda account, kind, facts, at: Notice.insert(
        account_id=account, kind=kind, facts=facts, at=at
    )
)


@verb("notice.list", anyone=True, reads=True)
def unread(after: int, most: int, *, by: Actor) -> list[dict[str, Any]]:
    """What waits for me and has not been read, oldest first"""
    waiting = (
        Notice.select()
        .where(Notice.read_at.is_null() & (Notice.id > after))
        .where((Notice.account_id == by.account_id) | Notice.role.in_(by.roles))
        .order_by(Notice.id)
    )
    mine = (row for row in waiting.iterator() if _is_for(row, by))
    return [_view(row) for row, _ in zip(mine, range(most), strict=False)]


@verb("notice.read", anyone=True)
def mark_read(notice_id: int, *, by: Actor) -> None:
    """Take a notice off the list"""
    row = Notice.get_or_none(Notice.id == notice_id)
    if row is None or not _is_for(row, by):
        raise NotFound(noun="notice")
    row.read_at, row.read_by = clock.now(), by.name
    row.save()


def _is_for(row: Notice, by: Actor) -> bool:
    if row.account_id is not None:
        return bool(row.account_id == by.account_id)
    return any(
        grant.role == row.role
        and grant.scope_path is not None
        and (
            path_contains(grant.scope_path, row.area_path or "")
            or (row.reaches_down and path_contains(row.area_path or "", grant.scope_path))
        )
        for grant in by.grants
    )


def _view(row: Notice) -> dict[str, Any]:
    return {"id": row.id, "kind": row.kind, "at": row.at, "facts": orjson.loads(row.facts)}
