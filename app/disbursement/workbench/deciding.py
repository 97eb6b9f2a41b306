"""The second finance officer confirms a proposal, and it is done; or one of them rejects it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.disbursement.line_tables import line_decision
from app.disbursement.workbench.lines import (
    any_line,
    is_placed,
    matched_line,
    placed_line,
    waiting_line,
)
from app.disbursement.workbench.placing import place
from app.disbursement.workbench.proposing import (
    DECIDE,
    MATCH,
    RULE,
    RULE_END,
    UNMATCH,
    proposal_of,
    sentence,
    targets_of,
    tell,
)
from app.disbursement.workbench.ruling import end_rule, make_rule
from app.disbursement.workbench.unplacing import unplace, withdraw_match
from app.disbursement.year_end.handing_back import same_page
from app.errors import Conflict, Refused
from app.privacy import Keyring

CONFIRMED, REJECTED = "confirmed", "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal's number, kind and line, what was decided, and whether this call did it."""

    number: int
    kind: str
    line: int | None
    verdict: str
    is_new: bool


def accept(
    session: Session, keyring: Keyring, signer: Signer, number: int, digest: str, now: datetime
) -> Decided:
    """Another finance officer confirms what he read, by its digest, and it is done at once.

    Confirmed before, nothing changes. Raises Refused for who proposed it, Conflict when it was
    rejected or what it is about has changed, Forbidden without the role.
    """
    row = proposal_of(session, number)
    same_page(digest, row.digest)
    if row.verdict == REJECTED:
        raise Conflict(f"Đề nghị {number} đã bị từ chối.", "Lập đề nghị mới.")
    if row.verdict is not None:
        return Decided(number, row.kind, row.bank_line_id, CONFIRMED, is_new=False)
    if row.proposed_by == signer.officer_id:
        raise Refused("Người đề nghị không được tự xác nhận.", "Mời người thứ hai xác nhận.")
    _decide(session, keyring, signer, row, CONFIRMED, row.reason, now)
    _DO[row.kind](session, row, now)
    return Decided(number, row.kind, row.bank_line_id, CONFIRMED, is_new=True)


def reject(
    session: Session, keyring: Keyring, signer: Signer, number: int, reason: str, now: datetime
) -> Decided:
    """A finance officer turns a proposal down, or withdraws his own; nothing changes.

    Raises Conflict when it was confirmed, InputError without a reason, Forbidden without the role.
    """
    row = proposal_of(session, number)
    if row.verdict == CONFIRMED:
        raise Conflict(f"Đề nghị {number} đã có hiệu lực.", "Muốn sửa thì bỏ ghép.")
    if row.verdict is not None:
        return Decided(number, row.kind, row.bank_line_id, REJECTED, is_new=False)
    _decide(session, keyring, signer, row, REJECTED, sentence(reason), now)
    return Decided(number, row.kind, row.bank_line_id, REJECTED, is_new=True)


def _decide(
    session: Session,
    keyring: Keyring,
    signer: Signer,
    row: Row[Any],
    verdict: str,
    reason: str,
    now: datetime,
) -> None:
    unit, programme = "", ""
    if row.bank_line_id is not None:
        line = any_line(session, row.bank_line_id)
        unit, programme = line.unit_code, line.programme
    require_role(session, signer.officer_id, "releaser", unit, now, programme)
    what = Confirmation(DECIDE, row.digest, 1, row.amount)
    act_id = confirm(session, keyring, *signer, now, what)
    session.execute(
        insert(line_decision).values(
            proposal_id=row.id, verdict=verdict, proposed_by=row.proposed_by, digest=row.digest,
            officer_id=signer.officer_id, act_id=act_id, reason=reason, decided_at=now,
        )
    )  # fmt: skip
    done = "confirm" if verdict == CONFIRMED else "reject"
    tell(session, now, signer, done, row.id, row.digest)


def _match(session: Session, row: Row[Any], now: datetime) -> None:
    """What was proposed is still what the rules allow, or nothing is done."""
    line = waiting_line(session, row.bank_line_id)
    parts = json.loads(row.content)["parts"]
    found = targets_of(session, line, [(one["word"], one["amount"]) for one in parts])
    wanted = [(one["verdict"], one["target"]) for one in parts]
    if [(one.verdict, one.target_id) for one in found] != wanted:
        raise Conflict(f"Đích của đề nghị {row.id} nay là việc khác.", "Từ chối rồi đề nghị lại.")
    place(session, row, line, found, now)


def _unmatch(session: Session, row: Row[Any], now: datetime) -> None:
    said = json.loads(row.content)
    corrects = bool(said.get("corrects"))
    if is_placed(session, row.bank_line_id) != ("placing" in said):
        _placed_otherwise(row.bank_line_id)
    if "placing" not in said:
        line = matched_line(session, row.bank_line_id)
        withdraw_match(session, row, line, corrects=corrects, now=now)
        return
    line, placing = placed_line(session, row.bank_line_id)
    if placing.proposal_id != said["placing"]:
        _placed_otherwise(line.id)
    unplace(session, row, line, placing, corrects=corrects, now=now)


def _placed_otherwise(number: int) -> Never:
    raise Conflict(f"Dòng {number} nay được ghép khác.", "Từ chối rồi đề nghị lại.")


_DO = {MATCH: _match, UNMATCH: _unmatch, RULE: make_rule, RULE_END: end_rule}
