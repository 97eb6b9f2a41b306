"""What a province has agreed with its gateways: when, to whom, how dear. A TOML file, read whole.

`ANSINH_MESSAGES` names it; without it nothing is queued. Terms are dated: those of the latest day
not after today count. Every unknown word is refused, with its place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.clock import TIME_ZONE
from app.errors import SettingsError

HELP_MAX = 16
_HELP = re.compile(r"[0-9][0-9. ]{2,15}")
_TOP = {"help", "terms", "gateways", "numbers"}
_WORDS: Mapping[str, type] = {
    "from": date,
    "quiet_from": time,
    "quiet_until": time,
    "part_price": int,
    "day_budget": int,
    "prefix_limit": int,
    "code_limit": int,
}
_NEEDED = tuple(name for name in _WORDS if name != "code_limit")
CODES_A_DAY = 2_000
"""One-time codes a day where the terms name no other limit."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts from a day on. Prices and budgets in VND; `prefix_limit` in messages a day to
    one prefix, `code_limit` in one-time codes a day, so that who asks for codes in other people's
    names cannot spend what notices cost; nothing is sent from `quiet_from` to `quiet_until`,
    Viet Nam's time."""

    since: date
    quiet_from: time
    quiet_until: time
    part_price: int
    day_budget: int
    prefix_limit: int
    code_limit: int = CODES_A_DAY

    def not_before(self, now: datetime) -> datetime:
        """The first moment from `now` on that is not in the quiet hours."""
        local = now.astimezone(TIME_ZONE)
        if not self._is_quiet(local.time()):
            return now
        until = datetime.combine(local.date(), self.quiet_until, TIME_ZONE)
        return until if until > local else until + timedelta(days=1)

    def _is_quiet(self, at: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole file: the number that people call, dated terms, gateways in order of use, and
    numbers of our own, which are never answered."""

    help_number: str
    terms: tuple[Terms, ...]
    gateways: tuple[Mapping[str, Any], ...] = field(default=())
    numbers: tuple[str, ...] = ()

    def of(self, day: date) -> Terms:
        """The terms in force on a day; before the first ones, those."""
        begun = [one for one in self.terms if one.since <= day]
        return begun[-1] if begun else self.terms[0]


def read_plan(path: Path | None) -> Plan | None:
    """The plan of an installation; None where it sends no messages. Raises SettingsError."""
    if path is None:
        return None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"ANSINH_MESSAGES: không đọc được {path.name}."]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"ANSINH_MESSAGES: {path.name} không phải TOML: {error}"]) from error
    return _plan(told)


def help_number(path: Path | None) -> str:
    """The number that people may call, '' where none is told. Raises SettingsError."""
    plan = read_plan(path)
    return plan.help_number if plan else ""


def _plan(told: Mapping[str, Any]) -> Plan:
    if unknown := sorted(set(told) - _TOP):
        refuse(unknown[0], f"không có từ này; dùng: {', '.join(sorted(_TOP))}")
    if not isinstance(own := told.get("numbers", []), list):
        refuse("numbers", "phải là list")
    number = told.get("help")
    if not isinstance(number, str) or not _HELP.fullmatch(number):
        refuse("help", f"ghi số điện thoại hỏi đáp, nhiều nhất {HELP_MAX} ký tự")
    terms = sorted((_terms(one) for one in _tables(told, "terms")), key=lambda one: one.since)
    if len({one.since for one in terms}) < len(terms):
        refuse("terms.from", "mỗi ngày chỉ một lần")
    gateways = tuple(_tables(told, "gateways", least=0))
    return Plan(str(number), tuple(terms), gateways, tuple(str(one) for one in own))


def _tables(told: Mapping[str, Any], name: str, least: int = 1) -> Sequence[Mapping[str, Any]]:
    given = told.get(name, [])
    found = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    if not isinstance(given, list) or len(found) < len(given):
        refuse(name, f"viết dạng [[{name}]]")
    if len(found) < least:
        refuse(name, "còn thiếu")
    return found


def _terms(told: Mapping[str, Any]) -> Terms:
    found = checked(told, "terms", _WORDS, _NEEDED)
    for name in ("part_price", "day_budget", "prefix_limit", "code_limit"):
        if found.get(name, 0) < 0:
            refuse(f"terms.{name}", "không âm")
    return Terms(found.pop("from"), **found)


def checked(
    told: Mapping[str, Any], where: str, kinds: Mapping[str, type], needed: Sequence[str]
) -> dict[str, Any]:
    """The table when every word is known, of its kind, and none of `needed` is missing.

    Raises SettingsError.
    """
    for name, value in told.items():
        if name not in kinds:
            refuse(f"{where}.{name}", f"không có từ này; dùng: {', '.join(kinds)}")
        if type(value) is not kinds[name]:
            refuse(f"{where}.{name}", f"phải là {kinds[name].__name__}")
    for name in needed:
        if told.get(name) is None or told[name] == "":
            refuse(f"{where}.{name}", "còn thiếu")
    return dict(told)


def refuse(where: str, what: str) -> None:
    """Raise SettingsError with the place in the file and what is wrong there."""
    raise SettingsError([f"ANSINH_MESSAGES, mục “{where}”: {what} (docs/operations/messages.md)."])
