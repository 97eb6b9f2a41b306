"""The proof that people confirmed what was done: acts are sealed, bound to what they confirm.

A row written by hand has no seal; a payroll or batch changed together with all its digests no
longer agrees with the digest inside the act (protocol.md 4.3).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.officers import act_seal
from app.access.tables import act
from app.disbursement.batches import release_digest
from app.disbursement.states import BUILT, CANCELLED
from app.disbursement.tables import batch, batch_release
from app.disbursement.year_end.proving import year_end_acts
from app.payroll.digest import combined
from app.payroll.tables import approval, payroll
from app.privacy import Keyring
from app.takeover.proving import take_over_acts
from ledger.proofs import Proof


def prove_acts(session: Session, keyring: Keyring | None) -> Proof:
    """Every approval, release, take-over and act of a year's end names an act of that officer over
    that digest, and every batch that left was released by two. Seals are looked at where the
    keys are at hand."""
    acts = {row.id: row for row in session.execute(select(act))}
    forged = [] if keyring is None else [one.id for one in acts.values() if _forged(keyring, one)]
    wanted = {
        **_approvals(session),
        **_releases(session),
        **year_end_acts(session),
        **take_over_acts(session),
    }
    unbound = sorted(
        key[0]
        for key, digest in wanted.items()
        if key[0] not in acts or _said(acts[key[0]]) != (*key[1:], digest)
    )
    alone = _released_alone(session)
    figures = {
        "acts": len(acts),
        "forged": forged[:5],
        "unbound": unbound[:5],
        "released_by_fewer_than_two": alone[:5],
    }
    return Proof("acts = what officers confirmed", not (forged or unbound or alone), figures)


def _forged(keyring: Keyring, row: Any) -> bool:
    return bool(row.seal != act_seal(keyring, row._mapping))


def _said(row: Any) -> tuple[int, str, str]:
    return row.officer_id, row.step, row.digest


def _approvals(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every approval, and the digest that act must carry."""
    rows = session.execute(
        select(approval.c.act_id, approval.c.officer_id, approval.c.step, payroll.c.id,
               payroll.c.digest)
        .join(payroll, payroll.c.id == approval.c.payroll_id)
    )  # fmt: skip
    found: defaultdict[tuple[int, int, str], dict[int, str]] = defaultdict(dict)
    for act_id, officer_id, step, number, digest in rows:
        found[act_id, officer_id, step][number] = digest
    return {key: combined(digests) for key, digests in found.items()}


def _releases(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, 'release') of every release, and the digest that act must carry."""
    rows = session.execute(
        select(batch_release.c.act_id, batch_release.c.officer_id, batch.c.id,
               batch.c.lines_digest)
        .join(batch, batch.c.id == batch_release.c.batch_id)
        .order_by(batch.c.id)
    )  # fmt: skip
    found: defaultdict[tuple[int, int, str], list[tuple[int, str]]] = defaultdict(list)
    for act_id, officer_id, number, digest in rows:
        found[act_id, officer_id, "release"].append((number, digest))
    return {key: release_digest(batches) for key, batches in found.items()}


def _released_alone(session: Session) -> list[int]:
    people = (
        select(func.count(func.distinct(batch_release.c.officer_id)))
        .where(batch_release.c.batch_id == batch.c.id)
        .scalar_subquery()
    )
    gone = batch.c.state.not_in((BUILT, CANCELLED))
    return list(session.scalars(select(batch.c.id).where(gone, people != 2).order_by(batch.c.id)))
