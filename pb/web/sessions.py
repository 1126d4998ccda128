"""The signed session cookie, read when something asks for it: most pages, and casting, never do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin


class LateSession(SessionMixin):
    """A session whose cookie is verified and parsed at its first use. ``opened`` is None before that."""

    def __init__(self, interface: LateSessions, app: Flask, request: Request) -> None:
        self._open = lambda: interface.opened(app, request)
        self.opened: SecureCookieSession | None = None

    def _data(self) -> SecureCookieSession:
        if self.opened is None:
            self.opened = self._open()
        return self.opened

    @property
    def modified(self) -> bool:
        return self.opened is not None and self.opened.modified

    @modified.setter
    def modified(self, value: bool) -> None:
        self._data().modified = value

    def __getitem__(self, key: str) -> Any:
        return self._data()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._data()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._data()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data())

    def __len__(self) -> int:
        return len(self._data())


class LateSessions(SecureCookieSessionInterface):
    """Flask's own sessions, opened late; one that nobody opened is not saved either."""

    def opened(self, app: Flask, request: Request) -> SecureCookieSession:
        return super().open_session(app, request) or self.session_class()

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        return LateSession(self, app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, LateSession):
            super().save_session(app, session, response)
        elif session.opened is not None:
            session.opened.accessed = True  # so that caches keep answers to different cookies apart
            super().save_session(app, session.opened, response)


def init_app(app: Flask) -> None:
    """Make sessions late."""
    app.session_interface = LateSessions()
