"""Jobs of the books: funding requests, the chain, the nightly proofs, the close of a month."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from app.clock import local_date
from app.disbursement.batches import unbuilt
from app.disbursement.funding import request
from app.disbursement.holds import PROOFS
from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.submission import stop_everything
from app.errors import Refused
from app.jobs.runtime import Runtime
from app.payroll.tables import payroll
from ledger.chain import seal_all
from ledger.chart import Cell
from ledger.periods import days_of
from reconciliation import closing


def request_funding(runtime: Runtime, period: str) -> str:
    """Write the withdrawal requests of a month."""
    with runtime.database.unit_of_work() as session:
        count = request(session, period, runtime.clock.now())
    return f"{count} requests"


def seal_chain(runtime: Runtime) -> str:
    """Give every new entry its place and voucher number, and anchor the head outside."""
    with runtime.database.unit_of_work() as session:
        sealed = seal_all(session)
    # What is anchored is committed: an anchor of what was rolled back would be a false alarm.
    with runtime.database.view() as session:
        runtime.anchors.add(session, runtime.clock.now())
    return f"{sealed} entries"


def nightly_proofs(runtime: Runtime) -> str:
    """Prove the books; a proof that fails sets the global hold, once and not each night again."""
    evidence = Evidence(runtime.anchors, runtime.keyring, runtime.inbound)
    with runtime.database.view() as session:
        proofs = prove_everything(session, evidence)
    failed = [proof.name for proof in proofs if not proof.ok]
    if failed:
        with runtime.database.unit_of_work() as session:
            reason = f"Kiểm chứng sổ sách không đạt: {'; '.join(failed)}"
            stop_everything(session, reason, runtime.clock.now(), PROOFS)
    said = f"; failed: {', '.join(failed)}" if failed else ""
    return f"{len(proofs) - len(failed)} of {len(proofs)} proofs hold{said}"


def close_month(runtime: Runtime, period: str) -> str:
    """Close a month for every cell; raises Refused with the cells that do not close."""
    last = days_of(period)[1]
    with runtime.database.unit_of_work() as session:
        _refuse_unbuilt(len(unbuilt(session, period)))
        reported = reported_balances(session, last)
        cells = closing.compute(session, period, paid_in(session, period), reported)
        _refuse_open_cells(closing.close(session, period, cells, runtime.clock.now()))
        session.execute(
            update(payroll)
            .where(payroll.c.period == period, payroll.c.state == "approved")
            .values(state="closed")
        )
    seal_chain(runtime)
    return f"{len(cells)} cells closed on {local_date(runtime.clock.now())}"


def _refuse_unbuilt(count: int) -> None:
    if count:
        raise Refused(
            f"Còn {count} phần của bảng đã duyệt chưa lập lô chi.", "Lập lô hoặc huỷ bảng trước."
        )


def _refuse_open_cells(wrong: Sequence[Cell]) -> None:
    if wrong:
        shown = ", ".join(f"{one.unit}/{one.programme}/{one.provider}" for one in wrong[:5])
        raise Refused(f"{len(wrong)} ô chưa khớp: {shown}.", "Đối chiếu lại trước khi khoá kỳ.")
