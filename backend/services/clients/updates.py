"""What a client adds to a case that it told us of: more words of its reporter, once each."""

from collections.abc import Mapping
from typing import Any

from backend.db import locked, writing
from backend.errors import NotFound
from backend.models import Case, CaseStep, ClientUpdate, Mention, Report
from backend.services import cases, reports
from backend.services.clients import keys
from backend.services.clients.keys import Known
from backend.services.clients.sending import CHANNEL


def update(number: str, form: Mapping[str, Any], client: Known) -> int:
    """Add to a case; the number of the step. What was sent before is not added again.

    `form`: `update_id` (the client's own), `status`, `words`, and if wanted `name` and `email`. The
    words are a reporter's: staff read them, and nobody else before staff let them pass.
    """
    with writing():
        keys.spend(client)
        case = _own(number, client)
        before = ClientUpdate.get_or_none(
            (ClientUpdate.client == client.name) & (ClientUpdate.update_id == form["update_id"])
        )
        if before is not None:
            return int(before.step_id)
        report_id = reports.say_more(case, form, channel=CHANNEL, client=client.name)
        cases.step(case, "comment", facts={"client": client.name, "status": form.get("status")})
        step_id = _last_step(case)
        ClientUpdate.create(
            client=client.name, update_id=form["update_id"], step_id=step_id, report_id=report_id
        )
        return step_id


def _last_step(case: Case) -> int:
    """Of a case that this transaction holds."""
    steps = CaseStep.select(CaseStep.id).where(CaseStep.case_id == case.id)
    return int(steps.order_by(CaseStep.id.desc()).get().id)


def _own(number: str, client: Known) -> Case:
    """The case, if this client has told us of it; nobody else changes it meanwhile."""
    found = cases.find(number)
    case: Case = locked(Case.select().where(Case.id == found.id)).get()
    told = (
        Mention.select()
        .join(Report, on=(Report.id == Mention.report_id))
        .where((Mention.case_id == case.id) & (Report.client == client.name))
    )
    if not cases.is_public(case) or not told.exists():
        raise NotFound(noun="case")
    return case
