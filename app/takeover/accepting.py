"""The second person's step: the stored file becomes obligations and opening entries (O1, O2).

All in one unit of work. What is posted is read from the rows that the digest covers; an unpaid
obligation's id is the item of its posting, a claim's or suspense's item is the row's own number
below zero, since an older system's cases have none of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, insert, literal, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.access.typed_digest import beginning
from app.audit.trail import record
from app.benefits.tables import obligation
from app.errors import Conflict, NotFound, Refused
from app.privacy import Keyring
from app.takeover import headings as h
from app.takeover.checking import used_cells
from app.takeover.content import Content, stored
from app.takeover.loaded import waiting_or_done
from app.takeover.tables import (
    take_over,
    take_over_acceptance,
    take_over_balance,
    take_over_unpaid,
)
from ledger.balances import cell_balances
from ledger.chart import KINDS, Cell, open_accounts
from ledger.journal import EntryDraft, post, post_many
from ledger.money import format_vnd
from ledger.periods import is_closed, period_of
from ledger.posting_rows import ITEMS_MAX
from ledger.schema import Whole

STEP = "take_over_accept"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An accepted file: its number and digest, entries and obligations, and if just now."""

    take_over_id: int
    digest: str
    entries: int
    obligations: int
    is_new: bool


def accept(
    session: Session, keyring: Keyring, signer: Signer, digest: str, now: datetime
) -> TakenOver:
    """Another finance officer accepts a loaded file; its balances and obligations are posted.

    `digest` is what he read, at least 12 characters of it. Accepted before, nothing changes.
    Raises Refused for the person who loaded it, a used cell, a closed month or old books that do
    not balance, Conflict when the stored rows are not what was loaded.
    """
    row = _named(session, digest)
    if row.accepted_at is not None:
        return TakenOver(row.id, row.digest, 0, 0, is_new=False)
    if row.loaded_by == signer.officer_id:
        raise Refused("Người nạp tệp không được tự tiếp nhận.", "Mời người thứ hai tiếp nhận.")
    require_role(session, signer.officer_id, "releaser", "", now)
    content = stored(session, row.id)
    _same_as_loaded(row, content)
    _still_right(session, row.id, content)
    what = Confirmation(STEP, row.digest, row.balance_rows + row.unpaid_rows, row.balance_total)
    act_id = confirm(session, keyring, signer.officer_id, signer.code, now, what)
    session.execute(
        insert(take_over_acceptance).values(
            take_over_id=row.id,
            loaded_by=row.loaded_by,
            digest=row.digest,
            officer_id=signer.officer_id,
            act_id=act_id,
            accepted_at=now,
        )
    )
    entries = _post_all(session, row, content, now)
    about = f"take-over:{row.id}"
    record(session, now, str(signer.officer_id), "take_over:file:accept", about, row.digest)
    return TakenOver(row.id, row.digest, entries, row.unpaid_rows, is_new=True)


def _named(session: Session, digest: str) -> Any:
    shown = beginning(digest)
    query = waiting_or_done(func.substr(take_over.c.digest, 1, len(shown)) == shown)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            "Không có tệp nào đã nạp với mã nội dung này.", "Xem `ansinh take-over show`."
        )
    return row


def _same_as_loaded(row: Any, content: Content) -> None:
    figures = (content.balances_on, len(content.balances), content.total, len(content.unpaid),
               content.unpaid_total, content.digest)  # fmt: skip
    said = (row.balances_on, row.balance_rows, row.balance_total, row.unpaid_rows,
            row.unpaid_total, row.digest)  # fmt: skip
    if figures != said:
        raise Conflict(
            "Nội dung đã lưu không còn là nội dung người thứ nhất đã xác nhận.",
            "Báo kiểm toán; nạp lại tệp gốc.",
        )


def _still_right(session: Session, number: int, content: Content) -> None:
    """What held when the file was loaded, again: days may have passed."""
    used = used_cells(session)
    for cell in content.cells:
        if cell in used:
            raise Refused(
                f"{cell.unit} · {cell.programme} · {cell.provider}: đã có bút toán hoặc đã tiếp"
                " nhận số dư khác.",
                "Số dư đầu chỉ nhận một lần, trước bút toán đầu tiên.",
            )
        if is_closed(session, cell.programme, period_of(content.balances_on)):
            raise Refused(
                f"Tháng {content.balances_on:%m/%Y} của {cell.programme} đã khoá.",
                "Nạp lại với ngày chốt ở một tháng còn mở.",
            )
    owed = session.scalar(select(func.count()).select_from(_owed_already(number).subquery()))
    if owed:
        raise Refused(
            f"{owed} khoản chưa trả trong tệp nay đã có trong An Sinh.",
            "Bỏ các dòng đó khỏi tệp rồi nạp lại.",
        )


