"""How the house itself is doing."""

import peewee

from backend.db import database, translated
from backend.errors import Refused
from backend.models import Account
from backend.services import cases, messages, outgoing


def checks() -> dict[str, bool]:
    """Whether the database answers and holds our tables."""
    try:
        database.execute_sql("SELECT 1").fetchone()
        Account.select(Account.id).limit(1).tuples().first()
    except (peewee.PeeweeException, Refused) as error:
        translated(error)  # Hangs up: the next question dials again.
        return {"database": False}
    return {"database": True}


def figures() -> dict[str, tuple[str, float]]:
    """What the tables say of how it goes: name, meaning and value; nothing if they are away.

    One process answers for all: these are no counters of its own.
    """
    try:
        failed = cases.rule_figures()
        waiting = cases.waiting_figures()
        told, units = messages.standing(), outgoing.standing()
        late = cases.late_figures()
    except (peewee.PeeweeException, Refused) as error:
        translated(error)
        return {}
    return {
        "gridtag_dispatch_rules_failed": ("Rules of dispatch that failed today", failed["rules"]),
        "gridtag_dispatch_cases_fallen": ("Times a case met one today", failed["cases"]),
        "gridtag_dispatch_waiting": ("Cases no machine has looked at", waiting["cases"]),
        "gridtag_dispatch_waiting_seconds": ("How long the oldest waits", waiting["seconds"]),
        "gridtag_messages_unsent": ("Messages to reporters that wait", told["unsent"]),
        "gridtag_messages_unsent_seconds": ("How long the oldest waits", told["oldest_s"]),
        "gridtag_outbox_unsent": ("Messages to units that wait", units["unsent"]),
        "gridtag_outbox_unsent_seconds": ("How long the oldest waits", units["oldest_s"]),
        "gridtag_outbox_given_up": ("Messages to units that nobody tries", units["given_up"]),
        "gridtag_cases_overdue": ("Open cases past their deadline", late["overdue"]),
        "gridtag_answers_late": ("Ended cases whose reporters wait too long", late["unanswered"]),
    }
