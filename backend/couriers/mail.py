"""Mail to units: all that waits for one of them in one letter, whose Message-ID is its key."""

import contextlib
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from backend.couriers.letters import Bulletin, Unwelcome

PATIENCE_S = 15.0


class Mail(NamedTuple):
    """`server` is SMTP_URL."""

    server: str
    sender: str
    to: str

    @property
    def at_once(self) -> int:
        return 50

    def carry(self, letters: Sequence[Bulletin], *, inside: bool = False) -> None:
        """Raises OSError (as smtplib's errors are), or Unwelcome if the receiver is refused."""
        try:
            line = _line(self.server)
            try:
                line.send_message(_message(self, letters))
                with contextlib.suppress(smtplib.SMTPException):
                    line.quit()  # It has the letter already, however it says goodbye.
            finally:
                line.close()
        except smtplib.SMTPRecipientsRefused as refused:
            raise Unwelcome("the mail server refuses the receiver") from refused
        except smtplib.SMTPException as fault:
            raise OSError(type(fault).__name__) from fault


def _line(server: str) -> smtplib.SMTP:
    """A connection that a password goes over only if it is encrypted."""
    split = urlsplit(server)
    host, context = str(split.hostname), ssl.create_default_context()
    if split.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            host, split.port or 465, timeout=PATIENCE_S, context=context
        )
    else:
        line = smtplib.SMTP(host, split.port or 587, timeout=PATIENCE_S)
        line.ehlo()
        if line.has_extn("starttls"):
            line.starttls(context=context)
        elif split.password:
            line.close()
            raise OSError("no TLS")
    if split.username and split.password:
        line.login(unquote(split.username), unquote(split.password))
    return line


def _message(mail: Mail, letters: Sequence[Bulletin]) -> EmailMessage:
    host = mail.sender.partition("@")[2].rstrip(">")
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, mail.to
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{letters[0].key.replace(':', '.')}.{len(letters)}@{host}>"
    first = letters[0].text.partition(letters[0].link)[0].strip()
    message["Subject"] = (
        first[:120] if len(letters) == 1 else f"{first[:100]} (+{len(letters) - 1})"
    )
    message.set_content("\n\n".join(letter.text for letter in letters) + "\n")
    return message
