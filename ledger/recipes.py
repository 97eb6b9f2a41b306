"""The only place that chooses debit or credit: every event of the house as one row.

Rows carry the number of the transition table (protocol.md 2.5: T for bank, C for advance and
cash) and say in words what happened. A recipe joins two kinds of account; amounts are one
total on a control account and one posting per item on an itemised account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
        Recipe("fund_bank", "bank", "funding", "T0", "Kho bạc cấp tiền vào tài khoản"),
        Recipe("fund_advance", "advance", "funding", "C1", "Kho bạc chuyển tiền tạm ứng"),
        Recipe("settle_bank", "transit", "bank", "T8", "Ngân hàng đã ghi nợ"),
        Recipe("settle_advance", "transit", "advance", "C4", "Đơn vị chi trả đã chuyển khoản"),
        Recipe("pay_cash", "transit", "advance", "C3", "Đơn vị chi trả đã trả tiền mặt"),
        Recipe("reject", "transit", "payable", "T9", "Lệnh bị từ chối, tiền chưa đi"),
        Recipe("not_received", "transit", "payable", "T10", "Lệnh không tới ngân hàng"),
        Recipe("carry_over", "transit", "payable", "C5", "Chưa trả được, chuyển kỳ sau"),
        Recipe("return_bank", "bank", "payable", "T11", "Tiền bị trả lại"),
        Recipe("return_advance", "advance", "payable", "T11", "Tiền bị trả lại cho tạm ứng"),
        Recipe("park_credit", "bank", "suspense", "T13", "Tiền vào chưa rõ nguồn"),
        Recipe("send_back", "suspense", "bank", "T13x", "Trả lại tiền không phải của mình"),
        Recipe("place_credit", "suspense", "payable", "T13m", "Đã rõ: tiền chi bị trả lại"),
        Recipe("park_debit", "unexplained", "bank", "T14", "Ghi nợ chưa rõ lý do"),
        Recipe("claim_fee", "claim", "bank", "C9", "Phí trừ sai tài khoản, phải đòi lại"),
        Recipe("claim_paid", "bank", "claim", "C9", "Đã hoàn lại phí trừ sai"),
        Recipe("provider_loss", "claim", "advance", "C7", "Đơn vị chi trả làm mất tiền"),
        Recipe("loss_paid", "advance", "claim", "C7", "Đơn vị chi trả đã bồi hoàn"),
        Recipe("unspent_back", "bank", "advance", "C6", "Nộp lại tiền chưa chi hết"),
        Recipe("refund_bank", "treasury", "bank", "T24", "Nộp trả Kho bạc từ tài khoản"),
        Recipe("refund_advance", "treasury", "advance", "T24", "Nộp trả Kho bạc từ tạm ứng"),
        Recipe("owe_treasury", "funding", "treasury", "T24", "Kinh phí thừa phải nộp trả"),
        Recipe("lapse", "payable", "treasury", "T23", "Quá hạn lĩnh, nộp trả Kho bạc"),
    )
}
