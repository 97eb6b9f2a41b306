"""How the rules did on a crowd: what was found and blocked, and who was doubted wrongly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.demo.doubted.crowd import Crowd
from app.demo.doubted.frauds import EXACT, NEAR
from app.doubles.held import asked_about, held_people
from app.doubles.tables import doubt, doubt_person
from app.privacy import Keyring


@dataclass(frozen=True, slots=True)
class Score:
    """`rows` are (pattern, frauds, found, blocked). Honest people are those whom no fraud
    touches; `touched_held` the touched ones who are left off the list besides."""

    rows: tuple[tuple[str, int, int, int], ...]
    honest: int
    honest_doubted: int
    honest_held: int
    touched_held: int
    wrongly: dict[str, int]

    @property
    def exact_blocked(self) -> float:
        """Share of the exact frauds who are left off the list."""
        return self._share(EXACT, 3)

    @property
    def near_found(self) -> float:
        """Share of the near frauds who are in a case."""
        return self._share(NEAR, 2)

    @property
    def false_share(self) -> float:
        """Share of the honest people who are in a case."""
        return self.honest_doubted / self.honest

    def _share(self, patterns: tuple[str, ...], column: Literal[2, 3]) -> float:
        mine = [row for row in self.rows if row[0] in patterns]
        return sum(row[column] for row in mine) / sum(row[1] for row in mine)

    def told(self) -> str:
        """A table for people."""
        lines = [f"{'pattern':<18} {'frauds':>7} {'found':>7} {'missed':>7} {'blocked':>8}"]
        lines += [f"{name:<18} {many:>7,} {found:>7,} {many - found:>7,} {blocked:>8,}"
                  for name, many, found, blocked in self.rows]  # fmt: skip
        lines.append(
            f"honest {self.honest:,}: doubted {self.honest_doubted:,} ({self.false_share:.2%}),"
            f" left off {self.honest_held:,}; by rule {self.wrongly};"
            f" touched by a fraud and left off too: {self.touched_held:,}"
        )
        return "\n".join(lines)


def score(session: Session, keyring: Keyring, crowd: Crowd) -> Score:
    """Hold the open cases of a register against the truth of its crowd."""
    index = {keyring.index("person.citizen_id", one.citizen_id): one.citizen_id
             for one in crowd.people}  # fmt: skip
    known = session.execute(select(person.c.id, person.c.citizen_key)).all()
    names = {row.id: index[row.citizen_key] for row in known}
    doubted = {names[one] for one in session.scalars(asked_about())}
    held = {names[one] for one in session.scalars(held_people())}
    many, found = Counter(crowd.frauds.values()), Counter[str]()
    blocked = Counter(crowd.frauds[one] for one in held if one in crowd.frauds)
    found.update(crowd.frauds[one] for one in doubted if one in crowd.frauds)
    honest = {one.citizen_id for one in crowd.people} - crowd.touched - set(crowd.frauds)
    return Score(
        tuple((name, many[name], found[name], blocked[name]) for name in (*EXACT, *NEAR)),
        len(honest),
        len(doubted & honest),
        len(held & honest),
        len(held & crowd.touched - set(crowd.frauds)),
        _wrongly(session, names, honest),
    )


def _wrongly(session: Session, names: dict[int, str], honest: set[str]) -> dict[str, int]:
    rows = session.execute(
        select(doubt.c.rule, doubt_person.c.person_id)
        .join(doubt_person, doubt_person.c.doubt_id == doubt.c.id)
        .distinct()
    )
    return dict(Counter(row.rule for row in rows if names[row.person_id] in honest))
