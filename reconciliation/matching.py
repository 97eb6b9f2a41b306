"""The matcher: passes from strongest to weakest, each line and each expectation used once.

A pass is one INSERT..SELECT: lines of a file that no pass has judged yet, joined with what is
expected. Expectations come as SELECTs from the room that knows them, so that this engine
knows no instruction and no person, and so do the rules that say what a line is evidence of
(`reconciliation/evidence.py`). A pass only writes verdicts; whoever asked applies them.

Expected payments have columns: target_id, provider, account, reference, amount, state, and
has_<need> for each need that a rule names. Expected money (funding) has: target_id, provider,
account, reference, amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Insert,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from ledger.bulk import looked_up, written
from ledger.schema import Whole
from reconciliation.evidence import KINDS, Rule, about, allowed
from reconciliation.fee_lines import is_fee
from reconciliation.judged import is_judged
from reconciliation.keys import BY, REFERENCE, is_detail, joined, same
from reconciliation.tables import bank_line, inbound_file, line_match, suspense_item

SETTLED, REJECTED, RETURNED, CARRIED = "settled", "rejected", "returned", "carried_over"
CREDITED, ACCEPTED = "credited", "accepted"
RECALLED, RECALLED_NOT_DUE = "recalled", "recalled_not_due"
RETURNED_CLAIMED, RETURNED_BORNE = "returned_claimed", "returned_borne"
LUMP, SETTLED_LUMP = "lump", "settled_lump"
REFUSED_LUMP, LUMP_BACK, LUMP_BACK_SUM = "refused_lump", "lump_back", "lump_back_sum"
FUNDING, FEE, FEE_BACK, NOTED = "funding", "fee", "fee_back", "noted"
FEE_MONTH, FEE_BATCH, TOLD, CHARGE = "fee_month", "fee_batch", "told_before", "charge"
CREDIT_UNKNOWN, DEBIT_UNKNOWN, CONFLICT = "credit_unknown", "debit_unknown", "conflict"

TREASURY, RECOVERY = "treasury-slip", "recovery-receipt"
SENT_BACK = "sent_back"
"""Of officers alone: a debit by which money that was not ours went back."""
LATE = "late"
"""Of officers alone: the debit of a payment that was closed as not gone."""

REFUSED_STATUSES = ("RJCT", "CANC")
# The file that is looked at: what a statement says is the same for each, and is built once.
OF_FILE: BindParameter[int] = bindparam("of_file", type_=Whole)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass: its name, the verdict it gives, why in words, and the rules of one source that
    say which lines it is for.

    `key` is by what a line finds its payment. `is_detail` asks for lines that a lump of the bank
    holds (True) or does not (False).
    """

    name: str
    verdict: str
    why: str
    rules: tuple[Rule, ...]
    key: str = REFERENCE
    is_detail: bool | None = None

    def by(self, key: str) -> Pass:
        """The same pass by a weaker key."""
        return replace(self, name=f"{key}:{self.name}", why=f"{self.why}; {BY[key]}", key=key)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of lines that it is for."""
        return KINDS[self.rules[0].source]


def run_payment_pass(session: Session, file_id: int, one: Pass, expected: Select[Any]) -> int:
    """Run one pass against expected payments; gives how many lines it judged."""
    with looked_up(session):
        return written(session, _payment_pass(one, expected), {"of_file": file_id})


@lru_cache(maxsize=128)
def _payment_pass(one: Pass, expected: Select[Any]) -> Insert:
    line, wanted = bank_line.c, expected.subquery("wanted")
    place = func.row_number().over(partition_by=wanted.c.target_id, order_by=line.id)
    found = (
        select(line.id.label("bank_line_id"), wanted.c.target_id, place.label("place"))
        .select_from(joined(one.key, wanted))
        .where(line.file_id == OF_FILE, ~is_judged(), allowed(one.rules, line, wanted))
    )
    if one.is_detail is not None:
        found = found.where(is_detail(wanted) if one.is_detail else ~is_detail(wanted))
    candidates = found.subquery("candidates")
    rows = select(
        candidates.c.bank_line_id,
        literal(one.verdict),
        literal(one.name),
        candidates.c.target_id,
        literal(one.why),
    ).where(candidates.c.place == 1)
    return _verdicts(rows)


def run_conflict_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Lists of what is not ours, and words about a payment of ours in another amount.

    Gives how many. What a rule calls a contradiction was judged by its pass before.
    """
    return write_verdicts(session, _conflicts(expected), file_id)


