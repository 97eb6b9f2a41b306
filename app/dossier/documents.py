"""The documents of a pack, printed as the product prints them, with the acts of the officers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.dossier.folder import Draft
from app.dossier.scope import Scope
from app.payroll.tables import payroll
from app.statements.payroll_document import write_payroll_list
from app.statements.settlement_document import write_settlements


def list_path(row: Row[Any]) -> str:
    """Where the PDF of a payroll's row lies in the pack."""
    return f"payrolls/{row.programme}-{row.kind}-{row.number}-{row.id}.pdf"


def write_documents(session: Session, scope: Scope, synthetic: bool, draft: Draft) -> None:
    """A PDF of every list that was submitted, and of the settlement when the month is closed."""
    submitted = (
        select(payroll)
        .where(payroll.c.id.in_(scope.payrolls), payroll.c.digest.is_not(None))
        .order_by(payroll.c.id)
    )
    for row in session.execute(submitted).all():
        with draft.file(list_path(row), f"bảng chi {row.id} / payroll {row.id}") as out:
            write_payroll_list(session, row.id, out, synthetic)


def write_settlement(session: Session, scope: Scope, synthetic: bool, draft: Draft) -> None:
    """The settlement sheets of a closed month, one page per fund, programme and provider."""
    path = f"settlement/{scope.unit.code}-{scope.period}.pdf"
    with draft.file(path, "bảng quyết toán / settlement") as out:
        write_settlements(session, scope.period, out, synthetic, scope.unit.code)
