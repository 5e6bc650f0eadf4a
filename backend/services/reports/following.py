"""What a reporter sees through the link of the report, and may answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend import clock
from backend.db import locked, writing
from backend.errors import Conflict, Invalid, NotFound
from backend.models import Case, Mention, Report
from backend.services import cases, outbox, photos
from backend.services.reports import saying_more
from backend.services.reports.filing import index_of

REOPEN_WITHIN = timedelta(days=15)
MOST_NOTE = 500


def follow(token: str) -> dict[str, Any]:
    """The report and the cases it belongs to, for whoever has its link."""
    report = _report(token)
    mentions = Mention.select().where(Mention.report_id == report.id).order_by(Mention.id)
    return {
        "at": report.at,
        "channel": report.channel,
        "language": report.language,
        "cases": [_case(one) for one in mentions],
    }


def rate(token: str, number: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """Solved or not, one to five stars; what is not solved may be opened again, once.

    `form`: `solved`, and if wanted `stars`, `again` (open it again), `note`.
    """
    _check(form)
    with writing():
        report = _report(token)
        case, mention = _mentioned(report, number)
        if case.state != "closed":
            raise Conflict(errors={"case": ["It is not closed."]})
        mention.solved, mention.stars = form["solved"], form.get("stars")
        mention.rated_at = clock.now()
        said = {"solved": mention.solved, "stars": mention.stars}
        cases.step(case, "rate", facts=said)
        if form.get("again") and not form["solved"]:
            _again(case, mention)
        elif not form["solved"]:
            outbox.tell_unit(case, "not-fixed")
        mention.save()
    return follow(token)


def appeal(token: str, number: str, words: str) -> dict[str, Any]:
    """Have the desk look once more at what it did not take on; once, within fifteen days.

    The words are the reporter's: they are sealed, and staff read them.
    """
    if not words.strip() or len(words) > MOST_NOTE:
        raise Invalid(errors={"words": [f"1 to {MOST_NOTE} characters."]})
    with writing():
        report = _report(token)
        case, mention = _mentioned(report, number)
        if not may_appeal(case, mention):
            raise Conflict(errors={"case": ["It can be looked at again once, within 15 days."]})
        mention.appealed_at = clock.now()
        mention.save()
        form = {"words": words.strip(), "language": report.language}
        saying_more.say_more(case, form, channel=report.channel, client=report.client)
        cases.appeal(case)
    return follow(token)


def send_photo(token: str, number: str, photo: str) -> dict[str, Any]:
    """One more photo of what was told, in place of one that could not be opened, or beside it.

    `photo` was kept before. Raises Conflict once the case is closed, or has enough from here.
    """
    with writing():
        report = _report(token)
        case, _ = _mentioned(report, number)
        if case.state in ENDED:
            raise Conflict(errors={"case": ["It is closed."]})
        if len(_whole(photos.of_report(report.id, case.id))) >= MOST_PHOTOS:
            raise Conflict(errors={"photo": ["Enough photos of this have arrived."]})
        photos.tie(
            [photo],
            case_id=case.id,
            report_id=report.id,
            area_path=case.area_path,
            purpose="reported",
        )
    return follow(token)


ENDED = ("closed", "declined", "merged")
MOST_PHOTOS = 5


def _whole(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in sent if one["state"] != "unreadable"]


def may_reopen(case: Case, mention: Mention) -> bool:
    """Once, within fifteen days."""
    closed = case.closed_at
    in_time = closed is not None and clock.now() - closed <= REOPEN_WITHIN
    return case.state == "closed" and in_time and mention.reopened_at is None


def may_appeal(case: Case, mention: Mention) -> bool:
    """Once, within fifteen days; what was struck out as a test or an abuse stays so."""
    closed = case.closed_at
    in_time = closed is not None and clock.now() - closed <= REOPEN_WITHIN
    is_open_to_it = case.state == "declined" and case.voided_at is None
    return is_open_to_it and in_time and mention.appealed_at is None


def _again(case: Case, mention: Mention) -> None:
    if not may_reopen(case, mention):
        raise Conflict(errors={"again": ["It can be opened again once, within 15 days."]})
    mention.reopened_at = clock.now()
    cases.reopen(case, None)


def _check(form: Mapping[str, Any]) -> None:
    errors = {}
    if not isinstance(form.get("solved"), bool):
        errors["solved"] = ["Say whether it is solved."]
    if form.get("stars") not in (None, 1, 2, 3, 4, 5):
        errors["stars"] = ["One to five."]
    if errors:
        raise Invalid(errors=errors)


def _report(token: str) -> Report:
    row: Report | None = Report.get_or_none(Report.token_index == index_of(token))
    if row is None:
        raise NotFound(noun="report")
    return row


def _mentioned(report: Report, number: str) -> tuple[Case, Mention]:
    """A case that the report belongs to, itself or by one that was merged into it."""
    case = locked(Case.select().where(Case.id == cases.find(number).id)).get()
    theirs = Mention.select().where(Mention.report_id == report.id).order_by(Mention.id)
    for mention in locked(theirs):
        if cases.heir_of(mention.case_id).id == case.id:
            return case, mention
    raise NotFound(noun="case")


def _case(mention: Mention) -> dict[str, Any]:
    case = cases.heir_of(mention.case_id)
    sent = photos.of_report(mention.report_id, mention.case_id)
    return {
        **cases.public(case),
        "joined": mention.joined,
        "solved": mention.solved,
        "stars": mention.stars,
        "may_rate": case.state == "closed" and mention.solved is None,
        "may_reopen": may_reopen(case, mention),
        "may_appeal": may_appeal(case, mention),
        "sent_photos": sent,
        "may_send_photo": case.state not in ENDED and len(_whole(sent)) < MOST_PHOTOS,
    }
