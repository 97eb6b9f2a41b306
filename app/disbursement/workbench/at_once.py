"""Lines that are sure, to be placed by one act.

What is sure is what a page may place without a look at each line's page: the best suggestion names
our own reference with the same amount, and no other one does. Two officers still decide.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.disbursement.workbench.proposing import Draft, match_draft
from app.disbursement.workbench.suggesting import Suggestion, suggest
from app.errors import Conflict

SURE = "gợi ý chắc chắn: {why}"


def sure_one(found: Sequence[Suggestion]) -> Suggestion | None:
    """The best of a line's suggestions where it is sure, None where a person has to look."""
    certain = [one for one in found if one.is_certain]
    return certain[0] if len(certain) == 1 and found[0] is certain[0] else None


def sure_draft(session: Session, line: int) -> Draft:
    """What a line is by its one sure suggestion, with its reasons.

    Raises Conflict where it has none (any more), and as `match_draft` does.
    """
    one = sure_one(suggest(session, line))
    if one is None:
        raise Conflict(f"Dòng {line} không còn gợi ý chắc chắn.", "Mở dòng này và ghép riêng.")
    return match_draft(session, line, one.parts, SURE.format(why="; ".join(one.why)))
