"""What a provider's statements and lists say of a month, line by line joined with the books.

A line moves our money at the provider when the bank booked it, or, where the provider holds an
advance, when its list says that a payee was paid; Treasury slips are what fills an advance. A
line is of the month in which the provider booked it, and may stand in the books of a later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.disbursement.line_tables import line_part, line_placing, line_unplacing
from app.disbursement.settling.tables import loss_repayment, provider_loss, unspent_return
from app.disbursement.tables import funding_request, outcome
from app.disbursement.year_end.tables import treasury_refund
from app.units.tables import contract
from bank_adapters.contract import LineKind
from ledger.bulk import chunks
from ledger.chain import voucher_of
from ledger.schema import whole_sum
from reconciliation import matching
from reconciliation.tables import bank_line, line_match

SLIP = "slip"
LOST, MADE_GOOD, RETURNED_UNSPENT = "lost", "made_good", "returned_unspent"
UNPOSTED = "unposted"
# A line whose days at the provider and in the books lie further apart shows as a difference.
LOOK_AROUND = timedelta(days=366)
KEYS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Place:
    """One provider and programme, in all paying units; `holds_advance` as the provider does."""

    provider: str
    programme: str
    holds_advance: bool

    @property
    def kind(self) -> str:
        """The kind of account that holds our money there."""
        return "advance" if self.holds_advance else "bank"


@dataclass(frozen=True, slots=True)
class Flow:
    """Lines of one kind: how many, and đồng that came (above zero) or went.

    `verdict` is the matcher's, or SLIP, or that of a part placed by hand; `is_cash` tells cash from
    transfers. `booked_on` is the provider's day, `posted_on` that of the books, None when they do
    not have the lines. What `undoes` counts below zero.
    """

    verdict: str
    is_cash: bool
    lines: int
    amount: int
    booked_on: date
    posted_on: date | None
    undoes: bool = False

    @property
    def came(self) -> bool:
        """Whether it stands among receipts; what undoes a payment counts against payments."""
        return (self.amount > 0) != self.undoes


def flows(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """Everything booked from `since` to `until`, summed by day, verdict and direction."""
    yield from _with_outcome(session, place, until, since)
    yield from _without_outcome(session, place, until, since)
    yield from _withdrawn(session, place, until, since)
    yield from _by_hand(session, place, until, since)
    if place.holds_advance:
        yield from _slips(session, place, until, since)
        yield from _papers(session, place, until, since)


def _effect(place: Place) -> ColumnElement[int]:
    """What a line does to our money at the provider."""
    if not place.holds_advance:
        return bank_line.c.amount
    listed = bank_line.c.kind.in_((LineKind.PAID.value, LineKind.PAID_CASH.value))
    return case((listed, -bank_line.c.amount), else_=bank_line.c.amount)


# Papers that a line was placed on are in the books by themselves.
_AS = {matching.TREASURY: RETURNED_UNSPENT, matching.RECOVERY: MADE_GOOD}
# Booked when they came, or by the sum that holds them.
_TOLD = (matching.TOLD, matching.SETTLED_LUMP)
_ELSEWHERE = (matching.CREDIT_UNKNOWN, *_TOLD)


def _moving(place: Place, until: date, since: date) -> tuple[ColumnElement[bool], ...]:
    """Lines on the accounts of the place that move money."""
    kinds = [LineKind.BOOKED.value]
    if place.holds_advance:
        kinds += [LineKind.PAID.value, LineKind.PAID_CASH.value]
    return (
        contract.c.provider == place.provider,
        contract.c.programme == place.programme,
        bank_line.c.kind.in_(kinds),
        bank_line.c.booked_on.between(since, until),
    )


def _on_contract() -> ColumnElement[bool]:
    same = bank_line.c.account == contract.c.account
    return and_(bank_line.c.provider == contract.c.provider, same)


def _with_outcome(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """Lines that settled or returned payments; summed in the database."""
    effect = _effect(place)
    is_cash = case((bank_line.c.kind == LineKind.PAID_CASH.value, 1), else_=0)
    keys = (line_match.c.verdict, is_cash, bank_line.c.booked_on, outcome.c.posted_on)
    rows = session.execute(
        select(*keys, func.count(), whole_sum(effect))
        .select_from(contract)
        .join(bank_line, _on_contract())
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(outcome, outcome.c.bank_line_id == bank_line.c.id)
        .where(*_moving(place, until, since), line_match.c.verdict.not_in(_ELSEWHERE))
        .group_by(*keys, effect > 0)
    )
    for verdict, cash, booked_on, posted_on, lines, amount in rows:
        yield Flow(verdict, bool(cash), lines, amount, booked_on, posted_on)


def _without_outcome(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """Lines that are about no payment, a few an account: each with the day of its entry."""
    query = (
        select(
            bank_line.c.id,
            _effect(place).label("amount"),
            bank_line.c.booked_on,
            bank_line.c.file_id,
            line_match.c.pass_name,
            contract.c.id.label("contract_id"),
            func.coalesce(line_match.c.verdict, UNPOSTED).label("verdict"),
            funding_request.c.reference.label("funding"),
        )
        .select_from(contract)
        .join(bank_line, _on_contract())
        .outerjoin(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .outerjoin(outcome, outcome.c.bank_line_id == bank_line.c.id)
        .outerjoin(funding_request, _is_its_request())
        .where(*_moving(place, until, since), _counts())
        # A return that waited in suspense was booked when it came, not when it was placed.
        .where(or_(outcome.c.id.is_(None), line_match.c.verdict == matching.CREDIT_UNKNOWN))
        .order_by(bank_line.c.id)
    )
    for some in chunks(session.execute(query), KEYS_PER_QUERY):
        posted = _posted(session, [key for row in some for key in _keys(row)])
        for row in some:
            posted_on = next((posted[key] for key in _keys(row) if key in posted), None)
            yield Flow(row.verdict, False, 1, row.amount, row.booked_on, posted_on)


def _by_hand(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """What was placed by hand stands under another heading from then on, until it is taken back:
    what waited counts against itself, and the parts in its place."""
    amount = case((bank_line.c.amount > 0, line_part.c.amount), else_=-line_part.c.amount)
    query = (
        select(_waits().label("waited"), line_part.c.verdict, amount.label("amount"),
               line_placing.c.posted_on, line_unplacing.c.posted_on.label("undone_on"))
        .select_from(contract)
        .join(bank_line, _on_contract())
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(line_placing, line_placing.c.bank_line_id == bank_line.c.id)
        .join(line_part, line_part.c.proposal_id == line_placing.c.proposal_id)
        .outerjoin(line_unplacing, line_unplacing.c.placing_id == line_placing.c.proposal_id)
        .where(contract.c.provider == place.provider, contract.c.programme == place.programme)
        .order_by(line_part.c.id)
    )  # fmt: skip
    for row in session.execute(query):
        stands = _AS.get(row.verdict, row.verdict)
        for day, gone, instead in (
            (row.posted_on, row.waited, stands),
            (row.undone_on, stands, row.waited),
        ):
            if day is not None and since <= day <= until:
                yield Flow(gone, False, 1, -row.amount, day, day, undoes=True)
                yield Flow(instead, False, 1, row.amount, day, day)


def _waits() -> ColumnElement[str]:
    """The verdict under which a line waits: its own, but where that was taken back."""
    return case(
        (line_match.c.withdrawn_by == 0, line_match.c.verdict),
        (bank_line.c.amount > 0, matching.CREDIT_UNKNOWN),
        (line_match.c.verdict.in_((matching.FEE_MONTH, matching.FEE_BATCH)), matching.FEE),
        else_=matching.DEBIT_UNKNOWN,
    )


def _withdrawn(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """What the matcher placed waits from the day on which two officers took it back."""
    query = (
        select(line_match.c.verdict, _waits().label("waits"), bank_line.c.amount,
               line_unplacing.c.posted_on)
        .select_from(contract)
        .join(bank_line, _on_contract())
        .join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(line_unplacing, line_unplacing.c.proposal_id == line_match.c.withdrawn_by)
        .where(contract.c.provider == place.provider, contract.c.programme == place.programme)
        .where(line_unplacing.c.posted_on.between(since, until))
        .where(line_match.c.verdict != matching.CREDIT_UNKNOWN)
        .order_by(bank_line.c.id)
    )  # fmt: skip
    for row in session.execute(query):
        day = row.posted_on
        yield Flow(row.verdict, False, 1, -row.amount, day, day, undoes=True)
        yield Flow(row.waits, False, 1, row.amount, day, day)


def _is_its_request() -> ColumnElement[bool]:
    is_funding = line_match.c.verdict == matching.FUNDING
    return and_(is_funding, funding_request.c.id == line_match.c.target_id)


def _counts() -> ColumnElement[bool]:
    """What is booked moves money, whatever it says; a list that repeats what is known does not."""
    is_booked = and_(bank_line.c.kind == LineKind.BOOKED.value, bank_line.c.amount != 0)
    verdict = line_match.c.verdict
    moves = or_(is_booked, verdict != matching.NOTED)
    return or_(verdict.is_(None), and_(moves, verdict.not_in(_TOLD)))


def _keys(row: Any) -> tuple[str, ...]:
    """The keys that a line's entry may have (`app/disbursement/funding.py`, `outcomes.py`)."""
    if row.verdict == matching.LUMP_BACK:
        return (f"file:{row.file_id}:{row.pass_name}:{row.contract_id}:account",)
    own = f"bank-line:{row.id}"
    return (own, f"funding:{row.funding}") if row.funding else (own,)


