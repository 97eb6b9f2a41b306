"""The profile of a channel: TOML text in, checked values out. Every unknown word is refused.

Sections: `[promises]` what the bank settles by; `[dedupe]` a proven refusal of repetitions;
`[courier]` where and as whom; `[pgp]` whose keys; `[callback]` what the bank signs its calls
with; `[adapter]` the adapter's own settings. A
secret is named as `file:NAME` and lies in the folder of the setting `ANSINH_BANK_SECRETS`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from app.channels.promises import NEVER_PROVEN, SCOPES, Dedupe
from app.errors import InputError
from bank_adapters.contract import Method
from bank_adapters.errors import Refused
from bank_adapters.transports.names import Folders

PROFILE_MAX = 20_000
DAYS_MAX = 366
SETTLES = ("booked", "list")
REFERENCE = "file:"
_FOLDERS = {"inbox": str, "outbox": str, "archive": str, "settle_seconds": int}
COURIERS: Mapping[str, Mapping[str, type]] = {
    "sftp": {
        **_FOLDERS,
        "host": str,
        "port": int,
        "user": str,
        "key": str,
        "host_key": str,
        "timeout_seconds": int,
        "reads_back": bool,
    },
    "folder": {**_FOLDERS, "path": str},
    "https": {"base": str, "token": str, "ca": str, "fingerprint": str},
    "hand": {},
    "sandbox": {},
}
_NEEDED = {
    "sftp": ("host", "user", "key", "host_key"),
    "folder": ("path",),
    "https": ("base", "token"),
}
_SECRETS = ("key", "token", "ca")
_PROMISES = {"methods": list, "settles": str, "holds_advance": bool}
_DEDUPE = {"scope": str, "window_days": int, "proven_on": date, "proof": str}
_PGP = {"our_key": str, "old_keys": list, "password": str, "bank_keys": list, "fingerprints": list}
_CALLBACK = {"secrets": list}
_SECRETS_MOST = 3
_SECTIONS = ("promises", "dedupe", "courier", "pgp", "callback", "adapter")


@dataclass(frozen=True, slots=True)
class Pgp:
    """Names of key files: ours first to sign and open with, the bank's to encrypt to and trust.

    `fingerprints` are the bank's, 40 or 64 hex digits, in the order of its keys.
    """

    our_keys: tuple[str, ...]
    password: str
    bank_keys: tuple[str, ...]
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What a channel's text says, sections as values."""

    promises: Mapping[str, Any] = field(default_factory=dict)
    dedupe: Dedupe = NEVER_PROVEN
    courier: Mapping[str, Any] = field(default_factory=dict)
    folders: Folders = field(default_factory=Folders)
    pgp: Pgp | None = None
    callback: tuple[str, ...] = ()
    adapter: Mapping[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The machine at the other side, "" for a courier that goes to none."""
        base = str(self.courier.get("base", ""))
        return str(self.courier.get("host") or urlsplit(base).hostname or "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every file that it refers to, as `file:NAME`."""
        found = [str(self.courier[one]) for one in _SECRETS if one in self.courier]
        if self.pgp is not None:
            found += [*self.pgp.our_keys, *self.pgp.bank_keys, self.pgp.password]
        found += self.callback
        return tuple(one for one in found if one)


def sections_of(text: str) -> dict[str, dict[str, Any]]:
    """The sections of a channel's profile, by name. Raises InputError, saying where."""
    if len(text) > PROFILE_MAX:
        raise InputError(f"Hồ sơ kênh dài quá {PROFILE_MAX} ký tự.", "Bỏ bớt ghi chú.")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError("Hồ sơ kênh không phải TOML.", f"Sửa: {error}") from error
    for name, section in told.items():
        if name not in _SECTIONS or not isinstance(section, dict):
            _refuse(name, f"dùng các mục: {', '.join(_SECTIONS)}")
    return told


def read_profile(text: str, courier: str) -> Profile:
    """The profile of a channel over this kind of courier. Raises InputError, saying where."""
    told = sections_of(text)
    if courier not in COURIERS:
        raise InputError(f"Không có cách chuyển tệp “{courier}”.", f"Dùng: {', '.join(COURIERS)}.")
    if courier == "https" and "pgp" in told:
        _refuse("pgp", "kênh https gửi từng yêu cầu, không có phong bì OpenPGP")
    carried = _checked(told.get("courier", {}), "courier", COURIERS[courier], _NEEDED.get(courier))
    return Profile(
        promises=_promises(told.get("promises", {})),
        dedupe=_dedupe(told.get("dedupe")),
        courier=_courier(carried),
        folders=_folders(carried),
        pgp=_pgp(told.get("pgp")),
        callback=_callback(told.get("callback")),
        adapter=told.get("adapter", {}),
    )


def _refuse(where: str, what: str) -> None:
    raise InputError(f"Hồ sơ kênh, mục “{where}”: {what}.", "Xem docs/banks/channels.md.")


def _checked(
    section: Mapping[str, Any],
    name: str,
    kinds: Mapping[str, type],
    needed: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """The section when every word of it is known, of its kind and none is missing."""
    for key, value in section.items():
        if key not in kinds:
            _refuse(f"{name}.{key}", f"không có từ này; dùng: {', '.join(kinds) or 'không gì'}")
        if type(value) is not kinds[key]:
            _refuse(f"{name}.{key}", f"phải là {kinds[key].__name__}")
    for key in needed or ():
        if not section.get(key):
            _refuse(f"{name}.{key}", "còn thiếu")
    return dict(section)


def _promises(section: Mapping[str, Any]) -> dict[str, Any]:
    told = _checked(section, "promises", _PROMISES)
    if told.get("settles", SETTLES[0]) not in SETTLES:
        _refuse("promises.settles", f"dùng {' hoặc '.join(SETTLES)}")
    if "methods" in told:
        known = {one.value for one in Method}
        if not told["methods"] or not known.issuperset(map(str, told["methods"])):
            _refuse("promises.methods", f"dùng trong: {', '.join(sorted(known))}")
        told["methods"] = frozenset(Method(one) for one in told["methods"])
    return told


def _dedupe(section: Mapping[str, Any] | None) -> Dedupe:
    """What was proven, with the day and the paper of the trial; nothing is assumed."""
    if section is None:
        return NEVER_PROVEN
    told = _checked(section, "dedupe", _DEDUPE, tuple(_DEDUPE))
    if told["scope"] not in SCOPES:
        _refuse("dedupe.scope", f"dùng {' hoặc '.join(SCOPES)}")
    if not 1 <= told["window_days"] <= DAYS_MAX:
        _refuse("dedupe.window_days", f"từ 1 đến {DAYS_MAX} ngày")
    return Dedupe(told["scope"], told["window_days"])


def _courier(told: dict[str, Any]) -> dict[str, Any]:
    for one in _SECRETS:
        if one in told:
            _reference(f"courier.{one}", told[one])
    pinned = told.get("fingerprint", "")
    if pinned and not (len(pinned) == 64 and _is_fingerprint(pinned)):
        _refuse("courier.fingerprint", "SHA-256 của chứng thư, 64 chữ số hex viết thường")
    if not 1 <= told.get("port", 22) <= 65535:
        _refuse("courier.port", "từ 1 đến 65535")
    if not 1 <= told.get("timeout_seconds", 40) <= 600:
        _refuse("courier.timeout_seconds", "từ 1 đến 600 giây")
    if not 0 <= told.get("settle_seconds", 0) <= 600:
        _refuse("courier.settle_seconds", "từ 0 đến 600 giây")
    return told


def _folders(told: Mapping[str, Any]) -> Folders:
    named = {key: told[key] for key in ("inbox", "outbox", "archive") if key in told}
    try:
        return Folders(**named)
    except Refused as error:
        raise InputError(
            f"Hồ sơ kênh, mục “courier”: {error}.", "Ghi tên thư mục, ví dụ “in”."
        ) from error


def _pgp(section: Mapping[str, Any] | None) -> Pgp | None:
    if section is None:
        return None
    told = _checked(section, "pgp", _PGP, ("our_key", "bank_keys", "fingerprints"))
    ours = (told["our_key"], *map(str, told.get("old_keys", ())))
    theirs = tuple(map(str, told["bank_keys"]))
    password = told.get("password", "")
    for one in (*ours, *theirs, *([password] if password else [])):
        _reference("pgp", one)
    pinned = tuple("".join(str(one).split()).lower() for one in told["fingerprints"])
    if len(pinned) != len(theirs) or not all(_is_fingerprint(one) for one in pinned):
        _refuse("pgp.fingerprints", "mỗi khoá của ngân hàng cần một dấu vân tay 40 hoặc 64 số hex")
    return Pgp(ours, password, theirs, pinned)


def _callback(section: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Names of the secrets that the bank may sign its calls with: two while one is changed."""
    if section is None:
        return ()
    told = tuple(map(str, _checked(section, "callback", _CALLBACK, ("secrets",))["secrets"]))
    if len(told) > _SECRETS_MOST:
        _refuse("callback.secrets", f"nhiều nhất {_SECRETS_MOST} bí mật cùng lúc")
    for one in told:
        _reference("callback.secrets", one)
    return told


def _is_fingerprint(text: str) -> bool:
    return len(text) in (40, 64) and set(text) <= set("0123456789abcdef")


def _reference(where: str, text: str) -> None:
    """A secret is only ever named: what looks like anything else is refused unseen."""
    if not text.startswith(REFERENCE) or "/" in text or text == REFERENCE:
        _refuse(where, f"ghi {REFERENCE}TÊN-TỆP, không ghi bí mật hay đường dẫn vào hồ sơ")