@lru_cache(maxsize=8)
def _conflicts(expected: Select[Any]) -> Select[Any]:
    line, wanted = bank_line.c, expected.subquery("wanted")
    paid = line.kind.in_(("paid", "paid_cash"))
    right = or_(
        and_(paid, about("paid_list", line, wanted)),
        about("unpaid_list", line, wanted),
        about("status", line, wanted),
    )
    known = select(func.min(wanted.c.target_id)).where(same(wanted)).scalar_subquery()
    agreeing = select(wanted.c.target_id).where(same(wanted), right).exists()
    rows = select(
        line.id,
        literal(CONFLICT),
        literal("contradiction"),
        known,
        case(
            (paid, "danh sách đã chi trái với lệnh chi: sai mã, sai số tiền"),
            else_="báo về lệnh của mình nhưng sai số tiền",
        ),
    ).where(line.file_id == OF_FILE, ~is_judged(), ~agreeing)
    told = line.kind.in_(("unpaid", "status"))
    return rows.where(or_(paid, and_(told, known.is_not(None))))


def run_funding_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Credits that carry the reference of a withdrawal request, of equal amount."""
    return write_verdicts(session, _fundings(expected), file_id)


@lru_cache(maxsize=8)
def _fundings(expected: Select[Any]) -> Select[Any]:
    line, wanted = bank_line.c, expected.subquery("wanted")
    named = or_(
        line.reference == wanted.c.reference,
        line.remittance.contains(wanted.c.reference),
    )
    return (
        select(
            func.min(line.id),
            literal(FUNDING),
            literal("funding-reference"),
            wanted.c.target_id,
            literal("mã giấy rút dự toán và số tiền khớp"),
        )
        .select_from(
            bank_line.join(
                wanted,
                and_(
                    wanted.c.provider == line.provider,
                    wanted.c.account == line.account,
                    wanted.c.amount == line.amount,
                    named,
                ),
            )
        )
        .where(line.file_id == OF_FILE, line.kind == "booked", ~is_judged())
        .group_by(wanted.c.target_id)
    )


def run_treasury_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Debits that went back to the Treasury and are in the books by their slip; gives how many.

    The line must name the slip and be of its amount; a slip explains one line.
    """
    says = "số chứng từ nộp trả Kho bạc và số tiền khớp, đã ghi sổ"
    return write_verdicts(session, _papers(expected, TREASURY, says), file_id)


