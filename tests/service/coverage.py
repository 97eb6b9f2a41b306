"""What a series of histories must have gone through: every listed move, every rule, every fault.

The moves and the rules are those of the service's own tables, so that a new one is missed until
some history goes through it. What no history can go through is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.disbursement.evidence import CONTRADICTING, MOVING, PARKING, RULES
from app.disbursement.states import BATCH_MOVES, INSTRUCTION_MOVES
from app.payroll.states import PAYROLL_MOVES, VOID
from reconciliation.evidence import FILE_STATUS, HORIZON
from tests.service.days import STATEMENTS
from tests.service.news import CALLS, FILES, MONEY
from tests.service.wire import FATES

Seen = tuple[str, ...]

NEVER: Mapping[Seen, str] = {
    **{
        ("payroll", one, VOID): "only an approved payroll is undone; others are returned to draft"
        for one in ("draft", "submitted", "checked")
    },
    ("evidence", FILE_STATUS, "RJCT", "accepted", "rejected"): (
        "a payment that was accepted stands against the refusal of its whole file"
    ),
}
"""What stands in a table and happens in no history, and why."""


def moves() -> Iterator[Seen]:
    """Every listed move that can happen."""
    tables = (("payment", INSTRUCTION_MOVES), ("batch", BATCH_MOVES), ("payroll", PAYROLL_MOVES))
    for name, table in tables:
        yield from ((name, *move) for move in table if (name, *move) not in NEVER)


def rules() -> Iterator[Seen]:
    """Every rule of evidence: source, word, state of the payment, and what the matcher says."""
    for one in (*MOVING, *PARKING, *CONTRADICTING):
        for rule in one.rules:
            yield "evidence", rule.source, rule.word, rule.from_state, one.verdict
    for rule in RULES:
        one_of_all = ("evidence", rule.source, rule.word, rule.from_state, rule.to_state)
        if rule.source in (FILE_STATUS, HORIZON) and one_of_all not in NEVER:
            yield one_of_all


def faults() -> Iterator[Seen]:
    """Everything that goes wrong at a bank, on the wire, in a process or with a person."""
    yield from (("fault", "wire", one) for one in FATES)
    yield from (("fault", "statement", one) for one in STATEMENTS)
    yield from (("fault", "money", one) for one in (*MONEY, "late"))
    yield from (("fault", "call", one) for one in CALLS)
    yield from (("fault", "file", one) for one in FILES)
    yield from (("fault", "killed", one) for one in ("build", "send", "collect", "follow up"))
    yield from (("fault", "hold", one) for one in ("global", "provider", "unit", "programme",
                                                   "person", "instruction"))  # fmt: skip
    yield from (("fault", "list", "so"), ("fault", "list", "not so"), ("fault", "alone"))
    yield from (("desk", one) for one in ("done", "refused"))
    yield ("closed", "month")
