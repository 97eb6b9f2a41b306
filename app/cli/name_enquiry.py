"""`ansinh bank name-enquiry`: in whose name an account stands at a bank that answers requests."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Any

import click

from app.audit.trail import record
from app.cli.options import House, answer, moment_of, open_house, with_database, with_json
from app.cli.service import runtime_of
from app.errors import InputError, Unavailable
from app.names import compare
from app.text import mask_account

NOT_FOUND = "not_found"
_SAYS = {
    "exact": "tên khớp",
    "close": "tên gần khớp, cần xem lại giấy tờ",
    "different": "tên khác",
    NOT_FOUND: "không có tài khoản này",
}


@click.command(name="name-enquiry")
@click.option("--provider", required=True, help="Mã đơn vị chi trả có kênh https.")
@click.option("--bank", "bank_bin", required=True, help="Mã ngân hàng giữ tài khoản, ví dụ 970405.")
@click.option("--holder", required=True, help="Họ tên chủ tài khoản như đã đăng ký.")
@click.option("--account", prompt="Số tài khoản", hide_input=True, help="Bỏ trống để gõ kín.")
@click.option("--reason", required=True, help="Vì sao hỏi; được ghi vào nhật ký.")
@with_database
@with_json
def name_enquiry(
    provider: str,
    bank_bin: str,
    holder: str,
    account: str,
    reason: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hỏi ngân hàng: tài khoản này có đúng tên không. Chỉ trả lời khớp hay không; không in số
    tài khoản, không in tên mà ngân hàng giữ."""
    account = "".join(account.split())
    if not re.fullmatch("[A-Za-z0-9]{4,34}", account) or not re.fullmatch(
        "[A-Z0-9]{3,35}", bank_bin
    ):
        raise InputError("Số tài khoản hoặc mã ngân hàng không đúng dạng.", "Gõ lại.")
    if len(reason.strip()) < 3:
        raise InputError("Lý do quá ngắn.", "Ghi lý do bằng --reason.")
    house = open_house(database_url)
    found = _asked(house, provider, bank_bin, account)
    result = compare(holder, found).result if found else NOT_FOUND
    hidden = mask_account(account)
    with house.database.unit_of_work() as session:
        now, told = moment_of(session), {"account": hidden, "result": result}
        thing = f"provider:{provider}"
        record(session, now, "cli", "bank:name:ask", thing, reason.strip(), after=told)
    answer(as_json, {"provider": provider, "account": hidden, "result": result},
           f"{hidden} tại {bank_bin}: {_SAYS[result]}")  # fmt: skip


def _asked(house: House, provider: str, bank_bin: str, account: str) -> str:
    """The name that the bank has, "" where it has no such account."""
    with closing(runtime_of(house).connected().courier(provider)) as courier:
        ask: Any = getattr(courier, "holder", None)
        if ask is None:
            raise Unavailable(
                f"Kênh của “{provider}” không hỏi được tên chủ tài khoản.",
                "Chỉ kênh https có hồ sơ names mới hỏi được.",
            )
        return str(ask(bank_bin, account))