def _same_obligation() -> ColumnElement[bool]:
    line = take_over_unpaid.c
    return and_(
        obligation.c.programme == line.programme,
        obligation.c.person_id == line.person_id,
        obligation.c.period == line.period,
        obligation.c.component == line.component,
    )


def _owed_already(number: int) -> Select[Any]:
    return (
        select(obligation.c.id)
        .join(take_over_unpaid, _same_obligation())
        .where(take_over_unpaid.c.take_over_id == number)
    )


def _post_all(session: Session, row: Any, content: Content, now: datetime) -> int:
    """Obligations, then every balance; gives how many entries. The opening account ends at 0."""
    open_accounts(session, content.cells)
    _obligations(session, row.id)
    entries = 0
    for one in session.execute(
        select(take_over_balance)
        .where(take_over_balance.c.take_over_id == row.id)
        .order_by(take_over_balance.c.line)
    ).all():
        if one.kind == "payable":
            entries += _payable(session, row, one, now)
        else:
            _balance(session, row, one, now)
            entries += 1
    _nothing_left(session, content)
    return entries


def _obligations(session: Session, number: int) -> None:
    line = take_over_unpaid.c
    rows = (
        select(line.programme, line.person_id, line.period, line.component, line.enrolment_id,
               line.unit, line.amount, literal(0, Whole), line.amount, literal(""),
               literal("Chuyển từ hệ thống cũ: ") + line.reason)
        .where(line.take_over_id == number)
        .order_by(line.line)
    )  # fmt: skip
    columns = ["programme", "person_id", "period", "component", "enrolment_id", "unit_code",
               "regular", "arrears", "amount", "arrears_basis", "reason"]  # fmt: skip
    session.execute(insert(obligation).from_select(columns, rows, include_defaults=False))


def _draft(row: Any, one: Any, now: datetime, part: str = "") -> EntryDraft:
    place = f"{one.unit}:{one.programme}:{one.fund}:{one.provider}"
    return EntryDraft(
        key=f"take-over:{row.digest[:16]}:{one.kind}:{place}:{one.line}{part}",
        recipe=h.RECIPE_OF[one.kind],
        cell=Cell(one.fund, one.programme, one.unit, one.provider),
        effective_on=row.balances_on,
        recorded_at=now,
        source=f"take-over:{row.id}",
    )


def _balance(session: Session, row: Any, one: Any, now: datetime) -> None:
    item = -one.id if KINDS[one.kind].itemised else 0
    on = "debit_item" if one.kind in h.DEBITS else "credit_item"
    post(session, _draft(row, one, now), one.amount, **{on: item})


def _payable(session: Session, row: Any, one: Any, now: datetime) -> int:
    """The cell's obligations as items, in entries of at most 50,000; gives how many."""
    line = take_over_unpaid.c
    here = and_(line.take_over_id == row.id, line.fund == one.fund,
                line.programme == one.programme, line.unit == one.unit,
                line.provider == one.provider)  # fmt: skip
    numbers = list(session.scalars(select(line.line).where(here).order_by(line.line)))
    starts = range(0, len(numbers), ITEMS_MAX)
    for start in starts:
        part = numbers[start : start + ITEMS_MAX]
        items = (
            select(obligation.c.id.label("item"), obligation.c.amount.label("amount"))
            .join(take_over_unpaid, _same_obligation())
            .where(here, line.line.between(part[0], part[-1]))
        )
        post_many(session, _draft(row, one, now, f":{start}"), items)
    return len(starts)


def _nothing_left(session: Session, content: Content) -> None:
    for cell in content.cells:
        left = cell_balances(session, ("opening",), cell)["opening"]
        if left:
            raise Refused(
                f"{cell.unit} · {cell.programme} · {cell.provider}: sổ cũ lệch {format_vnd(left)}.",
                "Sổ cũ phải cân mới nhận được.",
            )
