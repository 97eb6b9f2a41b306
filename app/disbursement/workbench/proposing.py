"""One finance officer proposes what a line is; another confirms or rejects it.

Nothing in the books changes by a proposal. What is confirmed is bound to the words that both read:
kind, line, content and reason, by their digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.disbursement.line_tables import line_decision, line_proposal
from app.disbursement.workbench.lines import (
    is_placed,
    matched_line,
    placed_line,
    waiting_line,
)
from app.disbursement.workbench.targets import Target, require_whole, target_of
from app.disbursement.workbench.unplacing import day_for, parts_left
from app.disbursement.workbench.withdrawing import Taken, posted_on, taken
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from ledger.bulk import insert_one
from ledger.money import format_vnd

PROPOSE, DECIDE = "line_propose", "line_decide"
MATCH, UNMATCH, RULE, RULE_END = "match", "unmatch", "rule", "rule_end"
REASON_MAX, PARTS_MAX = 500, 200


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed: its kind, the line (None for a rule), what is to be done, how much, why,
    and where the officer must hold his role."""

    kind: str
    line: int | None
    content: str
    amount: int
    reason: str
    unit: str = ""
    programme: str = ""

    @property
    def digest(self) -> str:
        """What both officers confirm."""
        return digest_of(self.kind, self.line, self.content, self.reason)


def digest_of(kind: str, line: int | None, content: str, reason: str) -> str:
    """SHA-256 over a proposal's words."""
    said = "|".join((kind, str(line or 0), content, reason))
    return hashlib.sha256(said.encode()).hexdigest()


def written(value: Any) -> str:
    """A content as it is kept: JSON with its keys in order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def match_draft(session: Session, number: int, parts: Sequence[tuple[str, int]],
                reason: str) -> Draft:  # fmt: skip
    """A line, and the parts of it: the word of a target and đồng; an amount 0 is the whole line.

    Raises Refused unless the parts sum to the line and each takes its target whole, and as
    `waiting_line` and `target_of` do.
    """
    line = waiting_line(session, number)
    whole = abs(line.amount)
    found = targets_of(session, line, [(word, amount or whole) for word, amount in parts])
    content = written({"parts": [_part(one) for one in found]})
    return Draft(MATCH, number, content, whole, sentence(reason), line.unit_code, line.programme)


def targets_of(session: Session, line: Row[Any], parts: Sequence[tuple[str, int]]) -> list[Target]:
    """The targets of a line's parts. Raises as `match_draft` does."""
    if not 0 < len(parts) <= PARTS_MAX or len({word for word, _ in parts}) != len(parts):
        raise InputError(f"Ghi từ 1 đến {PARTS_MAX} đích, mỗi đích một lần.", "Xem lại lệnh.")
    found = [target_of(session, line, word) for word, _ in parts]
    for one, (_, amount) in zip(found, parts, strict=True):
        require_whole(one, amount)
    require_sum(line, found)
    return found


def require_sum(line: Row[Any], parts: Sequence[Target]) -> None:
    """Raise Refused unless the parts are the line, to the đồng."""
    total = sum(one.amount for one in parts)
    if total != abs(line.amount):
        raise Refused(
            f"Các phần cộng lại {format_vnd(total)}, dòng {line.id} là"
            f" {format_vnd(abs(line.amount))}.",
            "Các phần phải đúng bằng số tiền của dòng.",
        )


def _part(one: Target | Taken) -> dict[str, Any]:
    return {"amount": one.amount, "target": one.target_id, "verdict": one.verdict, "word": one.word}


def unmatch_draft(session: Session, number: int, reason: str, *, corrects: bool = False) -> Draft:
    """A line that officers or the matcher placed is to wait in suspense again; `corrects` where
    the month in which it stands is closed.

    Raises as `placed_line` and `parts_left`, or `matched_line` and `taken`, do, and as `day_for`.
    """
    said: dict[str, Any] = {"corrects": True} if corrects else {}
    if is_placed(session, number):
        line, placing = placed_line(session, number)
        parts_left(session, line, placing)
        stands_on = placing.posted_on
        said |= json.loads(proposal_of(session, placing.proposal_id).content)
        said["placing"] = placing.proposal_id
    else:
        line = matched_line(session, number)
        stands_on = posted_on(session, line)
        said |= {"match": line.pass_name, "parts": [_part(taken(session, line))]}
    day_for(session, line, stands_on, corrects=corrects)
    content = written(said)
    return Draft(UNMATCH, number, content, abs(line.amount), sentence(reason), line.unit_code,
                 line.programme)  # fmt: skip


