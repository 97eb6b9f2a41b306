"""What a line may be placed on, as officers name it, and what the matcher would say of the two.

`REFERENCE`     a payment of ours, or a withdrawal request of the Treasury's money
`claim:LINE`    the open claim that stands under that line
`credit:LINE`   money of unknown origin that came by that line, for the debit by which it went back
`fee:month`     the month's fee of the contract; `fee:BATCH` the fee of a batch
`slip:NUMBER`   money sent back to the Treasury, in the books by its slip
`receipt:NUMBER` money paid back by people, in the books by its receipt

A target has one amount and is taken whole. Which verdict follows is said by the same rules of
evidence as for the matcher; data about persons decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.disbursement import evidence
from app.disbursement.expected import expected_payments
from app.disbursement.fees import fees_on
from app.disbursement.line_tables import line_part
from app.disbursement.parked import DOUBLE, expected_funding
from app.disbursement.repaid import expected_receipts
from app.disbursement.workbench.moved_on import require_not_paid_anew
from app.disbursement.year_end.refunds import expected_refunds
from app.errors import InputError, NotFound, Refused
from ledger.money import format_vnd
from reconciliation import matching
from reconciliation.evidence import BOOKED_CREDIT, BOOKED_DEBIT
from reconciliation.tables import bank_line, line_match, suspense_item

_WHY_NOT: Mapping[str, str] = {
    evidence.DOUBLE: "lệnh đã ghi nợ rồi; ngân hàng trừ hai lần là khoản phải đòi",
    evidence.PARK: "lệnh chưa thấy ghi nợ, hoặc tiền đã về rồi",
    evidence.RECALL_STILL: "lệnh đang được yêu cầu thu hồi; chờ ngân hàng trả lời",
    evidence.RECALL_GONE: "lệnh đang được yêu cầu thu hồi; chờ ngân hàng trả lời",
    evidence.SETTLE_LUMP: "lệnh nằm trong khoản ghi nợ cả lô; chờ chi tiết của lô",
    evidence.REFUSE_LUMP: "lệnh nằm trong khoản ghi nợ cả lô; chờ chi tiết của lô",
    evidence.BACK: "lệnh nằm trong khoản ghi nợ cả lô; chờ chi tiết của lô",
}
_LINE = re.compile("[0-9]{1,18}")
CLAIMS = (matching.FEE, matching.CHARGE, DOUBLE)
"""What a provider owes us, by the kind under which it waits."""
_PLACES: Mapping[str, str] = {
    evidence.SETTLE: matching.SETTLED, evidence.RETURN: matching.RETURNED,
    evidence.LATE: matching.LATE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What a line, or a part of it, would be: verdict, id, đồng above zero, the payment's state,
    the word by which officers name it, and what it is in words."""

    verdict: str
    target_id: int
    amount: int
    was: str
    word: str
    told: str


def target_of(session: Session, line: Row[Any], word: str) -> Target:
    """What a line would be placed on. Raises InputError for a word that names nothing, NotFound,
    Refused where no rule allows it or it was used."""
    name, colon, rest = (one.strip() for one in word.partition(":"))
    read = _READERS.get(name) if colon else _by_reference
    if read is None or not (rest if colon else name):
        raise InputError(
            f"“{word[:60]}” không phải đích ghép.",
            "Ghi mã lệnh, mã giấy rút dự toán, claim:DÒNG, credit:DÒNG, fee:month, fee:LÔ, slip:SỐ,"
            " receipt:SỐ.",
        )
    found = read(session, line, rest or name)
    _unused(session, found)
    return found


def _by_reference(session: Session, line: Row[Any], reference: str) -> Target:
    reference = reference.upper()
    wanted = expected_payments().subquery("wanted")
    row = session.execute(select(wanted).where(wanted.c.reference == reference)).one_or_none()
    if row is None:
        return _funding(session, line, reference)
    _same_account(line, row)
    verdict = _PLACES[_effect(line, row)]
    if verdict == matching.LATE:
        require_not_paid_anew(session, row.target_id, reference)
    return Target(verdict, row.target_id, row.amount, row.state, reference, f"lệnh {reference}")


def _effect(line: Row[Any], row: Row[Any]) -> str:
    """What the rules of evidence say of such a booked line about this payment."""
    source = BOOKED_DEBIT if line.amount < 0 else BOOKED_CREDIT
    rules = [
        one for one in (*evidence.NARROWER, *evidence.RULES)
        if one.source == source and one.from_state == row.state
        and one.effect not in (evidence.RETURN_CLAIMED, evidence.RETURN_BORNE, evidence.KNOWN)
        and (not one.needs or getattr(row, f"has_{one.needs}"))
    ]  # fmt: skip
    narrow = [one for one in rules if one.needs] or rules
    effect = narrow[0].effect if narrow else evidence.PARK
    if effect not in _PLACES:
        raise Refused(f"Không ghép được vào lệnh {row.reference}: {_WHY_NOT[effect]}.",
                      "Xem `ansinh bank cases`.")  # fmt: skip
    return effect


def _funding(session: Session, line: Row[Any], reference: str) -> Target:
    row = _expected(session, expected_funding(), line, reference, "lệnh hoặc giấy rút dự toán")
    _way(line, comes=True)
    return Target(matching.FUNDING, row.target_id, row.amount, "", reference,
                  f"giấy rút dự toán {reference}")  # fmt: skip


def _claim(session: Session, line: Row[Any], number: str) -> Target:
    """Money that pays an open claim back: a fee, a charge, a payment executed twice."""
    row = _open_item(session, number, CLAIMS)
    if row is None:
        raise NotFound(f"Không có khoản phải đòi nào dưới dòng {number[:20]}.",
                       "Xem `ansinh recon status`.")  # fmt: skip
    _same_account(line, row)
    _way(line, comes=True)
    return Target(matching.FEE_BACK, row.bank_line_id, -row.amount, "", f"claim:{number}",
                  f"khoản phải đòi của dòng {number}")  # fmt: skip