def run_recovery_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Credits that people paid back and that are in the books by their receipt; gives how many.

    As for the Treasury's slips; the expected amount of a credit is negative.
    """
    says = "số giấy nộp tiền thu hồi và số tiền khớp, đã ghi sổ"
    return write_verdicts(session, _papers(expected, RECOVERY, says), file_id)


@lru_cache(maxsize=8)
def _papers(expected: Select[Any], name: str, says: str) -> Select[Any]:
    """Each line with the longest paper that it names, and so is not taken for another whose number
    stands within it; the first line with the first paper where several are alike."""
    line, earlier, wanted = bank_line.c, line_match.alias("earlier"), expected.subquery("wanted")
    shown = select(earlier.c.bank_line_id).where(
        earlier.c.verdict == NOTED,
        earlier.c.pass_name == name,
        earlier.c.target_id == wanted.c.target_id,
        earlier.c.withdrawn_by == 0,
    )
    keys = ("provider", "account", "amount", "reference")
    alike = [wanted.c[one] for one in keys]
    paper = (
        select(wanted.c.target_id, *alike, _nth(alike, wanted.c.target_id))
        .where(~shown.exists())
        .group_by(wanted.c.target_id, *alike)
        .subquery("paper")
    )
    every = select(*alike).distinct().subquery("every")
    named = or_(line.reference == every.c.reference, line.remittance.contains(every.c.reference))
    length = func.length(every.c.reference)
    longest = func.row_number().over(partition_by=line.id, order_by=length.desc())
    best = (
        select(line.id, *(every.c[one] for one in keys), longest.label("place"))
        .join(every, and_(every.c.provider == line.provider, every.c.account == line.account,
                          every.c.amount == -line.amount, named))
        .where(line.file_id == OF_FILE, line.kind == "booked", ~is_judged())
        .subquery("best")
    )  # fmt: skip
    same = [best.c[one] for one in keys]
    found = select(best.c.id, *same, _nth(same, best.c.id)).where(best.c.place == 1).subquery()
    return (
        select(func.min(found.c.id), literal(NOTED), literal(name), paper.c.target_id,
               literal(says))
        .join(paper, and_(*(paper.c[one] == found.c[one] for one in (*keys, "nth"))))
        .group_by(paper.c.target_id)
    )  # fmt: skip


def _nth(alike: Sequence[ColumnElement[Any]], by: ColumnElement[Any]) -> ColumnElement[int]:
    """The place of a row among those that are alike."""
    return func.row_number().over(partition_by=list(alike), order_by=by).label("nth")


def run_refund_pass(session: Session, file_id: int) -> int:
    """Credits that pay back a fee that is still claimed: same account, same amount, said so.

    The first refund goes with the oldest claim, so two equal claims need two refunds.
    """
    return write_verdicts(session, _refunds(), file_id)


@cache
def _refunds() -> Select[Any]:
    line, claim = bank_line.c, suspense_item.c
    alike = (line.provider, line.account, line.amount)
    nth = func.row_number().over(partition_by=alike, order_by=line.id)
    refunds = (
        select(line.id, *alike, nth.label("nth"))
        .where(line.file_id == OF_FILE, line.kind == "booked", line.amount > 0, ~is_judged())
        .where(func.upper(line.remittance).contains("HOAN"))
        .subquery("refunds")
    )
    owed = (line.provider, line.account, claim.amount)
    turn = func.row_number().over(partition_by=owed, order_by=line.id)
    claims = (
        select(line.id, *owed, turn.label("nth"))
        .join(suspense_item, claim.bank_line_id == line.id)
        .where(claim.kind.in_((FEE, CHARGE)), claim.resolved_at.is_(None))
        .subquery("claims")
    )
    return select(
        refunds.c.id,
        literal(FEE_BACK),
        literal("fee-refund"),
        claims.c.id,
        literal("ngân hàng hoàn lại phí trừ sai tài khoản"),
    ).join(
        claims,
        and_(
            claims.c.provider == refunds.c.provider,
            claims.c.account == refunds.c.account,
            claims.c.amount == -refunds.c.amount,
            claims.c.nth == refunds.c.nth,
        ),
    )


def judge_the_rest(session: Session, file_id: int) -> None:
    """Everything no pass could place: noted, a fee, or of unknown origin."""
    write_verdicts(session, _the_rest(), file_id)


@cache
def _the_rest() -> Select[Any]:
    line = bank_line.c
    told = line.kind.in_(("status", "paid", "paid_cash", "unpaid"))
    rules = (
        (told, NOTED, "chỉ cập nhật trạng thái"),
        (line.amount == 0, NOTED, "dòng không có số tiền"),
        (is_fee(), FEE, "phí ngân hàng trừ vào tài khoản chi trợ cấp"),
        (line.amount < 0, DEBIT_UNKNOWN, "ghi nợ không rõ lý do"),
    )
    return select(
        line.id,
        case(*((when, verdict) for when, verdict, _ in rules), else_=CREDIT_UNKNOWN),
        literal("rest"),
        literal(None, Whole),
        case(*((when, why) for when, _, why in rules), else_="tiền vào không rõ nguồn"),
    ).where(line.file_id == OF_FILE, ~is_judged())


def left_in(session: Session, file_id: int) -> dict[str, int]:
    """How many lines of a file no pass has judged yet, by kind: booked, status, paid, ..."""
    with looked_up(session):
        return dict(session.execute(_left(), {"of_file": file_id}).all())


@cache
def _left() -> Select[Any]:
    kind = bank_line.c.kind
    left = select(kind, func.count()).where(bank_line.c.file_id == OF_FILE, ~is_judged())
    return left.group_by(kind)


def write_verdicts(session: Session, rows: Select[Any], file_id: int, **more: Any) -> int:
    """Write verdicts: rows of (line, verdict, pass, target, why), asked of `OF_FILE`; gives how
    many. `more` are values of further named places in `rows`."""
    return written(session, _verdicts(rows), {"of_file": file_id, **more})


@lru_cache(maxsize=256)
def _verdicts(rows: Select[Any]) -> Insert:
    columns = ["bank_line_id", "verdict", "pass_name", "target_id", "why"]
    return insert(line_match).from_select(columns, rows, include_defaults=False)


def unjudged(session: Session) -> int:
    """Bank lines of files that were acted upon but have no verdict: must be 0."""
    from_applied = select(func.count()).select_from(bank_line).where(~is_judged())
    return int(session.scalar(from_applied.where(_applied())) or 0)


def _applied() -> ColumnElement[bool]:
    return select(inbound_file.c.id).where(
        inbound_file.c.id == bank_line.c.file_id, inbound_file.c.state == "applied"
    ).exists()  # fmt: skip
