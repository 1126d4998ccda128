"""The ways out: console, file, HTTP gateway, SMTP. This file alone opens connections."""

from __future__ import annotations

import json
import smtplib
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pb.config import Settings

TIMEOUT = 10  # seconds


class DeliveryError(Exception):
    """A message did not go out. ``reason`` is short and names neither the address nor the text."""

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good  # trying again would not help


class Backend(Protocol):
    """One way out."""

    def send(self, address: str, subject: str, body: str) -> None:
        """Hand the message over. Raises DeliveryError."""


class Console:
    """Prints to the terminal: for development and demonstrations. `check` refuses it in production."""

    def send(self, address: str, subject: str, body: str) -> None:
        print(
            f"--- to {address}\n{subject + chr(10) if subject else ''}{body}\n---",
            file=sys.stderr,
            flush=True,
        )


class File:
    """Appends one JSON line for each message to a file."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def send(self, address: str, subject: str, body: str) -> None:
        line = json.dumps({"to": address, "subject": subject, "body": body}, ensure_ascii=False)
        try:
            with self.path.open("a", encoding="utf-8") as out:
                out.write(line + "\n")
        except OSError as error:
            raise DeliveryError(f"file: {error.strerror}") from None


class HttpSms:
    """POSTs {"to": "+9955…", "text": "…"} with a bearer token to the provider; any 2xx is success."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token

    def send(self, address: str, subject: str, body: str) -> None:
        request = urllib.request.Request(
            self.url,
            data=json.dumps({"to": address, "text": body}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
            method="POST",
        )
        try:
            with _opener.open(request, timeout=TIMEOUT) as response:
                response.read(1024)
        except urllib.error.HTTPError as error:
            # 4xx: the gateway has understood and refuses, but for „too many“ and „timed out“
            for_good = 400 <= error.code < 500 and error.code not in (401, 403, 408, 429)
            raise DeliveryError(f"http {error.code}", for_good=for_good) from None
        except (OSError, ValueError) as error:
            raise DeliveryError(f"http: {type(error).__name__}") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None  # the token must not follow to another host


_opener = urllib.request.build_opener(_NoRedirect)


class Smtp:
    """``smtps://user:password@host:465``, or ``smtp://user:password@host:587`` (STARTTLS if offered)."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.secure else 587)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.sender = sender

    def send(self, address: str, subject: str, body: str) -> None:
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, address, subject
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(body)
        try:
            with self._connect() as server:
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused:
            raise DeliveryError("smtp: recipient refused", for_good=True) from None
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryError(f"smtp: {type(error).__name__}") from None

    def _connect(self) -> smtplib.SMTP:
        if self.secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
        if self.user:
            server.login(self.user, self.password)
        return server


def backend(channel: str, settings: Settings) -> Backend:
    """The backend that the environment names for "sms" or "mail"."""
    kind = settings.sms_backend if channel == "sms" else settings.mail_backend
    target = settings.sms_target if channel == "sms" else settings.mail_target
    if kind == "file":
        return File(target)
    if kind == "http":
        return HttpSms(target, settings.sms_token)
    if kind == "smtp":
        return Smtp(target, settings.mail_sender)
    return Console()
