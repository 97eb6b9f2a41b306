"""Serving the receiver with waitress, on a port of its own."""

from __future__ import annotations

from flask import Flask
from waitress import serve as run

from app.clock import SystemClock
from app.config import Settings
from app.db import Database, check_durable, check_login
from app.errors import SettingsError
from app.hooks.application import BODY_MAX, application
from app.hooks.writing import PATIENCE
from app.privacy import open_keyring
from app.rights import hook_rights_on

THREADS = 8


def create_hooks(settings: Settings) -> Flask:
    """The receiver of one installation. Raises SettingsError where its database could lose what was
    acknowledged, its login may do more than add calls, or the field key is not at hand: a new one
    would lock calls away from those who are to read them."""
    if not (settings.field_key or (settings.home / "keys" / "field.key").exists()):
        raise SettingsError(["ANSINH_FIELD_KEY: không thấy khoá của bản cài đặt này."])
    database = Database(
        settings.database_url, settings.schema, patience=PATIENCE, rights=hook_rights_on
    )
    if not settings.training:
        check_durable(database)
        check_login(database)
    keyring = open_keyring(settings.home / "keys", settings.field_key)
    return application(database, keyring, settings, SystemClock())


def serve(settings: Settings) -> None:
    """Serve until stopped. A call stays in memory: it names people and accounts."""
    run(
        create_hooks(settings),
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident="",
        max_request_body_size=BODY_MAX,
        inbuf_overflow=2 * BODY_MAX,
        channel_timeout=30,
        connection_limit=200,
        # Nobody is trusted by them: that they are there tells that a call came through a proxy.
        clear_untrusted_proxy_headers=False,
    )
