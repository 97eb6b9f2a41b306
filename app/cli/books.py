"""`ansinh ledger`: prove and seal the books; what reads them only stands in files of its own."""

from __future__ import annotations

import sys
from typing import Any

import click

from app.cli.options import answer, open_house, with_database, with_json
from app.cli.service import runtime_of
from app.cli.words import proof_line
from app.jobs.month_end import seal_chain
from ledger.chain import head
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
