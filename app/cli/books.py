"""`ansinh ledger`: prove the books, export the journal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from app.cli.options import answer, open_house, with_database, with_json
from app.cli.service import runtime_of
from app.cli.words import proof_line
from app.jobs.month_end import seal_chain
from ledger.chain import head
from ledger.export import export_journal
from ledger.proofs import Proof


@click.group()
def ledger() -> None:
    """Sổ cái: kiểm chứng và kết xuất."""


@ledger.command()
@with_database
@with_json
@click.option("--fast", is_flag=True, help="Không đọc lại từng định khoản: vài giây thay vì phút.")
def verify(database_url: str | None, as_json: bool, fast: bool) -> None:
    """Kiểm chứng toàn bộ sổ sách; mã thoát 0 chỉ khi mọi chứng minh đều đúng."""
    house = open_house(database_url)
    proofs = house.prove(fast)
    ok = all(proof.ok for proof in proofs)
    answer(
        as_json,
        {"ok": ok, "proofs": [as_value(one) for one in proofs]},
        "\n".join(proof_line(one) for one in proofs),
    )
    sys.exit(0 if ok else 1)


@ledger.command()
@with_database
@with_json
def seal(database_url: str | None, as_json: bool) -> None:
    """Đánh số chứng từ, nối chuỗi, ký mốc vào tệp ngoài cơ sở dữ liệu; chạy lại không sao."""
    house = open_house(database_url)
    seal_chain(runtime_of(house))
    with house.database.view() as session:
        last = head(session)
    anchors = house.anchors
    value = {"position": last.position, "link": last.link, "anchors": str(anchors.path)}
    text = f"Đã niêm phong {last.position} bút toán; mốc ký ở {anchors.path}."
    answer(as_json, value, text)


def as_value(proof: Proof) -> dict[str, Any]:
    """A proof as JSON-ready values."""
    return {"name": proof.name, "ok": proof.ok, "figures": proof.figures}


@ledger.command()
@with_database
@with_json
@click.option("--format", "form", type=click.Choice(["hledger", "beancount"]), required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
def export(database_url: str | None, as_json: bool, form: str, output: Path) -> None:
    """Kết xuất nhật ký để `hledger check` hoặc `bean-check` kiểm lại."""
    house = open_house(database_url)
    output.parent.mkdir(parents=True, exist_ok=True)
    with house.database.view() as session, output.open("w", encoding="utf-8") as file:
        entries = export_journal(session, file, form)
    value = {"file": str(output), "format": form, "entries": entries}
    answer(as_json, value, f"Đã ghi {entries} bút toán vào {output}.")
