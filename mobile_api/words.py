"""The reader's language: what they chose, else what their phone asks for, else Chinese.

Sentences are written in English where they are said; `python -m mobile_api.translations` gathers
them for the catalogue of each other language. What the database says in codes is put into words
by `word`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from flask import Flask, has_request_context, request
from flask_babel import Babel, format_timedelta, gettext

from backend import clock
from qr import designs

LANGUAGES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "English"}
COOKIE = "lang"


def prepare(app: Flask) -> None:
    """Catalogues lie in mobile_api/translations; clocks on the wall show Shenzhen's time."""
    Babel(
        app,
        locale_selector=language,
        default_translation_directories="translations",
        default_timezone="Asia/Shanghai",
    )
    app.jinja_env.filters["word"] = word
    app.jinja_env.filters["because"] = because
    app.jinja_env.filters["design_name"] = design_name
    app.jinja_env.filters["tongue"] = tongue
    app.jinja_env.filters["unfilled"] = unfilled
    app.jinja_env.filters["left"] = left


def language() -> str:
    """A key of LANGUAGES."""
    if not has_request_context():
        return "zh_Hans"
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for tag, quality in request.accept_languages:
        if quality > 0 and (found := known(tag)):
            return found
    return "zh_Hans"


def known(tag: str) -> str | None:
    """zh-CN and zh-SG read zh_Hans, zh-TW and zh-HK zh_Hant; negotiating by string says neither."""
    try:
        parsed = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return None
    if parsed.language == "zh":
        return "zh_Hant" if parsed.script == "Hant" else "zh_Hans"
    return "en" if parsed.language == "en" else None


def translated(messages: Any) -> Any:
    """A problem's `errors` with each known sentence in the reader's language, shape kept."""
    if isinstance(messages, dict):
        return {name: translated(value) for name, value in messages.items()}
    if isinstance(messages, list):
        return [translated(value) for value in messages]
    return gettext(messages) if isinstance(messages, str) and messages else messages


def word(code: str | None, kind: str) -> str:
    """A code of the house in the reader's words; one we have no word for stays as it is."""
    if code is None:
        return ""
    known = WORDS[kind].get(code)
    return gettext(known) if known else code


def because(part: Mapping[str, Any]) -> str:
    """One reason why a case went where it went, as a sentence."""
    known = {
        **part,
        "percent": f"{100 * part.get('sureness', 0):.0f}",
        "said": "、".join(part.get("said", ())),
        "reason": word(part.get("reason"), "rule_fault"),
    }
    return word(part.get("code"), "why") % defaultdict(str, known)


def design_name(kind: str) -> str:
    """What a kind of label is called; its design knows it in both languages."""
    if kind not in designs.kinds():
        return kind
    design = designs.design(kind)
    return chosen(design.name, design.english)


def tongue(word: Mapping[str, str]) -> str:
    """A word of our data, which comes as `zh` and `en`, in the reader's language."""
    return chosen(word["zh"], word["en"])


def chosen(zh: str, en: str) -> str:
    """The one the reader reads. What is written zh_Hant in the catalogue is found by its zh."""
    if language() == "en":
        return en
    return gettext(zh) if language() == "zh_Hant" else zh


def unfilled(sentence: str) -> str:
    """A refusal's sentence with its facts left open, for explaining what it means."""
    return FACT.sub(r"{\1}", gettext(sentence))


def left(until: datetime) -> str:
    """How much time there is until then, or since when it is late."""
    span = until - clock.now()
    told = format_timedelta(abs(span), granularity="minute", threshold=2)
    sentence = N_("%(time)s left") if span.total_seconds() >= 0 else N_("late by %(time)s")
    return gettext(sentence) % {"time": told}


FACT = re.compile(r"%\((\w+)\)[sd]")


def N_(sentence: str) -> str:  # noqa: N802 - the name every gathering tool knows.
    """Marks a sentence for the catalogues; it is translated where it is shown."""
    return sentence