def _credit(session: Session, line: Row[Any], number: str) -> Target:
    """Money that was not ours, on its way back."""
    row = _open_item(session, number, (matching.CREDIT_UNKNOWN,))
    if row is None:
        raise NotFound(f"Dòng {number[:20]} không phải là tiền vào chưa rõ nguồn đang chờ.",
                       "Xem `ansinh recon status`.")  # fmt: skip
    _same_account(line, row)
    _way(line, comes=False)
    return Target(matching.SENT_BACK, row.bank_line_id, row.amount, "", f"credit:{number}",
                  f"tiền vào chưa rõ nguồn của dòng {number}")  # fmt: skip


def _open_item(session: Session, number: str, kinds: Sequence[str]) -> Any:
    """What waits under a line, of these kinds."""
    item, about = suspense_item.c, bank_line.alias("about")
    found: Any = session.execute(
        select(item.bank_line_id, item.amount, about.c.provider, about.c.account)
        .join(about, about.c.id == item.bank_line_id)
        .where(item.bank_line_id == (int(number) if _LINE.fullmatch(number) else 0))
        .where(item.resolved_at.is_(None), item.kind.in_(kinds))
    ).one_or_none()
    return found


def _fee(session: Session, line: Row[Any], which: str) -> Target:
    _way(line, comes=False)
    for one in fees_on(session, line.contract_id, line.booked_on):
        monthly = one.verdict == matching.FEE_MONTH
        if which == ("month" if monthly else str(one.target)):
            says = "phí tháng theo hợp đồng" if monthly else f"phí của lô {which}"
            return Target(one.verdict, one.target, one.amount, "", f"fee:{which}", says)
    raise NotFound(f"Hợp đồng không cho trừ phí “{which[:20]}” vào ngày này.",
                   "Xem `ansinh bank charge list`; phí khác là khoản phải đòi.")  # fmt: skip


def _slip(session: Session, line: Row[Any], number: str) -> Target:
    row = _expected(session, expected_refunds(), line, number, "chứng từ nộp trả Kho bạc")
    _way(line, comes=False)
    return Target(matching.TREASURY, row.target_id, row.amount, "", f"slip:{number}",
                  f"chứng từ nộp trả Kho bạc {number}")  # fmt: skip


def _receipt(session: Session, line: Row[Any], number: str) -> Target:
    row = _expected(session, expected_receipts(), line, number, "giấy nộp tiền thu hồi")
    _way(line, comes=True)
    return Target(matching.RECOVERY, row.target_id, -row.amount, "", f"receipt:{number}",
                  f"giấy nộp tiền thu hồi {number}")  # fmt: skip


_READERS: Mapping[str, Callable[[Session, Row[Any], str], Target]] = {
    "claim": _claim, "credit": _credit, "fee": _fee, "slip": _slip, "receipt": _receipt,
}  # fmt: skip


def _expected(
    session: Session, expected: Select[Any], line: Row[Any], reference: str, what: str
) -> Row[Any]:
    """What is expected under a reference, on the line's account where there are several."""
    wanted = expected.subquery("wanted")
    mine = (wanted.c.provider == line.provider) & (wanted.c.account == line.account)
    query = select(wanted).where(wanted.c.reference == reference)
    row = session.execute(query.order_by(mine.desc(), wanted.c.target_id)).first()
    if row is None:
        raise NotFound(f"Không có {what} nào mã “{reference[:40]}” đang chờ.", "Kiểm tra lại mã.")
    _same_account(line, row)
    return row


def _same_account(line: Row[Any], row: Any) -> None:
    if (row.provider, row.account) != (line.provider, line.account):
        raise Refused("Đích ghép ở tài khoản khác tài khoản của dòng.",
                      "Chỉ ghép trong cùng tài khoản.")  # fmt: skip


def _way(line: Row[Any], *, comes: bool) -> None:
    if (line.amount > 0) != comes:
        raise Refused("Dòng tiền vào và đích tiền ra không ghép được với nhau."
                      if line.amount > 0 else "Dòng tiền ra không ghép được vào khoản tiền vào.",
                      "Xem lại số dòng.")  # fmt: skip


def _unused(session: Session, one: Target) -> None:
    """Raise Refused where another line was placed on the target, by hand or by the matcher."""
    by_hand = select(line_part.c.id).where(
        line_part.c.verdict == one.verdict, line_part.c.target_id == one.target_id,
        line_part.c.undone_by == 0,
    )  # fmt: skip
    matched = select(line_match.c.bank_line_id).where(
        line_match.c.target_id == one.target_id,
        matched_as(line_match.c, one.verdict),
        line_match.c.withdrawn_by == 0,
    )
    if session.scalar(by_hand) is not None or session.scalar(matched) is not None:
        raise Refused(f"Đã có dòng khác ghép vào {one.told}.", "Bỏ ghép dòng kia trước.")


def matched_as(match: Any, verdict: str) -> ColumnElement[bool]:
    """That the matcher gave a line this verdict; papers are noted, by the name of their pass."""
    noted = and_(match.verdict == matching.NOTED, match.pass_name == verdict)
    return or_(match.verdict == verdict, noted)


def require_whole(one: Target, amount: int) -> None:
    """Raise Refused unless the target is taken whole."""
    if one.amount != amount:
        raise Refused(
            f"{one.told[:1].upper()}{one.told[1:]} là {format_vnd(one.amount)},"
            f" không phải {format_vnd(amount)}.",
            "Ghép đúng số tiền; dòng gồm nhiều khoản thì dùng `ansinh recon split`.",
        )
