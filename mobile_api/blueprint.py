"""One way to write a resource: an operation names itself, its answer and who may call it."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

import flask_smorest
import marshmallow
import orjson
from flask import Response, g

from backend.errors import Refused
from mobile_api import auth, problems, uploads
from mobile_api.once import once
from mobile_api.strict import StrictParser

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's, with strict reading and answers made by orjson."""

    ARGUMENTS_PARSER = StrictParser()

    def doc(
        self, *, parameters: Sequence[dict[str, Any]] = (), **kwargs: Any
    ) -> Callable[[Handler], Handler]:
        """flask-smorest's; but `parameters` stand beside those of a schema, not in their place."""

        def note(handler: Handler) -> Handler:
            noted: Any = flask_smorest.Blueprint.doc(**kwargs)(handler)
            arguments = noted._apidoc.setdefault("arguments", {})
            arguments.setdefault("parameters", []).extend(dict(each) for each in parameters)
            return noted

        return note

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[[Handler], Handler]:
        """flask-smorest's; but a schema is made once, not for every request."""
        made = schema() if isinstance(schema, type) else schema
        wrap: Callable[[Handler], Handler] = super().arguments(made, **kwargs)
        return wrap

    def operation(
        self,
        name: str,
        answer: type[marshmallow.Schema] | None = None,
        *,
        status: int = 200,
        public: bool = False,
        ready: bool = False,
        media: str | None = None,
        most_body: int | None = None,
        again: Callable[..., dict[str, Any]] | None = None,
        least_key: int = 1,
        first: Callable[[], Any] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Make a handler the operation `name` (its operationId).

        The handler returns what `answer` dumps, or that and a dict of headers. `ready` says
        that it is already in the shape of the wire and need not pass through marshmallow:
        tests hold such answers against their schema. With `media` it returns the bytes of a file
        of that type. With `most_body` it takes a form with a file, and that many bytes.
        A POST that answers 201 honours an
        Idempotency-Key; `again(kept, **path)` makes of the body that was kept what may be said
        of it when it is asked for again. `least_key` is how long a stranger's key must be.
        `first` is what takes long and must not be done inside the transaction of a key; the
        handler finds its result in `g.first`.
        """
        dump = None if answer is None else answer().dump

        def make(handler: Handler) -> Handler:
            @wraps(handler)
            def call(*args: Any, **kwargs: Any) -> Response:
                if not public:
                    auth.current_actor()
                if most_body is not None:
                    uploads.allow(most_body)
                if first is not None:
                    g.first = first()
                if status != 201:
                    return respond(handler(*args, **kwargs))
                by = (
                    auth.actor_if_said()
                    if least_key > 1
                    else None
                    if public
                    else auth.current_actor()
                )
                return once(
                    name,
                    str(by.account_id) if by else "nobody",
                    lambda: respond(handler(*args, **kwargs)),
                    None if again is None else partial(again, **kwargs),
                    least=1 if by else least_key,
                )

            def respond(result: Any) -> Response:
                data, headers = result if isinstance(result, tuple) else (result, {})
                if media is not None:
                    return Response(data, status, headers, mimetype=media)
                if dump is None:
                    return Response(status=status, headers=headers)
                plain = data if ready else dump(data)
                body = orjson.dumps(plain)
                return Response(body, status, headers, mimetype="application/json")

            return self.doc(
                operationId=name,
                security=[] if public else [{"bearer": []}, {"page": []}],
                **({"parameters": [IDEMPOTENCY_KEY]} if status == 201 else {}),
            )(_described(call, answer, status, ready, media))

        return make


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": "The same key and request again gets the first answer again, for 30 days.",
}


def _described(
    call: Any,
    answer: type[marshmallow.Schema] | None,
    status: int,
    ready: bool,
    media: str | None,
) -> Any:
    """What flask-smorest's `response` would note for the document, without its dumping."""
    note: dict[str, Any] = {"description": "Done", "content_type": media}
    if answer is not None:
        note["schema"] = answer()
    elif media is not None:
        note["schema"] = {"type": "string", "format": "binary"}
    apidoc = dict(getattr(call, "_apidoc", {}))
    apidoc["response"] = {"responses": {status: [note]}}
    apidoc["ready"] = ready
    apidoc["success_status_codes"] = [status]
    call._apidoc = apidoc
    return call


def etag(version: object) -> dict[str, str]:
    """The header that carries a record's version."""
    return {"ETag": f'"{version}"'}


def answer_refusal(refusal: Refused) -> Response:
    """For `app.register_error_handler`."""
    g.refused = refusal.code
    return problems.from_refusal(refusal)
