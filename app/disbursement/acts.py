"""The proof that people confirmed what was done: acts are sealed, bound to what they confirm.

A row written by hand has no seal; a payroll or batch changed together with all its digests no
longer agrees with the digest inside the act.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.proving import access_acts
from app.access.tables import act
from app.channels.deciding import channel_acts
from app.disbursement import restored
from app.disbursement.bound import is_forged, releases, said
from app.disbursement.clearing import CLEAR, clearing_digest
from app.disbursement.handover import handover_acts
from app.disbursement.lapsing import people_of_release
from app.disbursement.settling.proving import settling_acts
from app.disbursement.states import BUILT, CANCELLED
from app.disbursement.tables import batch, comparison, hold, hold_clearing
from app.disbursement.workbench.proving import workbench_acts
from app.disbursement.year_end.proving import year_end_acts
from app.doubles.deciding import doubt_acts
from app.payroll.proving import payroll_acts
from app.privacy import Keyring
from app.takeover.proving import take_over_acts
from ledger.proofs import Proof


def prove_acts(session: Session, keyring: Keyring | None) -> Proof:
    """Every act on a payroll, release, cleared hold, take-over, decided doubt, granted role, new
    factor, channel, file by hand, close, settlement, proposal about a line
    and act of a year's end names an act of that
    officer over that digest; every batch that left was released by two, every hold cleared by two.
    Seals are looked at where the keys are."""
    acts = {row.id: row for row in session.execute(select(act))}
    forged = [] if keyring is None else [one.id for one in acts.values() if is_forged(keyring, one)]
    wanted = {
        **releases(session),
        **_clearings(session),
        **year_end_acts(session),
        **payroll_acts(session),
        **take_over_acts(session),
        **channel_acts(session),
        **handover_acts(session),
        **doubt_acts(session),
        **access_acts(session),
        **settling_acts(session),
        **workbench_acts(session),
    }
    unbound = sorted(
        key[0]
        for key, digest in wanted.items()
        if key[0] not in acts or said(acts[key[0]]) != (*key[1:], digest)
    )
    alone = _released_alone(session)
    cleared = _cleared_alone(session)
    figures = {
        "acts": len(acts),
        "forged": forged[:5],
        "unbound": unbound[:5],
        "released_by_fewer_than_two": alone[:5],
        "cleared_by_fewer_than_two": cleared[:5],
    }
    wrong = forged or unbound or alone or cleared
    return Proof("acts = what officers confirmed", not wrong, figures)


def _clearings(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, 'clear_hold') of every clearing, and the digest that act must carry."""
    rows = session.execute(
        select(hold_clearing.c.act_id, hold_clearing.c.officer_id, hold, comparison.c.content)
        .join(hold, hold.c.id == hold_clearing.c.hold_id)
        .outerjoin(comparison, comparison.c.id == hold_clearing.c.comparison_id)
    )
    return {(row.act_id, row.officer_id, CLEAR): clearing_digest(row, row.content) for row in rows}


def _released_alone(session: Session) -> list[int]:
    people = people_of_release(batch.c.id)
    gone = batch.c.state.not_in((BUILT, CANCELLED))
    found = session.scalars(select(batch.c.id).where(gone, people != 2).order_by(batch.c.id)).all()
    excused = restored.excused(session) if found else set()
    return [number for number in found if number not in excused]


def _cleared_alone(session: Session) -> list[int]:
    """Holds that were cleared though no two officers confirmed the same thing about them."""
    other = hold_clearing.alias("other")
    two = (
        select(hold_clearing.c.id)
        .join(other, (other.c.hold_id == hold_clearing.c.hold_id)
              & (other.c.digest == hold_clearing.c.digest))
        .where(hold_clearing.c.hold_id == hold.c.id)
        .where(hold_clearing.c.officer_id == hold.c.cleared_by)
        .where(other.c.officer_id == hold.c.cleared_too_by)
        .where(other.c.officer_id != hold_clearing.c.officer_id)
    )  # fmt: skip
    query = select(hold.c.id).where(hold.c.cleared_at.is_not(None), ~two.exists())
    return list(session.scalars(query.order_by(hold.c.id)))
