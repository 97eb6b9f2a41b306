"""`ansinh audit-pack`: a paying unit's month as a folder that proves itself to an auditor."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.dossier.pack import Made, Order, versions, write_pack
from app.units.lookup import facts
from ledger.money import format_number


@click.command("audit-pack")
@click.option("--unit", required=True, help="Mã đơn vị chi, ví dụ 01273.")
@click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")
@click.option(
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Thư mục sẽ tạo; phải chưa có.",
)
@click.option(
    "--anchor-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp khoá ký mốc niêm; mặc định là khoá của bản cài đặt.",
)
@with_database
@with_json
def audit_pack(
    unit: str,
    period: str,
    output: Path,
    anchor_key: Path | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Lập hồ sơ kiểm toán một tháng của một đơn vị; kiểm lại chỉ cần Python.

    Mã thoát là 1 khi có tệp gửi hoặc nhận không còn đúng như lúc gửi, nhận.
    """
    house = open_house(database_url)
    with closing(house.database), house.database.snapshot() as session:
        order = Order(
            unit=unit,
            period=period,
            output=output,
            home=house.home,
            anchors=house.anchors_signed_by(anchor_key) if anchor_key else house.anchors,
            now=moment_of(session),
            versions=versions(session),
            synthetic=facts(session).get("training") == "1",
            public_chart=house.settings.public_chart,
        )
        made = write_pack(session, order)
    answer(as_json, _value(made), _text(made))
    sys.exit(1 if made.missing else 0)


def _value(made: Made) -> dict[str, Any]:
    return {
        "output": str(made.output),
        "files": made.files,
        "bytes": made.size,
        "closed": made.closed,
        "signed": made.signed,
        "missing": list(made.missing),
    }


def _text(made: Made) -> str:
    lines = [
        f"Đã lập hồ sơ {made.output}: {made.files} tệp, {format_number(made.size)} byte.",
        "Tháng đã khoá sổ." if made.closed else "Tháng CHƯA KHOÁ SỔ: số liệu còn thay đổi.",
        "Mục lục có chữ ký." if made.signed else "Mục lục KHÔNG có chữ ký: chưa có khoá niêm.",
        *(f"THIẾU tệp gốc: {name}" for name in made.missing),
        "Hồ sơ có dữ liệu cá nhân: chỉ giao cho người kiểm toán.",
        f"Kiểm tra: python3 {made.output / 'verify.py'}",
    ]
    return "\n".join(lines)
