"""Applying a bank's answer: destinations that wait for their first payment, name checks, reasons.

Set-wise, in chunks: an answer of thousands takes no more statements a chunk than one of ten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.kinds import NewAccount
from app.beneficiaries.order_of_use import (
    DESTINATION_COLUMNS,
    latest_versions,
    newest_ids,
    put_first,
)
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination, person, repair
from app.cashless.answering import Answer, AnsweredLine, judged
from app.cashless.tables import NAME_DIFFERS, OPENED, account_answer, account_answer_line
from app.errors import Refused
from app.names import DIFFERENT, compare
from app.privacy import Keyring
from ledger.bulk import chunks, insert_one, insert_rows

PEOPLE = 2_000
_LINE = ("request_id", "line", "answer_id", "old_state", "state", "reason", "destination_id")
_REPAIR = ("person_id", "old_destination_id", "new_destination_id", "evidence", "proposed_by",
           "confirmed_by", "repaired_at")  # fmt: skip
_CHECK = ("destination_id", "result", "evidence", "source", "checked_at", "checked_by")


class _Verdict(NamedTuple):
    """A line, the result of its name check ('' without an account), the state it reaches."""

    line: AnsweredLine
    name_check: str
    state: str


class _Made(NamedTuple):
    """Who applies an answer, when, and its id."""

    answer_id: int
    proposed_by: int
    confirmed_by: int
    now: datetime


def apply_answer(
    session: Session,
    keyring: Keyring,
    answer: Answer,
    proposed_by: int,
    confirmed_by: int,
    now: datetime,
) -> Mapping[str, int]:
    """Apply a clean answer; gives people by the state they reached, nothing for a repetition.

    Raises Refused for one person in both roles.
    """
    if proposed_by == confirmed_by:
        raise Refused("Nhận kết quả của ngân hàng cần hai người.", "Mời người thứ hai xác nhận.")
    if answer.applied_before:
        return {}
    number = insert_one(
        session, account_answer, request_id=answer.request_id, sha256=answer.sha256,
        name=answer.name, lines=len(answer.lines), received_at=now, proposed_by=proposed_by,
        confirmed_by=confirmed_by,
    )  # fmt: skip
    made, reached = _Made(number, proposed_by, confirmed_by, now), Counter[str]()
    for lines in chunks(answer.lines, PEOPLE):
        verdicts = [_verdict(line) for line in lines]
        _apply(session, keyring, answer.request_id, verdicts, made)
        reached.update(one.state for one in verdicts)
    said = ", ".join(f"{state}: {people}" for state, people in sorted(reached.items()))
    thing = f"account_answer:{number}"
    record(session, now, str(proposed_by), "accounts:answer:apply", thing, said)
    return dict(reached)


def _verdict(line: AnsweredLine) -> _Verdict:
    checked = ""
    if line.account is not None:
        checked = compare(line.asked.owner_name, line.account.holder).result
    return _Verdict(line, checked, judged(line, checked))


def _apply(
    session: Session,
    keyring: Keyring,
    request_id: int,
    verdicts: Sequence[_Verdict],
    made: _Made,
) -> None:
    opened = [one for one in verdicts if one.state == OPENED]
    new = _destinations(session, keyring, opened, made) if opened else {}
    insert_rows(session, account_answer_line, _LINE, (
        (request_id, one.line.asked.line, made.answer_id, one.line.asked.state, one.state,
         _reason(one), new.get(one.line.asked.person_id) if one.state == OPENED else None)
        for one in verdicts
    ))  # fmt: skip
    differing = [one.line.asked.person_id for one in verdicts if one.state == NAME_DIFFERS]
    _set_reason(session, differing, NAME_DIFFERS)
    _set_reason(session, list(new), "")


def _reason(one: _Verdict) -> str:
    if one.name_check == DIFFERENT and one.line.account is not None:
        return f"Ngân hàng ghi tên {one.line.account.holder}"
    return one.line.reason


def _destinations(
    session: Session, keyring: Keyring, opened: Sequence[_Verdict], made: _Made
) -> dict[int, int]:
    """A new version for each person, used from now on, with its name check; gives the ids."""
    asked = {one.line.asked.person_id: one for one in opened}
    versions = latest_versions(session, asked)
    insert_rows(session, destination, DESTINATION_COLUMNS, (
        (person_id, versions.get(person_id, 0) + 1, *_values(keyring, one.line),
         f"bank-answer:{made.answer_id}", made.now)
        for person_id, one in asked.items()
    ))  # fmt: skip
    new = newest_ids(session, asked)
    evidence = f"Kết quả mở tài khoản số {made.answer_id}"
    insert_rows(session, destination_check, _CHECK, (
        (new[person_id], one.name_check, evidence, "bank", made.now, str(made.confirmed_by))
        for person_id, one in asked.items()
    ))  # fmt: skip
    insert_rows(session, repair, _REPAIR, (
        (person_id, one.line.asked.destination_id, new[person_id], evidence, made.proposed_by,
         made.confirmed_by, made.now)
        for person_id, one in asked.items()
    ))  # fmt: skip
    put_first(session, new)
    return new


def _values(keyring: Keyring, line: AnsweredLine) -> tuple[object, ...]:
    account: NewAccount | None = line.account
    if account is None:
        raise ValueError("an opened account has a number")
    key = account_index(keyring, account.bank_bin, account.account)
    cipher = keyring.encrypt("destination.account", line.asked.bound_key, account.account)
    tail = account.account[-4:]
    return "account", account.kind, account.bank_bin, key, cipher, tail, account.holder


def _set_reason(session: Session, people: Sequence[int], reason: str) -> None:
    if people:
        session.execute(update(person).where(person.c.id.in_(people)).values(still_cash=reason))
