"""E-bikes: an owner keeps one by a link of their own; officers look after the rest."""

from typing import Any

from flask.views import MethodView

from backend.house import house
from backend.services import bikes, phones
from backend.services.accounts import me
from mobile_api import words
from mobile_api.auth import actor_if_said, current_actor, source
from mobile_api.blueprint import Blueprint
from mobile_api.schemas import bikes as wire

blp = Blueprint("bikes", __name__, description="E-bikes and their electronic IDs")

LEAST_KEY = 20
"""Characters of a stranger's Idempotency-Key: nobody guesses another's."""


@blp.route("/phone-codes", methods=["POST"])
@blp.arguments(wire.AskCode)
@blp.operation("sendPhoneCode", wire.CodeSent, public=True)
def send_code(form: dict[str, Any]) -> Any:
    """Send a code of six digits to a phone, to prove whose it is"""
    phones.ask(form["phone"], form["language"] or words.language(), source=source())
    return {"lives_s": int(phones.CODE_LIVES.total_seconds())}


@blp.route("/phone-proofs", methods=["POST"])
@blp.arguments(wire.TypedCode)
@blp.operation("provePhone", wire.PhoneProof, public=True)
def prove(form: dict[str, Any]) -> Any:
    """Type the code that was sent; the proof is good for half an hour"""
    proof = phones.prove(form["phone"], form["code"])
    return {"proof": proof, "lives_s": phones.PROOF_LIVES_S}


@blp.route("/bikes", methods=["POST"])
@blp.arguments(wire.RegisterBike)
@blp.operation(
    "registerBike", wire.RegisteredBike, status=201, public=True, ready=True, least_key=LEAST_KEY
)
def register(form: dict[str, Any]) -> Any:
    """Register an e-bike; decided at once, and why. A clerk's needs no proof of the phone"""
    form["language"] = form["language"] or words.language()
    by = actor_if_said()
    is_clerk = by is not None and "bike.register" in me.show(by=by)["verbs"]
    made = bikes.write_down(form, by=by) if by and is_clerk else bikes.register(form)
    return {**made, "link": link_of(made["token"])}


@blp.route("/bike-links", methods=["POST"])
@blp.arguments(wire.ProvedPhone)
@blp.operation("listMyBikes", wire.MyBikes, public=True)
def mine(form: dict[str, Any]) -> Any:
    """The bikes under a phone that was proved, each with the token of its link"""
    return {"items": bikes.mine(form["phone"], form["proof"] or "")}


@blp.route("/owned-bikes/<token>")
class OwnedBikeByToken(MethodView):
    @blp.operation("showMyBike", wire.OwnedBike, public=True)
    def get(self, token: str) -> Any:
        """A bike, for its owner: its ID, what happened, who looked, where it was seen"""
        return bikes.show(token)

    @blp.operation("withdrawMyBike", status=204, public=True)
    def delete(self, token: str) -> Any:
        """Delete who I am; what the law makes us keep stays without a name"""
        bikes.withdraw(token)


@blp.route("/owned-bikes/<token>/acts", methods=["POST"])
@blp.arguments(wire.BikeAct)
@blp.operation("actOnMyBike", wire.OwnedBike, public=True)
def act(form: dict[str, Any], token: str) -> Any:
    """Stolen, found again, scrapped, another plate, a correction, a person to look at it"""
    return ACTS[form["action"]](token, form)


ACTS = {
    "cry-theft": bikes.cry_theft,
    "find": lambda token, form: bikes.find(token),
    "scrap": lambda token, form: bikes.scrap(token),
    "retag": lambda token, form: bikes.retag(token),
    "correct": bikes.correct,
    "ask-review": lambda token, form: bikes.ask_review(token, form["words"]),
}


@blp.route("/owned-bikes/<token>/offer")
class OfferOfMyBike(MethodView):
    @blp.arguments(wire.OfferTo)
    @blp.operation("offerMyBike", wire.BikeOffer, public=True)
    def post(self, form: dict[str, Any], token: str) -> Any:
        """Offer it to whoever holds this phone; give them the link"""
        made = bikes.offer(token, form["phone"])
        return {**made, "link": offer_link_of(made["token"])}

    @blp.operation("takeBackMyBike", status=204, public=True)
    def delete(self, token: str) -> Any:
        """It stays with me"""
        bikes.take_back(token)


@blp.route("/bike-offers/<token>")
class OfferByToken(MethodView):
    @blp.operation("showBikeOffer", wire.OfferedBike, public=True)
    def get(self, token: str) -> Any:
        """What is offered, for whoever has the link"""
        return bikes.offered(token)

    @blp.arguments(wire.PersonForm)
    @blp.operation("acceptBikeOffer", wire.TakenBike, public=True)
    def post(self, form: dict[str, Any], token: str) -> Any:
        """Take it, with the phone it was offered to"""
        form["language"] = form["language"] or words.language()
        made = bikes.accept(token, form)
        return {**made, "link": link_of(made["token"])}

    @blp.operation("refuseBikeOffer", status=204, public=True)
    def delete(self, token: str) -> Any:
        """I do not want it"""
        bikes.refuse(token)


@blp.route("/bike-reviews")
class BikeReviews(MethodView):
    @blp.arguments(wire.ReviewQuery, location="query")
    @blp.operation("listBikeReviews", wire.BikesToReview)
    def get(self, query: dict[str, Any]) -> Any:
        """Registrations that a machine did not decide, the oldest first"""
        return {"items": bikes.reviews(most=query["limit"], by=current_actor())}


@blp.route("/bikes/<number>/decision", methods=["POST"])
@blp.arguments(wire.DecideBike)
@blp.operation("decideBike", wire.BikeState)
def decide(form: dict[str, Any], number: str) -> Any:
    """Register it, or turn it away and say why"""
    return bikes.decide(
        bikes.number_in(number), form["outcome"], form["reason"], by=current_actor()
    )


@blp.route("/bike-recoveries", methods=["POST"])
@blp.arguments(wire.RecoverBike)
@blp.operation("recoverBike", wire.BikeState)
def recover(form: dict[str, Any]) -> Any:
    """A stolen bike was found and is given back to its owner"""
    return bikes.recover(form["code"], form["case_number"], by=current_actor())


def link_of(token: str) -> str:
    """Where an owner keeps a bike."""
    return f"{house().settings.public_url}/bikes/{token}"


def offer_link_of(token: str) -> str:
    """Where a bike is taken that was offered."""
    return f"{house().settings.public_url}/bike-offers/{token}"
