"""Tags: scanned, claimed, replaced, reported; public where a citizen's phone asks."""

from typing import Any

from flask.views import MethodView

from backend.services import tags
from mobile_api import faces, uploads
from mobile_api.auth import actor_or_none, current_actor, source
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import tags as wire
from mobile_api.schemas.fields import page_of

blp = Blueprint("tags", __name__, description="Tags: scans, claims, losses, reports")


@blp.route("/scans", methods=["POST"])
@blp.arguments(wire.Scan)
@blp.operation("scanTag", wire.Face, public=True)
def scan(form: dict[str, Any]) -> Any:
    """What a code is and what one may do next; signed in, one may do more"""
    face = tags.scan(form["code"], form["fix"], by=actor_or_none(), source=source())
    return faces.whole(face)


@blp.route("/scans/image", methods=["POST"])
@blp.doc(requestBody=uploads.body("photo"))
@blp.operation("scanPhoto", wire.Face, public=True, most_body=uploads.MOST_PHOTO)
def scan_photo() -> Any:
    """The same for a photo (JPEG, PNG or WebP), read here for phones whose browser cannot"""
    photo = uploads.one_file("photo").read()
    return faces.whole(tags.scan_photo(photo, by=actor_or_none(), source=source()))


@blp.route("/buildings/<code>/tags")
class BuildingTags(MethodView):
    @blp.operation("listTags", wire.Tags)
    def get(self, code: str) -> Any:
        """The tags of a building, withdrawn ones too"""
        return {"items": tags.tags_of(code, by=current_actor())}


@blp.route("/tags/<tag>/retirement", methods=["POST"])
@blp.arguments(wire.RevokeTag)
@blp.operation("revokeTag", wire.RevokedTag)
def revoke_tag(form: dict[str, Any], tag: str) -> Any:
    """Withdraw a tag that is lost, torn, replaced, moved or misused"""
    return tags.revoke(tag, form["reason"], by=current_actor())


@blp.route("/tags/<tag>/claim")
class TagClaim(MethodView):
    @blp.arguments(wire.Claim)
    @blp.operation("claimTag", wire.HungTag, status=201)
    def post(self, form: dict[str, Any], tag: str) -> Any:
        """Say, on site, at what a blank now hangs"""
        return tags.claim(tag, form, by=current_actor())

    @blp.operation("undoClaim", wire.HungTag)
    def delete(self, tag: str) -> Any:
        """Take one's own claim back, within ten minutes"""
        return tags.undo(tag, by=current_actor())


@blp.route("/tags/<tag>/replacement", methods=["POST"])
@blp.arguments(wire.Replacement)
@blp.operation("replaceTag", wire.HungTag, status=201)
def replace_tag(form: dict[str, Any], tag: str) -> Any:
    """Hang another tag in place of this one; the old one still leads there, and says so"""
    return tags.replace(tag, form, by=current_actor())


@blp.route("/tags/<tag>/loss", methods=["POST"])
@blp.arguments(wire.Loss)
@blp.operation("reportLoss", wire.TagTask, status=201)
def report_loss(form: dict[str, Any], tag: str) -> Any:
    """Say that a tag is lost or damaged; to replace it is a task of nine working days"""
    return tags.report_loss(tag, form["reason"], by=current_actor())


@blp.route("/tag-losses", methods=["POST"])
@blp.arguments(wire.Missing)
@blp.operation("reportMissing", wire.TagTask, status=201)
def report_missing(form: dict[str, Any]) -> Any:
    """The same without a code, for a bare wall: what hung there and of which kind"""
    return tags.report_missing(form, by=current_actor())


@blp.route("/facilities/<number>/tags")
class FacilityTags(MethodView):
    @blp.operation("listFacilityTags", wire.Tags)
    def get(self, number: str) -> Any:
        """The tags of a facility, withdrawn ones too"""
        return {"items": tags.tags_of_facility(number, by=current_actor())}


@blp.route("/tag-tasks")
class TagTasks(MethodView):
    @blp.arguments(wire.TagTaskQuery, location="query")
    @blp.operation("listTagTasks", page_of(wire.TagTask, "TagTaskPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """The tags of my areas that wait to be replaced, the most urgent first"""
        return tags.tasks(query["cursor"], query["limit"], done=query["done"], by=current_actor())


@blp.route("/tag-reports", methods=["POST"])
@blp.arguments(wire.TagReport)
@blp.operation("reportTag", wire.TakenReport, status=201, public=True)
def report_tag(form: dict[str, Any]) -> Any:
    """Anybody: this tag is wrong, unknown, pasted over or damaged"""
    return tags.report(form, by=actor_or_none(), source=source())
