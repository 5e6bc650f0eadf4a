"""What the server itself refuses, before the app sees it, said as everything else is."""

import orjson
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from mobile_api import headers, problems


class Refusal(ErrorTask):
    """Waitress' answer to a request that is too large or is none; the connection ends with it."""

    def execute(self) -> None:
        error = self.request.error
        code = problems.CODES.get(error.code, f"http-{error.code}")
        body = orjson.dumps(
            {
                "type": f"/problems/{code}",
                "title": code.replace("-", " "),
                "status": error.code,
                "code": code,
                "detail": problems.SENTENCES.get(error.code, error.reason),
                "request_id": None,
            }
        )
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", problems.MEDIA_TYPE),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", headers.CSP),
            *headers.ALWAYS,
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection that refuses in our words."""

    error_task_class = Refusal
