"""What a provider's line is evidence of: its source and word, and rules that say what they may do.

A rule joins (source, word, state of the payment) to an effect. The room that knows payments
holds the rules; here is what a rule is, which lines a rule is about, and which kind of evidence
weighs more. Source and word are SQL in one place, since the database's own rules read them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_

from bank_adapters.formats.events import DIFFERS

BOOKED_DEBIT, BOOKED_CREDIT = "booked_debit", "booked_credit"
PAID_LIST, UNPAID_LIST, STATUS = "paid_list", "unpaid_list", "status"
FILE_STATUS, HORIZON, LUMP = "file_status", "horizon", "lump"
ANY, AGAIN, ABSENT = "*", "DUPL", "absent"
OTHERWISE = DIFFERS
"""The word of an event that names the payment and another payee's account, or no amount at all."""

# Refusals that say "I have had this one already": the first may have been paid.
REPETITION_REASONS = ("AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05")

# Of our own process (no clear answer, never sent), and "not found": no words of the provider.
NOT_FOUND = "NOTF"
NO_WORDS = ("UNKN", "NSNT", NOT_FOUND)

RANKS = {
    BOOKED_DEBIT: 1,
    BOOKED_CREDIT: 1,
    LUMP: 1,
    PAID_LIST: 2,
    UNPAID_LIST: 2,
    STATUS: 3,
    FILE_STATUS: 4,
    HORIZON: 5,
}
"""Which evidence weighs more (U5): 1 is the booked statement, which money follows."""

_AGAIN = ", ".join(f"'{one}'" for one in REPETITION_REASONS)
SOURCE_SQL = (
    "case when {line}.kind = 'booked' and {line}.amount < 0 then 'booked_debit'"
    " when {line}.kind = 'booked' then 'booked_credit'"
    " when {line}.kind = 'unpaid' then 'unpaid_list'"
    " when {line}.kind = 'status' then 'status' else 'paid_list' end"
)
WORD_SQL = (
    f"case when {{line}}.kind = 'status' and {{line}}.reason in ({_AGAIN}) then '{AGAIN}'"
    " when {line}.kind = 'status' then {line}.status"
    " when {line}.kind in ('paid', 'paid_cash') then {line}.kind else '*' end"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What evidence may do: `word` from `source` takes a payment from one state to another.

    `needs` names what the provider must have declared, "" for nothing. `effect` names what
    follows; one without a move has `to_state` "".
    """

    rule: str
    source: str
    word: str
    needs: str
    from_state: str
    to_state: str
    effect: str

    @property
    def rank(self) -> int:
        """How much this evidence weighs; 1 weighs most."""
        return RANKS[self.source]

    def row(self) -> dict[str, Any]:
        """The rule as a row of the table `evidence_rule`."""
        names = ("rule", "source", "word", "needs", "from_state", "to_state", "effect")
        return {**{name: getattr(self, name) for name in names}, "rank": self.rank}


def source_of(line: str = "bank_line") -> ColumnElement[str]:
    """The source of a bank line, by the name under which it stands in the query."""
    return literal_column(SOURCE_SQL.format(line=line))


def word_of(line: str = "bank_line") -> ColumnElement[str]:
    """The word of a bank line: its ISO status, the kind of its list, or '*'."""
    return literal_column(WORD_SQL.format(line=line))


def allowed(rules: Iterable[Rule], line: Any, wanted: Any) -> ColumnElement[bool]:
    """That a line is, by one of these rules of one source, evidence of an expected payment.

    What is expected has `amount`, `state`, and a column `has_<need>` for each need; where it has a
    `charge` too, a credit is smaller by it.
    """
    kept = tuple(rules)
    (source,) = {one.source for one in kept}
    states: dict[tuple[str, str], set[str]] = {}
    for one in kept:
        states.setdefault((one.needs, one.word), set()).add(one.from_state)
    words: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (needs, word), found in sorted(states.items()):
        words.setdefault((needs, tuple(sorted(found))), []).append(word)
    ways = [_way(wanted, needs, its, words[needs, its]) for needs, its in words]
    return and_(about(source, line, wanted), or_(*ways))


def _way(
    wanted: Any, needs: str, states: Sequence[str], words: Sequence[str]
) -> ColumnElement[bool]:
    """One of these words finds the payment in one of these states, and what it needs is there."""
    told = [wanted.c.state.in_(states)]
    if ANY not in words:
        told.append(word_of().in_(words))
    if needs:
        told.append(wanted.c[f"has_{needs}"] == 1)
    return and_(*told)


def about(source: str, line: Any, wanted: Any) -> ColumnElement[bool]:
    """That a line of this source states the amount of an expected payment, or states none."""
    if source == BOOKED_DEBIT:
        return and_(line.kind == "booked", line.amount == -wanted.c.amount)
    if source == BOOKED_CREDIT and "charge" in wanted.c:
        less = and_(line.kind == "booked", line.amount == wanted.c.amount - wanted.c.charge)
        day, since, until = line.booked_on, wanted.c.charge_from, wanted.c.charge_until
        agreed = and_(day >= since, day < until)
        return and_(less, agreed, line.amount > 0, line.charge.in_((0, wanted.c.charge)))
    if source == BOOKED_CREDIT:
        return and_(line.kind == "booked", line.amount == wanted.c.amount)
    if source == PAID_LIST:
        return and_(line.kind.in_(("paid", "paid_cash")), line.amount == wanted.c.amount)
    kind = "unpaid" if source == UNPAID_LIST else "status"
    return and_(line.kind == kind, line.amount.in_((0, wanted.c.amount)))


KINDS = {
    BOOKED_DEBIT: frozenset({"booked"}),
    BOOKED_CREDIT: frozenset({"booked"}),
    PAID_LIST: frozenset({"paid", "paid_cash"}),
    UNPAID_LIST: frozenset({"unpaid"}),
    STATUS: frozenset({"status"}),
}
"""The kinds of bank lines that each source is made of."""
