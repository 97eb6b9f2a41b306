"""The digest of a payroll's lines: what the maker submits is what everybody confirms.

A line reads `line|obligation|person|destination|contract|method|amount|payee`, where `payee` stands
for what destination and contract say at that moment; the digest of a payroll is SHA-256 over its
lines in order. Lists submitted before 0.4.0 were digested without `payee`. An act over many
payrolls is bound to SHA-256 over the sorted `payroll id|digest` list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import destination_mark
from app.beneficiaries.marks import mark_of
from app.beneficiaries.tables import destination
from app.payroll.tables import payroll_line
from app.units.tables import contract

FETCH_ROWS = 5_000
SHORT_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LINE = ("line", "obligation_id", "person_id", "destination_id", "contract_id", "method", "amount")


def lines_of(payroll_ids: Iterable[int] | Select[Any]) -> Select[Any]:
    """The lines of payrolls, named or selected, in order, with what `payee_of` reads; no number
    in clear."""
    line = payroll_line.c
    chosen = payroll_ids if isinstance(payroll_ids, Select) else list(payroll_ids)
    return (
        select(
            line.payroll_id,
            *(line[name] for name in _LINE),
            line.cause,
            destination.c.bank_bin,
            destination.c.account_key,
            destination.c.holder,
            destination_mark.c.mark,
            contract.c.provider,
            contract.c.account,
        )
        .join(destination, destination.c.id == line.destination_id)
        .join(contract, contract.c.id == line.contract_id)
        .outerjoin(destination_mark, destination_mark.c.destination_id == destination.c.id)
        .where(line.payroll_id.in_(chosen))
        .order_by(line.payroll_id, line.line)
        .execution_options(yield_per=FETCH_ROWS)
    )


def payee_of(row: Row[Any]) -> str:
    """What a line's destination and contract say, as 16 hex digits: the destination's mark, the
    provider and the account that is debited there."""
    told = f"{row.mark or mark_of(row)}|{row.provider}|{row.account}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def lines_digests(session: Session, payroll_ids: Iterable[int]) -> dict[int, str]:
    """Digest of each payroll, from its lines as they stand now; one streamed query."""
    rows = session.execute(lines_of(payroll_ids))
    return _digests(rows, lambda row: f"{_text(row)}|{payee_of(row)}\n")


def changed(session: Session, confirmed: Mapping[int, str | None]) -> list[int]:
    """Which of these payrolls no longer have the lines whose digest was confirmed, by id."""
    now = lines_digests(session, confirmed)
    other = [number for number, digest in confirmed.items() if now.get(number) != digest]
    if not other:
        return []
    before = _digests(session.execute(lines_of(other)), lambda row: f"{_text(row)}\n")
    return sorted(number for number in other if before.get(number) != confirmed[number])


def _digests(rows: Iterable[Row[Any]], told: Callable[[Row[Any]], str]) -> dict[int, str]:
    digests = {}
    for payroll_id, group in groupby(rows, key=lambda row: row.payroll_id):
        digest = hashlib.sha256()
        for row in group:
            digest.update(told(row).encode())
        digests[payroll_id] = digest.hexdigest()
    return digests


def _text(row: Row[Any]) -> str:
    return "|".join(str(value) for value in row[1 : len(_LINE) + 1])


def combined(digests: Mapping[int, str]) -> str:
    """The digest that one act over many payrolls is bound to."""
    listed = "\n".join(f"{number}|{digests[number]}" for number in sorted(digests))
    return hashlib.sha256(listed.encode()).hexdigest()


def short_code(digest: str) -> str:
    """Eight characters for people to compare, e.g. '7F3K-9XQ2'."""
    number = int(digest[:10], 16)
    letters = "".join(SHORT_LETTERS[(number >> shift) & 31] for shift in range(35, -5, -5))
    return f"{letters[:4]}-{letters[4:]}"
