"""What carries little risk closes by itself after a while; a share of it a person checks."""

import orjson

from backend import clock
from backend.house import house
from backend.models import Case, CaseStep
from backend.rules import sampling
from backend.services import photos
from backend.services.cases.moving import moved
from backend.vault import subkey

PORTION = 200


def close_unsampled() -> int:
    """Close handled cases of little risk that were not drawn; for the keeper, in one transaction.

    One whose handler could not show to have been there is always for a person.
    """
    rules = house().policy.sampling
    problems = sorted(name.partition(".")[2] for name in rules.problems)
    waiting = Case.select().where(
        (Case.state == "handled")
        & (Case.handled_at <= clock.now() - rules.after)
        & Case.problem.in_(problems)
    )
    closed = 0
    for case in waiting.order_by(Case.handled_at):
        if closed < PORTION and _closes_by_itself(case):
            photos.release(case.id)
            moved(case, "close", None, facts={"sampled": False})
            closed += 1
    return closed


def _closes_by_itself(case: Case) -> bool:
    rules = house().policy.sampling
    if f"{case.kind}.{case.problem}" not in rules.problems or case.asked is not None:
        return False
    key = subkey(house().settings.secret_keys[0], "sampling")
    return not sampling.is_drawn(key, case.id, case.round, rules.percent) and _was_there(case)


def _was_there(case: Case) -> bool:
    done = (CaseStep.case_id == case.id) & (CaseStep.action == "feed-back")
    last = CaseStep.select().where(done).order_by(CaseStep.id.desc()).first()
    return last is not None and orjson.loads(last.facts).get("at_asset") is not False
