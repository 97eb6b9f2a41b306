"""The web service of one installation.

There is no sign-in yet. So the service starts on a training database only, whose people are
made up, and listens beyond this machine only where the settings say that it is training.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from jinja2 import StrictUndefined
from sqlalchemy import Row
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map

from app.clock import SystemClock
from app.config import LOOPBACK, Settings
from app.db import Database
from app.disbursement.holds import standing
from app.errors import NotFound, SettingsError, Unavailable
from app.web import catalogue
from app.web.pages import batches, closings, health, overview, payrolls, people, verify
from app.web.site import EXTENSION, Site, asked_language, read_installation, site, tools

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "app" / "static"
YEAR_SECONDS = 31_536_000

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class KeyConverter(IntegerConverter):
    """A row's number as both databases hold it: 64 bits; a longer one names nothing."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


def create_app(settings: Settings) -> Flask:
    """The WSGI application. Raises SettingsError where it may not serve."""
    database = _training_database(settings)
    application = Flask("app.web", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    application.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_SECONDS
    if settings.host in LOOPBACK:
        # Another site's name that was pointed at this machine gets no answer.
        application.config["TRUSTED_HOSTS"] = [*LOOPBACK[:2], "[::1]"]
    application.jinja_env.undefined = StrictUndefined
    application.jinja_env.trim_blocks = application.jinja_env.lstrip_blocks = True
    application.jinja_env.filters["extract"] = lambda name, row: getattr(row, name)
    application.extensions[EXTENSION] = Site(settings, database, SystemClock(), _static_version())
    application.url_map.converters["key"] = KeyConverter
    for room in (overview, payrolls, batches, people, closings, health, verify):
        application.register_blueprint(room.pages)
    application.jinja_env.globals["static_version"] = application.extensions[EXTENSION].version
    application.after_request(_add_headers)
    application.register_error_handler(HTTPException, _say_what_went_wrong)
    application.register_error_handler(NotFound, _say_that_it_is_not_there)
    application.register_error_handler(Unavailable, _say_that_it_is_away)
    application.register_error_handler(Exception, _say_that_we_failed)
    return application


def _training_database(settings: Settings) -> Database:
    """The database, if it says that it is a training one."""
    if settings.host not in LOOPBACK and not settings.training:
        raise SettingsError(
            [
                f"ANSINH_HOST: {settings.host} mở ra ngoài máy này, mà các trang chưa có đăng nhập."
                " Dùng 127.0.0.1, hoặc đặt ANSINH_TRAINING=true trên máy tập huấn."
            ]
        )
    database = Database(settings.database_url, settings.schema)
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise SettingsError(
            [f"Không có tệp cơ sở dữ liệu {database.url.database}. Chạy `make demo` để tạo."]
        )
    try:
        with database.view() as session:
            training = read_installation(session).training
    except DatabaseError as error:
        database.close()
        raise SettingsError(
            [
                "Không đọc được cơ sở dữ liệu, hoặc nó chưa có bảng. Chạy `ansinh db upgrade`,"
                " hoặc `make demo` để có dữ liệu tập huấn."
            ]
        ) from error
    if not training:
        database.close()
        raise SettingsError(
            [
                "Cơ sở dữ liệu này không phải cơ sở dữ liệu tập huấn, mà các trang chưa có đăng"
                " nhập: không mở. Chạy `make demo` rồi `make serve` để xem tháng mẫu."
            ]
        )
    return database


def _static_version() -> str:
    """Changes when a built file does, so browsers may keep the files for a year."""
    built = sorted(path for path in STATIC.iterdir() if path.suffix in (".css", ".svg"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in built)).hexdigest()[:12]


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _say_what_went_wrong(error: HTTPException) -> tuple[str, int] | HTTPException:
    if isinstance(error, SecurityError):
        # Without a host that we trust no address of a page can be written.
        return f"{catalogue.say('vi', 'errors.host')} {catalogue.say('en', 'errors.host')}", 400
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return error if code < HTTPStatus.BAD_REQUEST else (_error_page(code), code)


def _say_that_it_is_not_there(error: NotFound) -> tuple[str, int]:
    return _error_page(HTTPStatus.NOT_FOUND, str(error)), HTTPStatus.NOT_FOUND


def _say_that_it_is_away(error: Unavailable) -> tuple[str, int]:
    return _error_page(HTTPStatus.SERVICE_UNAVAILABLE), HTTPStatus.SERVICE_UNAVAILABLE


def _say_that_we_failed(error: Exception) -> tuple[str, int]:
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    return _error_page(HTTPStatus.INTERNAL_SERVER_ERROR), HTTPStatus.INTERNAL_SERVER_ERROR


def _error_page(code: int, said: str = "") -> str:
    known = f"errors.{code}.title" in catalogue.entries()
    return render_template(
        "pages/error.html",
        kind=f"errors.{code if known else 'other'}",
        said=said,
        page=None,
        holds=_holds(),
        **tools(asked_language()),
    )


def _holds() -> list[Row[Any]]:
    """The holds for an error's page; none to be told where the database itself is the error."""
    try:
        with site().database.view() as session:
            return standing(session) if read_installation(session).training else []
    except SQLAlchemyError:
        current_app.logger.exception("holds are not known")
        return []
