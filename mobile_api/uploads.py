"""A file in a form: how a phone sends a photo, and a browser an inventory."""

import hashlib
from typing import Any

from flask import abort, request
from werkzeug.datastructures import FileStorage

from backend.errors import Invalid
from backend.services import photos

FORM = "multipart/form-data"
AROUND = 64 * 1024  # Bytes that a form may add to its file.
MOST_PHOTO = photos.MOST_BYTES + AROUND
MOST_INVENTORY = 32 * 1024 * 1024 + AROUND
MOST = max(MOST_PHOTO, MOST_INVENTORY)


def body(name: str) -> dict[str, Any]:
    """How the document describes a form with the file `name` and nothing else."""
    return {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {name: {"type": "string", "format": "binary"}},
                    "required": [name],
                    "additionalProperties": False,
                }
            }
        },
    }


def allow(most: int) -> None:
    """Let the form of this request have so many bytes. Refuses a longer one before it is read."""
    is_form = request.mimetype == FORM
    if is_form:
        request.max_content_length = most
    if (request.content_length or 0) > (request.max_content_length or 0):
        abort(413)
    if not is_form:
        abort(415)


def one_file(name: str) -> FileStorage:
    """The one file of the form, called `name`."""
    files = request.files.getlist(name)
    if len(files) != 1 or len(request.files) != 1 or request.form:
        raise Invalid(errors={name: ["Send one file."]})
    return files[0]


def digest() -> bytes:
    """What the form says, however its parts are fenced: each sending draws another boundary."""
    said = hashlib.sha256()
    for name, value in request.form.items(multi=True):
        said.update(repr((name, value)).encode())
    for name, file in request.files.items(multi=True):
        file.stream.seek(0)  # Somebody may have read it.
        content = hashlib.sha256(file.read()).digest()
        file.stream.seek(0)
        said.update(repr((name, content)).encode())
    return said.digest()
