"""The definitions of our indicators, versioned: what is counted, over what, until when.

No law fixes how a cashless rate is counted, and in practice the denominators differ so much
that one province had both 81 % and 38 %. So a figure is never shown without its numerator,
denominator, moment, cut-off and the version of these words. The words are rows of
`data/definitions.csv`; docs/indicators.md is drawn from them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator of one version: its name, both sides of the fraction, and its cut-off.

    `unit` is what both sides count: 'person', 'line' (a payment of the list), 'vnd' or 'case' (a
    complaint).
    """

    code: str
    version: str
    name: Words
    numerator: Words
    denominator: Words
    cut_off: Words
    unit: str

    @property
    def is_of_lock(self) -> bool:
        """Whether it is judged on the day the list is locked, and not at the cut-off."""
        return self.cut_off is LOCK


CUT_OFF = Words(
    "Số sơ bộ tính đến hết ngày 19 của tháng chi trả; số chính thức tính đến hết ngày cuối "
    "của tháng sau. Giờ Việt Nam.",
    "Provisional up to the end of the 19th of the payment month; final up to the end of the "
    "last day of the following month. Viet Nam time.",
)
LOCK = Words(
    "Tính vào ngày khóa danh sách của kỳ chi trả. Giờ Việt Nam.",
    "As of the day the list of the payment month is locked. Viet Nam time.",
)
CREDITED = Words(
    "“Đã vào tài khoản” nghĩa là ngân hàng hoặc đơn vị chi trả xác nhận đã ghi có và khoản tiền "
    "không bị trả lại tính đến thời điểm chốt. Đã gửi lệnh chưa phải là đã vào tài khoản.",
    "“Credited” means confirmed as credited by the bank or provider and not returned by the "
    "cut-off. Sent is not credited.",
)
UNITS: Mapping[str, Words] = MappingProxyType(
    {
        "person": Words("người", "persons"),
        "line": Words("khoản", "lines"),
        "vnd": Words("đồng", "VND"),
        "case": Words("phản ánh", "complaints"),
    }
)
_CUT_OFFS = {"month": CUT_OFF, "lock": LOCK}


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one of this room's data files."""
    text = files("app.indicators").joinpath(f"data/{name}").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _words(row: Mapping[str, str], name: str) -> Words:
    return Words(row[f"{name}_vi"], row[f"{name}_en"])


def _definitions() -> Iterator[tuple[str, Definition]]:
    for row in rows_of("definitions.csv"):
        yield (
            row["code"],
            Definition(
                code=row["code"],
                version=row["version"],
                name=_words(row, "name"),
                numerator=_words(row, "numerator"),
                denominator=_words(row, "denominator"),
                cut_off=_CUT_OFFS[row["cut_off"]],
                unit=row["unit"],
            ),
        )


DEFINITIONS: Mapping[str, Definition] = MappingProxyType(dict(_definitions()))


def definition(code: str) -> Definition:
    """The definition of a code. Raises KeyError, for codes stand in our own code only."""
    return DEFINITIONS[code]
