"""`ansinh bank charge`: what a contract lets a provider keep of returns, or take as a fee."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.cli.options import DAY, answer, moment_of, with_database, with_json
from app.cli.signing import opened, signed, signers, with_officers
from app.disbursement.charges import SAYS, Charge, agree, charges
from app.privacy import Keyring
from ledger.money import format_vnd


@click.group(name="charge")
def charge() -> None:
    """Phí mà hợp đồng cho nơi chi trả giữ lại hoặc trừ; phí khác là khoản phải đòi."""


@charge.command(name="add")
@click.argument("number")
@click.argument("kind", type=click.Choice(tuple(SAYS)))
@click.option("--amount", type=click.IntRange(0), default=0, help="Đồng; 0 là thôi.")
@click.option(
    "--borne/--claimed", default=False, help="Mình chịu (kinh phí quản lý), hay phải đòi lại."
)
@click.option("--from", "since", type=DAY, required=True, help="Từ ngày nào.")
@click.option("--source", required=True, help="Hợp đồng hoặc văn bản nào.")
@with_officers
@with_database
@with_json
def add(
    number: str,
    kind: str,
    amount: int,
    borne: bool,
    since: datetime,
    source: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi phí theo hợp đồng NUMBER.

    \b
    return  phí trừ vào mỗi khoản tiền trả lại
    month   phí trừ mỗi tháng một lần, mình chịu
    batch   phí của mỗi lô theo tỷ lệ của hợp đồng, mình chịu
    """
    one = Charge(number, kind, amount, borne, since.date(), source)

    def work(session: Session, keyring: Keyring) -> int:
        two = signers(session, officers, codes)
        return agree(session, keyring, two, one, moment_of(session))

    row = signed(database_url, work)
    answer(as_json, {"charge": row}, f"Đã ghi, số {row}: hợp đồng {number}, {_told(one)}.")


@charge.command(name="list")
@with_database
@with_json
def show(database_url: str | None, as_json: bool) -> None:
    """Phí đã ghi, dòng sau thay dòng trước cùng hợp đồng và loại."""
    with opened(database_url) as house, house.database.view() as session:
        found = charges(session)
    told = "\n".join(f"{row.id:>4}  {row.number}: {_told(row)}" for row in found)
    answer(as_json, [_plain(row) for row in found], told or "Chưa ghi phí nào theo hợp đồng.")


def _told(one: Any) -> str:
    amount = f" {format_vnd(one.amount)}" if one.amount else ""
    borne = "mình chịu" if one.is_borne else "phải đòi"
    return f"{SAYS[one.kind]}{amount}, {borne}, từ {one.valid_from:%d/%m/%Y}"


def _plain(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "number", "kind", "amount", "is_borne", "source")
    return {**{name: getattr(row, name) for name in names}, "from": row.valid_from.isoformat()}
