"""A role with a first or a last day: remembered between requests, never past its time."""

from datetime import datetime, timedelta

import pytest

from backend.models import Account, RoleGrant
from tests.town import Clock, Worker


def grants(name: str, since: datetime, until: datetime | None = None) -> None:
    """Somebody is an auditor of the whole city for a while."""
    account = Account.get(Account.name == name)
    RoleGrant.create(
        account=account, role="auditor", area="4403", since=since, until=until, granted_by="guan"
    )


def test_a_role_counts_from_the_minute_it_begins(han: Worker, clock: Clock) -> None:
    grants("han", clock.at + timedelta(minutes=5))
    assert han.asks("GET", "/trail").status_code == 403
    clock.passes(minutes=6)
    assert han.asks("GET", "/trail").status_code == 200


@pytest.mark.parametrize("looks_before", [0, 1, 2])
def test_a_role_is_gone_when_its_time_is_over(han: Worker, clock: Clock, looks_before: int) -> None:
    grants("han", clock.at - timedelta(days=1), clock.at + timedelta(minutes=5))
    for _ in range(looks_before):
        assert han.asks("GET", "/trail").status_code == 200
    clock.passes(minutes=6)
    assert han.asks("GET", "/trail").status_code == 403
