"""Lists of other systems that are read as they are: their headings and words, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.beneficiaries import headings as h

_DATA = Path(__file__).resolve().parent / "data" / "profiles.toml"


@dataclass(frozen=True, slots=True)
class Profile:
    """One foreign layout. `headings` by folded case to ours; `words` by our heading, folded case.

    `signature` are the headings (folded case) that tell it; `lacks` our columns it has not.
    """

    code: str
    name: str
    is_confirmed: bool
    sheets: frozenset[str]
    signature: frozenset[str]
    lacks: frozenset[str]
    headings: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    @property
    def notice(self) -> str:
        """What the officer is told when the layout is not confirmed, else ''."""
        if self.is_confirmed:
            return ""
        return (
            f"Nhận ra tệp của {self.name}; mẫu này chưa được xác nhận với tệp thật. "
            "Xem kỹ trang chênh lệch trước khi nhập."
        )


@cache
def profiles() -> tuple[Profile, ...]:
    """Every known layout, in the order of the file."""
    return tuple(_profile(entry) for entry in tomllib.loads(_DATA.read_text("utf-8"))["profile"])


def _profile(entry: Mapping[str, object]) -> Profile:
    def fold(words: object) -> frozenset[str]:
        return frozenset(str(word).casefold() for word in words)  # type: ignore[attr-defined]

    words: dict[str, dict[str, str]] = entry.get("words", {})  # type: ignore[assignment]
    headings: dict[str, str] = entry["headings"]  # type: ignore[assignment]
    return Profile(
        code=str(entry["code"]),
        name=str(entry["name"]),
        is_confirmed=entry["confirmed"] == "yes",
        sheets=fold(entry["sheets"]),
        signature=fold(entry["signature"]),
        lacks=frozenset(map(str, entry["lacks"])),  # type: ignore[call-overload]
        headings={found.casefold(): ours for found, ours in headings.items()},
        words={
            heading: {found.casefold(): ours for found, ours in pairs.items()}
            for heading, pairs in words.items()
        },
    )


def sheet_names() -> frozenset[str]:
    """Names of a sheet that may hold a list, in folded case: ours and those of the profiles."""
    return frozenset({h.SHEET.casefold()}).union(*(one.sheets for one in profiles()))


def profile_of(words: Collection[str]) -> Profile | None:
    """The layout whose signature stands in these headings (folded case)."""
    present = frozenset(words)
    return next((one for one in profiles() if one.signature <= present), None)
