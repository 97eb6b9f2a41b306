"""`ansinh recon status`, `suggest`; `match`, `split`, `unmatch`, `correct`; what two decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.cli.options import DAY, amount_of, answer, moment_of, with_database, with_json
from app.cli.signing import opened, signed, signer, with_officer
from app.disbursement.workbench.deciding import CONFIRMED, REJECTED, Decided, accept
from app.disbursement.workbench.deciding import reject as turn_down
from app.disbursement.workbench.proposing import (
    Draft,
    match_draft,
    propose,
    unmatch_draft,
    waiting,
)
from app.disbursement.workbench.standing import DayStanding, Waiting, standing
from app.disbursement.workbench.suggesting import Suggestion, suggest
from app.disbursement.workbench.telling import told
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_number, format_vnd

NUMBER = click.IntRange(1, 2**63 - 1)
"""A number that the database can hold."""
_WAYS = {
    "credit_unknown": "tiền vào",
    "debit_unknown": "tiền ra",
    "fee": "phí",
    "double": "trừ hai lần",
}


@click.command()
@click.option("--provider", default="", help="Chỉ ngân hàng này.")
@click.option("--account", default="", help="Chỉ tài khoản này.")
@click.option(
    "--day", type=DAY, help="Chỉ ngày này; trống là các ngày chưa khóa hoặc còn dòng chờ."
)
@with_database
@with_json
def status(
    provider: str, account: str, day: datetime | None, database_url: str | None, as_json: bool
) -> None:
    """Dòng ngân hàng theo tài khoản và ngày: đã khớp, còn chờ ai, lệch bao nhiêu. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        on = day.date() if day else None
        found = standing(session, moment_of(session), provider, account, on)
        proposals = waiting(session)
    value = {
        "days": [{**asdict(one), "account": one.shown} for one in found],
        "proposals": [_plain(row) for row in proposals],
    }
    lines = [line for one in found for line in _day_lines(one)] or ["Không có ngày nào cần xem."]
    lines += [_proposal_line(row) for row in proposals]
    answer(as_json, value, "\n".join(lines))


def _day_lines(one: DayStanding) -> list[str]:
    passes = ", ".join(f"{name} {count}" for name, count in sorted(one.by_pass.items()))
    differs = "chưa có sổ phụ" if one.difference is None else f"lệch {format_vnd(one.difference)}"
    state = "đã khóa" if one.is_closed else "chưa khóa"
    head = (
        f"{one.shown}  {one.day:%d/%m/%Y}  {state}, {differs}: {one.lines} dòng,"
        f" {len(one.waiting)} dòng chờ; {passes or 'chưa dòng nào khớp'}"
    )
    return [head, *(_waiting_line(row) for row in one.waiting)]


def _waiting_line(one: Waiting) -> str:
    proposed = f"; đề nghị số {one.proposal}" if one.proposal else ""
    return (
        f"  dòng {one.line}  {_WAYS.get(one.kind, one.kind)} {format_number(one.amount)}"
        f"  {one.owner}, {one.age} ngày: {one.why}{proposed}"
    )


@click.command(name="suggest")
@click.argument("line", type=NUMBER)
@with_database
@with_json
def suggest_command(line: int, database_url: str | None, as_json: bool) -> None:
    """Dòng LINE có thể là gì, khả năng cao trước, vì sao. Chỉ gợi ý, chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = suggest(session, line)
    lines = "\n".join(_suggestion_lines(line, one) for one in found)
    answer(as_json, [asdict(one) for one in found], lines or "Không tìm được khả năng nào.")


def _suggestion_lines(line: int, one: Suggestion) -> str:
    (word, _), *more = one.parts
    parts = " ".join(f"{name}={format_number(amount)}" for name, amount in one.parts)
    command = f"split {line} {parts}" if more else f"match {line} {word}"
    return f"  ansinh recon {command}\n    {'; '.join(one.why)}"


@click.command()
@click.argument("line", type=NUMBER)
@click.argument("target")
@click.option("--reason", required=True, help="Vì sao, một câu cho người xác nhận.")
@with_officer
@with_database
@with_json
def match(
    line: int,
    target: str,
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đề nghị ghép dòng LINE vào TARGET; có hiệu lực khi người thứ hai xác nhận.

    TARGET là mã lệnh chi, mã giấy rút dự toán, claim:DÒNG, credit:DÒNG, fee:month, fee:LÔ,
    slip:SỐ hoặc receipt:SỐ.
    """
    _propose(database_url, as_json, officer, code,
             lambda session: match_draft(session, line, [(target, 0)], reason))  # fmt: skip