def _slips(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """Treasury slips, by which an advance is filled."""
    query: Select[Any] = (
        select(funding_request.c.reference, funding_request.c.amount, funding_request.c.received_on)
        .join(contract, contract.c.id == funding_request.c.contract_id)
        .where(contract.c.provider == place.provider, contract.c.programme == place.programme)
        .where(funding_request.c.received_on.between(since, until), funding_request.c.amount > 0)
        .order_by(funding_request.c.id)
    )
    for some in chunks(session.execute(query), KEYS_PER_QUERY):
        posted = _posted(session, [f"funding:{row.reference}" for row in some])
        for row in some:
            posted_on = posted.get(f"funding:{row.reference}")
            yield Flow(SLIP, False, 1, row.amount, row.received_on, posted_on)


def _papers(session: Session, place: Place, until: date, since: date) -> Iterator[Flow]:
    """What two officers recorded of an advance by a paper: lost, made good, sent back."""
    loss, paid = provider_loss.c, loss_repayment.c
    lost: Select[Any] = select(loss.lost_on, loss.amount, loss.entry_id, loss.provider,
                               loss.programme)  # fmt: skip
    made = select(paid.received_on, paid.amount, paid.entry_id, loss.provider, loss.programme).join(
        provider_loss, loss.id == paid.loss_id
    )
    kinds: list[tuple[str, int, Select[Any], Any]] = [
        (LOST, -1, lost, loss),
        (MADE_GOOD, 1, made, loss),
    ]
    for table, day in ((unspent_return, "returned_on"), (treasury_refund, "paid_on")):
        c = table.c
        back = select(c[day], c.amount, c.entry_id, c.provider, c.programme)
        kinds.append((RETURNED_UNSPENT, -1, back, c))
    for verdict, sign, query, c in kinds:
        here = query.where(c.provider == place.provider, c.programme == place.programme)
        rows = session.execute(here).all()
        posted = voucher_of(session, [row.entry_id for row in rows])
        for row in rows:
            if since <= row[0] <= until:
                on = posted[row.entry_id].effective_on
                yield Flow(verdict, False, 1, sign * row.amount, row[0], on)


def _posted(session: Session, keys: Iterable[str]) -> dict[str, date]:
    """The day of each entry, by key."""
    found = voucher_of(session, keys=keys)
    return {one.key: one.effective_on for one in found.values()}
