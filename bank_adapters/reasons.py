"""Why a payment was refused or came back: a code becomes a class, an action and two sentences.

The same code means different things in different sets, so the table is keyed by (set, code):
"return" (RtrInf of a camt entry), "status" (pain.002) and "list" (paid and unpaid lists).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class CodeSet(StrEnum):
    """Where the code was read."""

    RETURN = "return"
    STATUS = "status"
    LIST = "list"


class ReasonClass(StrEnum):
    """What a reason asks for."""

    REPAIR = "repair"  # the payee's data must change first
    RETRY = "retry"  # same data, next window, after an enquiry
    FUNDS = "funds"  # our account lacks money
    LIMIT = "limit"  # another rail or a smaller amount
    OURS = "ours"  # our file, contract or configuration; the payee is untouched
    REVIEW = "review"  # a person looks at it; also every unknown code
    HOLD = "hold"  # compliance: nothing moves on its own
    TERMINAL = "terminal"  # never pay this payee again as it stands
    INFO = "info"  # our own recall or a notice
    CARRY = "carry"  # not collected: carried to the next period


class Owner(StrEnum):
    """Whose work a reason is."""

    COMMUNE = "commune"  # who asks the person
    FINANCE = "finance"  # who speaks with the bank
    ADMIN = "admin"  # who mends our files and settings
    LEADER = "leader"  # who decides whether anything moves at all


class Effect(StrEnum):
    """What becomes of the payee's account."""

    BAN = "ban"  # never paid into again
    CHANGE = "change"  # paid another way until it is put right
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reason:
    """One (set, code). `known` is false for a code that is not in the table.

    `deadline` is banking days from the day the reason is known. `duplicate` marks codes after
    which the first copy may have been paid: a case, never a plain rejection (AM05, DUPL).
    """

    code: str
    code_set: CodeSet
    reason_class: ReasonClass
    officer: str
    person: str
    owner: Owner = Owner.FINANCE
    deadline: int = 1
    effect: Effect = Effect.NONE
    known: bool = True
    duplicate: bool = False

    @property
    def action(self) -> str:
        """What the officer does next, one Vietnamese sentence."""
        return _DUPLICATE_ACTION if self.duplicate else _ACTIONS[self.reason_class]

    @property
    def account_unusable(self) -> bool:
        """True when the account must not be paid to again as it is written."""
        return self.effect is Effect.BAN

    @property
    def owner_words(self) -> str:
        """Whose work it is, as people say it."""
        return _OWNERS[self.owner]

    @property
    def effect_words(self) -> str:
        """What becomes of the account, one Vietnamese sentence."""
        return _EFFECTS[self.effect]


_OWNERS = {
    Owner.COMMUNE: "cán bộ xã",
    Owner.FINANCE: "cán bộ tài chính",
    Owner.ADMIN: "quản trị hệ thống",
    Owner.LEADER: "lãnh đạo",
}
_EFFECTS = {
    Effect.BAN: "Tài khoản này không được dùng nữa.",
    Effect.CHANGE: "Tạm chi bằng cách khác cho đến khi thông tin được sửa.",
    Effect.NONE: "Tài khoản giữ nguyên.",
}


_ACTIONS = {
    ReasonClass.REPAIR: "Hỏi lại người hưởng, sửa thông tin có xác minh rồi lập lệnh mới.",
    ReasonClass.RETRY: "Hỏi ngân hàng cho chắc là tiền chưa đi, rồi lập lệnh mới ở phiên sau.",
    ReasonClass.FUNDS: "Kiểm tra và bổ sung số dư tài khoản nguồn, rồi lập lệnh mới.",
    ReasonClass.LIMIT: "Chuyển sang kênh khác hoặc đề nghị ngân hàng nâng hạn mức.",
    ReasonClass.OURS: "Báo quản trị sửa tệp, cấu hình hoặc hợp đồng; không hỏi người hưởng.",
    ReasonClass.REVIEW: "Cán bộ xem xét và quyết định; chưa chi lại.",
    ReasonClass.HOLD: "Giữ nguyên, báo lãnh đạo; không tự chi lại.",
    ReasonClass.TERMINAL: "Dừng chi cho người này và mở thủ tục tương ứng; không chi lại.",
    ReasonClass.INFO: "Không phải làm gì thêm; đối chiếu với yêu cầu của đơn vị.",
    ReasonClass.CARRY: "Chuyển khoản chưa nhận sang kỳ sau.",
}
_PERSONS = {
    ReasonClass.REPAIR: "Ngân hàng chưa chuyển được tiền. Xin liên hệ xã để kiểm tra thông tin.",
    ReasonClass.RETRY: "Ngân hàng gặp trục trặc. Tiền sẽ được chuyển lại.",
    ReasonClass.FUNDS: "Tiền sẽ được chuyển lại. Ông/bà không phải làm gì.",
    ReasonClass.LIMIT: "Tiền sẽ được chuyển lại bằng cách khác. Ông/bà không phải làm gì.",
    ReasonClass.OURS: "Tiền sẽ được chuyển lại. Ông/bà không phải làm gì.",
    ReasonClass.REVIEW: "Khoản chi đang được xem lại. Xã sẽ báo cho ông/bà.",
    ReasonClass.HOLD: "Khoản chi đang được xem lại. Xin liên hệ xã.",
    ReasonClass.TERMINAL: "Xin liên hệ xã.",
    ReasonClass.INFO: "Khoản chi đã được dừng theo yêu cầu của cơ quan chi trả.",
    ReasonClass.CARRY: "Ông/bà chưa nhận tiền kỳ này. Tiền được chuyển sang kỳ chi sau.",
}
_DUPLICATE_ACTION = "Mở hồ sơ xem lệnh nào đã được chi; không gửi lại, không đánh số lại."
_DUPLICATES = frozenset({"AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05"})


@cache
def table() -> dict[tuple[str, str], Reason]:
    """Every (set, code) of the data file; "both" fills return and status."""
    text = files("bank_adapters").joinpath("data/return_reasons.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found: dict[tuple[str, str], Reason] = {}
    for line in lines[1:]:
        code, where, *told = line.split("\t")
        for one in ("return", "status") if where == "both" else (where,):
            found[one, code] = _reason(code, CodeSet(one), *told)
    return found


def _reason(
    code: str,
    code_set: CodeSet,
    name: str,
    owner: str,
    deadline: str,
    effect: str,
    officer: str,
    person: str,
) -> Reason:
    reason_class = ReasonClass(name.lower())
    return Reason(
        code=code,
        code_set=code_set,
        reason_class=reason_class,
        officer=f"{officer}.",
        person=person or _PERSONS[reason_class],
        owner=Owner(owner),
        deadline=int(deadline),
        effect=Effect(effect),
        duplicate=code in _DUPLICATES,
    )


def reason(code_set: CodeSet, code: str) -> Reason:
    """What a code means in a set; an unknown or proprietary code is REVIEW.

    A list provider may use a status code for an account line, so "list" falls back to
    "status" and then "return".
    """
    code = code.strip().upper()
    sets = (code_set, "status", "return") if code_set is CodeSet.LIST else (code_set,)
    for one in sets:
        if (found := table().get((one, code))) is not None:
            return found
    officer = f"Mã lý do lạ “{code}”." if code else "Ngân hàng không nêu lý do."
    review = ReasonClass.REVIEW
    return Reason(code, code_set, review, officer, _PERSONS[review], known=False)
