"""How one provider answers a list, as data: a TOML file that `load` reads and judges.

The counterpart of `list_profile`: what comes back in CSV or Excel. An answer is a grid, or one
for each sheet: labels with values above, headings, one row a payment, perhaps a row of totals
below. What the provider's words mean stands in `results`; a word that is not there means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_adapters.contract import Method
from bank_adapters.errors import Refused
from bank_adapters.formats.list_profile import FORMATS
from bank_adapters.formats.profile_checks import (
    require_encoding,
    require_faultless,
    require_known,
    table_of,
)
from bank_adapters.formats.xlsx_sheet import nfc
from bank_adapters.statuses import Meaning, meaning

PAID, UNPAID = "paid", "unpaid"
HEAD_FIELDS = frozenset({"message_id", "debtor_account", "count", "total", "unspent"})
LINE_FIELDS = frozenset(
    {"reference", "amount", "result", "reason", "method", "day", "voucher", "payee_name",
     "message_id", "debtor_account"}
)  # fmt: skip
_WHAT = "Hồ sơ trả lời"
_TABLES = ("head", "columns", "sheets", "results", "reasons", "methods")


@dataclass(frozen=True, slots=True)
class AnswerProfile:
    """One provider's answer.

    `columns` are (heading, field) from the left and `head` (label, field), a value being to the
    right of its label; a field of "" is not used. The headings stand in `heading_row`, counted
    from 1. `sheets` are (name, result): the result of all lines of an Excel sheet, or "" where a
    column tells it; a name of "" is the first sheet. `results` gives for each word of the result
    column "paid", "unpaid" or an ISO status; `reasons` codes for the bank's own words. A row that
    begins with one of `totals` ends the lines. Amounts are whole numbers; as texts they may have
    `thousands` between every three digits and zeros after `decimal`. In Excel they are numbers,
    texts too only with `text_amounts`.
    """

    format: str
    columns: tuple[tuple[str, str], ...]
    heading_row: int
    head: tuple[tuple[str, str], ...] = ()
    sheets: tuple[tuple[str, str], ...] = (("", ""),)
    results: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Method] = field(default_factory=dict)
    method: Method = Method.ACCOUNT
    totals: tuple[str, ...] = ()
    thousands: str = ""
    decimal: str = ""
    text_amounts: bool = False
    day: str = "%d/%m/%Y"
    delimiter: str = ";"
    encoding: str = "utf-8-sig"

    @property
    def fields(self) -> dict[str, int]:
        """The columns that are used: field and place, counted from 1."""
        return {name: place for place, (_, name) in enumerate(self.columns, 1) if name}


def load(text: str) -> AnswerProfile:
    """The profile in a TOML text; raises Refused naming what is missing or unknown."""
    return told_by(table_of(text, _WHAT))


def told_by(told: Mapping[str, Any]) -> AnswerProfile:
    """The profile in a table of TOML; raises Refused as `load`."""
    known = set(AnswerProfile.__slots__)
    require_known(told, known, _WHAT)
    try:
        profile = AnswerProfile(**_tables(told), **_plain(told, known))
        _judge(profile)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{_WHAT} thiếu hoặc sai mục: {error}") from error
    return profile


def _tables(told: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "columns": tuple((nfc(one["heading"]), one.get("field", "")) for one in told["columns"]),
        "head": tuple((nfc(one["label"]), one.get("field", "")) for one in told.get("head", [])),
        "results": _words(told.get("results", {})),
        "reasons": _words(told.get("reasons", {})),
        "methods": {word: Method(name) for word, name in _words(told.get("methods", {})).items()},
    }
    if sheets := told.get("sheets"):
        found["sheets"] = tuple((nfc(one["name"]), one.get("result", "")) for one in sheets)
    return found


def _words(told: Mapping[str, str]) -> dict[str, str]:
    """Words as they are compared: precomposed, without regard to capitals."""
    return {word_of(word): name for word, name in told.items()}


def word_of(text: str) -> str:
    """A word of a bank as it is compared with those of the profile."""
    return nfc(text).casefold()


def _plain(told: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    found = {name: told[name] for name in (known & told.keys()) - set(_TABLES)}
    found["totals"] = tuple(map(word_of, told.get("totals", [])))
    if "method" in told:
        found["method"] = Method(told["method"])
    return found


def _judge(profile: AnswerProfile) -> None:
    """Refuse a profile whose answers could not be understood."""
    line, around = [one for _, one in profile.columns if one], [one for _, one in profile.head]
    told_by_sheet = all(result for _, result in profile.sheets)
    meant = {*profile.results.values(), *(result for _, result in profile.sheets if result)}
    faults = {
        "format là csv hoặc xlsx": profile.format not in FORMATS,
        "có cột lạ": bool(set(line) - LINE_FIELDS),
        "có nhãn lạ": bool(set(around) - HEAD_FIELDS - {""}),
        "một trường đứng ở hai cột": len(set(line)) < len(line),
        "phải có reference và amount": not {"reference", "amount"} <= set(line),
        "phải có message_id": "message_id" not in {*line, *around},
        "phải có cột result hoặc result của trang": not told_by_sheet and "result" not in line,
        "thiếu results": not told_by_sheet and not profile.results,
        "results có nghĩa lạ": not all(map(_is_meant, meant)),
        "thiếu methods cho cột hình thức": "method" in line and not profile.methods,
        "csv không có trang": profile.format == "csv" and profile.sheets != (("", ""),),
        "heading_row từ 1": profile.heading_row < 1,
        "delimiter là một ký tự": len(profile.delimiter) != 1,
        "thousands và decimal là hai ký tự khác nhau": not _tell_apart(profile),
    }
    require_faultless(faults, _WHAT)
    require_encoding(profile.encoding, _WHAT)


def _is_meant(result: str) -> bool:
    return result in (PAID, UNPAID) or meaning(result) is not Meaning.UNKNOWN


def _tell_apart(profile: AnswerProfile) -> bool:
    marks = [mark for mark in (profile.thousands, profile.decimal) if mark]
    return len(set(marks)) == len(marks) and all(
        len(mark) == 1 and not mark.isalnum() and mark not in "+-" for mark in marks
    )
