"""The web service of one installation.

Every route says who may open it, or the service does not start. It listens beyond this machine only
behind TLS, or where both the settings and the database say that it is a training one.
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
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.clock import Clock, SystemClock
from app.config import LOOPBACK, Settings
from app.db import Database
from app.disbursement.holds import standing
from app.errors import (
    AnSinhError,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    Refused,
    SettingsError,
    Unavailable,
)
from app.privacy import Keyring, open_keyring
from app.reference.boundaries import Boundaries, read_boundaries
from app.units.home import KEYS, has_keys, home_of
from app.units.lookup import facts
from app.web import catalogue, my, refusals
from app.web.access import look_who_comes, require_every_route_guarded
from app.web.areas import areas, menu
from app.web.csrf import FORGED
from app.web.posting import status_of
from app.web.site import EXTENSION, Site, asked_language, site, told_holds, tools
from app.web.visitor import this_viewer

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "app" / "static"
YEAR_SECONDS = 31_536_000
FORM_PARTS_MAX = 5_000
"""Fields of a form: a page of ticked rows and some."""

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self';"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
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


def create_app(
    settings: Settings, *, keyring: Keyring | None = None, clock: Clock | None = None
) -> Flask:
    """The WSGI application; keys and clock are this installation's and this machine's unless a test
    brings its own. Raises SettingsError where it may not serve."""
    application = Flask("app.web", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    application.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_SECONDS
    application.config["MAX_FORM_PARTS"] = FORM_PARTS_MAX
    if settings.host in LOOPBACK and not settings.behind_tls:
        # Another site's name that was pointed at this machine gets no answer.
        application.config["TRUSTED_HOSTS"] = [*LOOPBACK[:2], "[::1]"]
    if settings.behind_tls:
        application.wsgi_app = ProxyFix(application.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    _speak(application)
    application.extensions[EXTENSION] = _site(settings, keyring, clock)
    application.url_map.converters["key"] = KeyConverter
    for area in areas():
        for blueprint in area.BLUEPRINTS:
            application.register_blueprint(blueprint)
    require_every_route_guarded(application)
    refusals.read()
    application.before_request(look_who_comes)
    application.after_request(_add_headers)
    _say_errors(application)
    return application


def _speak(application: Flask) -> None:
    environment = application.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["extract"] = lambda name, row: getattr(row, name)
    environment.globals["static_version"] = _static_version()


def _say_errors(application: Flask) -> None:
    application.register_error_handler(HTTPException, _say_what_went_wrong)
    application.register_error_handler(NotFound, _say_that_it_is_not_there)
    application.register_error_handler(Forbidden, _say_that_he_may_not)
    application.register_error_handler(Unavailable, _say_that_it_is_away)
    for one in (InputError, Refused, Conflict):
        application.register_error_handler(one, _say_that_it_is_refused)
    application.register_error_handler(Exception, _say_that_we_failed)


def _site(settings: Settings, keyring: Keyring | None, clock: Clock | None) -> Site:
    database = _database(settings)
    try:
        with database.view() as session:
            told = facts(session)
    except DatabaseError as error:
        database.close()
        raise SettingsError(
            [
                "Không đọc được cơ sở dữ liệu, hoặc nó chưa có bảng. Chạy `ansinh db upgrade`,"
                " hoặc `make demo` để có dữ liệu tập huấn."
            ]
        ) from error
    training = told.get("training") == "1"
    home = home_of(settings, database.url, told.get("home", ""))
    try:
        _require_shelter(settings, training)
        keys = keyring or _keys(settings, home)
        boundaries = _boundaries(settings)
    except SettingsError:
        database.close()
        raise
    return Site(settings, database, clock or SystemClock(), keys, home, training,
                _static_version(), menu(), boundaries)  # fmt: skip


def _boundaries(settings: Settings) -> Boundaries | None:
    """The province's own, where it loaded them. Raises SettingsError for a file that is none."""
    try:
        return read_boundaries(settings.boundaries) if settings.boundaries else None
    except InputError as error:
        raise SettingsError([str(error)]) from error


def _require_shelter(settings: Settings, training: bool) -> None:
    """Real people's data leave this machine over TLS only."""
    if settings.host in LOOPBACK or settings.behind_tls or (settings.training and training):
        return
    raise SettingsError(
        [
            f"ANSINH_HOST: {settings.host} mở ra ngoài máy này. Đặt một máy chủ TLS phía trước và"
            " ANSINH_BEHIND_TLS=true; hoặc ANSINH_TRAINING=true trên máy tập huấn; hoặc dùng"
            " 127.0.0.1."
        ]
    )


