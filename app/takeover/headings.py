"""The words of a take-over file: sheets, labels, headings, and what their values mean."""

from __future__ import annotations

from app.beneficiaries.headings import PROGRAMMES as PROGRAMMES
from ledger.chart import KINDS
from ledger.recipes import RECIPES

BALANCES, UNPAID = "Số dư", "Chưa trả"
SHEETS = (BALANCES, UNPAID)
DAY_LABEL, ROWS_LABEL, TOTAL_LABEL = "Ngày chốt số dư", "Số dòng", "Tổng số tiền"

NUMBER = "STT"
UNIT = "Mã đơn vị chi"
PROGRAMME = "Chương trình"
PROVIDER = "Mã nơi chi trả"
KIND = "Loại số dư"
AMOUNT = "Số tiền"
NOTE = "Ghi chú"
CITIZEN_ID = "Số CCCD"
NAME = "Họ và tên"
PERIOD = "Kỳ"
COMPONENT = "Khoản"
REASON = "Lý do chưa trả"

HEADINGS = {
    BALANCES: (NUMBER, UNIT, PROGRAMME, PROVIDER, KIND, AMOUNT, NOTE),
    UNPAID: (NUMBER, CITIZEN_ID, NAME, PROGRAMME, UNIT, PROVIDER, PERIOD, COMPONENT, AMOUNT,
             REASON),
}  # fmt: skip
TEXT_HEADINGS = (UNIT, PROVIDER, CITIZEN_ID, PERIOD)
"""Columns that must be text cells: Excel drops a leading zero from a number."""

COMPONENTS = {"Hằng tháng": "monthly", "Chăm sóc": "carer", "Học tập": "education"}

_OPENING = {
    recipe.debit if recipe.credit == "opening" else recipe.credit: recipe
    for recipe in RECIPES.values()
    if "opening" in (recipe.debit, recipe.credit)
}
RECIPE_OF = {kind: recipe.name for kind, recipe in _OPENING.items()}
"""The recipe that takes over a balance of each kind of account."""

DEBITS = frozenset(kind for kind, recipe in _OPENING.items() if recipe.credit == "opening")
"""Kinds that stand on the debit side of the old books; the others on the credit side."""

KIND_WORDS = {KINDS[kind].name: kind for kind in RECIPE_OF}
"""A kind of balance as officers write it: by the account's name."""
