"""What officers answer to flags, and what must be answered before a payroll goes on.

Before the maker's act every blocking flag must be gone, or accepted by somebody else where its kind
allows that; before the checker's act every flag must have been seen. Both are asked over the people
as they are now: a flag whose people changed since is asked again. The database asks the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.errors import Conflict, InputError, NotFound, Refused
from app.payroll.barred import refuse_near_lines
from app.payroll.flag_kinds import KINDS, PROVINCE, REASONS
from app.payroll.flags import look_again
from app.payroll.tables import STAFF, flag, flag_decision, payroll
from app.privacy import Keyring

STEP = "flag"
SEEN, ACCEPTED = "seen", "accepted"
REASON_MIN = 10
SUBMIT, CHECK = "submit", "check"
_OF_LIST = (payroll.c.unit_code, payroll.c.programme, payroll.c.maker_id,
            payroll.c.kind.label("list_kind"))  # fmt: skip


def require(
    session: Session,
    payroll_ids: Sequence[int],
    step: str,
    now: datetime,
    maker_id: int | None = None,
    *,
    brought_up: bool = False,
) -> None:
    """Raise Refused while something about these payrolls waits for an answer.

    `step` is what is to be done: 'submit' by `maker_id`, 'check', or a later one. What nobody but
    the maker himself accepted is not accepted. `brought_up` where this work looked again before.
    """
    if not brought_up:
        look_again(session, payroll_ids, now)
    answers = _answers(session, payroll_ids)
    for row in _standing(session, payroll_ids):
        maker = maker_id or row.maker_id
        others = {choice for officer, choice in answers.get(row.id, ()) if officer != maker}
        if row.is_blocking and ACCEPTED not in others:
            raise Refused(f"Bảng {row.payroll_id} còn lỗi chặn.", row.sentence)
        if step == CHECK and not others:
            raise Refused(
                f"Bảng {row.payroll_id} còn cảnh báo chưa xem: {row.sentence}",
                "Mở cảnh báo, xem từng người rồi đánh dấu đã xem.",
            )


def mark_seen(
    session: Session,
    officer_id: int,
    payroll_ids: Sequence[int],
    now: datetime,
    *,
    role: str = "checker",
    only: Collection[int] | None = None,
    brought_up: bool = False,
) -> int:
    """A checker (or another `role` there) has looked at the flags of these payrolls: all, or `only`
    those of these ids; gives how many answers are new.

    Plain, without a code: it opens no door by itself. Raises NotFound, Forbidden, and Refused for
    the maker. `brought_up` as in `require`.
    """
    _require_known(session, payroll_ids)
    if not brought_up:
        look_again(session, payroll_ids, now)
    rows = _standing(session, payroll_ids)
    for unit, code, maker in {(_place(row), row.programme, row.maker_id) for row in rows}:
        require_role(session, officer_id, role, unit, now, code)
        _other_than(officer_id, maker)
    refuse_near_lines(session, officer_id, payroll_ids, (role,), now)
    answers = _answers(session, payroll_ids)
    new = [row for row in rows if officer_id not in dict(answers.get(row.id, ()))]
    new = [row for row in new if only is None or row.id in only]
    if new:
        _write_seen(session, officer_id, new, now)
    return len(new)


def _write_seen(session: Session, officer_id: int, new: Sequence[Row[Any]], now: datetime) -> None:
    plain = {"choice": SEEN, "reason_code": "", "reason": "", "act_id": None}
    who = {"officer_id": officer_id, "decided_at": now, **plain}
    session.execute(
        insert(flag_decision),
        [{**who, "flag_id": row.id, "digest": row.digest} for row in new],
    )
    numbers = ",".join(str(one) for one in sorted({row.payroll_id for row in new}))
    told = f"{len(new)} cảnh báo"
    record(session, now, str(officer_id), "payroll:flag:seen", f"payroll:{numbers}", told)


def _place(row: Row[Any]) -> str:
    """Where the role is held: of a list of a unit's own officers, nobody of the unit decides."""
    return "" if row.list_kind == STAFF else str(row.unit_code)


def _require_known(session: Session, payroll_ids: Sequence[int]) -> None:
    known = set(session.scalars(select(payroll.c.id).where(payroll.c.id.in_(list(payroll_ids)))))
    if missing := set(payroll_ids) - known:
        raise NotFound(f"Không có bảng chi trả số {min(missing)}.", "Xem `ansinh payroll list`.")


