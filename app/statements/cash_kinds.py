"""Under which heading of the proof of cash a recipe of the books and a verdict of the matcher fall.

What neither table names falls under "other", so that the columns always add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.printing.documents.cash_figures import CashKind
from app.statements.cash_lines import LOST, MADE_GOOD, RETURNED_UNSPENT, SLIP, Flow
from ledger.balances import Movement
from ledger.recipes import RECIPES
from reconciliation import matching


@dataclass(frozen=True, slots=True)
class Heading:
    """One row of the proof; `always` prints it when it is zero too."""

    label: str
    recipes: frozenset[str]
    verdicts: frozenset[str]
    is_cash: bool = False
    always: bool = True


def _heading(label: str, recipes: str, *verdicts: str, **more: bool) -> Heading:
    return Heading(label, frozenset(recipes.split()), frozenset(verdicts), **more)


RECEIPTS = (
    _heading("Kho bạc cấp", "fund_bank fund_advance", matching.FUNDING, SLIP),
    _heading(
        "Tiền chi bị trả lại, thu hồi",
        "return_bank return_advance recall_due recall_not_due lump_back",
        matching.RETURNED,
        matching.RETURNED_CLAIMED,
        matching.RETURNED_BORNE,
        matching.REFUSED_LUMP,
        matching.LUMP_BACK,
        matching.LUMP_BACK_SUM,
        matching.RECALLED,
        matching.RECALLED_NOT_DUE,
    ),
    _heading(
        "Hoàn phí, bồi hoàn, nộp lại",
        "claim_paid loss_paid overpayment_repaid",
        matching.FEE_BACK,
        MADE_GOOD,
    ),
    _heading("Tiền vào chưa rõ nguồn", "park_credit", matching.CREDIT_UNKNOWN),
)
OTHER_RECEIPTS = _heading("Thu khác", "", always=False)
PAYMENTS = (
    _heading(
        "Đã chi qua tài khoản",
        "settle_bank settle_advance debit_lump settle_late",
        matching.SETTLED,
        matching.LATE,
        matching.LUMP,
    ),
    _heading("Đã chi tiền mặt", "pay_cash", matching.SETTLED, is_cash=True, always=False),
    _heading("Phí", "claim_fee pay_fee", matching.FEE, matching.FEE_MONTH, matching.FEE_BATCH),
    _heading("Ghi nợ chưa rõ lý do", "park_debit claim_double", matching.DEBIT_UNKNOWN),
    _heading("Trả lại tiền vào chưa rõ nguồn", "send_back", matching.SENT_BACK, always=False),
    _heading("Nộp trả Kho bạc", "refund_bank refund_advance", RETURNED_UNSPENT),
    _heading("Nơi chi trả làm mất, phải bồi hoàn", "provider_loss", LOST, always=False),
)
OTHER_PAYMENTS = _heading("Chi khác", "", always=False)


@dataclass(slots=True)
class Tally:
    """Lines and đồng under one heading, above zero in the direction of the heading."""

    lines: int = 0
    statement: int = 0
    books: int = 0


@dataclass(slots=True)
class Tallies:
    """Every heading's tally, receipts and payments apart."""

    receipts: dict[Heading, Tally] = field(default_factory=lambda: _empty(RECEIPTS))
    payments: dict[Heading, Tally] = field(default_factory=lambda: _empty(PAYMENTS))

    def add_flow(self, flow: Flow) -> None:
        """Lines of the statement that the books have in the month."""
        came = flow.came
        tally = self._of(came, _by_verdict(flow, came))
        tally.lines += -flow.lines if flow.undoes else flow.lines
        tally.statement += flow.amount if came else -flow.amount

    def add_movement(self, one: Movement) -> None:
        """What a recipe moved; an entry undone counts against what it undid."""
        came = RECIPES[one.recipe].debit == one.kind
        tally = self._of(came, _by_recipe(one.recipe, came))
        tally.books += one.debit - one.credit if came else one.credit - one.debit

    def _of(self, came: bool, heading: Heading) -> Tally:
        return (self.receipts if came else self.payments).setdefault(heading, Tally())

    def rows(self) -> tuple[tuple[CashKind, ...], tuple[CashKind, ...]]:
        """The rows of receipts and of payments."""
        return _rows(self.receipts), _rows(self.payments)


def _empty(headings: tuple[Heading, ...]) -> dict[Heading, Tally]:
    return {one: Tally() for one in headings}


def _by_verdict(flow: Flow, came: bool) -> Heading:
    for one in RECEIPTS if came else PAYMENTS:
        if flow.verdict in one.verdicts and flow.is_cash == one.is_cash:
            return one
    return OTHER_RECEIPTS if came else OTHER_PAYMENTS


def _by_recipe(recipe: str, came: bool) -> Heading:
    for one in RECEIPTS if came else PAYMENTS:
        if recipe in one.recipes:
            return one
    return OTHER_RECEIPTS if came else OTHER_PAYMENTS


def _rows(tallies: Mapping[Heading, Tally]) -> tuple[CashKind, ...]:
    return tuple(
        CashKind(one.label, tally.lines, tally.statement, tally.books)
        for one, tally in tallies.items()
        if one.always or tally.lines or tally.statement or tally.books
    )
