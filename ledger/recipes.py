"""The only place that chooses debit or credit: every event of the house as one row.

Rows carry the number that docs/recipes.md prints beside each step: T for bank, C for advance and
cash, Y for the end of a year, O for what is taken over from an older system; and say in words
what happened. A recipe joins two kinds of account; amounts are one total on a control account
and one posting per item on an itemised account. What looks like three accounts is two entries
in one transaction; what undoes a whole entry is `ledger.journal.reverse`, without a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.errors import Unbalanced


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an event posts: the kind debited, the kind credited, the row of the table, in words."""

    name: str
    debit: str
    credit: str
    row: str
    says: str


RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("accrue", "expense", "payable", "T1", "Ghi nhận trợ cấp phải trả"),
        Recipe("reverse_accrual", "payable", "expense", "T1r", "Huỷ ghi nhận trợ cấp"),
        Recipe("commit", "payable", "commitment", "T3", "Lập lệnh chi"),
        Recipe("cancel_commitment", "commitment", "payable", "T3r", "Huỷ lệnh chi chưa gửi"),
        Recipe("send", "commitment", "transit", "T4/C2", "Giao lệnh chi cho đơn vị chi trả"),
        # Money from the Treasury, and between bank and provider.
        Recipe("fund_bank", "bank", "funding", "T0", "Kho bạc cấp tiền vào tài khoản"),
        Recipe("fund_advance", "advance", "funding", "C1", "Kho bạc chuyển tiền tạm ứng"),
        Recipe("hand_advance", "advance", "bank", "C1", "Chuyển tiền tạm ứng từ tài khoản"),
        Recipe("unspent_back", "bank", "advance", "C6", "Nộp lại tiền chưa chi hết"),
        # Paid.
        Recipe("settle_bank", "transit", "bank", "T8", "Ngân hàng đã ghi nợ"),
        Recipe("debit_lump", "unallocated", "bank", "T8b", "Ngân hàng ghi nợ cả lô một lần"),
        Recipe("settle_lump", "transit", "unallocated", "T8c", "Đã báo có từng người của lô"),
        Recipe("lump_back", "bank", "unallocated", "T9b", "Hoàn phần bị từ chối của lô"),
        Recipe("settle_advance", "transit", "advance", "C4", "Đơn vị chi trả đã chuyển khoản"),
        Recipe("pay_cash", "transit", "advance", "C3", "Đơn vị chi trả đã trả tiền mặt"),
        # Not paid: due again.
        Recipe("reject", "transit", "payable", "T9", "Lệnh bị từ chối, tiền chưa đi"),
        Recipe("not_received", "transit", "payable", "T10", "Lệnh không tới ngân hàng"),
        Recipe("carry_over", "transit", "payable", "C5", "Chưa trả được, chuyển kỳ sau"),
        Recipe("return_bank", "bank", "payable", "T11", "Tiền bị trả lại"),
        Recipe("return_advance", "advance", "payable", "T11", "Tiền bị trả lại cho tạm ứng"),
        Recipe("return_charge", "fee", "payable", "T12", "Phí trừ vào tiền trả lại, được chịu"),
        Recipe("claim_charge", "claim", "payable", "T12/C9", "Phí trừ vào tiền trả lại, phải đòi"),
        # Credits and debits that need explaining.
        Recipe("park_credit", "bank", "suspense", "T13", "Tiền vào chưa rõ nguồn"),
        Recipe("send_back", "suspense", "bank", "T13x", "Trả lại tiền không phải của mình"),
        Recipe("place_credit", "suspense", "payable", "T13m", "Đã rõ: tiền chi bị trả lại"),
        Recipe("park_debit", "unexplained", "bank", "T14", "Ghi nợ chưa rõ lý do"),
        Recipe("settle_late", "payable", "bank", "T14m", "Lệnh đã khép là không đi mà vẫn đi"),
        # Fees and claims.
        Recipe("pay_fee", "fee", "bank", "T15", "Phí theo hợp đồng, từ kinh phí quản lý"),
        Recipe("claim_fee", "claim", "bank", "C9", "Phí trừ sai tài khoản, phải đòi lại"),
        Recipe("claim_double", "claim", "bank", "T16", "Ngân hàng thực hiện hai lần, phải đòi"),
        Recipe("claim_paid", "bank", "claim", "T16/C9", "Đã hoàn lại khoản phải đòi"),
        Recipe("provider_loss", "claim", "advance", "C7", "Đơn vị chi trả làm mất tiền"),
        Recipe("loss_paid", "advance", "claim", "C7", "Đơn vị chi trả đã bồi hoàn"),
        # Recalls, overpayments, what lapses.
        Recipe("recall_due", "bank", "payable", "T18", "Thu hồi được, vẫn phải trả"),
        Recipe("recall_not_due", "bank", "expense", "T18", "Thu hồi được, không còn phải trả"),
        Recipe("overpaid", "overpayment", "expense", "T20", "Phát hiện chi thừa, phải thu hồi"),
        Recipe("overpayment_repaid", "bank", "overpayment", "T21", "Người hưởng nộp lại"),
        Recipe("overpayment_offset", "payable", "overpayment", "T21", "Trừ dần theo quyết định"),
        Recipe("write_off", "written_off", "overpayment", "T22", "Xoá khoản phải thu"),
        Recipe("lapse", "payable", "treasury", "T23", "Quá hạn lĩnh, nộp trả Kho bạc"),
        # Back to the Treasury, with the budget year of the entry.
        Recipe("owe_treasury", "funding", "treasury", "T24", "Kinh phí thừa phải nộp trả"),
        Recipe("owe_recovered", "expense", "treasury", "C10", "Tiền thu hồi phải nộp ngân sách"),
        Recipe("refund_bank", "treasury", "bank", "T24/C10", "Nộp trả Kho bạc từ tài khoản"),
        Recipe("refund_advance", "treasury", "advance", "T24/C10", "Nộp trả Kho bạc từ tạm ứng"),
        # End of a budget year: what was spent is set against what was granted.
        Recipe("settle_year", "funding", "expense", "Y1", "Quyết toán kinh phí năm"),
        Recipe("settle_year_fee", "funding", "fee", "Y1", "Quyết toán phí chi trả năm"),
        # Taken over from an older system: opening balances and what it still owed.
        Recipe("open_bank", "bank", "opening", "O1", "Số dư tiền gửi chuyển sang"),
        Recipe("open_advance", "advance", "opening", "O1", "Số dư tạm ứng chuyển sang"),
        Recipe("open_claim", "claim", "opening", "O1", "Khoản phải đòi chuyển sang"),
        Recipe("open_overpayment", "overpayment", "opening", "O1", "Khoản phải thu chuyển sang"),
        Recipe("open_expense", "expense", "opening", "O1", "Số đã chi trong năm chuyển sang"),
        Recipe("open_payable", "opening", "payable", "O2", "Trợ cấp chưa trả chuyển sang"),
        Recipe("open_transit", "opening", "transit", "O2", "Tiền đang chuyển chuyển sang"),
        Recipe("open_suspense", "opening", "suspense", "O2", "Tiền chưa rõ nguồn chuyển sang"),
        Recipe("open_treasury", "opening", "treasury", "O2", "Phải nộp Kho bạc chuyển sang"),
        Recipe("open_funding", "opening", "funding", "O2", "Kinh phí đã cấp chuyển sang"),
    )
}


def recipe_named(name: str) -> Recipe:
    """The recipe of an event; raises Unbalanced where there is none of that name."""
    if name not in RECIPES:
        raise Unbalanced(f"there is no recipe {name!r}: see docs/recipes.md")
    return RECIPES[name]
