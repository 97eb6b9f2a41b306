"""What an accounting program wants: columns, headings, dates, numbers, account numbers.

A profile is a TOML file: one of those shipped (`app/statements/data/voucher_profiles`), by its
name, or one's own, by its path. `docs/documents.md` explains the keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.errors import InputError
from ledger.chart import KINDS
from ledger.export.books import PublicChart
from ledger.money import format_number

PAIRED, SIDES = "paired", "sides"
_SHARED = frozenset(
    (
        *("posted_on", "document_on", "voucher", "document", "text", "entry", "line"),
        *("fund", "programme", "unit", "provider", "currency", "budget_year"),
    )
)
FIELDS = {
    PAIRED: _SHARED | {"debit_account", "credit_account", "amount"},
    SIDES: _SHARED | {"account", "account_name", "own_account", "debit", "credit"},
}
"""The fields that a column may name, by layout."""
NEEDED = {
    PAIRED: {"debit_account", "credit_account", "amount"},
    SIDES: {"account", "debit", "credit"},
}
DATES = frozenset(("posted_on", "document_on"))
AMOUNTS = frozenset(("amount", "debit", "credit"))
_NUMBERS = ("plain", "grouped")
_WIDTH = 16


@dataclass(frozen=True, slots=True)
class VoucherColumn:
    """One column: the field it tells, its heading, its width in signs."""

    field: str
    heading: str
    width: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A program's wishes. `accounts` are account numbers by kind, before the public chart's."""

    title: str
    confirmed: bool
    layout: str
    day_format: str
    numbers: str
    delimiter: str
    columns: tuple[VoucherColumn, ...]
    accounts: Mapping[str, str]

    def day(self, value: date) -> str:
        """A day as the program reads it."""
        return value.strftime(self.day_format)

    def number(self, value: int) -> str:
        """An amount as the program reads it; nothing for none."""
        if not value:
            return ""
        return format_number(value) if self.numbers == "grouped" else str(value)

    def account(self, kind: str, public: PublicChart) -> str:
        """The account number of a kind. Raises InputError where none is known."""
        number = self.accounts.get(kind) or public[kind].number
        if not number:
            raise InputError(
                f"Tài khoản {KINDS[kind].number} ({KINDS[kind].name}) chưa có số trong hệ thống tài"
                " khoản nhà nước.",
                f'Ghi số tài khoản vào phần [accounts] của mẫu cột, ví dụ {kind} = "3388".',
            )
        return number


def shipped() -> tuple[str, ...]:
    """The names of the profiles that come with the service."""
    folder = files("app.statements").joinpath("data/voucher_profiles")
    names = (one.name for one in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def read_profile(named: str) -> Profile:
    """A shipped profile by its name, or one's own by its path.

    Raises InputError for one that is missing, no TOML, or wants what there is not.
    """
    if named in shipped():
        folder = files("app.statements").joinpath("data/voucher_profiles")
        return _profile(folder.joinpath(f"{named}.toml").read_text("utf-8"), named)
    path = Path(named)
    if not path.is_file():
        raise InputError(
            f"Không có mẫu cột “{named}”.",
            f"Chọn {', '.join(shipped())} hoặc ghi đường dẫn một tệp .toml.",
        )
    return _profile(path.read_text("utf-8-sig"), path.name)


def _profile(text: str, named: str) -> Profile:
    try:
        told = tomllib.loads(text)
        columns = tuple(_column(one) for one in told["columns"])
        profile = Profile(
            title=str(told["title"]),
            confirmed=told.get("confirmed") is True,
            layout=str(told["layout"]),
            day_format=str(told.get("date", "%d/%m/%Y")),
            numbers=str(told.get("numbers", "plain")),
            delimiter=str(told.get("delimiter", ",")),
            columns=columns,
            accounts={key: str(value) for key, value in told.get("accounts", {}).items()},
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as fault:
        raise InputError(
            f"Không đọc được mẫu cột {named}: {fault}.", "So với mẫu thong-dung.toml."
        ) from fault
    _require(profile, named)
    return profile


def _column(told: Mapping[str, Any]) -> VoucherColumn:
    return VoucherColumn(str(told["field"]), str(told["heading"]), int(told.get("width", _WIDTH)))


def _require(profile: Profile, named: str) -> None:
    """Raise InputError for a profile that would lose or invent something."""
    fields = {one.field for one in profile.columns}
    known = FIELDS.get(profile.layout)
    wrong = "layout phải là paired hoặc sides"
    if known is not None:
        wrong = _wrong(profile, fields, known)
    if wrong:
        raise InputError(f"Mẫu cột {named}: {wrong}.", "Sửa tệp mẫu rồi chạy lại.")


def _wrong(profile: Profile, fields: set[str], known: frozenset[str]) -> str:
    if unknown := fields - known:
        return f"không có trường {', '.join(sorted(unknown))}"
    if missing := NEEDED[profile.layout] - fields:
        return f"thiếu trường {', '.join(sorted(missing))}"
    if unknown := set(profile.accounts) - set(KINDS):
        return f"không có loại tài khoản {', '.join(sorted(unknown))}"
    if profile.numbers not in _NUMBERS:
        return f"numbers phải là {' hoặc '.join(_NUMBERS)}"
    return "" if len(profile.delimiter) == 1 else "delimiter phải là một ký tự"
