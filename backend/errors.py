"""Everything the house can refuse, in its own words and without HTTP.

A refusal carries a stable `code` for programs, a sentence for the person, and the facts
behind it. The sentence is a %-template over the facts, so a page can show it in another
language; tests compare codes, never sentences.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar


class Refused(Exception):
    """The common parent: something was asked for that may not or cannot be done."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "This cannot be done."

    def __init__(self, **facts: object) -> None:
        super().__init__()
        self.facts = facts
        # A refusal undoes its verb; what must happen all the same is done after that.
        self.aftermath: Callable[[], None] | None = None
        self.asked: tuple[object, str] | None = None  # The actor and the verb refused to them.
        self.is_settled = False

    def __str__(self) -> str:
        return self.sentence % self.facts if self.facts else self.sentence


# --- Who is asking -----------------------------------------------------------------------


class NotSignedIn(Refused):
    code = "not-signed-in"
    sentence = "Sign in first."


class WrongPassword(Refused):
    code = "wrong-password"
    sentence = "The account or the password is wrong."


class TokenInvalid(Refused):
    code = "token-invalid"
    sentence = "This token was not issued here or has been changed."


class TokenExpired(Refused):
    code = "token-expired"
    sentence = "This token has expired. Renew it or sign in again."


class SessionEnded(Refused):
    code = "session-ended"
    sentence = "This session has ended. Sign in again."


class RefreshReused(Refused):
    code = "refresh-reused"
    sentence = "This refresh token was used before. Every session of its family has ended."


class TooManyAttempts(Refused):
    code = "too-many-attempts"
    sentence = "Too many attempts. Try again in %(retry_after_s)d seconds."


class DeviceUnknown(Refused):
    code = "device-unknown"
    sentence = "This device is not enrolled for you. Enrol it first."


class DeviceRevoked(Refused):
    code = "device-revoked"
    sentence = "This device has been revoked."


class DeviceClockWrong(Refused):
    code = "device-clock-wrong"
    sentence = "The clock of this device is %(skew_s)d seconds off. Set it and enrol again."


class SignatureWrong(Refused):
    code = "signature-wrong"
    sentence = "The signature does not fit this device."


class ClientUnknown(Refused):
    code = "client-unknown"
    sentence = "This needs a valid api_key. Ask the city for one."


class ClientTooFast(Refused):
    code = "client-too-fast"
    sentence = "This key has sent too much. Try again in %(retry_after_s)d seconds."


# --- What one may do ---------------------------------------------------------------------


class NotAllowed(Refused):
    code = "not-allowed"
    sentence = "Your role does not include this (%(verb)s)."


class NotYourArea(Refused):
    code = "not-your-area"
    sentence = "This place lies outside the areas and duties given to you."


class NotFound(Refused):
    code = "not-found"
    sentence = "There is no such %(noun)s."


class SecondPersonNeeded(Refused):
    code = "second-person-needed"
    sentence = "You cannot do this for yourself; another person must."


class NotYourUnit(Refused):
    code = "not-your-unit"
    sentence = "This case is with another unit than yours."


class NotYourCase(Refused):
    code = "not-your-case"
    sentence = "Whoever has this case does this, or the head of the unit."


class DeskDecides(Refused):
    code = "desk-decides"
    sentence = "It came back twice: the desk above decides whose it is. Handle it first, then talk."


class TooLateToReturn(Refused):
    code = "too-late-to-return"
    sentence = "The time to send it back is over; ask for more time, or have it sent on."


class InParts(Refused):
    code = "in-parts"
    sentence = "This case was split; its parts are handled, each as a case of its own."


# --- Where one stands --------------------------------------------------------------------


class NonceUnknown(Refused):
    code = "nonce-unknown"
    sentence = "This challenge was not issued to you. Ask for a new one."


class NonceUsed(Refused):
    code = "nonce-used"
    sentence = "This challenge was used before. Ask for a new one."


class NonceExpired(Refused):
    code = "nonce-expired"
    sentence = "This challenge is too old. Ask for a new one and scan again."


class TagUnknown(Refused):
    code = "tag-unknown"
    sentence = "This code is not one of ours, or belongs to no building."


class TagRevoked(Refused):
    code = "tag-revoked"
    sentence = "This code has been withdrawn. Report it so that it is replaced."


class TagReplaced(Refused):
    code = "tag-replaced"
    sentence = "This tag was replaced. Scan the new one beside it."


class TagNotHung(Refused):
    code = "tag-not-hung"
    sentence = "This tag has not been put up yet."


class TagOfFacility(Refused):
    code = "tag-of-facility"
    sentence = "This code hangs at a facility, not at a building."


class TagBound(Refused):
    code = "tag-bound"
    sentence = "This tag hangs at something already."