def sentence(text: str) -> str:
    """A reason as it is kept. Raises InputError for one that says nothing."""
    said = " ".join(text.split())
    if not 3 <= len(said) <= REASON_MAX or not said.isprintable():
        raise InputError(f"Lý do phải có từ 3 đến {REASON_MAX} ký tự.",
                         "Viết một câu cho người xác nhận và người đọc sau.")  # fmt: skip
    return said


def propose(
    session: Session, keyring: Keyring, signer: Signer, draft: Draft, now: datetime
) -> Row[Any]:
    """A finance officer proposes; gives the proposal. The same one that waits is given again.

    Raises as `propose_all` does.
    """
    return propose_all(session, keyring, signer, [draft], now)[0]


def propose_all(
    session: Session, keyring: Keyring, signer: Signer, drafts: Sequence[Draft], now: datetime
) -> list[Row[Any]]:
    """A finance officer proposes all of these by one act; those that wait just so are given again.

    Raises Conflict where another proposal about a line waits, Refused where two of them name the
    same target, Forbidden without the role at one of the places, and as `confirm` does.
    """
    for programme, unit in sorted({(one.programme, one.unit) for one in drafts}):
        require_role(session, signer.officer_id, "releaser", unit, now, programme)
    require_apart(drafts)
    known = _same(session, drafts)
    new = [one for one in drafts if one.digest not in known]
    if new:
        act_id = _confirm(session, keyring, signer, new, now)
        known |= {one.digest: _write(session, signer, one, act_id, now) for one in new}
    return [proposal_of(session, known[one.digest]) for one in drafts]


def _same(session: Session, drafts: Sequence[Draft]) -> dict[str, int]:
    """The numbers of those that wait already, by their digest."""
    digests = {one.digest for one in drafts}
    lines = {one.line for one in drafts if one.line is not None}
    found = {}
    for row in waiting(session):
        if row.digest in digests:
            found[row.digest] = int(row.id)
        elif row.bank_line_id in lines:
            raise Conflict(f"Dòng {row.bank_line_id} đang có đề nghị số {row.id} chờ.",
                           "Xác nhận hoặc từ chối đề nghị đó trước.")  # fmt: skip
    return found


def _confirm(
    session: Session, keyring: Keyring, signer: Signer, drafts: Sequence[Draft], now: datetime
) -> int:
    digest, total = joint_digest(one.digest for one in drafts), sum(one.amount for one in drafts)
    return confirm(
        session, keyring, *signer, now, Confirmation(PROPOSE, digest, len(drafts), total)
    )


def _write(session: Session, signer: Signer, draft: Draft, act_id: int, now: datetime) -> int:
    number = insert_one(
        session, line_proposal, kind=draft.kind, bank_line_id=draft.line, content=draft.content,
        reason=draft.reason, digest=draft.digest, amount=draft.amount,
        proposed_by=signer.officer_id, act_id=act_id, proposed_at=now,
    )  # fmt: skip
    tell(session, now, signer, "propose", number, draft.digest)
    return number


def joint_digest(digests: Iterable[str]) -> str:
    """What an officer confirms of several proposals at once: SHA-256 over their digests in order;
    of a single one its own digest."""
    ordered = sorted(digests)
    if len(ordered) == 1:
        return ordered[0]
    return hashlib.sha256("\n".join(ordered).encode()).hexdigest()


def require_apart(drafts: Sequence[Draft]) -> None:
    """Raise Refused where two lines name the same target: one of them is something else."""
    taken: dict[tuple[str, int], int | None] = {}
    for draft in drafts:
        for part in json.loads(draft.content).get("parts", ()) if draft.kind == MATCH else ():
            key = (part["verdict"], part["target"])
            if key in taken:
                raise Refused(
                    f"Dòng {taken[key]} và dòng {draft.line} cùng một đích {part['word']}.",
                    "Bỏ chọn một trong hai dòng rồi xem riêng dòng đó.",
                )
            taken[key] = draft.line


def tell(
    session: Session, now: datetime, signer: Signer, done: str, number: int, digest: str
) -> None:
    """One line of the trail."""
    about = f"line_proposal:{number}"
    record(session, now, str(signer.officer_id), f"recon:line:{done}", about, digest)


def waiting(session: Session) -> list[Row[Any]]:
    """Proposals that nobody decided yet, oldest first."""
    decided = select(line_decision.c.proposal_id)
    query = select(line_proposal).where(line_proposal.c.id.not_in(decided))
    return list(session.execute(query.order_by(line_proposal.c.id)))


def proposal_of(session: Session, number: int) -> Row[Any]:
    """A proposal, with `verdict` None while it waits. Raises NotFound."""
    row = session.execute(
        select(line_proposal, line_decision.c.verdict)
        .outerjoin(line_decision, line_decision.c.proposal_id == line_proposal.c.id)
        .where(line_proposal.c.id == number)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Không có đề nghị số {number}.", "Xem `ansinh recon proposals`.")
    return row
