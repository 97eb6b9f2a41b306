"""What happens to money, step by step, as worked examples of the recipes.

Each story begins with empty accounts in one cell and says what is left at its end. The
handbook page `docs/recipes.md` is printed from them, and a test posts every step on both
databases. Items: 1, 2 and 3 are obligations, 7 a batch, 21 and 22 bank lines, 31 and 32 cases.
Amounts are in thousands of đồng.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Step(NamedTuple):
    """One entry: its recipe, the amount, the items of the sides that have items."""

    recipe: str
    amount: int
    debit_item: int = 0
    credit_item: int = 0


class Story(NamedTuple):
    """A case: its titles, its steps, and what is left (credits minus debits by kind)."""

    name: str
    title: str
    title_en: str
    steps: tuple[Step, ...]
    leaves: Mapping[str, int]


def _due(item: int, amount: int = 500) -> tuple[Step, ...]:
    return (Step("accrue", amount, credit_item=item),)


def _handed_over(item: int, amount: int = 500) -> tuple[Step, ...]:
    return (Step("commit", amount, debit_item=item), Step("send", amount))


_FUNDED = (Step("fund_bank", 1_000),)
_PAID = (*_FUNDED, *_due(1), *_handed_over(1), Step("settle_bank", 500))

STORIES: tuple[Story, ...] = (
    Story(
        "paid",
        "Chi qua ngân hàng",
        "Paid through a bank",
        _PAID,
        {"bank": -500, "funding": 1_000, "expense": -500},
    ),
    Story(
        "returned",
        "Bị trả lại rồi chi lại",
        "Returned, then paid again from the same obligation",
        (
            *_PAID,
            Step("return_bank", 500, credit_item=1),
            *_handed_over(1),
            Step("settle_bank", 500),
        ),
        {"bank": -500, "funding": 1_000, "expense": -500},
    ),
    Story(
        "rejected",
        "Bị từ chối, huỷ lệnh chi lại vì người hưởng đã mất trước kỳ",
        "Rejected; the second order is cancelled, the person had died before the period",
        (
            *_due(1),
            *_handed_over(1),
            Step("reject", 500, credit_item=1),
            Step("commit", 500, debit_item=1),
            Step("cancel_commitment", 500, credit_item=1),
            Step("reverse_accrual", 500, debit_item=1),
        ),
        {},
    ),
    Story(
        "not_received",
        "Lệnh không tới ngân hàng",
        "Never received by the bank, after its horizon",
        (*_due(1), *_handed_over(1), Step("not_received", 500, credit_item=1)),
        {"payable": 500, "expense": -500},
    ),
    Story(
        "switched",
        "Đổi kênh chi trước khi gửi",
        "The channel is switched before sending (C8)",
        (
            *_FUNDED,
            *_due(1),
            Step("commit", 500, debit_item=1),
            Step("cancel_commitment", 500, credit_item=1),
            *_handed_over(1),
            Step("settle_bank", 500),
        ),
        {"bank": -500, "funding": 1_000, "expense": -500},
    ),
    Story(
        "lump",
        "Ngân hàng ghi nợ cả lô một lần, một người bị từ chối",
        "The bank debits the batch as one sum; one payment is rejected and comes back",
        (
            *_FUNDED,
            *_due(1),
            *_due(2, 400),
            *_handed_over(1),
            *_handed_over(2, 400),
            Step("debit_lump", 900, debit_item=7),
            Step("settle_lump", 500, credit_item=7),
            Step("lump_back", 400, credit_item=7),
            Step("reject", 400, credit_item=2),
        ),
        {"bank": -500, "funding": 1_000, "expense": -900, "payable": 400},
    ),
    Story(
        "lump_back",
        "Ghi nợ cả lô; hai người bị từ chối, tiền về một lần",
        "One sum for the batch; two payments are rejected and come back as one sum",
        (
            *_FUNDED,
            *_due(1),
            *_due(2, 200),
            *_due(3, 100),
            *_handed_over(1),
            *_handed_over(2, 200),
            *_handed_over(3, 100),
            Step("debit_lump", 800, debit_item=7),
            Step("reject", 200, credit_item=2),
            Step("reject", 100, credit_item=3),
            Step("settle_lump", 500, credit_item=7),
            Step("lump_back", 300, credit_item=7),
        ),
        {"bank": -500, "funding": 1_000, "expense": -800, "payable": 300},
    ),
    Story(
        "returned_net",
        "Bị trả lại sau khi trừ phí",
        "Returned less a charge: the obligation stays whole",
        (
            *_PAID,
            Step("return_bank", 490, credit_item=1),
            Step("return_charge", 4, credit_item=1),
            Step("claim_charge", 6, debit_item=31, credit_item=1),
        ),
        {"bank": -990, "funding": 1_000, "expense": -500, "payable": 500, "fee": -4, "claim": -6},
    ),
    Story(
        "credit",
        "Tiền vào chưa rõ nguồn: một khoản là tiền trả lại, một khoản không phải của mình",
        "Credits we cannot explain: one proves a return, the other is not ours",
        (
            *_PAID,
            Step("park_credit", 500, credit_item=21),
            Step("park_credit", 70, credit_item=22),
            Step("place_credit", 500, debit_item=21, credit_item=1),
            Step("send_back", 70, debit_item=22),
        ),
        {"bank": -1_000, "funding": 1_000, "expense": -500, "payable": 500},
    ),
    Story(
        "debit",
        "Lệnh bị từ chối mà vẫn đi; một khoản ghi nợ chưa rõ lý do",
        "An order that was refused went all the same; a debit that we cannot explain",
        (
            *_FUNDED,
            *_due(1),
            *_handed_over(1),
            Step("reject", 500, credit_item=1),
            Step("settle_late", 500, debit_item=1),
            Step("park_debit", 100, debit_item=21),
        ),
        {"bank": -400, "funding": 1_000, "expense": -500, "unexplained": -100},
    ),
    Story(
        "fees",
        "Phí: từ kinh phí quản lý, hoặc trừ nhầm vào tiền trợ cấp",
        "Fees: from the management fund, or wrongly from benefit money",
        (
            *_FUNDED,
            Step("pay_fee", 20),
            Step("claim_fee", 5, debit_item=31),
            Step("claim_paid", 5, credit_item=31),
        ),
        {"bank": -980, "funding": 1_000, "fee": -20},
    ),
    Story(
        "twice",
        "Ngân hàng thực hiện một lệnh hai lần",
        "The bank executes one order twice and refunds it",
        (*_PAID, Step("claim_double", 500, debit_item=31), Step("claim_paid", 500, credit_item=31)),
        {"bank": -500, "funding": 1_000, "expense": -500},
    ),
    Story(
        "recalled",
        "Thu hồi được: một khoản vẫn phải trả, một khoản không",
        "Recalled: one payment is still due, the other is not",
        (
            *_FUNDED,
            *_due(1),
            *_due(2, 400),
            *_handed_over(1),
            *_handed_over(2, 400),
            Step("settle_bank", 900),
            Step("recall_due", 500, credit_item=1),
            Step("recall_not_due", 400),
        ),
        {"bank": -1_000, "funding": 1_000, "expense": -500, "payable": 500},
    ),
    Story(
        "overpaid",
        "Chi thừa: nộp lại một phần, trừ dần một phần, xoá phần còn lại; nộp ngân sách",
        "Overpaid: part repaid, part taken from a later allowance, the rest written off; remitted",
        (
            *_PAID,
            Step("overpaid", 500, debit_item=31),
            Step("overpayment_repaid", 300, credit_item=31),
            *_due(2, 400),
            Step("overpayment_offset", 150, debit_item=2, credit_item=31),
            Step("write_off", 50, credit_item=31),
            Step("owe_recovered", 300),
            Step("refund_bank", 300),
        ),
        {"bank": -500, "funding": 1_000, "expense": -700, "payable": 250, "written_off": -50},
    ),
    Story(
        "provider",
        "Đơn vị chi trả: chuyển khoản, tiền mặt, chưa lĩnh; nộp lại tiền chưa chi",
        "A provider's month: by account, in cash, not collected; unspent money comes back",
        (
            Step("fund_advance", 900),
            Step("fund_bank", 600),
            Step("hand_advance", 500),
            *_due(1),
            *_due(2, 400),
            *_due(3, 300),
            *_handed_over(1),
            *_handed_over(2, 400),
            *_handed_over(3, 300),
            Step("settle_advance", 500),
            Step("pay_cash", 400),
            Step("carry_over", 300, credit_item=3),
            Step("unspent_back", 200),
            *_handed_over(3, 300),
            Step("pay_cash", 300),
        ),
        {"advance": 0, "bank": -300, "funding": 1_500, "expense": -1_200},
    ),
    Story(
        "returned_advance",
        "Tiền bị trả lại cho tạm ứng; đơn vị chi trả làm mất tiền và bồi hoàn",
        "Returned to the advance; the provider loses money and makes it good",
        (
            Step("fund_advance", 900),
            *_due(1),
            *_handed_over(1),
            Step("settle_advance", 500),
            Step("return_advance", 500, credit_item=1),
            Step("provider_loss", 200, debit_item=31),
            Step("loss_paid", 200, credit_item=31),
        ),
        {"advance": -900, "funding": 900, "expense": -500, "payable": 500},
    ),
    Story(
        "lapsed",
        "Quá hạn lĩnh, nộp trả Kho bạc",
        "Unclaimed past the legal period, remitted",
        (*_FUNDED, *_due(1), Step("lapse", 500, debit_item=1), Step("refund_bank", 500)),
        {"bank": -500, "funding": 1_000, "expense": -500},
    ),
    Story(
        "year_end",
        "Cuối năm: nộp trả phần không chuyển nguồn, quyết toán",
        "End of the year: what is not carried over goes back, the year is settled",
        (
            *_PAID,
            Step("fund_advance", 300),
            Step("pay_fee", 20),
            Step("owe_treasury", 680),
            Step("refund_bank", 480),
            Step("refund_advance", 200),
            Step("settle_year", 500),
            Step("settle_year_fee", 20),
        ),
        {"bank": 0, "advance": -100, "funding": 100},
    ),
    Story(
        "taken_over",
        "Nhận số dư từ hệ thống cũ",
        "Balances taken over from an older system",
        (
            Step("open_bank", 700),
            Step("open_advance", 300),
            Step("open_claim", 40, debit_item=31),
            Step("open_overpayment", 60, debit_item=32),
            Step("open_expense", 900),
            Step("open_payable", 500, credit_item=1),
            Step("open_transit", 200),
            Step("open_suspense", 50, credit_item=21),
            Step("open_treasury", 150),
            Step("open_funding", 1100),
        ),
        {
            "bank": -700,
            "advance": -300,
            "claim": -40,
            "overpayment": -60,
            "expense": -900,
            "payable": 500,
            "transit": 200,
            "suspense": 50,
            "treasury": 150,
            "funding": 1_100,
        },
    ),
)