class TagNotIssued(Refused):
    code = "tag-not-issued"
    sentence = "This tag has not been handed out to your team."


class TooLateToUndo(Refused):
    code = "too-late-to-undo"
    sentence = "A claim can be taken back for %(minutes)d minutes. Ask a building manager."


class TooFarFromThing(Refused):
    code = "too-far-from-thing"
    sentence = (
        "You are %(metres)d m away (accuracy %(accuracy)d m, limit %(limit)d m). "
        "Go there, wait 10 seconds and try again."
    )


class NoTagInPhoto(Refused):
    code = "no-tag-in-photo"
    sentence = "No code can be read in this photo. Go nearer, avoid glare, or type the code."


class PhotoUnreadable(Refused):
    code = "photo-unreadable"
    sentence = "This is not a photo that can be opened. Send JPEG, PNG, WebP or HEIC."


class PhotoGone(Refused):
    code = "photo-gone"
    sentence = "The file of this photo is no longer kept."


class TooManyPhotos(Refused):
    code = "too-many-photos"
    sentence = "Too many photos. Try again in %(retry_after_s)d seconds."


class TooManyScans(Refused):
    code = "too-many-scans"
    sentence = "Too many scans. Try again in %(retry_after_s)d seconds."


class WorkNeeded(Refused):
    """`challenge` is what the phone has to solve; the report is sent again with its solution."""

    code = "work-needed"
    sentence = "Many reports come in here. Your phone has to work a moment before it can send one."


class TooManyReports(Refused):
    code = "too-many-reports"
    sentence = "Too many reports come from here. Try again in %(retry_after_s)d seconds."


class TagElsewhere(Refused):
    code = "tag-elsewhere"
    sentence = "This code belongs to another building."


class DatumMissing(Refused):
    code = "datum-missing"
    sentence = "The position does not say its datum. Send crs: wgs84, gcj02 or bd09."


class DatumUnknown(Refused):
    code = "datum-unknown"
    sentence = "The datum %(crs)s is not known. Send wgs84, gcj02, bd09 or cgcs2000."


class DatumSuspect(Refused):
    code = "datum-suspect"
    sentence = (
        "You are %(metres)d m away if this position is %(crs)s, but at the building if it is "
        "%(likely)s. Check the datum your phone sends."
    )


class OutsideChina(Refused):
    code = "outside-china"
    sentence = "This datum is defined only inside China."


class FixTooOld(Refused):
    code = "fix-too-old"
    sentence = (
        "The position is %(age_s)d s old; at most %(limit_s)d s are accepted. Wait for a new one."
    )


class FixTooVague(Refused):
    code = "fix-too-vague"
    sentence = (
        "The position is only good to %(accuracy)d m; %(limit)d m are needed. "
        "Step to a window or the door, wait 10 seconds and scan again."
    )


class FixImplausible(Refused):
    code = "fix-implausible"
    sentence = "This position cannot be right. Wait for a new one and scan again."


class TooFar(Refused):
    code = "too-far"
    sentence = (
        "You are %(metres)d m from this building (accuracy %(accuracy)d m, limit %(limit)d m). "
        "Go to the door, wait 10 seconds and scan again."
    )


class ScanNeeded(Refused):
    code = "scan-needed"
    sentence = (
        "Your position alone does not tell this building from its neighbours. "
        "Scan the code on its wall."
    )


class ImpossibleJourney(Refused):
    code = "impossible-journey"
    sentence = (
        "Your last position is too far away for the time since (%(speed_kmh)d km/h). "
        "Wait for a new position and scan again."
    )


class BeatOutOfOrder(Refused):
    code = "beat-out-of-order"
    sentence = "This beat was sent before (expected more than %(last_seq)d)."


class VisitClosed(Refused):
    code = "visit-closed"
    sentence = "This visit has ended (%(reason)s). Scan the code again."


class LeaseInvalid(Refused):
    code = "lease-invalid"
    sentence = "This lease was not issued for you, this device and this building."


class TooManyBuildings(Refused):
    code = "too-many-buildings"
    sentence = (
        "You have opened %(opened)d buildings in the last hour. "
        "Wait %(retry_after_s)d seconds or ask your supervisor."
    )


class TooManyLookUps(Refused):
    code = "too-many-look-ups"
    sentence = "Too many look-ups. Try again in %(retry_after_s)d seconds."


class VisitNeeded(Refused):
    code = "visit-needed"
    sentence = "Scan the building's code first: this needs a live visit."


# --- What was sent -----------------------------------------------------------------------


class Invalid(Refused):
    """Well-formed input that breaks a rule of the domain; `errors` maps a field to sentences."""

    code = "invalid"
    sentence = "Some values are not acceptable."


