"""What the leaders' boards ask of the whole register and of every line, kept by a job.

`declared` and `restated` read a whole province. A job keeps their answers beside the month's
counts (`counted`); what nobody kept is found out at once, as on a small register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.indicators.declared import Declared, declared
from app.indicators.rates import cut_offs, percent
from app.indicators.restated import Move, Restatement, restated
from app.tasks.answers import kept

REGISTER = "register"
"""The name under which what the register bears out is kept."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure whose sides were said otherwise: both then, both now."""

    code: str
    n_then: int
    d_then: int
    n: int
    d: int

    @property
    def percent_then(self) -> str | None:
        """The rate as it was said."""
        return percent(self.n_then, self.d_then)

    @property
    def percent(self) -> str | None:
        """The rate as it is said."""
        return percent(self.n, self.d)


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a month's provisional figures by `until`: those that changed, and the moves
    of lines that explain it."""

    until: datetime
    figures: tuple[Changed, ...]
    moves: tuple[Move, ...]


def name_of_difference(period: str) -> str:
    """The name under which a month's restatement is kept."""
    return f"restated:{period}"


def content_of_register(found: Mapping[str, Declared]) -> dict[str, Any]:
    """What is kept of the register, by commune."""
    return {code: astuple(one) for code, one in found.items()}


def register(session: Session) -> dict[str, Declared]:
    """Each commune's people and fields that other registers bear out."""
    found = kept(session, [REGISTER]).get(REGISTER)
    if found is None:
        return declared(session)
    return {code: Declared(*one) for code, one in found.content.items()}


def content_of_difference(found: Restatement, until: datetime) -> dict[str, Any]:
    """What is kept of a restatement."""
    changed = [(one.now.code, one.then.n, one.then.d, one.now.n, one.now.d)
               for one in found.figures if one.differs]  # fmt: skip
    return {
        "until": until.isoformat(),
        "figures": changed,
        "moves": list(map(astuple, found.moves)),
    }


def difference(session: Session, period: str, as_of: datetime) -> Difference | None:
    """What became of the provisional figures; None before they were due."""
    provisional = cut_offs(period).provisional
    if as_of <= provisional:
        return None
    name = name_of_difference(period)
    found = kept(session, [name]).get(name)
    content = (
        found.content
        if found
        else content_of_difference(restated(session, period, provisional, as_of), as_of)
    )
    return _difference(content)


def _difference(content: Mapping[str, Any]) -> Difference:
    rows: Sequence[Sequence[Any]] = content["figures"]
    return Difference(
        datetime.fromisoformat(content["until"]),
        tuple(Changed(*one) for one in rows),
        tuple(Move(*one) for one in content["moves"]),
    )
