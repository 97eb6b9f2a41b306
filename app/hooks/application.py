"""The receiver of calls: a small WSGI service, best run as a process of its own.

`POST /<provider>` answers 200 once the call is committed, 401 to whatever is not a signed call of
a provider with a channel in force, 413 to more than a megabyte, 503 when the database is busy or
away; what message gateways call to say comes below `/sms` (`messages.py`). No answer has a body,
and none tells which providers there are. Nothing is judged here.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, Unauthorized

from app.channels.inbound import keep
from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.hooks.messages import Gateways, Messages
from app.hooks.signature import verified
from app.hooks.trusted import Trusted
from app.hooks.writing import LOG, Pen, put_off
from app.privacy import Keyring

BODY_MAX = 1_000_000


def application(database: Database, keyring: Keyring, settings: Settings, clock: Clock) -> Flask:
    """The WSGI application; `database` is one that was opened with the `PATIENCE` of
    `writing`."""
    app = Flask("app.hooks", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
    pen = Pen(database)
    receiver = _Receiver(pen, keyring, Trusted(database, settings, clock), clock)
    messages = Messages(Gateways(settings, clock), pen, keyring, clock)
    providers = ("/<provider>", receiver.call, ("POST",))
    for path, view, methods in (providers, *messages.routes()):
        app.add_url_rule(path, path, view, methods=methods, provide_automatic_options=False)
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

    def __init__(self, pen: Pen, keyring: Keyring, trusted: Trusted, clock: Clock) -> None:
        self._pen, self._keyring, self._trusted, self._clock = pen, keyring, trusted, clock

    def call(self, provider: str) -> Response:
        """One call of a provider."""
        body = request.get_data(cache=False)
        with put_off():
            secrets = self._trusted.secrets(provider)
            found = verified(provider, secrets, _headers(), body, self._clock.now())
            if found is None:
                raise Unauthorized
            self._pen.write(lambda session: keep(session, self._keyring, found, self._clock.now()))
        return _answer(HTTPStatus.OK)


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
