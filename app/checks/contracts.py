"""The five registers that we ask, and what passes between us: ours, no official text was at hand.

Each contract says what we send of a person, what may come back, and what of it is trouble for an
officer. The same lines travel in a file and over the network (docs/outside-registers.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from app.errors import NotFound

PERSON_FIELDS = ("citizen_id",)
ACCOUNT_FIELDS = ("bank_bin", "account")


@dataclass(frozen=True, slots=True)
class Contract:
    """One register: `asks` are the fields of a line besides its number, `subject` those that an
    answer must repeat, `tells` what it may add. `results` are the words of each result.

    `confirms` names the fields of ours that a result in `good` proves right; results in
    `trouble` go to the queue.
    """

    code: str
    title: str
    asks: tuple[str, ...]
    subject: tuple[str, ...]
    tells: tuple[str, ...]
    results: Mapping[str, str]
    good: frozenset[str]
    trouble: frozenset[str]
    confirms: tuple[str, ...]
    provenance: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One line that we send: its number in the request, and the fields of the contract."""

    ref: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of an answer. `place` says where it stood, for messages: 'Dòng 12'.

    `subject` is what identifies the person or the account; `happened_on` the day of death or
    birth; `amount` đồng a month; `checked_at` when the other register looked.
    """

    place: str
    ref: int
    subject: tuple[str, ...]
    result: str
    checked_at: datetime
    name: str = ""
    birth: str = ""
    happened_on: date | None = None
    amount: int | None = None
    paper: str = ""


def _words(**results: str) -> Mapping[str, str]:
    return MappingProxyType(results)


_POPULATION = Contract(
    "population",
    "Cơ sở dữ liệu quốc gia về dân cư",
    ("citizen_id", "name", "birth"),
    PERSON_FIELDS,
    ("name", "birth", "happened_on"),
    _words(
        matched="khớp",
        name_differs="khác tên",
        birth_differs="khác ngày sinh",
        not_found="không tìm thấy",
        dead="đã mất",
    ),
    frozenset(("matched",)),
    frozenset(("name_differs", "birth_differs", "not_found", "dead")),
    ("citizen_id", "name", "birth"),
    "population",
)
_CIVIL_STATUS = Contract(
    "civil_status",
    "Hộ tịch: khai tử và khai sinh từ một ngày",
    ("citizen_id", "name"),
    PERSON_FIELDS,
    ("happened_on", "paper"),
    _words(none="không có sự kiện", dead="đã khai tử", birth="đã khai sinh con"),
    frozenset(("none", "birth")),
    frozenset(("dead",)),
    ("alive",),
    "civil_status",
)
_INSURANCE = Contract(
    "insurance",
    "Bảo hiểm xã hội: lương hưu, trợ cấp hằng tháng",
    ("citizen_id", "name", "birth"),
    PERSON_FIELDS,
    ("amount",),
    _words(
        none="không hưởng",
        pension="đang hưởng lương hưu",
        monthly_benefit="đang hưởng trợ cấp bảo hiểm xã hội hằng tháng",
        not_found="không tìm thấy",
    ),
    frozenset(("none", "pension", "monthly_benefit")),
    frozenset(("pension", "monthly_benefit", "not_found")),
    ("insurance",),
    "insurance",
)
_BANK_NAME = Contract(
    "bank_name",
    "Ngân hàng: tên chủ tài khoản",
    ("bank_bin", "account"),
    ACCOUNT_FIELDS,
    ("name",),
    _words(
        found="có tài khoản",
        not_found="không có tài khoản",
        closed="tài khoản đã đóng",
        cannot_verify="ngân hàng không cho tra tên",
        # What we make of a name that was found.
        exact="đúng tên",
        close="gần đúng tên",
        different="khác tên",
    ),
    frozenset(("exact",)),
    frozenset(("close", "different", "not_found", "closed")),
    ("account",),
    "bank",
)
_POVERTY = Contract(
    "poverty",
    "Danh sách hộ nghèo, hộ cận nghèo của xã",
    ("citizen_id", "name"),
    PERSON_FIELDS,
    ("paper", "happened_on"),
    _words(
        poor="hộ nghèo",
        near_poor="hộ cận nghèo",
        none="không thuộc hộ nghèo, cận nghèo",
        not_found="không tìm thấy",
    ),
    frozenset(("poor", "near_poor", "none")),
    frozenset(("not_found",)),
    ("poverty",),
    "officer",
)

CONTRACTS: Mapping[str, Contract] = MappingProxyType(
    {one.code: one for one in (_POPULATION, _CIVIL_STATUS, _INSURANCE, _BANK_NAME, _POVERTY)}
)
COMPARED = ("exact", "close", "different")
"""Results that only we can give: an answer that claims one is refused."""

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "request_id": "Mã yêu cầu",
        "ref": "Dòng",
        "citizen_id": "Số căn cước",
        "bank_bin": "Mã ngân hàng",
        "account": "Số tài khoản",
        "result": "Kết quả",
        "checked_at": "Lúc tra cứu",
        "happened_on": "Ngày sự kiện",
        "amount": "Số tiền một tháng",
        "paper": "Số giấy tờ",
    }
)
OUR_HEADINGS = MappingProxyType({**HEADINGS, "name": "Họ và tên", "birth": "Ngày sinh"})
"""Headings of what we send; what they tell of a name or a birth has a column of its own."""
THEIR_HEADINGS = MappingProxyType(
    {**HEADINGS, "name": "Tên ở sổ gốc", "birth": "Ngày sinh ở sổ gốc"}
)


def contract(code: str) -> Contract:
    """The contract of a register. Raises NotFound for another word."""
    if code not in CONTRACTS:
        known = ", ".join(CONTRACTS)
        raise NotFound(f"Không có nguồn kiểm tra “{code[:40]}”.", f"Chọn một trong: {known}.")
    return CONTRACTS[code]
