"""The second finance officer confirms a proposal, and it is done; or one of them rejects it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.access.typed_digest import same_page
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
    joint_digest,
    proposal_of,
    sentence,
    targets_of,
    tell,
)
from app.disbursement.workbench.ruling import end_rule, make_rule
from app.disbursement.workbench.unplacing import unplace, withdraw_match
from app.errors import Conflict, NotFound, Refused
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

    Confirmed before, nothing changes. Raises as `accept_all` does.
    """
    row = proposal_of(session, number)
    if row.verdict == CONFIRMED:
        same_page(digest, row.digest)
        return Decided(number, row.kind, row.bank_line_id, CONFIRMED, is_new=False)
    return accept_all(session, keyring, signer, [number], digest, now)[0]


def accept_all(
    session: Session,
    keyring: Keyring,
    signer: Signer,
    numbers: Sequence[int],
    digest: str,
    now: datetime,
) -> list[Decided]:
    """Another finance officer confirms these proposals by one act: all are done, or none is.

    `digest` is the joint one of what he read. Raises Refused for who proposed one of them,
    Conflict when one was decided meanwhile or what it is about has changed (it names which),
    Forbidden without the role.
    """
    rows = [proposal_of(session, number) for number in numbers]
    same_page(digest, joint_digest(row.digest for row in rows))
    for row in rows:
        _require_open(row, signer)
    act_id = _confirmed(session, keyring, signer, rows, now)
    for row in rows:
        _decide(session, signer, row, CONFIRMED, row.reason, act_id, now)
        _do(session, row, now, is_alone=len(rows) == 1)
    return [Decided(row.id, row.kind, row.bank_line_id, CONFIRMED, is_new=True) for row in rows]


def _require_open(row: Row[Any], signer: Signer) -> None:
    if row.verdict == REJECTED:
        raise Conflict(f"Đề nghị {row.id} đã bị từ chối.", "Lập đề nghị mới.")
    if row.verdict is not None:
        raise Conflict(f"Đề nghị {row.id} đã có người xác nhận.", "Xem lại những đề nghị còn chờ.")
    if row.proposed_by == signer.officer_id:
        raise Refused("Người đề nghị không được tự xác nhận.", "Mời người thứ hai xác nhận.")


def _do(session: Session, row: Row[Any], now: datetime, *, is_alone: bool) -> None:
    """Do what was proposed; where it is refused among others, say which one stood in the way."""
    try:
        _DO[row.kind](session, row, now)
    except (Refused, Conflict, NotFound) as error:
        if is_alone:
            raise
        raise Conflict(
            f"Chưa ghi đề nghị nào. Đề nghị {row.id}, dòng {row.bank_line_id}: {error.message}",
            "Bỏ chọn đề nghị này rồi xác nhận các đề nghị còn lại.",
        ) from error


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
    said = sentence(reason)
    act_id = _confirmed(session, keyring, signer, [row], now)
    _decide(session, signer, row, REJECTED, said, act_id, now)
    return Decided(number, row.kind, row.bank_line_id, REJECTED, is_new=True)


def _confirmed(
    session: Session, keyring: Keyring, signer: Signer, rows: Sequence[Row[Any]], now: datetime
) -> int:
    """The one act by which an officer decides about these. Raises Forbidden without the role at a
    place of theirs, and as `confirm` does."""
    for unit, programme in sorted({_place(session, row) for row in rows}):
        require_role(session, signer.officer_id, "releaser", unit, now, programme)
    digest, total = joint_digest(row.digest for row in rows), sum(row.amount for row in rows)
    return confirm(session, keyring, *signer, now, Confirmation(DECIDE, digest, len(rows), total))


def _place(session: Session, row: Row[Any]) -> tuple[str, str]:
    if row.bank_line_id is None:
        return "", ""
    line = any_line(session, row.bank_line_id)
    return line.unit_code, line.programme


def _decide(
    session: Session,
    signer: Signer,
    row: Row[Any],
    verdict: str,
    reason: str,
    act_id: int,
    now: datetime,
) -> None:
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
