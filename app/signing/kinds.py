"""The kinds of documents that get a number, and who signs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PAYROLL_LIST = "payroll_list"
STATEMENT = "statement"
"""Of one person; it has no number and nobody signs it: its code says what it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`symbol` stands behind the number ("15/DS-UBND"); `signers` goes from the name of a
    signature field to the role that its block shows."""

    name: str
    symbol: str
    signers: Mapping[str, str]


KINDS: Mapping[str, Kind] = {
    PAYROLL_LIST: Kind(
        "Danh sách chi trả trợ cấp",
        "DS",
        {
            "nguoi_lap": "Người lập",
            "ke_toan_truong": "Kế toán trưởng",
            "thu_truong": "Thủ trưởng đơn vị",
        },
    ),
}
