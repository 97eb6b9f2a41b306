"""Settings of one installation: read once from the environment, then frozen.

A value comes from `ANSINH_<NAME>`, or from the file named by `ANSINH_<NAME>_FILE`
(container secrets). All faults are reported together. Every setting is explained in
docs/settings.md; a house test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import EnvError, FileAwareEnv
from marshmallow.validate import OneOf, Range, Regexp

from app.errors import SettingsError

PREFIX = "ANSINH_"
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Shipped with the product. A training database may use no other: a foreign adapter may know a real
# bank. Where these deliver to is checked where a provider is set up.
BUILT_IN_ADAPTERS = ("iso20022", "filelist", "postoffice", "rest")
SECRET_LENGTH_MIN = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")
REGISTERS = ("population", "civil_status", "insurance", "bank_name", "poverty")
AUTHENTICATION = ("bearer", "hmac")


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation as read at start. Secrets do not show in `repr`.

    `database_url` is a SQLAlchemy URL, `schema` the PostgreSQL schema of this province.
    `home` holds keys and what providers sent; `anchor` is a folder on other storage that
    takes the signed head of the books, `public_chart` a province's own table of accounts. With
    `secret_key`, `field_key` or `seal_key` empty the key files in `home` are used.
    `behind_tls` says that a proxy before the pages speaks TLS, and is the only one to reach them.
    `session_minutes` is the idle time of a web session, `reveals_per_hour` how many numbers an
    officer may be shown in clear, `authorisation_months` how long an authorised payee stands.
    `messages` is the file that says how people are sent messages, None where they are not; `kiosk`
    opens the way in for machines at a counter. `boundaries` is the GeoJSON file of the province's
    communes, without which maps are tiles.
    `treasury_form` is printed on the table of payments for the Treasury.
    `public_url` is where anyone reaches the page that verifies a paper, `signing_trust` the folder
    of certificates that are trusted to say who signed.
    `oidc_issuer` is the single sign-on that officers may come in through, '' for none;
    `oidc_claims` what its word must hold, by claim, values apart by '|'; `oidc_label` what the
    button says.
    `check_urls` says where each outside register listens, `check_secrets` which file holds the
    secret for it, by the register's code. `bank_secrets` is the folder of the key files that the
    profiles of channels name.
    """

    database_url: str = "sqlite:///var/ansinh.db"
    schema: str = ""
    home: Path = Path("var/ansinh")
    anchor: Path | None = None
    training: bool = False
    debug: bool = False
    log_level: str = "INFO"
    adapters: tuple[str, ...] = BUILT_IN_ADAPTERS
    public_chart: Path | None = None
    worker: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    behind_tls: bool = False
    session_minutes: int = 20
    check_urls: Mapping[str, str] = field(default_factory=dict)
    check_secrets: Mapping[str, str] = field(default_factory=dict)
    bank_secrets: Path | None = None
    reveals_per_hour: int = 20
    authorisation_months: int = 12
    treasury_form: str = ""
    messages: Path | None = None
    kiosk: bool = False
    boundaries: Path | None = None
    public_url: str = ""
    signing_trust: Path | None = None
    oidc_issuer: str = ""
    oidc_client: str = ""
    oidc_secret: str = field(default="", repr=False)
    oidc_label: str = ""
    oidc_claims: Mapping[str, str] = field(default_factory=dict)
    secret_key: str = field(default="", repr=False)
    field_key: str = field(default="", repr=False)
    seal_key: str = field(default="", repr=False)

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process's environment.

    `overrides` are fields given on the command line; they win unless None. Raises
    SettingsError with all faults. An unknown `ANSINH_` name is a fault too: a misspelt
    setting must not silently be the default.
    """
    env = FileAwareEnv(eager=False, prefix=PREFIX, strip_whitespace=True)
    faults = list(_unknown_names())
    values = _read(env, faults)
    values.update({name: value for name, value in overrides.items() if value is not None})
    if not faults:
        settings = Settings(**values)
        faults.extend(_contradictions(settings))
        if not faults:
            return settings
    raise SettingsError(faults)


def _read(env: FileAwareEnv, faults: list[str]) -> dict[str, Any]:
    """Every field by its kind; what cannot be read is added to `faults`."""
    default = Settings()
    try:
        values = {
            "database_url": env.str("DATABASE_URL", default.database_url),
            "schema": env.str(
                "SCHEMA",
                default.schema,
                validate=Regexp(r"^([a-z_][a-z0-9_]{0,62})?$", error="not a schema name"),
            ),
            "home": env.path("HOME", default.home),
            "anchor": env.path("ANCHOR", default.anchor),
            "training": env.bool("TRAINING", default.training),
            "debug": env.bool("DEBUG", default.debug),
            "log_level": env.str("LOG_LEVEL", default.log_level, validate=OneOf(LOG_LEVELS)),
            "adapters": tuple(env.list("ADAPTERS", list(default.adapters)) or ()),
            "public_chart": env.path("PUBLIC_CHART", default.public_chart),
            "worker": env.str("WORKER", default.worker),
            "host": env.str("HOST", default.host),
            "port": env.int("PORT", default.port, validate=Range(1, 65535)),
            "behind_tls": env.bool("BEHIND_TLS", default.behind_tls),
            "session_minutes": env.int(
                "SESSION_MINUTES", default.session_minutes, validate=Range(1, 480)
            ),
            "check_urls": env.dict("CHECK_URLS", dict(default.check_urls)),
            "check_secrets": env.dict("CHECK_SECRETS", dict(default.check_secrets)),
            "bank_secrets": env.path("BANK_SECRETS", default.bank_secrets),
            "reveals_per_hour": env.int(
                "REVEALS_PER_HOUR", default.reveals_per_hour, validate=Range(1, 1000)
            ),
            "authorisation_months": env.int(
                "AUTHORISATION_MONTHS", default.authorisation_months, validate=Range(1, 120)
            ),
            "messages": env.path("MESSAGES", default.messages),
            "kiosk": env.bool("KIOSK", default.kiosk),
            "boundaries": env.path("BOUNDARIES", default.boundaries),
            "treasury_form": env.str("TREASURY_FORM", default.treasury_form),
            "public_url": env.str("PUBLIC_URL", default.public_url),
            "signing_trust": env.path("SIGNING_TRUST", default.signing_trust),
            "oidc_issuer": env.str("OIDC_ISSUER", default.oidc_issuer),
            "oidc_client": env.str("OIDC_CLIENT", default.oidc_client),
            "oidc_secret": env.str("OIDC_SECRET", default.oidc_secret),
            "oidc_label": env.str("OIDC_LABEL", default.oidc_label),
            "oidc_claims": env.dict("OIDC_CLAIMS", dict(default.oidc_claims)),
            "secret_key": env.str("SECRET_KEY", default.secret_key),
            "field_key": env.str("FIELD_KEY", default.field_key),
            "seal_key": env.str(
                "SEAL_KEY",
                default.seal_key,
                validate=Regexp(r"^([0-9a-f]{64})?$", error="not 64 hex digits"),
            ),
        }
        env.seal()
    except (EnvError, ValueError) as error:  # ValueError: a file that cannot be read
        faults.extend(_sentences(error))
        return {}
    return values


def _sentences(error: Exception) -> Iterator[str]:
    """What environs says, one sentence a setting, never with the value of a secret."""
    messages = getattr(error, "error_messages", None)
    if not isinstance(messages, dict):
        yield str(error)
        return
    for name, said in messages.items():
        yield f"{name}: {' '.join(str(one) for one in said)}"


def _unknown_names() -> Iterator[str]:
    known = {f"{PREFIX}{one.name.upper()}" for one in fields(Settings)}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removesuffix("_FILE") not in known:
            yield f"{name}: không có cấu hình nào tên như vậy (unknown setting)."


def _kind_of(url: str) -> str:
    """What is wrong with how an address begins; the rest is not told, a password may be in it."""
    if not url:
        return "để trống"
    scheme = urlsplit(url).scheme
    return f"{scheme} không dùng được" if scheme else "không bắt đầu bằng loại cơ sở dữ liệu"


def _contradictions(settings: Settings) -> Iterator[str]:
    """What is readable one by one but wrong together."""
    scheme = urlsplit(settings.database_url).scheme
    if scheme not in DATABASES:
        yield f"ANSINH_DATABASE_URL: {_kind_of(settings.database_url)}; dùng {DATABASES}."
    if settings.schema and settings.is_sqlite:
        yield "ANSINH_SCHEMA: chỉ dùng với PostgreSQL (a SQLite file has no schemas)."
    if settings.training:
        for name in sorted(set(settings.adapters) - set(BUILT_IN_ADAPTERS)):
            yield f"ANSINH_ADAPTERS: {name} bị cấm trên cơ sở dữ liệu tập huấn (training)."
    if settings.debug and settings.host not in LOOPBACK:
        yield "ANSINH_DEBUG: chỉ bật khi ANSINH_HOST là địa chỉ của chính máy này (loopback)."
    yield from _registers(settings)
    yield from _issuer(settings)
    if settings.public_url and not is_sheltered(settings.public_url, settings.training):
        yield (
            "ANSINH_PUBLIC_URL: phải là https://máy hoặc https://máy/đường-dẫn"
            " (hoặc http trên chính máy này khi tập huấn)."
        )
    for name in ("secret_key", "field_key"):
        if 0 < len(getattr(settings, name)) < SECRET_LENGTH_MIN:
            yield f"ANSINH_{name.upper()}: phải dài ít nhất {SECRET_LENGTH_MIN} ký tự."


def _registers(settings: Settings) -> Iterator[str]:
    """Outside registers are asked over TLS; on a training machine also over loopback."""
    for source, url in settings.check_urls.items():
        if source not in REGISTERS:
            yield f"ANSINH_CHECK_URLS: không có nguồn {source[:40]}; dùng {REGISTERS}."
        if not is_sheltered(url, settings.training):
            yield (
                f"ANSINH_CHECK_URLS: địa chỉ của {source[:40]} phải là https://máy/đường-dẫn"
                " (hoặc http trên chính máy này khi tập huấn)."
            )
    for source, reference in settings.check_secrets.items():
        if source not in settings.check_urls:
            yield f"ANSINH_CHECK_SECRETS: {source[:40]} không có trong ANSINH_CHECK_URLS."
        if reference.partition(":")[0] not in AUTHENTICATION or not reference.partition(":")[2]:
            yield (
                f"ANSINH_CHECK_SECRETS: {source[:40]} phải dạng bearer:/tệp hoặc hmac:/tệp,"
                " không ghi bí mật vào đây."
            )


def _issuer(settings: Settings) -> Iterator[str]:
    """A single sign-on is named whole or not at all, and knows where to come back to."""
    told = {
        name: getattr(settings, f"oidc_{name}") for name in ("client", "secret", "label", "claims")
    }
    if not settings.oidc_issuer:
        for name in (name for name, value in told.items() if value):
            yield f"ANSINH_OIDC_{name.upper()}: đặt cùng ANSINH_OIDC_ISSUER, hoặc bỏ."
        return
    if not is_sheltered(settings.oidc_issuer, settings.training):
        yield (
            "ANSINH_OIDC_ISSUER: phải là https://máy/đường-dẫn"
            " (hoặc http trên chính máy này khi tập huấn)."
        )
    if not settings.oidc_client:
        yield "ANSINH_OIDC_CLIENT: ghi mã mà nơi đăng nhập đã cấp cho An Sinh."
    if not settings.public_url:
        yield "ANSINH_PUBLIC_URL: cần có để nơi đăng nhập đưa cán bộ trở lại."


def is_sheltered(url: str, training: bool) -> bool:
    """Whether an address outside is asked over TLS; on a training machine also on loopback."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # brackets of an IPv6 address that do not close
        return False
    if not host or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and training and host in LOOPBACK)
