"""The receiver of providers' calls: a small WSGI service, best run as a process of its own.

`POST /<provider>` answers 200 once the call is committed, 401 to whatever is not a signed call of
a provider with a channel in force, 413 to more than a megabyte, 503 when the database is busy or
away. No answer has a body, and none tells which providers there are. Nothing is judged here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Lock

from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, ServiceUnavailable, Unauthorized

from app.channels.inbound import Call, keep
from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.errors import Conflict
from app.hooks.signature import verified
from app.hooks.trusted import Trusted
from app.privacy import Keyring

BODY_MAX = 1_000_000
PATIENCE = 0.1
"""Seconds that a call waits for its turn to write, before it is told to come again."""
LOG = logging.getLogger(__name__)


def application(database: Database, keyring: Keyring, settings: Settings, clock: Clock) -> Flask:
    """The WSGI application; `database` is one that was opened with `PATIENCE`."""
    app = Flask("app.hooks", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    receiver = _Receiver(database, keyring, Trusted(database, settings, clock), clock)
    app.add_url_rule(
        "/<provider>", "call", receiver.call, methods=["POST"], provide_automatic_options=False
    )
    app.register_error_handler(HTTPException, _bare)
    app.register_error_handler(Exception, _failed)
    return app


def _bare(error: HTTPException) -> Response:
    """The status alone. A path that nobody has is a stranger's, like a provider nobody knows."""
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(HTTPStatus.UNAUTHORIZED if code == HTTPStatus.NOT_FOUND else code)


def _failed(error: Exception) -> Response:
    """What nobody foresaw: the provider calls again, and the log says why."""
    LOG.error("a call failed: %s", type(error).__name__)
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE)


def _answer(status: int) -> Response:
    answer = Response(b"", status)
    del answer.headers["Content-Type"]
    return answer


class _Receiver:
    """One view function with what it needs."""

    def __init__(
        self, database: Database, keyring: Keyring, trusted: Trusted, clock: Clock
    ) -> None:
        self._database, self._keyring, self._trusted = database, keyring, trusted
        self._clock, self._pen = clock, Lock()

    def call(self, provider: str) -> Response:
        """One call of a provider."""
        body = request.get_data(cache=False)
        try:
            secrets = self._trusted.secrets(provider)
            found = verified(provider, secrets, _headers(), body, self._clock.now())
            if found is None:
                raise Unauthorized
            self._keep(found)
        except (SQLAlchemyError, Conflict) as error:
            # Never the message: it may hold what stood in the statement.
            LOG.warning("a call was put off: %s", type(error).__name__)
            raise ServiceUnavailable from error
        return _answer(HTTPStatus.OK)

    def _keep(self, call: Call) -> None:
        with self._turn(), self._database.unit_of_work() as session:
            keep(session, self._keyring, call, self._clock.now())

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """SQLite has one pen: threads queue for it in order, so that none is overtaken for ever."""
        if not self._database.is_sqlite:
            yield
            return
        if not self._pen.acquire(timeout=PATIENCE):
            raise ServiceUnavailable
        try:
            yield
        finally:
            self._pen.release()


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