def accept(
    session: Session,
    keyring: Keyring,
    who: Signer,
    flag_ids: Sequence[int],
    reason_code: str,
    reason: str,
    now: datetime,
) -> int:
    """Somebody whose job it is says why these blocking flags are no hindrance; gives the act's id.

    Raises NotFound, Conflict for a flag that is gone, Refused for a kind that must be mended or
    the maker himself, InputError without a known code and words, Forbidden.
    """
    reason = reason.strip()
    look_again(session, sorted({row.payroll_id for row in _flags(session, flag_ids)}), now)
    rows = _flags(session, flag_ids)
    for row in rows:
        _require_acceptable(row, reason_code, reason)
        place = "" if KINDS[row.kind].owner == PROVINCE else _place(row)
        require_role(session, who.officer_id, "checker", place, now, row.programme)
        _other_than(who.officer_id, row.maker_id)
    ids = sorted({row.payroll_id for row in rows})
    refuse_near_lines(session, who.officer_id, ids, ("checker",), now)
    digest = accepted_digest(((row.id, row.digest) for row in rows), reason_code, reason)
    what = Confirmation(STEP, digest, sum(int(row.people) for row in rows), 0)
    act_id = confirm(session, keyring, who.officer_id, who.code, now, what)
    said = {"choice": ACCEPTED, "reason_code": reason_code, "reason": reason, "act_id": act_id}
    by = {"officer_id": who.officer_id, "decided_at": now}
    answers = [{"flag_id": row.id, "digest": row.digest, **said, **by} for row in rows]
    session.execute(insert(flag_decision), answers)
    thing = "payroll:" + ",".join(map(str, sorted({row.payroll_id for row in rows})))
    told = f"{', '.join(sorted({row.kind for row in rows}))}; {reason_code}: {reason}"
    record(session, now, str(who.officer_id), "payroll:flag:accept", thing, told)
    return act_id


def accepted_digest(flags: Iterable[tuple[int, str]], reason_code: str, reason: str) -> str:
    """What an acceptance is bound to: the flags, each over its people, and why."""
    listed = "".join(f"{number}|{people}|{reason_code}\n" for number, people in sorted(flags))
    return hashlib.sha256(f"{listed}{reason}".encode()).hexdigest()


def decisions(session: Session, payroll_id: int) -> Sequence[Row[Any]]:
    """Every answer to the flags of a payroll, oldest first; `counts` tells those of today's set."""
    same = flag_decision.c.digest == flag.c.digest
    return session.execute(
        select(flag_decision, flag.c.kind, same.label("counts"))
        .join(flag, flag.c.id == flag_decision.c.flag_id)
        .where(flag.c.payroll_id == payroll_id)
        .order_by(flag_decision.c.id)
    ).all()


def _require_acceptable(row: Row[Any], reason_code: str, reason: str) -> None:
    if row.gone_at is not None:
        raise Conflict(f"Cảnh báo {row.id} đã hết.", "Xem lại bằng `ansinh payroll flags`.")
    if row.state != "draft":
        raise Conflict(f"Bảng {row.payroll_id} đã trình.", "Chỉ trả lời lỗi chặn của bản nháp.")
    if not row.is_blocking:
        raise Refused(
            f"Cảnh báo {row.id} không chặn bảng, không cần lý do.",
            f"Người kiểm tra xem rồi đánh dấu bằng `ansinh payroll seen {row.payroll_id}`.",
        )
    if not KINDS[row.kind].may_be_accepted:
        raise Refused("Lỗi này phải sửa, không bỏ qua được.", row.sentence)
    if reason_code not in REASONS or len(reason) < REASON_MIN:
        raise InputError(
            f"Thiếu mã lý do hoặc lời giải thích (ít nhất {REASON_MIN} chữ).",
            f"Mã lý do: {', '.join(REASONS)}.",
        )


def _other_than(officer_id: int, maker_id: int | None) -> None:
    if officer_id == maker_id:
        raise Refused("Người lập không tự trả lời cảnh báo.", "Chuyển cho cán bộ khác có quyền.")


def _standing(session: Session, payroll_ids: Sequence[int]) -> Sequence[Row[Any]]:
    return session.execute(
        select(flag, *_OF_LIST)
        .join(payroll, payroll.c.id == flag.c.payroll_id)
        .where(flag.c.payroll_id.in_(list(payroll_ids)), flag.c.gone_at.is_(None))
        .order_by(flag.c.payroll_id, flag.c.is_blocking.desc(), flag.c.id)
    ).all()


def _answers(session: Session, payroll_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """flag -> (officer, choice) of the answers over its people as they are."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(flag.c.id, flag_decision.c.officer_id, flag_decision.c.choice)
        .join(flag_decision, flag_decision.c.flag_id == flag.c.id)
        .where(flag.c.payroll_id.in_(list(payroll_ids)), flag_decision.c.digest == flag.c.digest)
    )
    for number, officer_id, choice in rows:
        found.setdefault(number, []).append((officer_id, choice))
    return found


def _flags(session: Session, flag_ids: Sequence[int]) -> Sequence[Row[Any]]:
    found = session.execute(
        select(flag, *_OF_LIST, payroll.c.state)
        .join(payroll, payroll.c.id == flag.c.payroll_id)
        .where(flag.c.id.in_(list(flag_ids)))
        .order_by(flag.c.id)
    ).all()
    if missing := set(flag_ids) - {row.id for row in found}:
        raise NotFound(f"Không có cảnh báo số {min(missing)}.", "Xem bằng `ansinh payroll flags`.")
    return found
