"""The page `docs/banks/protocol.md`, drawn from the tables in code.

`python -m app.disbursement.handbook` writes it; a house test compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from app.disbursement.evidence import RULES
from app.disbursement.outcomes import EFFECTS
from app.disbursement.states import BATCH_MOVES, INSTRUCTION_MOVES
from reconciliation.evidence import Rule

PAGE = Path(__file__).parents[2] / "docs" / "banks" / "protocol.md"

_HEAD = """# What a provider's word may do

Drawn by `python -m app.disbursement.handbook` from `app/disbursement/evidence.py`; do not edit.

The database keeps these tables: no payment changes its state without an outcome, or a matched
line, whose source and word a rule allows. What no rule names changes nothing and is noted.
`credited` is a payment that is settled on the provider's word alone: nothing is posted, and it
counts as on its way, until our account is debited. A credit that comes before its debit waits in
suspense and is placed when the debit comes. Money follows the booked statement; a contradiction is
a case with a hold on that payment. A file's status says nothing of its payments, unless two
officers have recorded that the provider takes a file whole or not at all; "had before" (AM05,
DUPL) proves that the first one came.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        "## Rules of evidence\n\nRank 1 weighs most. `needs`: what the provider is or declared.\n",
        _table(
            ("rule", "rank", "source", "words", "needs", "in state", "becomes", "effect"), _rules()
        ),
        "## What is posted\n\nBy recipe ([recipes](../recipes.md)): bank, advance, cash.\n",
        _table(("verdict", "state", "outcome", "bank", "advance", "cash"), _effects()),
        "## Payments\n",
        _drawing(INSTRUCTION_MOVES),
        "## Batches\n",
        _drawing(BATCH_MOVES),
    ]
    return "\n".join(parts)


def _rules() -> Iterator[Sequence[str]]:
    """A row for each set of words that mean the same in the same states."""

    def alike(one: Rule) -> tuple[str, str, str, str, str, int]:
        return one.rule, one.source, one.needs, one.to_state, one.effect, one.rank

    for (rule, source, needs, to_state, effect, rank), group in groupby(RULES, key=alike):
        states: dict[str, list[str]] = {}
        for one in group:
            states.setdefault(one.word, []).append(one.from_state)
        words: dict[str, list[str]] = {}
        for word, found in states.items():
            words.setdefault(", ".join(found), []).append(word.replace("*", "any"))
        for where, some in words.items():
            yield (rule, str(rank), source, ", ".join(some), needs, where, to_state or "stays",
                   effect)  # fmt: skip


def _effects() -> Iterator[Sequence[str]]:
    for verdict, one in EFFECTS.items():
        recipes = (one.recipe_bank, one.recipe_advance, one.recipe_cash)
        yield verdict, one.state, one.outcome, *recipes


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _drawing(moves: Iterable[tuple[str, str]]) -> str:
    """A state diagram in mermaid, which reads as text too."""
    lines = [f"    {one} --> {other}" for one, other in sorted(moves)]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```", ""])


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")
