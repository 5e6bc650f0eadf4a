"""Topics: bursts of reports in the same words, as a ledger with owners and days."""

from typing import Any

from flask.views import MethodView

from backend.services import topics
from mobile_api import cursors
from mobile_api.auth import current_actor
from mobile_api.blueprint import Blueprint, etag
from mobile_api.schemas import topics as wire
from mobile_api.schemas.fields import page_of
from mobile_api.versions import IF_MATCH, version

blp = Blueprint("topics", __name__, description="What many suddenly tell of in one place")


@blp.route("/topics")
class Topics(MethodView):
    @blp.arguments(wire.TopicsQuery, location="query")
    @blp.operation("listTopics", page_of(wire.TopicLine, "TopicPage"))
    def get(self, query: dict[str, Any]) -> Any:
        """Topics of your areas, the latest first; those still open unless you name a state"""
        before = cursors.number(query["cursor"])
        return topics.listed(
            state=query["state"], before=before, most=query["limit"], by=current_actor()
        )


@blp.route("/topics/<int:topic_id>")
class TopicById(MethodView):
    @blp.operation("showTopic", wire.Topic)
    def get(self, topic_id: int) -> Any:
        """A topic with its cases, and how many told of it each day"""
        found = topics.show(topic_id, by=current_actor())
        return found, etag(found["version"])


@blp.route("/topics/<int:topic_id>/assignment")
class TopicAssignment(MethodView):
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.Assignment)
    @blp.operation("assignTopic", wire.TopicKept)
    def put(self, form: dict[str, Any], topic_id: int) -> Any:
        """Give a topic to a unit, or to a person, until a day"""
        kept = topics.assign(topic_id, version(), **form, by=current_actor())
        return kept, etag(kept["version"])


@blp.route("/topics/<int:topic_id>/settlement")
class TopicSettlement(MethodView):
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.TopicNote)
    @blp.operation("settleTopic", wire.TopicKept)
    def put(self, form: dict[str, Any], topic_id: int) -> Any:
        """Close a topic: it is dealt with, and how"""
        kept = topics.settle(topic_id, version(), form["note"], by=current_actor())
        return kept, etag(kept["version"])


@blp.route("/topics/<int:topic_id>/dismissal")
class TopicDismissal(MethodView):
    @blp.doc(parameters=[IF_MATCH])
    @blp.arguments(wire.TopicNote)
    @blp.operation("dismissTopic", wire.TopicKept)
    def put(self, form: dict[str, Any], topic_id: int) -> Any:
        """Close what is no topic, and say why; the same words do not raise it again"""
        kept = topics.dismiss(topic_id, version(), form["note"], by=current_actor())
        return kept, etag(kept["version"])
