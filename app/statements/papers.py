"""What the papers of a payroll have in common: which payroll, its head, how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.benefits.campaigns import all_campaigns
from app.clock import local_date
from app.errors import NotFound, Refused
from app.payroll.states import APPROVED, CLOSED, DRAFT, VOID
from app.payroll.tables import payroll
from app.printing.documents.paper_head import PaperHead
from app.printing.values import Seal, Signature
from app.statements.letterheads import in_full, letterhead
from app.statements.signing import SignedStep, paper_code, signatures, steps_of
from app.units.tables import fund, paying_unit, programme

FETCH_ROWS = 1_000
_STATES = {DRAFT: " (bản nháp)", VOID: " (đã hủy)"}
_TOLD = (
    "Mã của các dòng đã được lập, kiểm tra và phê duyệt. So mã này với mã trên màn hình của cơ "
    "quan chi trả: khác một chữ là bảng khác."
)


@dataclass(frozen=True, slots=True)
class Source:
    """A payroll as papers tell of it: its row with unit, programme and fund, and its acts."""

    row: Row[Any]
    steps: list[SignedStep]

    @property
    def issued_at(self) -> datetime:
        """The moment of the last act, or of opening."""
        taken = (one.acted_at for one in self.steps if one.acted_at)
        return max(taken, default=self.row.opened_at)

    def head(
        self, title: str, synthetic: bool, signed: tuple[Signature, ...] | None = None
    ) -> PaperHead:
        """The head of a paper of this payroll, signed as the payroll was unless told otherwise."""
        row = self.row
        issued = letterhead(row.unit_name, row.area_code, local_date(self.issued_at))
        return PaperHead(
            letterhead=replace(issued, number=_number(row)),
            title=f"{title}{_which(row)}",
            programme=row.programme_name,
            fund=row.fund_name,
            period=row.period,
            unit=in_full(row.unit_name),
            budget_code=row.budget_code,
            synthetic=synthetic,
            seal=_seal(row),
            signatures=signatures(self.steps) if signed is None else signed,
        )


def source_of(session: Session, payroll_id: int) -> Source:
    """A payroll with its acts. Raises NotFound."""
    row = session.execute(
        select(
            payroll,
            paying_unit.c.name.label("unit_name"),
            paying_unit.c.area_code,
            paying_unit.c.budget_code,
            paying_unit.c.kind.label("unit_kind"),
            programme.c.name.label("programme_name"),
            fund.c.name.label("fund_name"),
        )
        .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
        .join(programme, programme.c.code == payroll.c.programme)
        .join(fund, fund.c.code == payroll.c.fund)
        .where(payroll.c.id == payroll_id)
    ).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có bảng chi trả số {payroll_id}.", "Xem số bảng trong danh sách bảng của tháng."
        )
    return Source(row, steps_of(session, row.id))


def approved_source(session: Session, payroll_id: int) -> Source:
    """The same for a paper by which money is paid. Raises Refused before the last approval."""
    source = source_of(session, payroll_id)
    if source.row.state not in (APPROVED, CLOSED):
        raise Refused(
            f"Bảng chi trả số {payroll_id} chưa được phê duyệt hoặc đã hủy.",
            "Chỉ in giấy này từ bảng đã phê duyệt.",
        )
    return source


def _which(row: Row[Any]) -> str:
    """What tells this payroll from others of its month."""
    extra = f" bổ sung lần {row.number}" if row.kind == "follow_up" else ""
    if row.kind == "difference":
        extra = f" chênh lệch lần {row.number}"
    if row.kind == "campaign":
        known = all_campaigns().get(row.campaign)
        extra = f": {known.name if known else row.campaign}"
    return f"{extra}{_STATES.get(row.state, '')}"


def _number(row: Row[Any]) -> str:
    """Room for the number that the office gives, and the symbol of a commune's committee."""
    return "......../DS-UBND" if row.unit_kind == "commune" else "......../DS"


def _seal(row: Row[Any]) -> Seal | None:
    if not row.digest:
        return None
    return Seal(f"ANSINH:PAYROLL:{row.id}:{row.digest.upper()}", paper_code(row.digest), _TOLD)
