"""Values as people read them, in the language of the page. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from app.clock import TIME_ZONE
from ledger.money import DONG_SIGN, NO_BREAK_SPACE, format_number
from ledger.words import in_words_en, in_words_vi_document

MINUS = "\u2212"
NONE = "–"


def number(value: int, language: str) -> str:
    """1234567 as 1.234.567 (Vietnamese) or 1,234,567 (English), with a true minus sign."""
    text = format_number(abs(value))
    text = text if language == "vi" else text.replace(".", ",")
    return f"{MINUS}{text}" if value < 0 else text


def signed(value: int, language: str) -> str:
    """A change: with its sign, 0 without."""
    return f"+{number(value, language)}" if value > 0 else number(value, language)


def vnd(value: int, language: str) -> str:
    """Đồng with their sign: '1.234.567 ₫', with a no-break space."""
    return f"{number(value, language)}{NO_BREAK_SPACE}{DONG_SIGN}"


def percent(text: str | None, language: str) -> str:
    """A rate as `app.indicators` gives it ('80.75') for the reader: '80,75 %'."""
    return NONE if text is None else f"{decimal(text, language)}{NO_BREAK_SPACE}%"


def decimal(text: str | None, language: str) -> str:
    """'87.25' as '87,25' (Vietnamese); a dash for none."""
    if text is None:
        return NONE
    return text.replace(".", ",") if language == "vi" else text


def share(part: int, whole: int, language: str) -> str:
    """part of whole as a percentage with one decimal, half up; a dash when there is no whole."""
    if whole == 0:
        return NONE
    tenths = (2000 * part + whole) // (2 * whole)
    return percent(f"{tenths // 10}.{tenths % 10}", language)


def in_words(value: int, language: str) -> str:
    """An amount in words, with a capital letter."""
    if language == "vi":
        return in_words_vi_document(value)
    words = in_words_en(value)
    return words[0].upper() + words[1:]


def day(value: date | None) -> str:
    """31/10/2026; a dash for none. Both languages of this country write it so."""
    return value.strftime("%d/%m/%Y") if value else NONE


def moment(value: datetime | None) -> str:
    """31/10/2026 14:32 in Viet Nam's time; a dash for none."""
    return value.astimezone(TIME_ZONE).strftime("%d/%m/%Y %H:%M") if value else NONE


def month(period: str) -> str:
    """'2026-10' as 10/2026."""
    return f"{period[5:]}/{period[:4]}"


def account(tail: str) -> str:
    """Only the last digits of an account: '•••• 1950'."""
    return f"••••{NO_BREAK_SPACE}{tail}" if tail else NONE


def citizen(tail: str) -> str:
    """Only the last digits of a personal ID: 'CCCD ••• 745'."""
    return f"CCCD{NO_BREAK_SPACE}•••{NO_BREAK_SPACE}{tail}"


def filters(language: str) -> dict[str, Any]:
    """The functions above by name, bound to a language: what the templates call."""
    return {
        "number": lambda value: number(value, language),
        "signed": lambda value: signed(value, language),
        "vnd": lambda value: vnd(value, language),
        "percent": lambda text: percent(text, language),
        "decimal": lambda text: decimal(text, language),
        "share": lambda part, whole: share(part, whole, language),
        "in_words": lambda value: in_words(value, language),
        "day": day,
        "moment": moment,
        "month": month,
        "account": account,
        "citizen": citizen,
    }
