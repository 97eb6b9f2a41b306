"""`ansinh bank provider` and `ansinh bank contract`: with whom, and for what, money is paid."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app.channels.contract_terms import Contract
from app.channels.contracts import add_contract, all_contracts, end_contract, widen
from app.channels.providers import WAYS, Provider, add_provider, all_providers
from app.channels.routes import routes_of
from app.cli.options import DAY, House, answer, moment_of, open_house, with_database, with_json
from app.cli.signing import signed, signed_in, signers, with_officers
from app.privacy import Keyring
from app.text import mask_account

_BANK = "Mã BIN của ngân hàng nhận; ghi nhiều lần. others: mọi ngân hàng chưa có hợp đồng khác."


@click.group()
def provider() -> None:
    """Đơn vị chi trả (ngân hàng, bưu điện): hai cán bộ tài chính cùng thêm."""


@provider.command(name="add")
@click.argument("code")
@click.option("--name", required=True, help="Tên đầy đủ.")
@click.option("--adapter", required=True, help="Bộ kết nối, ví dụ iso20022.")
@click.option(
    "--advance/--debits",
    "advance",
    default=None,
    required=True,
    help="Nhận tạm ứng trước, hay trừ tài khoản của đơn vị, theo hợp đồng.",
)
@click.option("--promised", is_flag=True, help="Ngân hàng cam kết khác bộ kết nối.")
@with_officers
@with_database
@with_json
def provider_add(
    code: str,
    name: str,
    adapter: str,
    advance: bool,
    promised: bool,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Thêm một đơn vị chi trả; đã thêm thì không sửa."""
    what = Provider(code, name.strip(), adapter, advance, promised)

    def work(house: House, session: Session, keyring: Keyring) -> None:
        who = signers(session, officers, codes)
        add_provider(session, keyring, house.settings, who, what, moment_of(session))

    signed_in(database_url, work)
    told = {"provider": code, "adapter": adapter, "holds_advance": advance}
    answer(
        as_json, told, f"Đã thêm {code}. Tiếp theo: `ansinh bank contract add --provider {code}`."
    )


@provider.command(name="list")
@with_database
@with_json
def provider_list(database_url: str | None, as_json: bool) -> None:
    """Các đơn vị chi trả: bộ kết nối, tiền của ai, số hợp đồng."""
    with open_house(database_url).database.view() as session:
        rows = all_providers(session)
    values = [
        {"provider": row.code, "name": row.name, "adapter": row.adapter,
         "holds_advance": bool(row.holds_advance), "sandbox": bool(row.is_sandbox),
         "contracts": row.contracts}
        for row in rows
    ]  # fmt: skip
    lines = [
        f"{one['provider']}: {one['name']}, {one['adapter']}, {WAYS[one['holds_advance']]},"
        f" {one['contracts']} hợp đồng" + (", giả lập" if one["sandbox"] else "")
        for one in values
    ]
    answer(as_json, {"providers": values}, "\n".join(lines) or "Chưa có đơn vị chi trả nào.")


@click.group()
def contract() -> None:
    """Hợp đồng của đơn vị chi với đơn vị chi trả: hai cán bộ tài chính cùng ghi."""


