"""What a person should know of a statement that was read, counted while it is walked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bank_adapters.formats.camt import Statement
from bank_adapters.formats.camt_entry import BOOKED, Detail, Entry
from bank_adapters.reasons import CodeSet, reason

MAX_SHOWN = 20


@dataclass(slots=True)
class Oddities:
    """Counts over the entries of one statement."""

    statement: Statement
    nameless: int = 0
    unreferenced: int = 0
    reversals: int = 0
    own_reasons: set[str] = field(default_factory=set)
    lost_reasons: set[str] = field(default_factory=set)

    def look_at(self, entry: Entry) -> None:
        """Count one entry; what is not booked only when it is a reversal."""
        self.reversals += entry.reversal
        if entry.status != BOOKED:
            return
        self.nameless += not (entry.bank_reference or entry.entry_reference)
        self.unreferenced += not entry.details
        for detail in entry.details:
            self.unreferenced += not (detail.end_to_end_id or detail.instruction_id)
            if detail.return_reason:
                self._reason(detail)

    def _reason(self, detail: Detail) -> None:
        code = detail.return_reason
        if detail.is_proprietary and len(self.own_reasons) < MAX_SHOWN:
            self.own_reasons.add(code)
        known = detail.is_proprietary or reason(CodeSet.RETURN, code).known
        if not known and len(self.lost_reasons) < MAX_SHOWN:
            self.lost_reasons.add(code)

    def told(self) -> Iterator[str]:
        """A sentence for each, when the statement has been walked."""
        one = self.statement
        where = one.report_id or one.account
        if self.nameless:
            yield f"{where}: {self.nameless} dòng không có mã của ngân hàng"
        if self.unreferenced:
            yield f"{where}: {self.unreferenced} khoản không có mã tham chiếu của bên gửi"
        if self.reversals:
            yield f"{where}: {self.reversals} dòng đảo (RvslInd), dấu vẫn theo CdtDbtInd"
        if self.own_reasons:
            yield f"{where}: mã lý do riêng của ngân hàng: {', '.join(sorted(self.own_reasons))}"
        if self.lost_reasons:
            yield f"{where}: mã lý do lạ: {', '.join(sorted(self.lost_reasons))}"
        if one.opening is None and one.closing is None and one.kind == "camt.053":
            yield f"{where}: sổ phụ không có số dư, không chứng minh được"
        if not one.report_id or not one.account:
            yield f"{where}: thiếu mã sổ phụ hoặc số tài khoản"
