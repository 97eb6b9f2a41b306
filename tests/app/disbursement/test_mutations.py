"""Whatever is changed between approval and upload, what leaves is what was approved, or nothing.

Somebody with the owner's rights takes the rules away and changes one field of one row, or one byte
of a sealed file. Then the batch is not sealed, not claimed or not carried; a change that stops
nothing has changed nothing of the bytes that leave.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, LargeBinary, Table, insert, select, union, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app import schema
from app.beneficiaries.history_tables import destination_mark
from app.beneficiaries.marks import mark_of
from app.beneficiaries.tables import destination
from app.disbursement.claims import claim
from app.disbursement.submission import details, require_sealed, seal
from app.disbursement.tables import batch, batch_release, instruction
from app.errors import AnSinhError, Refused
from app.jobs.runtime import Runtime
from app.payroll.approval_tables import approval, payroll_round
from ledger.errors import LedgerError
from ledger.schema import Day, Moment, metadata
from tests.app.disbursement.test_sending import runtime_of, september_released
from tests.factories import House, in_cash, row

# Who is paid, how much, where, by whose approval: a change of any of these stops its batch.
PROTECTED = {
    "payroll": ("digest", "state", "lines", "total", "maker_id", "round"),
    "payroll_round": ("maker_id", "digest", "lines", "total", "act_id"),
    "approval": ("digest", "officer_id", "act_id", "step", "maker_id", "ordinal"),
    "payroll_line": ("line", "obligation_id", "person_id", "destination_id", "contract_id",
                     "method", "amount", "payroll_id", "id"),
    "instruction": ("obligation_id", "attempt", "reference", "batch_id", "payroll_line_id",
                    "destination_id", "method", "amount"),
    "batch": ("payroll_id", "contract_id", "message_id", "lines", "total", "requested_on",
              "lines_digest"),
    "batch_release": ("batch_id", "officer_id", "act_id"),
    "act": ("step", "officer_id", "timecode", "digest", "things", "total", "acted_at", "seal"),
    "destination": ("method", "bank_bin", "account_key", "account_cipher", "holder"),
    "contract": ("provider", "account"),
    "person": ("bound_key",),
}  # fmt: skip
# These may change in between, and show in what leaves.
LAWFUL = {
    ("person", "hamlet"): "where the postman finds who takes cash; an officer may set it right",
    ("batch", "built_at"): "the moment that the file names as that of its making",
}
# Of these only the rows that stand behind a batch; a person in cash has no number to decrypt.
BEHIND = {
    "act": [select(one) for one in
            (payroll_round.c.act_id, approval.c.act_id, batch_release.c.act_id)],
    "contract": [select(batch.c.contract_id)],
    "destination": [select(instruction.c.destination_id)],
    "person": [select(destination.c.person_id)
               .join(instruction, instruction.c.destination_id == destination.c.id)
               .where(destination.c.method == "account")],
}  # fmt: skip
FORMS = (AnSinhError, LedgerError, DatabaseError)
Change = Callable[[Session], None]


@dataclass
class Month:
    """A house whose rules were taken away, with the released batches and their right bytes."""

    house: House
    runtime: Runtime
    chance: random.Random
    folder: Path
    right: dict[int, bytes]

    def left_over(self, change: Change) -> dict[int, bytes]:
        """The bytes of every batch that would still leave after a change, which is undone."""
        found = {}
        for number in self.right:
            with self.house.owner.unit_of_work() as session:
                try:
                    change(session)
                    found[number] = self._leave(session, number)
                except FORMS:
                    pass
                session.rollback()
        return found

    def _leave(self, session: Session, number: int) -> bytes:
        provider = self.runtime.adapters[_provider(session, number)]
        sealed = seal(session, self.runtime.keyring, provider, number, self.folder)
        if not claim(session, sealed, "test", self.house.clock.now()):
            raise Refused("Lô không còn chờ gửi.", "Xem lại lô.")
        require_sealed(sealed.path, sealed.sha256)
        return sealed.path.read_bytes()


def _provider(session: Session, number: int) -> str:
    return str(details(session, number).provider)


def opened(house: House, folder: Path, seed: int) -> Month:
    """The month with its rules taken away."""
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
    ids = [number for (number,) in house.rows(select(batch.c.id).order_by(batch.c.id))]
    month = Month(house, runtime_of(house), random.Random(seed), folder, dict.fromkeys(ids, b""))
    month.right = month.left_over(lambda session: None)
    assert len(month.right) == len(ids) > 1
    return month


def rows_of(house: House, table: Table) -> list[dict[str, Any]]:
    query = select(table)
    if behind := BEHIND.get(table.name):
        query = query.where(table.c.id.in_(union(*behind)))
    with house.owner.view() as session:
        return [dict(one._mapping) for one in session.execute(query)]


def other_value(chance: random.Random, value: Any, others: list[Any]) -> Any:
    """Another value of the same type: one of another row, or one that is a little off."""
    near = _near(chance, value)
    there = [one for one in others if one is not None and one != value]
    return chance.choice([*near, *(chance.choice(there) for _ in range(bool(there)))])


def _near(chance: random.Random, value: Any) -> list[Any]:
    if isinstance(value, bool | int):
        return [value + 1, value + chance.randint(2, 10**6)]
    if isinstance(value, datetime):
        return [value + timedelta(seconds=30)]
    if isinstance(value, date):
        return [value + timedelta(days=1), value - timedelta(days=1)]
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return [value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]]
    text = str(value or "")
    return [f"{text}1", text[1:] or "x"]


def _some(column: Column[Any]) -> Any:
    """A value for a column that is empty."""
    if isinstance(column.type, Moment):
        return datetime(2026, 9, 1, tzinfo=UTC)
    if isinstance(column.type, Day):
        return date(2026, 9, 1)
    if isinstance(column.type, LargeBinary):
        return b"x"
    return 1 if isinstance(column.type, BigInteger) else "x"


def changes(month: Month, tables: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str, Change]]:
    """A change of one field of one row for each (table, column)."""
    for name, column in tables:
        table = metadata.tables[name]
        rows = rows_of(month.house, table)
        one = month.chance.choice([row_ for row_ in rows if row_[column] is not None] or rows)
        old = one[column] if one[column] is not None else _some(table.c[column])
        value = other_value(month.chance, old, [row_[column] for row_ in rows])
        key = [col == one[col.name] for col in table.primary_key.columns]
        yield name, column, _change(table, key, {column: value})


def _change(table: Table, key: list[Any], values: dict[str, Any]) -> Change:
    return lambda session: session.execute(update(table).where(*key).values(values)) and None


def judge(month: Month, name: str, column: str, change: Change) -> None:
    """Nothing leaves that differs; and where it must, the change stops a batch."""
    left = month.left_over(change)
    if (name, column) not in LAWFUL:
        assert all(content == month.right[number] for number, content in left.items()), (
            name,
            column,
        )
    if column in PROTECTED.get(name, ()):
        assert len(left) < len(month.right), (name, column)


def every_column() -> Iterator[tuple[str, str]]:
    """Every column of every table that the way of a payment reads."""
    for name in PROTECTED:
        for column in metadata.tables[name].columns:
            yield name, column.name


def protected(chance: random.Random, count: int) -> Iterator[tuple[str, str]]:
    """So many (table, column) that must stop a batch."""
    known = [(name, column) for name, columns in PROTECTED.items() for column in columns]
    for _ in range(count):
        yield chance.choice(known)


def files_are_guarded(month: Month, count: int) -> None:
    """A sealed file of which one byte is another, one more or one fewer is never carried."""
    with month.house.owner.unit_of_work() as session:
        number = min(month.right)
        provider = month.runtime.adapters[_provider(session, number)]
        sealed = seal(session, month.runtime.keyring, provider, number, month.folder)
    right = sealed.path.read_bytes()
    for _ in range(count):
        at, way = month.chance.randrange(len(right)), month.chance.randrange(3)
        put = bytes([right[at] ^ month.chance.randint(1, 255)])
        sealed.path.write_bytes(
            right[:at] + (put, b"", put + right[at : at + 1])[way] + right[at + 1 :]
        )
        with pytest.raises(AnSinhError):
            require_sealed(sealed.path, sealed.sha256)


@pytest.mark.stage(of=september_released)
def test_the_mark_of_an_erased_person_hides_no_other_account(house: House, tmp_path: Path) -> None:
    """Somebody writes the right mark beside a destination that he then makes another."""
    month = opened(house, tmp_path, 3)

    def hide(session: Session) -> None:
        one = session.execute(select(destination).order_by(destination.c.id)).first()
        assert one is not None
        values = {"destination_id": one.id, "mark": mark_of(one)}
        session.execute(insert(destination_mark).values(values))
        other = update(destination).where(destination.c.id == one.id).values(holder="AI KHAC")
        session.execute(other)

    left = month.left_over(hide)
    assert len(left) < len(month.right)
    assert all(content == month.right[number] for number, content in left.items())


@pytest.mark.stage(of=september_released)
def test_no_single_field_changes_what_leaves(house: House, tmp_path: Path) -> None:
    month = opened(house, tmp_path, 1)
    for name, column, change in changes(month, every_column()):
        judge(month, name, column, change)
    files_are_guarded(month, 100)


def many_released(house: House) -> None:
    """A month of forty people, some in cash, released for today."""
    people = [(in_cash if number % 4 == 0 else row)(number) for number in range(1, 41)]
    house.register("2026-09", *people)
    house.on("2026-09-10")
    house.approve_month("2026-09")
    house.fund("2026-09")
    house.release(house.build("2026-09"))


@pytest.mark.long
@pytest.mark.stage(of=many_released)
def test_ten_thousand_changes_stop_the_batch(house: House, tmp_path: Path) -> None:
    month = opened(house, tmp_path, 2)
    count = 0
    for name, column, change in changes(month, protected(month.chance, 7_000)):
        judge(month, name, column, change)
        count += 1
    files_are_guarded(month, 3_000)
    print(f"{count} fields and 3,000 bytes of a file, none got through")