@click.command()
@click.argument("line", type=NUMBER)
@click.argument("parts", nargs=-1, required=True)
@click.option("--reason", required=True, help="Vì sao, một câu cho người xác nhận.")
@with_officer
@with_database
@with_json
def split(
    line: int,
    parts: tuple[str, ...],
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đề nghị tách dòng LINE thành nhiều phần TARGET=SỐ TIỀN; cộng lại phải đúng bằng dòng."""
    wanted = [_part(one) for one in parts]
    _propose(database_url, as_json, officer, code,
             lambda session: match_draft(session, line, wanted, reason))  # fmt: skip


def _part(part: str) -> tuple[str, int]:
    word, _, amount = part.rpartition("=")
    if not word or amount_of(amount) <= 0:
        raise InputError(f"“{part[:60]}” không phải một phần.", "Ví dụ fee:month=11.000.")
    return word, amount_of(amount)


@click.command()
@click.argument("line", type=NUMBER)
@click.option("--reason", required=True, help="Vì sao, một câu cho người xác nhận.")
@with_officer
@with_database
@with_json
def unmatch(
    line: int, reason: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Đề nghị bỏ ghép dòng LINE, do người hay do máy ghép; ngày đã khóa giữ nguyên, bút toán đảo
    ghi vào ngày còn mở."""
    _propose(database_url, as_json, officer, code,
             lambda session: unmatch_draft(session, line, reason))  # fmt: skip


@click.command()
@click.argument("line", type=NUMBER)
@click.option("--reason", required=True, help="Vì sao, một câu cho người xác nhận.")
@with_officer
@with_database
@with_json
def correct(
    line: int, reason: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Đề nghị bỏ ghép dòng LINE của kỳ đã khóa: kỳ đó giữ nguyên, bút toán điều chỉnh nối với bút
    toán cũ ghi vào kỳ đang mở."""
    _propose(database_url, as_json, officer, code,
             lambda session: unmatch_draft(session, line, reason, corrects=True))  # fmt: skip


def _propose(
    database_url: str | None,
    as_json: bool,
    officer: str,
    code: str,
    draft: Callable[[Session], Draft],
) -> None:
    tell_proposal(propose_by(database_url, officer, code, draft), as_json)


def propose_by(
    database_url: str | None, officer: str, code: str, draft: Callable[[Session], Draft]
) -> Row[Any]:
    """The proposal that an officer makes of a draft."""

    def work(session: Session, keyring: Keyring) -> Row[Any]:
        who = signer(session, officer, code)
        return propose(session, keyring, who, draft(session), moment_of(session))

    return signed(database_url, work)


def tell_proposal(row: Row[Any], as_json: bool) -> None:
    """A new proposal, and what the second officer is to run."""
    line = f"ansinh recon confirm {row.id} --digest {row.digest[:12]}"
    answer(as_json, _plain(row), f"{_proposal_line(row)}\nNgười thứ hai đọc rồi chạy: {line}")


@click.command()
@with_database
@with_json
def proposals(database_url: str | None, as_json: bool) -> None:
    """Đề nghị đang chờ người thứ hai. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = waiting(session)
    lines = "\n".join(_proposal_line(row) for row in found)
    answer(as_json, [_plain(row) for row in found], lines or "Không có đề nghị nào đang chờ.")


def _proposal_line(row: Row[Any]) -> str:
    return "\n".join([*told(row), f"  Mã nội dung: {row.digest}"])


def _plain(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "kind", "bank_line_id", "content", "reason", "digest", "amount", "proposed_by",
             "proposed_at")  # fmt: skip
    return {name: getattr(row, name) for name in names}


@click.command()
@click.argument("number", type=NUMBER)
@click.option("--digest", required=True, help="Ít nhất 12 ký tự đầu của mã nội dung đã đọc.")
@with_officer
@with_database
@with_json
def confirm(
    number: int, digest: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Người thứ hai xác nhận đề nghị NUMBER đã đọc; ghi sổ ngay."""

    _decide(database_url, as_json, officer, code, accept, number, digest)


@click.command()
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True, help="Vì sao từ chối.")
@with_officer
@with_database
@with_json
def reject(
    number: int, reason: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Từ chối đề nghị NUMBER, hoặc rút đề nghị của mình; không có gì thay đổi."""

    _decide(database_url, as_json, officer, code, turn_down, number, reason)


def _decide(
    database_url: str | None,
    as_json: bool,
    officer: str,
    code: str,
    do: Callable[[Session, Keyring, Signer, int, str, datetime], Decided],
    number: int,
    word: str,
) -> None:
    """Confirm a proposal by its digest, or turn it down with a reason."""

    def work(session: Session, keyring: Keyring) -> Decided:
        who = signer(session, officer, code)
        return do(session, keyring, who, number, word, moment_of(session))

    done = signed(database_url, work)
    answer(as_json, asdict(done), f"Đề nghị {done.number} {_DECIDED[done.verdict]}.")


_DECIDED = {CONFIRMED: "đã có hiệu lực", REJECTED: "đã bị từ chối"}


COMMANDS = (status, suggest_command, match, split, unmatch, correct, proposals, confirm, reject)
