"""`ansinh bank cases`, `recall`, `promise`, `not-received`: officers on what a bank says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.cli.options import DAY, answer, moment_of, with_database, with_json
from app.cli.signing import opened, signed, signer, signers, with_officer, with_officers
from app.disbursement.cases import CLOSED, REFUSED, SUCCEEDED, cases, close_case, joined
from app.disbursement.horizon import Enquiry, Horizon, confirm_not_received, horizon_of, in_words
from app.disbursement.promises import SAYS, Promise, declare
from app.disbursement.recall import Request, ask_recall, recall_answered
from app.privacy import Keyring
from app.statements.trace_text import STATES
from ledger.money import format_vnd

_KINDS = {
    "conflict": "lời ngân hàng trái với điều đã biết",
    "recall": "yêu cầu thu hồi",
    "duplicate": "trùng hoặc thực hiện hai lần",
    "late_settlement": "ghi nợ muộn một lệnh đã khép",
}
_ENDS = {
    CLOSED: "đã khép",
    REFUSED: "ngân hàng từ chối thu hồi",
    SUCCEEDED: "tiền đã về",
}


@click.command(name="cases")
@click.option("--all", "everything", is_flag=True, help="Cả hồ sơ đã khép.")
@with_database
@with_json
def cases_command(everything: bool, database_url: str | None, as_json: bool) -> None:
    """Hồ sơ cần hỏi ngân hàng: mâu thuẫn, ghi nợ muộn, trùng, yêu cầu thu hồi."""
    with opened(database_url) as house, house.database.view() as session:
        found = cases(session, is_open=not everything)
        more = joined(session, [row.id for row in found])
    told = "\n".join(_line(row, more.get(row.id, [])) for row in found)
    values = [
        {**row._mapping, "joined": [f"{one.kind}: {one.why}" for one in more.get(row.id, [])]}
        for row in found
    ]
    answer(as_json, [_plain(one) for one in values], told or "Không có hồ sơ nào đang mở.")


def _line(row: Row[Any], more: Sequence[Row[Any]]) -> str:
    about = (
        f"lệnh {row.reference} ({STATES[row.payment]})" if row.reference else f"lô {row.batch_id}"
    )
    end = f"; {_ENDS[row.state]}: {row.answer}" if row.ended_at else ""
    then = "".join(f"; rồi {_KINDS[one.kind]}: {one.why}" for one in more)
    return f"{row.id:>4}  {_KINDS[row.kind]}: {about}. {row.why}{then}{end}"


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    return {key: str(one) if isinstance(one, datetime) else one for key, one in value.items()}


@click.command(name="close")
@click.argument("number", type=click.IntRange(1))
@click.option("--answer", "said", required=True, help="Một câu kết luận.")
@with_officer
@with_database
@with_json
def close(
    number: int, said: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Khép một hồ sơ; lệnh dừng chi của nó do hai người bỏ bằng `ansinh hold clear`."""
    _end(close_case, number, said, officer, code, database_url)
    answer(as_json, {"case": number, "state": "closed"}, f"Đã khép hồ sơ {number}.")


@click.command(name="recall-refused")
@click.argument("number", type=click.IntRange(1))
@click.option("--answer", "said", required=True, help="Ngân hàng trả lời gì.")
@with_officer
@with_database
@with_json
def recall_refused(
    number: int, said: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Ghi ngân hàng từ chối thu hồi; lệnh vẫn là đã chi."""
    _end(recall_answered, number, said, officer, code, database_url)
    answer(as_json, {"case": number, "state": "refused"}, f"Đã ghi từ chối, hồ sơ {number}.")


def _end(
    act: Callable[..., None],
    number: int,
    said: str,
    officer: str,
    code: str,
    database_url: str | None,
) -> None:
    def work(session: Session, keyring: Keyring) -> None:
        who = signer(session, officer, code)
        act(session, keyring, who, number, said, moment_of(session))

    signed(database_url, work)


@click.command(name="recall")
@click.argument("reference")
@click.option("--reason", required=True, help="Vì sao thu hồi.")
@click.option("--still-due/--not-due", required=True, help="Còn phải trả người hưởng hay thôi.")
@with_officer
@with_database
@with_json
def recall(
    reference: str,
    reason: str,
    still_due: bool,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Yêu cầu ngân hàng thu hồi một lệnh đã chi; tiền chỉ đổi khi có dòng báo có."""
    one = Request(reference.strip().upper(), reason, still_due)

    def work(session: Session, keyring: Keyring) -> int:
        return ask_recall(session, keyring, signer(session, officer, code), one, moment_of(session))

    number = signed(database_url, work)
    says = f"Đã mở hồ sơ thu hồi {number}. Gửi yêu cầu cho ngân hàng và chờ trả lời."
    answer(as_json, {"case": number}, says)


@click.command(name="promise")
@click.argument("provider")
@click.argument("promise", type=click.Choice(tuple(SAYS)))
@click.option("--days", type=click.IntRange(0), default=0, help="Số ngày làm việc của expires.")
@click.option("--ended", is_flag=True, help="Cam kết đã thôi.")
@click.option("--source", required=True, help="Hợp đồng hoặc văn bản nào.")
@with_officers
@with_database
@with_json
def promise_command(
    provider: str,
    promise: str,
    days: int,
    ended: bool,
    source: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi nơi chi trả cam kết gì, theo văn bản nào.

    \b
    acsc_settles    ACSC là đã trả
    all_or_nothing  từ chối tệp là từ chối mọi lệnh trong tệp
    expires         quá --days ngày làm việc thì không thực hiện lệnh nữa
    """
    one = Promise(provider, promise, not ended, days, source)

    def work(session: Session, keyring: Keyring) -> int:
        two = signers(session, officers, codes)
        return declare(session, keyring, two, one, moment_of(session))

    number = signed(database_url, work)
    says = f"Đã ghi, số {number}: {provider}: {SAYS[promise]}{' (đã thôi)' if ended else ''}."
    answer(as_json, {"promise": number}, says)


@click.command(name="horizon")
@click.argument("batch", type=click.IntRange(1))
@with_database
@with_json
def horizon(batch: int, database_url: str | None, as_json: bool) -> None:
    """Lô chưa rõ kết quả: đã đủ chứng cứ để nói là không tới ngân hàng chưa, còn thiếu gì."""
    with opened(database_url) as house, house.database.view() as session:
        found = horizon_of(session, batch)
    value = {**asdict(found), "last_day": _day(found.last_day), "next_day": _day(found.next_day)}
    answer(as_json, value, in_words(found))


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


@click.command(name="not-received")
@click.argument("batch", type=click.IntRange(1))
@click.option("--enquiry", required=True, help="Ngân hàng trả lời gì, văn bản nào.")
@click.option("--date", "on", required=True, type=DAY, help="Ngày ngân hàng trả lời.")
@with_officers
@with_database
@with_json
def not_received(
    batch: int,
    enquiry: str,
    on: datetime,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người xác nhận các lệnh còn chờ của một lô không tới ngân hàng; tiền lại phải trả."""

    def work(session: Session, keyring: Keyring) -> Horizon:
        two, asked = signers(session, officers, codes), Enquiry(enquiry, on.date())
        return confirm_not_received(session, keyring, two, batch, asked, moment_of(session))

    found = signed(database_url, work)
    says = f"Lô {batch}: {found.lines} lệnh, {format_vnd(found.total)} không tới ngân hàng."
    answer(as_json, {"batch": batch, "lines": found.lines, "total": found.total}, says)


COMMANDS = (
    cases_command, close, recall, recall_refused, promise_command, horizon, not_received,
)  # fmt: skip
