"""The rules by which people are doubted, as data; the finders beside this file give their cases.

An exact rule compares what is equal or not; a near one weighs likeness, and only asks. A rule
that `blocks` leaves somebody off the month's list until two officers have decided. Whom, is the
finder's to say, and never everybody where the rule can tell who came first: the earlier person
goes on being paid. Nobody is moved to cash instead: whose money it is is just what is doubted.

A person on two lists at once does not block: an obligation is unique by programme, person and
month, so the money is owed once whatever the lists say, and an innocent mover would wait for it.
Accounts with numbers in a row are no rule: a bank opens those of a commune on one day.
"""

from __future__ import annotations

from dataclasses import dataclass

WARDS_MAX = 3
"""People for whom one guardian or authorised payee may collect on one account."""
PHONE_MAX, PHONE_TOLD_MAX = 3, 8
"""People with one phone: where nobody said whose it is, and where it is a family's or neighbour's.
"""
DECISION_MAX = 40
"""People granted by one decision of a commune before somebody should look at it."""
OLDEST_YEARS = 110
RUN_MIN, RUN_STEP_MAX = 5, 3
"""IDs in a row: how many people, and how far apart two serials may be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`sentence` says what was found, with `{n}` people, and what to look at."""

    code: str
    sentence: str
    is_exact: bool
    blocks: bool


_RULES = (
    Rule("old_id", "Số định danh là số cũ của một người khác đã được cấp lại.", True, True),
    Rule("one_account", "{n} người nhận chung một tài khoản mà không cùng người nhận thay.",
         True, True),
    Rule("payee_of_many", f"Một người nhận thay cho {{n}} người, quá {WARDS_MAX}.", True, True),
    Rule("dead", "Người đã báo mất vẫn còn tên trong danh sách.", True, True),
    Rule("staff", "Người hưởng là cán bộ có quyền trong hệ thống.", True, True),
    Rule("staff_payee", "Cán bộ có quyền trong hệ thống là người nhận thay.", True, True),
    Rule("staff_household", "Người hưởng cùng hộ với cán bộ có quyền trong hệ thống.", True, True),
    Rule("two_areas", "Một người có tên ở hai xã trong cùng một kỳ.", True, False),
    Rule("two_programmes", "Một người hưởng hai chế độ mà luật chỉ cho hưởng một.", True, False),
    Rule("too_old", f"Người hưởng trên {OLDEST_YEARS} tuổi: thăm tận nơi.", True, False),
    Rule("never_collected", "Nhiều tháng liền không ai nhận tiền: thăm tận nơi.", True, False),
    Rule("one_phone", "{n} người khai chung một số điện thoại.", True, False),
    Rule("same_person", "Hai hồ sơ có thể là một người: họ tên và ngày sinh gần như nhau.",
         False, False),
    Rule("near_account", "Hai số tài khoản chỉ khác cách viết (số 0, chữ O, khoảng trắng).",
         False, False),
    Rule("ids_in_a_row", "{n} người cùng xã có số định danh liền nhau.", False, False),
    Rule("one_decision", "Một quyết định ghi cho {n} người.", False, False),
)  # fmt: skip

RULES = {rule.code: rule for rule in _RULES}

VERDICTS = {
    "different": "Những người khác nhau; chi bình thường.",
    "merge": "Một người đăng ký hai lần; gộp vào hồ sơ còn lại.",
    "fraud": "Gian lận; giữ lại, không chi.",
    "allowed": "Đúng như vậy và được phép, đến hết kỳ ghi trong quyết định.",
}
