"""The matcher's last pass: rules that officers made from a line, before the rest goes to suspense.

A rule says what a text of the bank means; what then follows is what the other passes do too. A fee
is paid where the contract allows it and is a claim otherwise; the Treasury's money goes with the
one request of its amount; interest and what a provider returns wait under their own name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.orm import Session

from app.disbursement.fees import fees_on, take
from app.disbursement.parked import apply_funding, expected_funding
from app.disbursement.rule_tables import line_rule, line_rule_end
from app.text import fold
from app.units.tables import contract
from reconciliation import matching
from reconciliation.judged import is_judged
from reconciliation.tables import bank_line, line_match

FEE, INTEREST, TREASURY, RETURN = "fee", "interest", "treasury", "provider_return"
IN, OUT = "in", "out"
SAYS: Mapping[str, str] = {
    FEE: "phí ngân hàng",
    INTEREST: "lãi tiền gửi",
    TREASURY: "Kho bạc chuyển tiền",
    RETURN: "nơi chi trả nộp lại tiền",
}
"""What a rule may say that a text means; a fee goes out, the others come in."""


def pass_name(number: int) -> str:
    """Under what name the lines of a rule stand among the passes."""
    return f"rule:{number}"


def rules() -> Select[Any]:
    """Every confirmed rule with the day of its end, None while it has none; oldest first."""
    r = line_rule.c
    return (
        select(line_rule, line_rule_end.c.ended_on)
        .outerjoin(line_rule_end, line_rule_end.c.rule_id == r.proposal_id)
        .order_by(r.proposal_id)
    )


def fits(rule: Any, line: Any) -> bool:
    """Whether a rule is about a line: bank, account, direction, amount, and the words in order."""
    return (
        rule.provider == line.provider
        and rule.account in ("", line.account)
        and (rule.direction == IN) == (line.amount > 0)
        and rule.least <= abs(line.amount) <= rule.most
        and rule.words in f" {fold(line.remittance)} "
    )


def holds_on(rule: Any, day: date) -> bool:
    """Whether a rule is in force on a day."""
    return bool(rule.valid_from <= day and (rule.ended_on is None or day < rule.ended_on))


def run_rule_pass(session: Session, file_id: int, now: datetime) -> Counter[str]:
    """Judge a file's lines that a rule is about, the oldest rule first; gives how many by
    verdict."""
    known = session.execute(rules()).all()
    counts: Counter[str] = Counter()
    for line in session.execute(_left(file_id)).all() if known else ():
        rule = next((o for o in known if holds_on(o, line.booked_on) and fits(o, line)), None)
        verdict = "" if rule is None else _judge(session, rule, line, now)
        if verdict:
            counts[verdict] += 1
    if counts[matching.FUNDING]:
        apply_funding(session, file_id, now)
    return counts


def _left(file_id: int) -> Select[Any]:
    """A file's movements that no pass has judged, each with the contract of its account."""
    line = bank_line.c
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund)
    return (
        select(bank_line, contract.c.id.label("contract_id"), *place)
        .join(contract, (contract.c.provider == line.provider)
              & (contract.c.account == line.account))
        .where(line.file_id == file_id, line.kind == "booked", line.amount != 0, ~is_judged())
        .order_by(line.id)
    )  # fmt: skip


def _judge(session: Session, rule: Row[Any], line: Row[Any], now: datetime) -> str:
    """The verdict of a line by a rule, "" where it does not say enough."""
    name, why = pass_name(rule.proposal_id), f"quy tắc {rule.proposal_id}: {SAYS[rule.means]}"
    if rule.means == FEE:
        for fee in fees_on(session, line.contract_id, line.booked_on):
            if fee.amount == -line.amount:
                take(session, line, fee, name, why, now)
                return fee.verdict
    verdict, target = _verdict(session, rule, line)
    if verdict:
        session.execute(
            insert(line_match).values(
                bank_line_id=line.id, verdict=verdict, pass_name=name, target_id=target, why=why
            )
        )
    return verdict


def _verdict(session: Session, rule: Row[Any], line: Row[Any]) -> tuple[str, int | None]:
    if rule.means == FEE:
        return matching.FEE, None
    if rule.means != TREASURY:
        return matching.CREDIT_UNKNOWN, None
    wanted = expected_funding().subquery("wanted").c
    query = select(wanted.target_id).where(
        wanted.provider == line.provider, wanted.account == line.account,
        wanted.amount == line.amount,
    )  # fmt: skip
    used = {
        row.target_id
        for row in session.execute(
            select(line_match.c.target_id).where(line_match.c.verdict == matching.FUNDING)
            .where(line_match.c.target_id.in_(query), line_match.c.withdrawn_by == 0)
        )
    }  # fmt: skip
    found = [one for one in session.scalars(query) if one not in used]
    return (matching.FUNDING, found[0]) if len(found) == 1 else ("", None)
