"""`ansinh bank`: read any bank's file or reason, make the folder of a new bank, run the kit."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import click

from app.cli.bank_calls import events_command
from app.cli.bank_cases import COMMANDS
from app.cli.bank_charges import charge
from app.cli.by_hand import answer_command, handover_command
from app.cli.channels import channel
from app.cli.chapters import Chapters
from app.cli.conform.command import conform_command
from app.cli.conform.words import promise
from app.cli.name_enquiry import name_enquiry
from app.cli.options import answer, open_house, with_database, with_json
from app.cli.providers import contract, provider
from app.text import mask_account
from bank_adapters.conformance import Check
from bank_adapters.reading import look, pieces
from bank_adapters.reasons import CodeSet, reason
from bank_adapters.scaffold import FAMILIES, new_bank, take_sample, try_bank
from reconciliation.chain_of_statements import problems

ADAPTERS = Path(__file__).resolve().parents[2] / "bank_adapters"


class _Bank(Chapters):
    chapters: ClassVar = {
        "Mỗi ngày": ("tasks", "cases", "close", "events", "statements", "reason", "read"),
        "Chưa rõ kết quả, chi nhầm": (
            "horizon", "not-received", "recall", "recall-refused", "name-enquiry",
        ),
        "Mang tệp bằng tay": ("handover", "answer"),
        "Đơn vị chi trả: hai cán bộ cùng ghi": (
            "provider", "contract", "charge", "channel", "promise",
        ),
        "Thêm ngân hàng mới: kỹ thuật": ("new", "sample", "conform"),
    }  # fmt: skip


@click.group(cls=_Bank)
def bank() -> None:
    """Ngân hàng: việc chờ, hồ sơ, tệp, hợp đồng, kênh nối, ngân hàng mới. Xem `tasks` trước."""


bank.add_command(provider)
bank.add_command(contract)
bank.add_command(charge)
bank.add_command(channel)
bank.add_command(handover_command)
bank.add_command(answer_command)
bank.add_command(events_command)
bank.add_command(name_enquiry)
bank.add_command(conform_command)


@bank.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
@with_json
def read(files: tuple[str, ...], as_json: bool) -> None:
    """Đọc tệp của ngân hàng; mỗi tệp một dòng JSON. 0: đọc được hết; 1: có tệp phải cách ly;
    2: có tệp bị từ chối."""
    code = 0
    for name in files:
        verdict = look(name)
        for piece in pieces(name, verdict):
            click.echo(piece, nl=False)
        click.echo()
        code = max(code, verdict.code)
    sys.exit(code)


@bank.command()
@click.argument("provider")
@with_database
@with_json
def statements(provider: str, database_url: str | None, as_json: bool) -> None:
    """Sổ phụ đã nhận có liền mạch không: thiếu số, thiếu trang, số dư không nối nhau.
    1: có chỗ thiếu."""
    with open_house(database_url).database.view() as session:
        found = problems(session, provider)
    accounts = [
        {"account": mask_account(account), "problems": told} for account, told in found.items()
    ]
    lines = [f"{one['account']}: {told}" for one in accounts for told in one["problems"]]
    value = {"provider": provider, "ok": not accounts, "accounts": accounts}
    answer(as_json, value, "\n".join(lines) or f"{provider}: sổ phụ liền mạch")
    sys.exit(1 if accounts else 0)


@bank.command()
@click.argument("name")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=ADAPTERS)
@click.option(
    "--family",
    type=click.Choice(FAMILIES),
    default=FAMILIES[0],
    help="list: danh sách CSV; iso: ISO 20022 nối thẳng",
)
@with_json
def new(name: str, into: Path, family: str, as_json: bool) -> None:
    """Tạo thư mục cho một ngân hàng mới, chạy được ngay trên mẫu của chính nó."""
    folder = new_bank(name, into, family)
    _show(as_json, name, str(folder), try_bank(folder))


@bank.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("answer_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_json
def sample(folder: Path, answer_file: Path, as_json: bool) -> None:
    """Đưa một tệp trả lời của ngân hàng vào mẫu của bộ kết nối; xem kỹ điều đã đọc được."""
    kept = take_sample(folder, answer_file)
    found = kept.read_text(encoding="utf-8")
    reminder = "Đối chiếu từng dòng với tệp của ngân hàng; sai thì sửa bộ kết nối rồi làm lại."
    answer(as_json, {"expected": str(kept), "reports": json.loads(found)},
           f"{kept}\n{found}{reminder}")  # fmt: skip


@bank.command(name="reason")
@click.argument("code")
@click.option(
    "--set",
    "code_set",
    type=click.Choice([one.value for one in CodeSet]),
    default=CodeSet.RETURN.value,
    help="mã của khoản trả về, trạng thái hay danh sách",
)
@with_json
def reason_command(code: str, code_set: str, as_json: bool) -> None:
    """Một mã lý do nghĩa là gì: việc phải làm, của ai, trong mấy ngày, tài khoản ra sao."""
    found = reason(CodeSet(code_set), code)
    told = {
        "code": found.code,
        "set": found.code_set.value,
        "known": found.known,
        "class": found.reason_class.value,
        "officer": found.officer,
        "action": found.action,
        "owner": found.owner.value,
        "deadline_banking_days": found.deadline,
        "effect": found.effect.value,
        "person": found.person,
    }
    answer(as_json, told, (
        f"{found.code or '(không có mã)'}: {found.officer}\n"
        f"Việc phải làm: {found.action}\n"
        f"Của: {found.owner_words}, trong {found.deadline} ngày làm việc của ngân hàng\n"
        f"Tài khoản: {found.effect_words}\n"
        f"Nói với người hưởng: {found.person}"
    ))  # fmt: skip


def _show(as_json: bool, name: str, folder: str, checks: Sequence[Check]) -> None:
    rows = [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]
    ok = all(row["ok"] for row in rows)
    text = "\n".join(
        f"  {'đạt' if row['ok'] else 'HỎNG'}  {promise(str(row['name']))}" for row in rows
    )
    answer(as_json, {"bank": name, "folder": folder, "ok": ok, "checks": rows}, f"{folder}\n{text}")
    sys.exit(0 if ok else 1)


for _command in COMMANDS:
    bank.add_command(_command)
