"""Reading a bank's answer to a request: strict, every fault with its row, nothing half applied.

An answer for somebody who was not asked, an ID that is not the line's, a card number instead of
an account: each is refused with what to do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.bans import stands
from app.beneficiaries.kinds import BANK, NewAccount, Owner, checked
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import banned_account, destination, person
from app.cashless.list_file import read_rows
from app.cashless.profile import Profile, profile
from app.cashless.reason_list import refuse
from app.cashless.tables import (
    ASKED,
    NAME_DIFFERS,
    OPENED,
    REFUSED,
    STATES,
    account_answer,
    account_answer_line,
    account_request,
    account_request_line,
)
from app.errors import AnSinhError, NotFound
from app.privacy import Keyring
from app.text import fold
from ledger.bulk import chunks

_NOBODY = Owner("", phone_is_own=False, programmes=())
_KEYS = 2_000


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """One person's answer as it can be applied; `row` is the file's row."""

    row: int
    asked: Row[Any]
    state: str
    account: NewAccount | None
    reason: str


@dataclass(slots=True)
class Answer:
    """A clean file: the request it answers, its new lines, and lines that were known before.

    `applied_before` is True for the same bytes, or the same content, once more.
    """

    request_id: int
    bank_bin: str
    name: str
    sha256: str
    lines: list[AnsweredLine] = field(default_factory=list)
    repeated: int = 0

    @property
    def applied_before(self) -> bool:
        """Whether the file says nothing new."""
        return not self.lines


def read_answer(session: Session, keyring: Keyring, path: Path, request_id: int) -> Answer:
    """Read and check a bank's answer. Raises NotFound, or InputError with every fault."""
    asked = session.execute(
        select(account_request).where(account_request.c.id == request_id)
    ).one_or_none()
    if asked is None:
        raise NotFound(f"Không có danh sách số {request_id}.", "Kiểm tra --request.")
    layout = profile(asked.profile)
    rows = read_rows(path, tuple(layout.answer.values()))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    answer = Answer(request_id, asked.bank_bin, path.name, sha256)
    known = session.scalar(select(account_answer.c.id).where(account_answer.c.sha256 == sha256))
    if known is not None:
        answer.repeated = len(rows)
        return answer
    faults = _Reader(session, keyring, layout, answer).read(rows)
    faults += _taken(session, keyring, answer)
    refuse(path, faults)
    return answer


def asked_lines(session: Session, request_id: int) -> dict[str, Row[Any]]:
    """Every line of a request by its reference, with its state and where the person stands."""
    line, told, later = account_request_line.c, account_answer_line, account_answer_line.alias("l")
    follows = select(later.c.line).where(
        later.c.request_id == told.c.request_id,
        later.c.line == told.c.line,
        later.c.old_state == told.c.state,
    )
    last = and_(told.c.request_id == line.request_id, told.c.line == line.line, ~follows.exists())
    opened = destination.alias("opened")
    query: Select[Any] = (
        select(
            line.line,
            line.person_id,
            line.reference,
            line.owner_name,
            line.owner_key,
            func.coalesce(told.c.state, ASKED).label("state"),
            opened.c.account_key.label("opened_key"),
            person.c.bound_key,
            person.c.destination_id,
            destination.c.method,
        )
        .select_from(account_request_line)
        .join(person, person.c.id == line.person_id)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .outerjoin(told, last)
        .outerjoin(opened, opened.c.id == told.c.destination_id)
        .where(line.request_id == request_id)
    )
    return {row.reference: row for row in session.execute(query)}


