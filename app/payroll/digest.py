"""The digest of a payroll's lines: what the maker submits is what everybody confirms.

A line reads `line|obligation|person|destination|contract|method|amount`; the digest of a
payroll is SHA-256 over its lines in order. An act over many payrolls is bound to SHA-256
over the sorted `payroll id|digest` list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.payroll.tables import payroll_line

FETCH_ROWS = 5_000
SHORT_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def lines_digests(session: Session, payroll_ids: Iterable[int]) -> dict[int, str]:
    """Digest of each payroll, from its lines as they stand now; one streamed query."""
    line = payroll_line.c
    rows = session.execute(
        select(
            line.payroll_id,
            line.line,
            line.obligation_id,
            line.person_id,
            line.destination_id,
            line.contract_id,
            line.method,
            line.amount,
        )
        .where(line.payroll_id.in_(list(payroll_ids)))
        .order_by(line.payroll_id, line.line)
        .execution_options(yield_per=FETCH_ROWS)
    )
    digests = {}
    for payroll_id, group in groupby(rows, key=lambda row: row[0]):
        digest = hashlib.sha256()
        for row in group:
            digest.update(("|".join(map(str, row[1:])) + "\n").encode())
        digests[payroll_id] = digest.hexdigest()
    return digests


def combined(digests: Mapping[int, str]) -> str:
    """The digest that one act over many payrolls is bound to."""
    listed = "\n".join(f"{number}|{digests[number]}" for number in sorted(digests))
    return hashlib.sha256(listed.encode()).hexdigest()


def short_code(digest: str) -> str:
    """Eight characters for people to compare, e.g. '7F3K-9XQ2'."""
    number = int(digest[:10], 16)
    letters = "".join(SHORT_LETTERS[(number >> shift) & 31] for shift in range(35, -5, -5))
    return f"{letters[:4]}-{letters[4:]}"
