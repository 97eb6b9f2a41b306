"""`ansinh checks`: ask registers of others, take in their answers, mend what differs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from time import sleep
from typing import Any

import click

from app.audit.trail import record
from app.checks import asking
from app.checks.asking import Wish
from app.checks.client import Endpoint, RegisterClient
from app.checks.contracts import CONTRACTS, Contract, contract
from app.checks.files_in import open_answer
from app.checks.files_out import XLSX_ROWS_MAX, write_request
from app.checks.receiving import Receipt, receive
from app.checks.tables import SENT
from app.cli.options import House, answer, open_house, with_database, with_json
from app.cli.signing import keyring_of
from app.clock import SystemClock
from app.errors import InputError
from app.jobs.checking import ask_register
from app.jobs.runtime import Runtime

_FILE = click.Path(dir_okay=False, path_type=Path)
_SOURCE = click.Choice(list(CONTRACTS))


@click.group()
def checks() -> None:
    """Đối chiếu với sổ của cơ quan khác: dân cư, hộ tịch, bảo hiểm xã hội, ngân hàng, hộ nghèo."""


@checks.command()
@click.argument("source", type=_SOURCE)
@click.option("--area", default="", help="Mã xã 5 chữ số; bỏ trống là toàn tỉnh.")
@click.option("--file", "path", type=_FILE, help="Tệp .xlsx hoặc .csv sẽ ghi.")
@click.option("--rest", is_flag=True, help="Hỏi qua mạng theo ANSINH_CHECK_URLS.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Hộ tịch: sự kiện từ ngày này.")
@click.option("--again", is_flag=True, help="Hỏi lại cả tài khoản đã đúng tên.")
@click.option("--reason", default="", help="Vì sao cần tệp có số căn cước; được ghi vào nhật ký.")
@with_database
@with_json
def send(
    source: str,
    area: str,
    path: Path | None,
    rest: bool,
    since: datetime | None,
    again: bool,
    reason: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Lập yêu cầu: ghi ra tệp, hoặc hỏi ngay qua mạng."""
    if (path is None) == (not rest):
        raise InputError("Chọn một trong hai: --file TỆP hoặc --rest.", "")
    house, told = open_house(database_url), contract(source)
    keyring_of(house)
    wish = Wish(area, since.date() if since else None, again)
    if path is not None:
        code = _to_file(house, told, wish, path, reason)
        answer(as_json, {"request": code, "file": str(path)}, f"Đã ghi {path}, yêu cầu {code}.")
        return
    endpoint = _endpoint(house, told)
    code = _made(house, told, wish, "rest", reason)
    _asked(house, told, endpoint, code, as_json)


@checks.command()
@click.argument("code")
@with_database
@with_json
def resume(code: str, database_url: str | None, as_json: bool) -> None:
    """Hỏi tiếp qua mạng những dòng chưa có trả lời của một yêu cầu."""
    house = open_house(database_url)
    keyring_of(house)
    with house.database.view() as session:
        told = contract(asking.find_request(session, code).source)
    _asked(house, told, _endpoint(house, told), code, as_json)


@checks.command(name="receive")
@click.argument("path", type=_FILE)
@with_database
@with_json
def receive_command(path: Path, database_url: str | None, as_json: bool) -> None:
    """Nhận tệp trả lời; sai một dòng thì không nhận dòng nào."""
    house, now = open_house(database_url), SystemClock().now()
    keyring, file = keyring_of(house), open_answer(path)
    with house.database.unit_of_work() as session:
        row = asking.find_request(session, file.code)
        got = receive(session, keyring, row, file.sha256, file.lines(now), "cli", now)
        record(session, now, "cli", "checks:answer:receive", file.code, f"{got.rows} dòng")
    answer(as_json, _receipt(file.code, got), _received(file.code, got))


def _receipt(code: str, got: Receipt) -> dict[str, Any]:
    return {"request": code, "rows": got.rows, "fresh": got.fresh, "repeated": got.repeated,
            "results": got.results}  # fmt: skip


def _received(code: str, got: Receipt) -> str:
    if got.repeated:
        return f"Tệp này đã nhận trước đây cho yêu cầu {code}; không ghi gì thêm."
    words = CONTRACTS[code.split("-")[0]].results
    counted = ", ".join(f"{words[one]} {number}" for one, number in sorted(got.results.items()))
    return f"Yêu cầu {code}: nhận {got.rows} dòng, {got.fresh} dòng mới. {counted or 'Không đổi'}."


def _to_file(house: House, told: Contract, wish: Wish, path: Path, reason: str) -> str:
    if not reason.strip():
        raise InputError("Tệp này có số căn cước hoặc số tài khoản.", "Ghi lý do bằng --reason.")
    if path.exists():
        raise InputError(f"Đã có tệp {path}.", "Chọn tên khác; tệp cũ không bị ghi đè.")
    code = _made(house, told, wish, "file", reason)
    with house.database.view() as session:
        row = asking.find_request(session, code)
        if path.suffix.lower() == ".xlsx" and row.people > XLSX_ROWS_MAX:
            raise InputError(
                f"Yêu cầu {code} có {row.people} người, tệp Excel chỉ {XLSX_ROWS_MAX} dòng.",
                "Ghi ra .csv, hoặc hỏi từng xã bằng --area.",
            )
        lines = asking.all_lines(session, house.keyring, told, row.id)
        digest = write_request(path, told, code, lines, row.made_at)
    with house.database.unit_of_work() as session:
        asking.move(session, row.id, SENT, SystemClock().now(), digest=digest)
    return code


def _made(house: House, told: Contract, wish: Wish, channel: str, reason: str) -> str:
    now = SystemClock().now()
    with house.database.unit_of_work() as session:
        row = asking.make_request(session, told, wish, channel, "cli", now)
        detail = f"{row.people} người, {channel}. {reason}".strip()
        record(session, now, "cli", "checks:request:make", row.code, detail)
    return str(row.code)


def _endpoint(house: House, told: Contract) -> Endpoint:
    """Where the register listens, and our secret. Raises InputError where it is not set up."""
    url = house.settings.check_urls.get(told.code, "")
    scheme, _, file = house.settings.check_secrets.get(told.code, "").partition(":")
    if not url or not file:
        raise InputError(
            f"Chưa cấu hình đường truyền tới nguồn {told.code}.",
            "Đặt ANSINH_CHECK_URLS và ANSINH_CHECK_SECRETS, hoặc dùng --file.",
        )
    return Endpoint(url, scheme, Path(file).read_text(encoding="utf-8").strip())


def _asked(house: House, told: Contract, endpoint: Endpoint, code: str, as_json: bool) -> None:
    runtime = Runtime(house.database, SystemClock(), house.keyring, house.home, "cli")
    client = RegisterClient(told, endpoint, sleep)
    try:
        row = ask_register(runtime, told, client, code, "cli")
    finally:
        client.close()
    value = {"request": code, "people": row.people, "answered": row.answered}
    answer(as_json, value, f"Yêu cầu {code}: {row.answered}/{row.people} dòng đã có trả lời.")
