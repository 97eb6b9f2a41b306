"""The page `docs/banks/protocol.md`, drawn from the tables in code.

`python -m app.disbursement.handbook` writes it; a house test compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from app.disbursement.evidence import (
    CONTRADICTING,
    LESS,
    MOVING,
    NARROWER,
    NOTING,
    OF_LUMPS,
    PARKING,
    RULES,
)
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
suspense and is placed when the debit comes. A payment executed twice is a claim on the bank; while
it is open a credit of that payment pays it, and is no return. Money follows the booked statement; a
contradiction is a case with a hold on that payment, which grows while it is open. A file's status
says nothing of its payments, unless two officers have recorded that the provider takes a file whole
or not at all; "had before" (AM05, DUPL) proves that the first one came.
"""

_PASSES = """## Passes, in their order

Each line ends with one verdict, in `line_match`, with the pass that gave it and why; each payment,
batch, fee or claim is the target of one line of a kind at most (`uq_line_match_target`). A line has
no tolerance: one đồng more or less is another matter.

1. *told-before*: a movement that an earlier file told under the same name at the bank (account,
   name, amount, day), once with our reference and once without, moves nothing.
2. *batch-total*: a debit that names our message (PmtInfId, message id, or it stands in the text)
   and is the whole batch, or all of it that is not refused, with the count where one is stated.
   *batch-back*: a credit that is all that was refused out of such a sum.
3. The passes below by **our reference**, after trim and upper case.
4. The same for movements without a reference of ours, by **the bank's own reference**, where a
   status, call or advice of that bank gave it to one payment of ours and to no other
   (`bank-reference:`), then batches once more: *lump-told* is a sum whose payments advices have
   told one by one, *lump-again* a second sum.
5. The same by **a reference of ours found elsewhere in the line** (InstrId, Ustrd, AddtlNtryInf,
   field 86) whose check character fits (`text:`).
6. What is about a payment and yet cannot be placed, money of the Treasury, refunds of claims,
   *contract-fee* (T15: the fee that the contract says, once a month or once a batch; every other
   one is a claim, C9), rules that two officers made from a line (`rule:`), and the rest, into
   suspense. What waits there two officers place by hand, and take back (docs/operations).

`NOTPROVIDED`, `NONREF`, `NOTREF` and `NONE` are no references. Amount, account and name never match
anything. `charge_claimed`, `charge_borne`: the contract's agreed charge (`ansinh bank charge`) is
what the return lacks, and is claimed or ours. `lump`: the payment's batch was debited as one sum,
which holds it still; a debit of it counts as a detail of the sum in an advice, or under the sum's
own name at the bank; in a statement it is money that left a second time.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        "## Rules of evidence\n\nRank 1 weighs most. `needs`: what the provider is or declared.\n",
        _table(
            ("rule", "rank", "source", "words", "needs", "in state", "becomes", "effect"), _rules()
        ),
        _PASSES,
        _table(("pass", "source", "verdict", "why"), _passes()),
        "## What is posted\n\nBy recipe ([recipes](../recipes.md)): bank, advance, cash.\n",
        _table(("verdict", "state", "outcome", "bank", "advance", "cash", "beside"), _effects()),
        "A lump is `debit_lump`; whom the bank called credited before it came is settled with it\n"
        "(`settle_lump`, source `lump`); *batch-back* is `lump_back`; a fee of the contract"
        " `pay_fee`.\n",
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

    for (rule, source, needs, to_state, effect, rank), group in groupby(
        (*RULES, *NARROWER), key=alike
    ):
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
        yield verdict, one.state, one.outcome, *recipes, one.also.recipe if one.also else ""


def _passes() -> Iterator[Sequence[str]]:
    """The passes over single payments, strongest first."""
    for one in (*OF_LUMPS, *NOTING, *MOVING, *LESS, *CONTRADICTING, *PARKING):
        yield one.name, one.rules[0].source, one.verdict, one.why


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
