"""What a list would change, before it does: joined, changed, stopped, missing, with old and new.

Nothing is written. Numbers of persons are compared by their index and shown by their last digits.
The digest binds what was shown: to the file, and to what the register knew when it was shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.beneficiaries.compared import (
    About,
    Change,
    changes_of_enrolment,
    changes_of_person,
    kept_of_person,
)
from app.beneficiaries.known import is_running, known, known_people, last_listed
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.staging import citizen_index, reissued, stop_of
from app.privacy import Keyring
from ledger.bulk import chunks

JOINED, CHANGED, STOPPED, MISSING = "joined", "changed", "stopped", "missing"
KEPT = "kept"
KINDS = (JOINED, CHANGED, STOPPED, MISSING)
"""What a list does to people; a line of the further kind `KEPT` tells what it does not do."""
_CHUNK = 500
_Enrolled = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One person's one allowance that the list would change.

    `row` is Excel's row number, 0 for who is missing; `citizen_tail` the last three digits.
    `group` is a code: an edge shows its public name only.
    """

    kind: str
    row: int
    name: str
    birth_year: int
    citizen_tail: str
    programme: str
    group: str
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Difference:
    """Lines in the order of the list, the missing ones last; `same` counts the unchanged."""

    file: str
    commune_code: str
    period: str
    same: int = 0
    lines: list[Line] = field(default_factory=list)
    digest: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many lines of each kind, all kinds named."""
        found = Counter(line.kind for line in self.lines)
        return {kind: found[kind] for kind in KINDS}


def difference(session: Session, keyring: Keyring, result: WorkbookResult) -> Difference:
    """Compare a clean list with the register as it is now; the register is streamed."""
    found = Difference(result.file, result.commune_code, result.period)
    work = _Comparison(keyring, result, reissued(session).current)
    missing = list(work.here(session))
    work.elsewhere(session)
    for at, row in enumerate(work.rows):
        kind, changes = work.kinds[at], work.changes.get(at, ())
        if kind == CHANGED and not changes:
            found.same += 1
        else:
            found.lines.append(_line(kind, row, changes))
        if kept := work.kept.get(at):
            found.lines.append(_line(KEPT, row, kept))
    found.lines.extend(missing)
    found.digest = work.state.hexdigest()
    return found


def _line(kind: str, row: RegisterRow, changes: Sequence[Change]) -> Line:
    tail = row.citizen_id[-3:]
    return Line(kind, row.row, row.name, row.birth_year, tail, row.programme, row.group,
                tuple(changes))  # fmt: skip


class _Comparison:
    """The rows of one list by what they name; each row of the register is met once.

    `kinds` and `changes` are by the place of a row in the list: a row is joined until the
    register is found to know it. What is the person's is compared with their first row alone.
    """

    def __init__(
        self, keyring: Keyring, result: WorkbookResult, current: Mapping[str, str]
    ) -> None:
        self.state = hashlib.sha256(result.sha256.encode())
        self.rows = list(result.rows)
        self.kinds = [JOINED] * len(self.rows)
        self.changes: dict[int, list[Change]] = {}
        self.kept: dict[int, list[Change]] = {}
        self._keyring, self._result = keyring, result
        self._named: dict[_Enrolled, int] = {}
        self._first: dict[str, int] = {}
        for at, row in enumerate(self.rows):
            key = citizen_index(keyring, row.citizen_id)
            key = current.get(key, key)
            self._named[key, row.programme, row.group, row.start_period] = at
            self._first.setdefault(key, at)

    def here(self, session: Session) -> Iterator[Line]:
        """Meet the commune's enrolments; gives those that are expected and not named."""
        area, period = self._result.commune_code, self._result.period
        listed = last_listed(session, area, period)
        with session.execute(known(area).execution_options(yield_per=_CHUNK)) as rows:
            for row in rows:
                self._meet(row)
                same = (row.citizen_key, row.programme, row.group_code, row.start_period)
                at = self._named.get(same)
                if at is not None:
                    self._meet_enrolment(at, row, is_listed=row.seen_period >= listed)
                elif is_running(row, listed, period):
                    yield Line(MISSING, 0, row.name, int(row.birth[:4]), row.citizen_tail,
                               row.programme, row.group_code)  # fmt: skip

    def elsewhere(self, session: Session) -> None:
        """Meet people of the list who are known, but have no enrolment here."""
        for chunk in chunks(sorted(self._first), _CHUNK):
            for row in session.execute(known_people(chunk)):
                self._meet(row)

    def _meet(self, row: Any) -> None:
        self.state.update(repr(tuple(_plain(row))).encode())
        at = self._first.pop(row.citizen_key, None)
        if at is None or self.rows[at].event == "move_out":
            return
        mine, area = self.rows[at], self._result.commune_code
        about = About.of(row)
        if changes := list(changes_of_person(self._keyring, area, mine, about)):
            self.changes.setdefault(at, [])[:0] = changes
        if kept := list(kept_of_person(self._keyring, mine, about)):
            self.kept[at] = kept

    def _meet_enrolment(self, at: int, row: Any, *, is_listed: bool) -> None:
        mine = self.rows[at]
        ends = stop_of(mine)[0]
        is_end = ends is not None and ends != row.stop_period
        self.kinds[at] = STOPPED if is_end else CHANGED if is_listed else JOINED
        if changes := list(changes_of_enrolment(mine, row)):
            self.changes.setdefault(at, []).extend(changes)


def _plain(row: Any) -> Iterator[Any]:
    """What a row says, without the ciphers: they differ each time the same is encrypted."""
    return (value for value in row if not isinstance(value, bytes | memoryview))
