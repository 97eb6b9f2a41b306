"""What officers confirmed of one batch: submission, approvals and release, bound to their acts.

A row written by hand has no seal; a payroll or batch changed together with all its digests no
longer agrees with the digest inside the act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Row, bindparam, func, select, union
from sqlalchemy.orm import Session

from app.access.officers import act_seal
from app.access.tables import act
from app.disbursement.batches import release_digest
from app.disbursement.tables import batch, batch_release
from app.errors import Refused
from app.payroll.approval_tables import approval, payroll_round
from app.payroll.proving import confirmations
from app.privacy import Keyring


def require_bound(session: Session, keyring: Keyring, row: Row[Any]) -> None:
    """Refuse a batch of which a submission, an approval or a release is not what that officer
    confirmed with his code. Raises Refused."""
    numbers = set(session.scalars(_acts_behind(), {"payroll": row.payroll_id, "batch": row.id}))
    acts = {one.id: one for one in session.execute(select(act).where(act.c.id.in_(numbers)))}
    wanted = {**confirmations(session, numbers), **releases(session, numbers)}
    forged = [number for number, one in acts.items() if is_forged(keyring, one)]
    unbound = [key[0] for key, digest in wanted.items()
               if key[0] not in acts or said(acts[key[0]]) != (*key[1:], digest)]  # fmt: skip
    if forged or unbound:
        raise Refused(
            f"Lần xác nhận {min(forged + unbound)} của lô {row.id} không phải của cán bộ đó.",
            "Dừng lô, giữ nguyên dữ liệu và báo kiểm toán.",
        )


@cache
def _acts_behind() -> CompoundSelect[int]:
    """The acts of the payroll's last round, and of the batch's release."""
    made, given, gone = payroll_round.c, approval.c, batch_release.c
    of: BindParameter[int] = bindparam("payroll")
    last = select(func.max(made.round)).where(made.payroll_id == of).scalar_subquery()
    return union(
        select(made.act_id).where(made.payroll_id == of, made.round == last)
        .where(made.act_id.is_not(None)),
        select(given.act_id).where(given.payroll_id == of, given.round == last),
        select(gone.act_id).where(gone.batch_id == bindparam("batch")),
    )  # fmt: skip


def is_forged(keyring: Keyring, row: Any) -> bool:
    """Whether nobody confirmed this act: its seal is not of our key."""
    return bool(row.seal != act_seal(keyring, row._mapping))


def said(row: Any) -> tuple[int, str, str]:
    """Who confirmed what at which step: officer, step, digest."""
    return row.officer_id, row.step, row.digest


def releases(
    session: Session, acts: Collection[int] | None = None
) -> dict[tuple[int, int, str], str]:
    """(act, officer, 'release') of every release, or of those of these acts, and the digest that
    act must carry."""
    query = (
        select(batch_release.c.act_id, batch_release.c.officer_id, batch.c.id,
               batch.c.lines_digest)
        .join(batch, batch.c.id == batch_release.c.batch_id)
        .order_by(batch.c.id)
    )  # fmt: skip
    if acts is not None:
        query = query.where(batch_release.c.act_id.in_(sorted(acts)))
    rows = session.execute(query)
    found: defaultdict[tuple[int, int, str], list[tuple[int, str]]] = defaultdict(list)
    for act_id, officer_id, number, digest in rows:
        found[act_id, officer_id, "release"].append((number, digest))
    return {key: release_digest(batches) for key, batches in found.items()}
