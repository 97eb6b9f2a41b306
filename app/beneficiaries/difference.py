"""What a list would change, before it does: joined, changed, stopped, missing, with old and new.

Nothing is written. Numbers of persons are compared by their index and shown by their last digits.
The digest binds what was shown: to the file, and to what the register knew when it was shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.beneficiaries.compared import About, Change, changes_of_enrolment, changes_of_person
from app.beneficiaries.known import is_running, known, known_people, last_listed
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.staging import citizen_index, reissued, stop_of
from app.privacy import Keyring
from ledger.bulk import chunks

JOINED, CHANGED, STOPPED, MISSING = "joined", "changed", "stopped", "missing"
KINDS = (JOINED, CHANGED, STOPPED, MISSING)
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
    """Compare a clean list with the register as it is now."""
    area, period = result.commune_code, result.period
    found = Difference(result.file, area, period)
    state = hashlib.sha256(result.sha256.encode())
    current = reissued(session).current
    keys = [current.get(key, key) for key in _indexes(keyring, result.rows)]
    named = {
        (key, row.programme, row.group, row.start_period): at
        for at, (key, row) in enumerate(zip(keys, result.rows, strict=True))
    }
    about, enrolled, missing = _here(session, area, period, named, state)
    about.update(_elsewhere(session, set(keys) - about.keys(), state))
    seen: set[str] = set()
    for key, row in zip(keys, result.rows, strict=True):
        line = _compare(keyring, area, row, about.get(key), enrolled.get(_same(key, row)),
                        is_first=key not in seen)  # fmt: skip
        seen.add(key)
        if line is None:
            found.same += 1
        else:
            found.lines.append(line)
    found.lines.extend(missing)
    found.digest = state.hexdigest()
    return found


def _indexes(keyring: Keyring, rows: Iterable[RegisterRow]) -> Iterator[str]:
    return (citizen_index(keyring, row.citizen_id) for row in rows)


def _same(key: str, row: RegisterRow) -> _Enrolled:
    return key, row.programme, row.group, row.start_period


def _here(
    session: Session, area: str, period: str, named: Mapping[_Enrolled, int], state: Any
) -> tuple[dict[str, About], dict[_Enrolled, tuple[str | None, str, bool]], list[Line]]:
    """People of the commune, their enrolments that the list names, and who is missing from it."""
    listed = last_listed(session, area, period)
    about: dict[str, About] = {}
    enrolled: dict[_Enrolled, tuple[str | None, str, bool]] = {}
    missing = []
    with session.execute(known(area).execution_options(yield_per=_CHUNK)) as rows:
        for row in rows:
            state.update(repr(tuple(_plain(row))).encode())
            same = (row.citizen_key, row.programme, row.group_code, row.start_period)
            runs = is_running(row, listed, period)
            if same in named:
                about.setdefault(row.citizen_key, About.of(row))
                enrolled[same] = (row.stop_period, row.table_key, row.seen_period >= listed)
            elif runs:
                missing.append(
                    Line(MISSING, 0, row.name, int(row.birth[:4]), row.citizen_tail, row.programme,
                         row.group_code)
                )  # fmt: skip
    return about, enrolled, missing


def _plain(row: Any) -> Iterator[Any]:
    """What a row says, without the ciphers: they differ each time the same is encrypted."""
    return (value for value in row if not isinstance(value, bytes | memoryview))


def _elsewhere(session: Session, keys: set[str], state: Any) -> Iterator[tuple[str, About]]:
    """People of the list who are known, but not by an enrolment that it names here."""
    for chunk in chunks(sorted(keys), _CHUNK):
        for row in session.execute(known_people(chunk)):
            state.update(repr(tuple(_plain(row))).encode())
            yield row.citizen_key, About.of(row)


def _compare(
    keyring: Keyring,
    area: str,
    row: RegisterRow,
    about: About | None,
    enrolled: tuple[str | None, str, bool] | None,
    *,
    is_first: bool,
) -> Line | None:
    changes: list[Change] = []
    if about is not None and is_first and row.event != "move_out":
        changes += changes_of_person(keyring, area, row, about)
    kind = JOINED
    if enrolled is not None:
        stop, table_key, is_listed = enrolled
        changes += changes_of_enrolment(row, stop, table_key)
        ends = stop_of(row)[0]
        kind = STOPPED if ends and ends != stop else CHANGED if is_listed else JOINED
        if kind == CHANGED and not changes:
            return None
    return Line(
        kind, row.row, row.name, row.birth_year, row.citizen_id[-3:], row.programme, row.group,
        tuple(changes),
    )  # fmt: skip
