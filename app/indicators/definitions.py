"""The definitions of our indicators, versioned: what is counted, over what, until when.

No law fixes how a cashless rate is counted, and in practice the denominators differ so much
that one province had both 81 % and 38 %. So a figure is never shown without its numerator,
denominator, moment, cut-off and the version of these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator of one version: its name, both sides of the fraction, and its cut-off."""

    code: str
    version: str
    name: Words
    numerator: Words
    denominator: Words
    cut_off: Words


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

_PERSONS_CREDITED = Words(
    "Số người có toàn bộ số tiền được trả trong kỳ đã vào tài khoản",
    "Persons whose entire amount paid in the month was credited to an account",
)

_R1 = Definition(
    "R1",
    VERSION,
    Words("Tỷ lệ người nhận không dùng tiền mặt", "Cashless rate by person"),
    _PERSONS_CREDITED,
    Words(
        "Số người đã được trả trong kỳ, qua tài khoản hoặc tiền mặt",
        "Persons paid in the month, by account or in cash",
    ),
    CUT_OFF,
)
_R1B = Definition(
    "R1b",
    VERSION,
    Words(
        "Tỷ lệ người nhận không dùng tiền mặt trên toàn danh sách",
        "Cashless rate over the whole list",
    ),
    _PERSONS_CREDITED,
    Words(
        "Số người trong danh sách đã duyệt của kỳ, kể cả người chưa nhận",
        "Persons on the approved list of the month, those not yet paid included",
    ),
    CUT_OFF,
)
_R2 = Definition(
    "R2",
    VERSION,
    Words("Tỷ lệ số tiền trả không dùng tiền mặt", "Cashless rate by amount"),
    Words("Số tiền đã vào tài khoản (đồng)", "Amount credited to accounts (VND)"),
    Words(
        "Số tiền đã vào tài khoản cộng số tiền đã trả bằng tiền mặt (đồng)",
        "Amount credited plus amount paid in cash (VND)",
    ),
    CUT_OFF,
)
_R3 = Definition(
    "R3",
    VERSION,
    Words("Tỷ lệ người có tài khoản dùng được", "Account coverage"),
    Words(
        "Số người trong danh sách có ít nhất một tài khoản đã xác minh, dùng được, đứng tên mình "
        "hoặc người được ủy quyền",
        "Persons on the list with at least one verified usable account, their own or that of an "
        "authorised payee",
    ),
    Words(
        "Số người trong danh sách đã duyệt của kỳ",
        "Persons on the approved list of the month",
    ),
    LOCK,
)

DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {each.code: each for each in (_R1, _R1B, _R2, _R3)}
)


def definition(code: str) -> Definition:
    """The definition of a code. Raises KeyError, for codes stand in our own code only."""
    return DEFINITIONS[code]