def _database(settings: Settings) -> Database:
    database = Database(settings.database_url, settings.schema, for_pages=True)
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise SettingsError(
            [f"Không có tệp cơ sở dữ liệu {database.url.database}. Chạy `make demo` để tạo."]
        )
    return database


def _keys(settings: Settings, home: Path) -> Keyring:
    """The keys that are there: asking for others would make new ones, which know no officer."""
    if not has_keys(settings, home):
        raise SettingsError(
            [
                f"Không có khoá của bản cài đặt ở {home / KEYS}. Đặt ANSINH_HOME hoặc"
                " ANSINH_FIELD_KEY cho đúng."
            ]
        )
    return open_keyring(home / KEYS, settings.field_key)


def _static_version() -> str:
    """Changes when a built file does, so browsers may keep the files for a year. Shorter than an
    identity number: one of digits alone would look like one."""
    built = sorted(path for path in STATIC.iterdir() if path.suffix in (".css", ".js", ".svg"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in built)).hexdigest()[:10]


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if site().settings.behind_tls:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _say_what_went_wrong(error: HTTPException) -> tuple[str, int] | HTTPException:
    if isinstance(error, SecurityError):
        # Without a host that we trust no address of a page can be written.
        return f"{catalogue.say('vi', 'errors.host')} {catalogue.say('en', 'errors.host')}", 400
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if error.description == FORGED:
        return _error_page(code, kind=f"errors.{FORGED}"), code
    return error if code < HTTPStatus.BAD_REQUEST else (_error_page(code), code)


def _say_that_it_is_not_there(error: NotFound) -> tuple[str, int]:
    viewer = this_viewer()
    if viewer is not None:
        told = (request.method, request.url_rule, viewer.officer_id)
        current_app.logger.warning("%s %s is not there for officer %s", *told)
    said, _ = refusals.told(error, asked_language())
    return _error_page(HTTPStatus.NOT_FOUND, said), HTTPStatus.NOT_FOUND


def _say_that_he_may_not(error: Forbidden) -> tuple[str, int]:
    said, _ = refusals.told(error, asked_language())
    return _error_page(HTTPStatus.FORBIDDEN, said), HTTPStatus.FORBIDDEN


def _say_that_it_is_refused(error: AnSinhError) -> tuple[str, int]:
    """What no form of its own tells."""
    said, _ = refusals.told(error, asked_language())
    return _error_page(status_of(error), said), status_of(error)


def _say_that_it_is_away(error: Unavailable) -> tuple[str, int]:
    return _error_page(HTTPStatus.SERVICE_UNAVAILABLE), HTTPStatus.SERVICE_UNAVAILABLE


def _say_that_we_failed(error: Exception) -> tuple[str, int]:
    # The rule of the address, not the address: a link's secret part stands in some.
    current_app.logger.error("%s %s", request.method, request.url_rule, exc_info=error)
    return _error_page(HTTPStatus.INTERNAL_SERVER_ERROR), HTTPStatus.INTERNAL_SERVER_ERROR


def _error_page(code: int, said: str = "", kind: str = "") -> str:
    known = f"errors.{code}.title" in catalogue.entries()
    if request.path == my.PREFIX or request.path.startswith(f"{my.PREFIX}/"):
        return _error_of_people(kind or f"errors.{code if known else 'other'}", said)
    return render_template(
        "pages/error.html",
        kind=kind or f"errors.{code if known else 'other'}",
        said=said,
        page=None,
        **told_holds(_holds()),
        **tools(asked_language()),
    )


def _error_of_people(kind: str, said: str) -> str:
    """The error in the frame of people's own pages: no menu, no hold, a way back."""
    return render_template(
        "pages/my/error.html",
        kind=kind,
        said=said,
        page=None,
        **my.frame(),
        **tools(asked_language()),
    )


def _holds() -> list[Row[Any]]:
    """The holds for an error's page; none to be told where the database itself is the error."""
    try:
        with site().database.view() as session:
            return standing(session)
    except SQLAlchemyError:
        current_app.logger.exception("holds are not known")
        return []