@contract.command(name="add")
@click.option("--provider", "code", required=True, help="Mã đơn vị chi trả.")
@click.option("--unit", required=True, help="Mã đơn vị chi.")
@click.option("--programme", required=True, help="Mã chương trình.")
@click.option("--account", required=True, help="Tài khoản của đơn vị chi tại nơi chi trả.")
@click.option("--number", required=True, help="Số hợp đồng.")
@click.option("--from", "since", required=True, type=DAY, help="Ngày đầu.")
@click.option("--until", type=DAY, help="Ngày cuối; không ghi là chưa định.")
@click.option("--methods", default="account", show_default=True, help="account, cash, hoặc cả hai.")
@click.option("--bank", "banks", multiple=True, help=_BANK)
@click.option("--fee", default=0, show_default=True, help="Phí, phần vạn số tiền chi.")
@click.option("--due-day", default=10, show_default=True, help="Ngày chi trong tháng.")
@click.option("--settlement-day", default=19, show_default=True, help="Ngày quyết toán.")
@with_officers
@with_database
@with_json
def contract_add(
    code: str,
    unit: str,
    programme: str,
    account: str,
    number: str,
    since: datetime,
    until: datetime | None,
    methods: str,
    banks: tuple[str, ...],
    fee: int,
    due_day: int,
    settlement_day: int,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi một hợp đồng mới; các bảng lập từ ngày đầu đi qua hợp đồng này."""
    ways = tuple(sorted(set(methods.replace(",", " ").split())))
    last = until.date() if until else None
    what = Contract(number, code, unit, programme, account, ways, banks, since.date(), last, fee,
                    due_day, settlement_day)  # fmt: skip

    def work(house: House, session: Session, keyring: Keyring) -> Any:
        who = signers(session, officers, codes)
        return add_contract(session, keyring, house.settings, who, what, moment_of(session))

    done = signed_in(database_url, work)
    told = {"contract": done.contract_id, "number": number, "routes": done.routes}
    answer(as_json, told, f"Đã ghi hợp đồng {number}, {done.routes} đường chi.")


@contract.command(name="widen")
@click.argument("number")
@click.option("--bank", "banks", multiple=True, required=True, help=_BANK)
@with_officers
@with_database
@with_json
def contract_widen(
    number: str,
    banks: tuple[str, ...],
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Cho hợp đồng chi tới thêm ngân hàng nhận."""

    def work(house: House, session: Session, keyring: Keyring) -> Any:
        who = signers(session, officers, codes)
        return widen(session, keyring, house.settings, who, number, banks, moment_of(session))

    done = signed_in(database_url, work)
    told = {"contract": done.contract_id, "number": number, "routes": done.routes}
    answer(as_json, told, f"Hợp đồng {number} chi tới thêm {done.routes} ngân hàng.")


@contract.command(name="end")
@click.argument("number")
@click.option("--on", "last", required=True, type=DAY, help="Ngày cuối, từ hôm nay trở đi.")
@click.option("--reason", required=True, help="Số văn bản làm căn cứ.")
@with_officers
@with_database
@with_json
def contract_end(
    number: str,
    last: datetime,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đặt ngày cuối của hợp đồng: chấm dứt, hoặc gia hạn. Bảng đã lập vẫn chi qua hợp đồng."""

    def work(session: Session, keyring: Keyring) -> None:
        who = signers(session, officers, codes)
        end_contract(session, keyring, who, number, last.date(), reason, moment_of(session))

    signed(database_url, work)
    told = {"number": number, "valid_to": last.date()}
    answer(as_json, told, f"Ngày cuối của hợp đồng {number} là {last:%d/%m/%Y}.")


@contract.command(name="list")
@click.option("--provider", "code", default="", help="Chỉ một đơn vị chi trả.")
@click.option("--unit", default="", help="Chỉ một đơn vị chi.")
@with_database
@with_json
def contract_list(code: str, unit: str, database_url: str | None, as_json: bool) -> None:
    """Các hợp đồng, ngày đầu, ngày cuối, chi tới ngân hàng nào; tài khoản được che."""
    with open_house(database_url).database.view() as session:
        values = [_value(session, row) for row in all_contracts(session, code, unit)]
    answer(as_json, {"contracts": values}, "\n".join(map(_line, values)) or "Chưa có hợp đồng nào.")


def _value(session: Session, row: Any) -> dict[str, Any]:
    routes = routes_of(session, row.id)
    return {
        "number": row.number, "unit": row.unit_code, "programme": row.programme,
        "provider": row.provider, "account": mask_account(row.account),
        "methods": row.methods.split(","), "banks": [one.bank for one in routes if one.bank],
        "valid_from": row.valid_from, "valid_to": row.valid_to, "due_day": row.due_day,
    }  # fmt: skip


def _line(one: dict[str, Any]) -> str:
    until = f"đến {one['valid_to']:%d/%m/%Y}" if one["valid_to"] else "chưa định ngày cuối"
    return (
        f"{one['number']}: {one['unit']}, {one['programme']}, {one['provider']}, tài khoản"
        f" {one['account']}, {', '.join(one['methods'])}, {len(one['banks'])} ngân hàng nhận,"
        f" từ {one['valid_from']:%d/%m/%Y}, {until}"
    )
