"""The proof that every stored bank line stands in the raw bytes that a provider sent.

The database alone could be told anything; the bytes lie beside it under their hash. Every file
is hashed and read again, one file in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.files_in import reports_of
from bank_adapters.contract import BankAdapter, BankReport
from bank_adapters.errors import BankError
from ledger.proofs import Offenders, Proof
from reconciliation.intake import is_as_received, stored_path
from reconciliation.lines import not_in_reports
from reconciliation.tables import inbound_file


def prove_originals(
    session: Session, store: Path, adapters: Mapping[str, BankAdapter] | None
) -> Proof:
    """Every file is still there with its hash; with `adapters`, every line of ours is in it."""
    missing, made_up, files = Offenders(), Offenders(), 0
    for row in session.execute(select(inbound_file).order_by(inbound_file.c.id)).all():
        files += 1
        if not is_as_received(store, row.sha256):
            missing.add(row.id)
        elif adapters is not None:
            for number in _made_up(session, store, adapters[row.provider], row):
                made_up.add(number)
    figures = {"files": files, "missing": missing.first, "made_up": made_up.first}
    return Proof("bank lines = bytes received", not missing.count and not made_up.count, figures)


def _made_up(session: Session, store: Path, adapter: BankAdapter, row: Any) -> list[int]:
    with stored_path(store, row.sha256).open("rb") as source:
        try:
            return _not_in(session, row, reports_of(adapter, row.name, source))
        except BankError:
            return _not_in(session, row, ())


def _not_in(session: Session, row: Any, reports: Iterable[BankReport]) -> list[int]:
    """Read as the file was read when it came: by that day and that version of the rule."""
    today = local_date(row.received_at)
    return not_in_reports(session, row.id, row.provider, reports, today, row.reader)
