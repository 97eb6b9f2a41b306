"""What the house knows at the end of a scripted day, against what the bank knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from app.disbursement.evidence_tables import bank_case
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.tables import hold
from ledger.balances import account_balances
from reconciliation.chain_of_statements import problems
from reconciliation.matching import unjudged
from reconciliation.statements import statement_of
from reconciliation.tables import bank_line, inbound_file, repeated_file, suspense_item
from tests.flows import days_faults as faults
from tests.support.province import BANK

if TYPE_CHECKING:
    from tests.flows.days_run import DayRun

_NOTES = {
    "đã nhận trong tệp": faults.AGAIN,
    "trùng ngày": faults.OVERLAP,
    "chưa nhận sổ phụ": faults.GAP,
}


class DayCheck:
    """The evening of one day."""

    def __init__(self, run: DayRun) -> None:
        self._run, self._house, self._bank = run, run.house, run.bank

    def check(self, day: date) -> None:
        """Books = bank, but for what it has not told; found = planted, no more and no less."""
        expected, late = self._run.expected, self._run.not_come()
        expected[faults.MISSING] += sum(1 for sheet in late if sheet.to_day == day)
        found = Counter(self._findings(day))
        assert +found == +expected, f"{day}: found {dict(+found)}, planted {dict(+expected)}"
        self._run.found += found
        with self._house.database.view() as session:
            assert unjudged(session) == 0
            gaps = problems(session, BANK)
        assert set(gaps) <= {sheet.account for sheet in late}, gaps
        if self._run.office.closed or day == self._bank.days[-1]:
            assert self._wrong_proofs() == []

    def _wrong_proofs(self) -> list[str]:
        """Every proof that does not hold, the raw bytes of every file included."""
        runtime = self._run.runtime
        evidence = Evidence(None, self._house.keyring, runtime.inbound, runtime.adapters)
        with self._house.database.view() as session:
            return [one.name for one in prove_everything(session, evidence) if not one.ok]

    def _findings(self, day: date) -> Iterator[str]:
        yield from self._of_files()
        yield from self._of_lines()
        yield from self._of_balances(day)

    def _of_files(self) -> Iterator[str]:
        """What the files of today were found to be."""
        came = inbound_file.c.received_at >= self._run.since
        for state, why in self._house.rows(
            select(inbound_file.c.state, inbound_file.c.why).where(came)
        ):
            if state == "quarantined":
                yield faults.QUARANTINE
            else:
                yield from (name for words, name in _NOTES.items() if words in why)
        again = select(repeated_file.c.id).where(repeated_file.c.received_at >= self._run.since)
        yield from (faults.REPEATED for _ in self._house.rows(again))

    def _of_lines(self) -> Iterator[str]:
        """What the lines of today went into: suspense, cases, holds."""
        since, rows = self._run.since, self._house.rows
        yield from (f"suspense {kind}" for (kind,) in rows(self._parked()))
        opened = select(bank_case.c.kind).where(bank_case.c.opened_at >= since)
        yield from (f"case {kind}" for (kind,) in rows(opened))
        stopped = select(hold.c.scope).where(hold.c.set_at >= since)
        yield from (f"hold {scope}" for (scope,) in rows(stopped))

    def _parked(self) -> Select[tuple[str]]:
        return (
            select(suspense_item.c.kind)
            .join(bank_line, bank_line.c.id == suspense_item.c.bank_line_id)
            .join(inbound_file, inbound_file.c.id == bank_line.c.file_id)
            .where(inbound_file.c.received_at >= self._run.since)
        )

    def _of_balances(self, day: date) -> Iterator[str]:
        """The statement of the day against the books, and the books against the bank's own."""
        with self._house.database.view() as session:
            held = {one.cell.unit: -one.balance
                    for one in account_balances(session, kinds=["bank"])}  # fmt: skip
            sheets = {one: statement_of(session, BANK, one, day) for one in self._run.accounts}
        for account, unit in self._run.accounts.items():
            books, sheet = held.get(unit, 0), sheets[account]
            if sheet is None:
                yield faults.MISSING
            elif sheet.closing != books + self._bank.untold(account):
                yield faults.DIFFERENCE
            ours = books + self._bank.untold(account)
            assert ours == self._bank.balance(account) + self._run.forged[account], (
                f"{day}: {account}"
            )