class BadIdNumber(Invalid):
    code = "bad-id-number"
    sentence = "This is not a valid ID number."


class BadCreditCode(Invalid):
    code = "bad-credit-code"
    sentence = "This is not a valid unified social credit code."


class BadPhone(Invalid):
    code = "bad-phone"
    sentence = "This is not a phone number."


class BadFrame(Invalid):
    code = "bad-frame"
    sentence = "This is not a frame number: 6 to 20 letters and digits, as on the frame."


class CodeWrong(Invalid):
    """`left`: how often another one may be tried."""

    code = "code-wrong"
    sentence = "This is not the code that was sent, or it is too old."


class PhoneNotProved(Refused):
    code = "phone-not-proved"
    sentence = "Prove this phone first: ask for a code, and type it."


class TooManyCodes(Refused):
    code = "too-many-codes"
    sentence = "Too many codes were asked for. Wait a while."


class NotOnDuty(Refused):
    code = "not-on-duty"
    sentence = "Begin your shift first: whose a bike is, is told on duty alone."


class BadBuildingCode(Invalid):
    code = "bad-building-code"
    sentence = "A building code has 19 characters."


class BadHouseCode(Invalid):
    code = "bad-house-code"
    sentence = "A house code has 25 characters."


class VersionMissing(Refused):
    code = "version-missing"
    sentence = "Say which version you are changing (If-Match)."


class VersionStale(Refused):
    code = "version-stale"
    sentence = "Somebody changed this since you read it. Read it again."


class Conflict(Refused):
    code = "conflict"
    sentence = "This contradicts what is already recorded."


class CaseMoved(Conflict):
    """Somebody else's move came first: a conflict (409), whether a header or a form said which
    version was read."""

    code = "case-moved"
    sentence = "Somebody was quicker: the case has moved on. Look at it again."


class WrongState(Refused):
    code = "wrong-state"
    sentence = "This cannot be done to a case that is %(state)s (%(action)s)."


class TopicEnded(Refused):
    code = "topic-ended"
    sentence = "This topic is %(state)s already."


class Unreachable(Refused):
    code = "unit-unreachable"
    sentence = "This unit's address did not take the message."


class KeyReused(Refused):
    code = "idempotency-key-reused"
    sentence = "This Idempotency-Key was used for a different request."


class KeyBusy(Refused):
    code = "idempotency-key-busy"
    sentence = "The first request with this Idempotency-Key is still running."


class FormUnknown(Refused):
    code = "form-unknown"
    sentence = "There is no version %(version)d of this form."


class FormOutdated(Refused):
    code = "form-outdated"
    sentence = (
        "This version of the form was replaced more than %(days)d days ago. Begin the inspection "
        "again; what you had written stays on your phone."
    )


class InspectionReused(Refused):
    code = "inspection-reused"
    sentence = "An inspection with this number was sent before, with other answers."


class ImportFailed(Refused):
    """An import found bad rows; `errors` lists {row, column, message}; nothing was loaded."""

    code = "import-failed"
    sentence = "%(count)d errors; nothing was imported."


class ListWrong(Invalid):
    """A list of things to label has bad rows. `findings` are for a page; nothing was ordered."""

    findings: Sequence[object] = ()
    code = "list-wrong"
    sentence = "%(count)d errors in the list; nothing was ordered."


class SubjectsWrong(Invalid):
    """A list of things to look at has bad rows. `findings` are for a page; nothing was opened."""

    findings: Sequence[object] = ()
    code = "subjects-wrong"
    sentence = "%(count)d errors in the list; no campaign was opened."


class RunTooLarge(Invalid):
    code = "run-too-large"
    sentence = (
        "These are %(count)d pieces; a run ordered here has at most %(most)d. "
        "Order it in parts, or on the command line."
    )


class RunNotReady(Conflict):
    code = "run-not-ready"
    sentence = "This cannot be done with a run in its present state (%(state)s)."


class LabelsWrong(Conflict):
    """Labels that cannot be drawn, or do not read back; `errors` lists them by piece."""

    code = "labels-wrong"
    sentence = "%(count)d labels are not right. Nothing is released or printed."


# --- What the house itself cannot do right now -------------------------------------------


class StorageFull(Refused):
    code = "storage-full"
    sentence = "The storage is full. Nothing was saved; what was saved before is safe."


class Unavailable(Refused):
    code = "unavailable"
    sentence = "The database does not answer. Try again in a moment."


def all_codes() -> dict[str, type[Refused]]:
    """Every code and its class, for the documentation and the house tests."""
    found: dict[str, type[Refused]] = {}
    waiting: list[type[Refused]] = [Refused]
    while waiting:
        kind = waiting.pop()
        found[kind.code] = kind
        waiting.extend(kind.__subclasses__())
    return found