class _Reader:
    """The rows of one file against the lines that were asked."""

    def __init__(self, session: Session, keyring: Keyring, layout: Profile, answer: Answer) -> None:
        self._keyring, self._layout, self._answer = keyring, layout, answer
        self._asked = asked_lines(session, answer.request_id)
        self._seen: dict[str, int] = {}

    def read(self, rows: list[tuple[int, Mapping[str, str]]]) -> list[str]:
        """Fill the answer; gives the faults."""
        faults = []
        for number, values in rows:
            told = {name: values[heading] for name, heading in self._layout.answer.items()}
            faults += [f"Dòng {number}: {said}" for said in self._row(number, told)]
        return faults

    def _row(self, number: int, told: Mapping[str, str]) -> Iterator[str]:
        asked = self._asked.get(told["reference"])
        if asked is None:
            yield f"mã “{told['reference'][:20]}” không có trong danh sách đã gửi. Xóa dòng này."
            return
        first = self._seen.setdefault(asked.reference, number)
        if first != number:
            yield f"trùng mã với dòng {first}. Xóa một dòng."
            return
        citizen = told["citizen"].replace(" ", "")
        if self._keyring.index("person.citizen_id", citizen) != asked.owner_key:
            yield "số căn cước không phải của người ở mã này; có thể lệch dòng. Hỏi lại ngân hàng."
            return
        state = self._layout.words.get(fold(told["result"]))
        if state is None and (told["result"] or told["account"]):
            words = ", ".join(self._layout.words)
            yield f"kết quả “{told['result'][:30]}” không hiểu được. Ghi một trong: {words}."
        elif state is not None:
            yield from self._line(number, asked, state, told)

    def _line(
        self, number: int, asked: Row[Any], state: str, told: Mapping[str, str]
    ) -> Iterator[str]:
        account = None
        if state == OPENED:
            try:
                new = NewAccount(self._answer.bank_bin, told["account"], told["holder"], BANK)
                account = checked(new, _NOBODY)
            except AnSinhError as fault:
                yield f"{fault}"
                return
        elif told["account"]:
            yield "có số tài khoản nhưng kết quả không phải đã mở. Hỏi lại ngân hàng."
            return
        elif state == REFUSED and not told["reason"]:
            yield "từ chối mà không ghi lý do. Hỏi lại ngân hàng."
            return
        yield from self._move(AnsweredLine(number, asked, state, account, told["reason"]))

    def _move(self, line: AnsweredLine) -> Iterator[str]:
        """The answer against what is known: new, the same once more, or a contradiction."""
        asked = line.asked
        if line.state in STATES[asked.state]:
            if line.state == OPENED and asked.method == "account":
                yield "người này đã có tài khoản khác trong sổ. Xóa dòng này, báo ngân hàng."
                return
            self._answer.lines.append(line)
        elif line.state == asked.state and self._key(line) == (asked.opened_key or ""):
            self._answer.repeated += 1
        else:
            yield "đã có kết quả khác từ trước. Hỏi lại ngân hàng, không ghi đè."

    def _key(self, line: AnsweredLine) -> str:
        if line.account is None:
            return ""
        return account_index(self._keyring, line.account.bank_bin, line.account.account)


def _taken(session: Session, keyring: Keyring, answer: Answer) -> Iterator[str]:
    """Accounts that are banned, another person's already, or twice in the file."""
    owners: dict[str, AnsweredLine] = {}
    for line in answer.lines:
        if line.account is None:
            continue
        key = account_index(keyring, line.account.bank_bin, line.account.account)
        first = owners.setdefault(key, line)
        if first.asked.owner_key != line.asked.owner_key:
            yield f"Dòng {line.row}: cùng số tài khoản với dòng {first.row} mà khác chủ. Hỏi lại."
    for keys in chunks(owners, _KEYS):
        for key in session.scalars(
            select(banned_account.c.account_key).where(
                banned_account.c.account_key.in_(keys), stands()
            )
        ):
            yield f"Dòng {owners[key].row}: tài khoản đã bị loại. Hỏi lại ngân hàng."
        used = (
            select(destination.c.account_key)
            .join(person, person.c.destination_id == destination.c.id)
            .where(destination.c.account_key.in_(keys), destination.c.method == "account")
            .where(person.c.id.not_in([one.asked.person_id for one in owners.values()]))
        )
        for key in session.scalars(used.distinct()):
            yield f"Dòng {owners[key].row}: tài khoản đang nhận tiền của người khác. Hỏi lại."


def judged(line: AnsweredLine, name_check: str) -> str:
    """The state a line reaches: an account under another name is not used."""
    return NAME_DIFFERS if line.state == OPENED and name_check == "different" else line.state