WORDS: dict[str, dict[str, str]] = {
    "sex": {"m": N_("male"), "f": N_("female")},
    "bike_state": {
        "review": N_("a person looks at it"),
        "registered": N_("registered"),
        "rejected": N_("not registered"),
        "stolen": N_("reported stolen"),
        "scrapped": N_("scrapped"),
        "withdrawn": N_("deleted"),
    },
    "bike_colour": {
        "black": N_("black"),
        "white": N_("white"),
        "grey": N_("grey"),
        "silver": N_("silver"),
        "red": N_("red"),
        "pink": N_("pink"),
        "orange": N_("orange"),
        "yellow": N_("yellow"),
        "green": N_("green"),
        "cyan": N_("cyan"),
        "blue": N_("blue"),
        "purple": N_("purple"),
        "brown": N_("brown"),
        "other": N_("another colour"),
    },
    "bike_rule": {
        "phone-proved": N_("The phone was not proved."),
        "adult": N_("Whoever registers an e-bike must be 18."),
        "area-served": N_("E-bikes kept there are not registered here."),
        "frame-form": N_("The frame number is of an older form."),
        "frame-sort": N_("By its frame number this is no e-bike."),
        "frame-unique": N_("This frame is registered already."),
        "not-stolen": N_("Somebody has to look at this frame number."),
        "not-many": N_("Many bikes are registered under this ID number."),
    },
    "bike_step": {
        "register": N_("Registration was asked for"),
        "approve": N_("Registered by a person"),
        "reject": N_("Turned away by a person"),
        "ask-review": N_("A person was asked to look"),
        "cry-theft": N_("Reported stolen"),
        "find": N_("Found by its owner"),
        "recover": N_("Found, and given back"),
        "offer": N_("Offered to somebody"),
        "take-back": N_("The offer ended"),
        "transfer": N_("Given to its next owner"),
        "scrap": N_("Scrapped"),
        "retag": N_("Got another code"),
        "correct": N_("Put right"),
        "withdraw": N_("Deleted"),
    },
    "bike_done": {
        "registered": N_("Registered. This is your bike's code, valid from now on."),
        "review": N_("A person will look at it; this page says what comes of it."),
        "rejected": N_("It could not be registered; below it says why."),
        "cry-theft": N_("Police and grid workers have been told. Scans of its code appear below."),
        "find": N_("Good. The alarm is over."),
        "scrap": N_("Scrapped; its code leads nowhere any more."),
        "retag": N_("It has another code; the lost one opens nothing any more."),
        "correct": N_("Saved."),
        "ask-review": N_("A person will look at it; this page says what comes of it."),
        "offer": N_("Offered. Send the link below to its next owner."),
        "take-back": N_("It stays with you."),
        "transfer": N_("It is yours now. Keep the address of this page."),
        "withdraw": N_("Your data has been deleted."),
        "refused": N_("It stays with its owner."),
    },
    "bike_measure": {
        "registered": N_("registered"),
        "stolen": N_("stolen"),
        "found": N_("found"),
        "scrapped": N_("scrapped"),
    },
    "bike_reason": {
        "hit_and_run": N_("hit and run"),
        "theft": N_("theft"),
        "parking": N_("parking"),
        "fire": N_("fire safety"),
        "lost_property": N_("lost property"),
    },
    "residence_kind": {
        "registered": N_("registered here"),
        "living": N_("lives here"),
        "owning": N_("owner"),
        "working": N_("works here"),
    },
    "event_status": {
        "reported": N_("reported"),
        "dispatched": N_("dispatched"),
        "handled": N_("handled"),
        "closed": N_("closed"),
    },
    # Why people are not shown, as `building.look` says it.
    "reason": {
        "no_visit": N_("People are shown only to those who stand at the building."),
        "lease_invalid": N_("This visit is not yours, or not of this phone."),
        "lease_expired": N_("The visit has lapsed."),
        "other_building": N_("Your visit is at another building."),
        "left_site": N_("You have left the building."),
        "suspended": N_("The visit is paused until your position is proven again."),
        "second_tag_needed": N_("Your position alone is not proof enough here."),
        "role": N_("Your role does not see people."),
    },
    # What would show them.
    "unlock": {
        "scan_building_code": N_("Scan the tag at the building's door."),
        "send_beat": N_("Stay at the building; your phone proves it again by itself."),
        "scan_second_tag": N_("Scan another tag of this building as well."),
        "ask_supervisor": N_("Ask your supervisor."),
    },
    # How far a case has come, and what happened to it.
    "case_state": {
        "received": N_("received"),
        "filed": N_("taken on"),
        "dispatched": N_("sent to the unit"),
        "handling": N_("being handled"),
        "handled": N_("handled, to be checked"),
        "closed": N_("closed"),
        "shelved": N_("shelved"),
        "declined": N_("not taken on"),
        "merged": N_("put with another"),
    },
    "case_step": {
        "receive": N_("The report came in."),
        "file": N_("The case was taken on."),
        "decline": N_("The case was not taken on."),
        "merge": N_("Put with another case of the same."),
        "absorb": N_("Another case of the same was put with this one."),
        "dispatch": N_("Sent to the unit that handles it."),
        "accept": N_("Somebody has begun to handle it."),
        "return": N_("Came back to the desk."),
        "reassign": N_("Sent to another unit."),
        "feed-back": N_("It has been handled."),
        "rework": N_("The check found it not right yet."),
        "close": N_("It was checked, and the case is closed."),
        "reopen": N_("A reporter had it opened again."),
        "unmerge": N_("It is a case of its own again."),
        "let-go": N_("Another case was taken out again."),
        "ask-confirmation": N_("A grid worker was asked to look first."),
        "confirm": N_("A grid worker has looked at it."),
        "split": N_("It was split into several cases."),
        "part": N_("It was split from another case."),
        "join-in": N_("Another unit was asked to assist."),
        "acknowledge": N_("The unit that assists has taken its part."),
        "report-done": N_("The unit that assists has done its part."),
        "unanswered": N_("Its unit has not answered in time."),
        "appeal": N_("A reporter asked to look at it once more."),
        "pass-on": N_("A colleague handles it now."),
        "ask-extension": N_("More time was asked for."),
        "extend": N_("More time was granted."),
        "ask-shelving": N_("It was asked to let it wait until a day."),
        "shelve": N_("It waits until a day."),
        "resume": N_("It goes on."),
        "refuse": N_("What was asked for was not granted."),
        "ask-void": N_("It was asked to strike it out."),
        "void": N_("It was struck out."),
        "urge": N_("A supervisor pressed for it."),
        "remind": N_("Time presses."),
        "comment": N_("News"),
        "rate": N_("A reporter judged it."),
    },
    "outbox_state": {
        "waiting": N_("waiting"),
        "failed": N_("failed"),
        "sent": N_("sent"),
    },
    "outbox_way": {
        "address": N_("at its own address"),
        "mail": N_("by mail"),
        "courier": N_("by the house"),
    },
    "outbox_kind": {
        "dispatched": N_("Sent to it"),
        "decided": N_("Decided to be its own"),
        "task": N_("Asked to assist"),
        "withdrawn": N_("No longer its own"),
        "accepted": N_("Accepted for it"),
        "returned": N_("Came back to the desk"),
        "rework": N_("Not right yet"),
        "reopened": N_("Opened again"),
        "not-fixed": N_("Not solved, a reporter says"),
        "urged": N_("A supervisor presses"),
        "share": N_("Its time is going"),
        "overdue": N_("Late"),
        "dispatch-share": N_("Waits for a unit"),
        "answer-late": N_("Reporters told late"),
        "test": N_("A test"),
    },
    # What a button of the desk says.
    "case_action": {
        "file": N_("Take it on"),
        "decline": N_("Do not take it on"),
        "merge": N_("Put it with another case"),
        "dispatch": N_("Send it to a unit"),
        "accept": N_("I handle it"),
        "return": N_("It is not ours"),
        "reassign": N_("Send it to another unit"),
        "feed-back": N_("It is done"),
        "rework": N_("It is not right yet"),
        "close": N_("Checked: close it"),
        "unmerge": N_("Take it out again"),
        "ask-confirmation": N_("Have a grid worker look first"),
        "confirm": N_("I have looked at it"),
        "split": N_("Split it"),
        "join-in": N_("Have another unit assist"),
        "acknowledge": N_("We assist"),
        "report-done": N_("Our part is done"),
        "pass-on": N_("Give it to a colleague"),
        "ask-extension": N_("Ask for more time"),
        "extend": N_("Grant more time"),
        "ask-shelving": N_("Ask to let it wait"),
        "shelve": N_("Let it wait"),
        "resume": N_("Go on with it"),
        "refuse": N_("Do not grant it"),
        "ask-void": N_("Ask to strike it out"),
        "void": N_("Strike it out"),
        "urge": N_("Press for it"),
        "comment": N_("Tell how far it is"),
    },
    # What a field of a move's form asks for.
    "case_field": {
        "photo": N_("Photo of it as it is now"),
        "unit": N_("Unit"),
        "into": N_("Number of the case it joins"),
        "to": N_("Colleague"),
        "until": N_("Until which day"),
        "condition": N_("Condition of the standard"),
    },
    "limit_unit": {
        "urgent_hour": N_("hours, day and night"),
        "urgent_day": N_("days, day and night"),
        "hour": N_("working hours"),
        "day": N_("working days"),
        "planting_day": N_("days of the planting season"),
    },
    # What waits for a person at the desk.
    "desk_queue": {
        "arbitration": N_("To be decided: whose is it?"),
        "returned": N_("Came back"),
        "unsure": N_("The machine is not sure"),
        "received": N_("To be taken on"),
        "unsent": N_("No rule knows whose it is"),
        "asked": N_("To be granted"),
    },
    "desk_queue_help": {
        "arbitration": N_("Returned twice. Whoever you send it to now has to do it."),
        "returned": N_("A unit says that it is not theirs."),
        "unsure": N_("One tap if the proposal is right."),
        "received": N_("Somebody has to look at these reports before they become cases."),
        "unsent": N_("Send each to its unit."),
        "asked": N_("Somebody asks for more time, for letting it wait, or for striking it out."),
    },
    "task_role": {"lead": N_("leads"), "assist": N_("assists")},
    "task_part": {
        "mine": N_("In my hands"),
        "new": N_("New for my unit"),
        "joint": N_("We help with these"),
        "unit": N_("In my colleagues' hands"),
        "shelved": N_("Waiting until a day"),
    },
    # Where the front page leads those who work on cases.
    "case_work": {
        "desk": N_("Desk"),
        "work": N_("My tasks"),
        "checks": N_("Checks"),
        "confirmations": N_("To be looked at"),
        "cases": N_("Cases of my area"),
        "topics": N_("Topics"),
        "bikes": N_("E-bikes"),
        "fleet": N_("Our fleet"),
    },
    "case_rule": {
        "owner": N_("By itself: it goes to the owner of the thing."),
        "remit": N_("By itself, after the duty list."),
    },
    "why": {
        "owner": N_("It is a thing of %(unit_name)s, which mends its own."),
        "remit": N_("Line %(key)s of the duty list: in %(area_name)s it is for %(unit_name)s."),
        "words": N_("What was written says so, sure to %(percent)s %%: %(said)s."),
        "merged": N_("%(metres)s m from the first: one failure, one case."),
        "failed": N_("%(rule)s was passed over: %(reason)s."),
        "desk": N_("No rule knows whose it is: a person decides."),
    },
    "rule_fault": {
        "unit-gone": N_("its unit is gone"),
        "area-gone": N_("its area is gone"),
        "area-moved": N_("its area lies elsewhere now"),
        "problem-gone": N_("its problem is gone"),
        "bad-days": N_("its days cannot be read"),
        "contradiction": N_("another line says otherwise"),
        "raised": N_("it cannot be applied"),
        "no-desk": N_("no unit is a desk"),
    },
    # Why a case is late, which is where it lies.
    "late_why": {
        "dispatch": N_("waits to be sent to a unit"),
        "desk": N_("came back and lies at the desk"),
        "accept": N_("nobody of the unit has taken it"),
        "handle": N_("handling is past its deadline"),
        "check": N_("handled, and nobody has checked it"),
        "answer": N_("closed, and its reporter is not told"),
        "any": N_("late for any reason"),
    },
    "late_why_short": {
        "dispatch": N_("to send"),
        "desk": N_("came back"),
        "accept": N_("to accept"),
        "handle": N_("to handle"),
        "check": N_("to check"),
        "answer": N_("to answer"),
    },
    "board_mark": {
        "returned-twice": N_("sent back twice or more"),
        "overdue": N_("open, and was overdue once"),
    },
    "board_by": {
        "unit": N_("By unit"),
        "level": N_("By level"),
        "area": N_("By area"),
        "class": N_("By class"),
        "channel": N_("By channel"),
    },
    "board_period": {
        "day": N_("today"),
        "week": N_("this week"),
        "month": N_("this month"),
        "last-month": N_("last month"),
        "year": N_("this year"),
    },
    "unit_level": {
        "district": N_("district"),
        "street": N_("street"),
        "community": N_("community"),
        "grid": N_("grid"),
        "": N_("nobody's yet"),
    },
    # How far a topic has come, and what a button of it says.
    "topic_state": {
        "open": N_("new"),
        "assigned": N_("given to somebody"),
        "settled": N_("settled"),
        "dismissed": N_("no topic"),
    },
    "topic_action": {
        "assign": N_("Give it to somebody"),
        "settle": N_("It is settled"),
        "dismiss": N_("It is no topic"),
    },
    "case_asked": {
        "extension": N_("The handler asks for more time."),
        "shelving": N_("The handler asks to let it wait until a day."),
        "void": N_("Somebody asks to strike it out: a test, or an abuse."),
        "confirmation": N_("A grid worker is to look whether it is as reported."),
    },
    "photo_purpose": {
        "reported": N_("as reported"),
        "before": N_("before"),
        "after": N_("after"),
        "facility": N_("the thing itself"),
    },
    "photo_review": {
        "none": N_("not looked at yet"),
        "released": N_("everybody sees it"),
        "withheld": N_("nobody outside sees it"),
    },
    "case_problem": {
        "wrong-state": N_("Somebody was quicker: the case has moved on. This is how it is now."),
        "case-moved": N_("Somebody was quicker: the case has moved on. This is how it is now."),
    },
    # How far a print run has come, and a tag of it.
    "run_state": {
        "ordered": N_("ordered"),
        "released": N_("released"),
        "printed": N_("printed"),
        "issued": N_("handed out"),
        "cancelled": N_("cancelled"),
    },
    "tag_state": {
        "minted": N_("minted"),
        "printed": N_("printed"),
        "issued": N_("handed out"),
        "bound": N_("in use"),
        "replaced": N_("replaced"),
        "lost": N_("lost"),
        "revoked": N_("withdrawn"),
    },
    # What a worker finds, and why somebody has to go and look.
    "check": {"ok": N_("As it should be"), "wrong": N_("Not right"), "na": N_("Does not apply")},
    "task_reason": {
        "patrol": N_("patrol"),
        "recheck": N_("second look"),
        "campaign": N_("campaign"),
        "verify": N_("to be verified"),
    },
    "task_result": {
        "confirmed": N_("right as it is"),
        "corrected": N_("corrected"),
        "missing": N_("cannot be found"),
    },
    "flaw_state": {
        "found": N_("waits for a worker"),
        "given": N_("somebody looks"),
        "confirmed": N_("right as it is"),
        "corrected": N_("corrected"),
        "missing": N_("cannot be found"),
        "gone": N_("put right before anybody looked"),
    },
    "place_kind": {
        "shop": N_("small shop"),
        "workshop": N_("small workshop"),
        "entertainment": N_("small place of entertainment"),
    },
    "campaign_tasks": {
        "all": N_("all"),
        "done": N_("done"),
        "left": N_("left"),
        "late": N_("late"),
    },
    "campaign_hazards": {
        "all": N_("found"),
        "fixed": N_("put right on the spot"),
        "dispatched": N_("became a case"),
        "open": N_("to be put right"),
        "passed_on": N_("with a unit now"),
        "closed": N_("put right later"),
    },
    "hazard_level": {"general": N_("general hazard"), "major": N_("major hazard")},
    "hazard_state": {
        "fixed": N_("put right on the spot"),
        "open": N_("to be put right"),
        "passed_on": N_("became a case"),
        "closed": N_("put right"),
    },
    "presence": {
        "verified": N_("position proven"),
        "weak": N_("position vague"),
        "unverified": N_("position not proven"),
        "contradicted": N_("position elsewhere"),
    },
    "grade": {
        "green": N_("green (lenient)"),
        "yellow": N_("yellow (attention)"),
        "orange": N_("orange (strict)"),
        "red": N_("red (forbidden)"),
    },
    "form": {
        "L7160": N_("A4, 21 labels of 63.5 x 38.1 mm"),
        "L7162": N_("A4, 16 labels of 99.1 x 33.9 mm"),
        "L7163": N_("A4, 14 labels of 99.1 x 38.1 mm"),
        "L7651": N_("A4, 65 labels of 38.1 x 21.2 mm"),
        "A4": N_("A4, labels in their own size between cut marks"),
        "roll-62": N_("62 mm continuous roll, 300 dpi"),
        "100x60": N_("Thermal labels of 100 x 60 mm, 300 dpi"),
    },
    "print_file": {
        "sheet.pdf": N_("PDF to print"),
        "labels.zpl": N_("ZPL for thermal printers"),
        "svg.zip": N_("SVG for plate makers"),
        "png.zip": N_("PNG for plate makers"),
        "list.csv": N_("List of codes (CSV)"),
    },
    "tag_kind": {
        "extinguisher": N_("fire extinguisher"),
        "meter": N_("meter"),
    },
    # What is wrong with a scanned code: a title, and what to do.
    "tag_notice_title": {
        "mistyped": N_("This code has a typing error"),
        "foreign": N_("This code leads to somebody else's site"),
        "forged": N_("This is not a tag of this city"),
        "unknown": N_("No tag has this code"),
        "not_hung": N_("This tag has not been put up yet"),
        "replaced": N_("This tag has been replaced"),
        "lost": N_("This tag was reported lost"),
        "revoked": N_("This tag has been withdrawn"),
    },
    "tag_notice": {
        "mistyped": N_("Compare it with the tag, group by group, and type it again."),
        "foreign": N_("Do not pay there and enter nothing. Please report the sticker."),
        "forged": N_(
            "Somebody else made it. If it is stuck on something of the city's, do not pay, enter "
            "nothing on the page it led you to, and please report it."
        ),
        "unknown": N_("If it is stuck on something, please report it."),
        "not_hung": N_("It is genuine, but it belongs nowhere yet. If it hangs, please report it."),
        "replaced": N_("A newer tag hangs here; what you read below is still right."),
        "lost": N_("If you have found it or see it hanging somewhere, please report it."),
        "revoked": N_("It leads nowhere any more. If it still hangs, please report it."),
    },
    "tag_report": {
        "unknown": N_("The code is unknown or does not open"),
        "wrong-place": N_("It hangs at something else"),
        "pasted-over": N_("Another code is stuck over it"),
        "asks-for-money": N_("It asked for money or identity"),
        "damaged": N_("It is damaged or hard to read"),
        "other": N_("Something else is wrong"),
    },
    "tag_done": {
        "seen": N_("Thank you: its owner and the officers can see where it is."),
        "reported": N_("Thank you. Whoever looks after the tags here has been told."),
        "loss": N_("Noted. To hang another tag is now a task of nine working days."),
        "scan": N_("Noted: you read this tag here."),
        "claim": N_("The tag hangs here now. For ten minutes you can take that back."),
        "undone": N_("Taken back: the tag is a blank again."),
    },
    "facility_state": {
        "in_use": N_("in use"),
        "removed": N_("taken out of use"),
    },
    "report_done": {
        "filed": N_("Thank you. Your report has been received."),
        "rated": N_("Thank you for telling us."),
        "again": N_("It has been opened again."),
        "photo": N_("Your photo has arrived. Nobody sees it before somebody has looked at it."),
    },
    "notice": {
        "graded-red": N_("%(place)s is graded red: it may not be let or used."),
        "task-handed-over": N_("A colleague asks you to inspect %(place)s by %(due)s."),
        "tasks-handed-over": N_(
            "%(tasks)s inspections were handed to you, the first %(place)s by %(due)s."
        ),
        "records-to-verify": N_("%(tasks)s records are to be verified by %(due)s."),
        "far-scans": N_("%(account)s scanned %(building)s from too far away %(times)s times."),
        "tag-moved": N_("The tag of %(building)s seems to hang elsewhere now."),
        "tag-task": N_("A tag of %(building)s is to be replaced by %(due)s."),
        "tag-report": N_("Somebody reports the tag %(code)s at %(building)s: %(reason)s."),
        "visit-alarm": N_("A visit of %(account)s at %(building)s was closed for safety."),
        "remote-visit": N_("You may see %(building)s from afar for half an hour."),
        "break-glass": N_("%(account)s opened %(building)s in an emergency."),
        "refresh-reused": N_("Somebody used a copy of your sign-in; that session has ended."),
        "run-issued": N_("%(pieces)s tags of run %(run)s are yours to put up."),
        "rule-failed": N_("Rule %(rule)s of dispatch fails: %(reason)s."),
        "case-waits": N_("Cases wait at the desk for a person, first %(case)s, %(name)s."),
        "case-urged": N_("A supervisor presses for case %(case)s, %(name)s."),
        "case-share": N_("%(percent)s %% of the time for case %(case)s, %(name)s, is gone."),
        "case-overdue": N_("Case %(case)s, %(name)s, is late: %(percent)s %% of its time is gone."),
        "case-dispatch-share": N_(
            "Case %(case)s, %(name)s, waits for a unit: %(percent)s %% of the half hour is gone."
        ),
        "case-answer-late": N_(
            "Case %(case)s, %(name)s, has ended, and its reporters were not told in time."
        ),
        "unit-unreachable": N_(
            "%(unit)s cannot be reached: %(messages)s messages to it were given up."
        ),
        "bike-stolen": N_("Stolen: %(brand)s, %(colour)s, plate %(tag)s."),
        "bike-seen": N_("A stolen bike was scanned: %(brand)s, %(colour)s, plate %(tag)s."),
        "bike-found": N_("It is there again: %(brand)s, %(colour)s, plate %(tag)s."),
        "bike-review": N_("The registration of an e-bike, %(brand)s, waits for a person."),
        "bike-delay-asked": N_(
            "In case %(case_number)s an owner shall not read a look-up for %(days)s days: decide."
        ),
        "topic-found": N_("%(reporters)s people suddenly tell of the same: %(phrase)s."),
        "topic-given": N_("The topic %(phrase)s is yours until %(due_on)s."),
        "case-passed-on": N_("Case %(case)s, %(name)s, is yours now."),
        "case-disputed": N_("Case %(case)s, %(name)s, came back twice: say whose it is."),
        "case-joint": N_("Your unit is asked to assist with case %(case)s, %(name)s."),
        "case-to-confirm": N_("Look whether case %(case)s, %(name)s, is as reported."),
        "case-accepted": N_("Case %(case)s, %(name)s, is yours: nobody of your unit took it."),
        "case-unanswered": N_("The unit of case %(case)s, %(name)s, has not answered."),
        "review-late": N_("An emergency opening of %(building)s waits for its review."),
    },
}

# What marshmallow says about a field, where it needs no number filled in.
FIELD_MESSAGES = (
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Not a valid string."),
    N_("Unknown field."),
)
