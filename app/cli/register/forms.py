"""`ansinh register template|mapping`: the list to fill in, and what communes call its columns."""

from __future__ import annotations

from pathlib import Path

import click

from app.audit.trail import record
from app.beneficiaries import headings as h
from app.beneficiaries.mapping import listed
from app.beneficiaries.prefilled import rows_of
from app.beneficiaries.template import write_list
from app.cli.exports import new_path
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.errors import InputError
from app.months import in_words, require_month
from app.reference import areas
from app.units.lookup import facts


@click.command(name="template")
@click.option("--area", required=True, help="Mã xã 5 chữ số.")
@click.option("--period", required=True, help="Kỳ của danh sách, ví dụ 2026-11.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--reason", required=True, help="Vì sao cần mẫu có số đầy đủ; được ghi vào nhật ký.")
@with_database
@with_json
def template(
    area: str, period: str, output: Path, reason: str, database_url: str | None, as_json: bool
) -> None:
    """Mẫu danh sách đã điền sẵn người của tháng trước, có đủ số căn cước và tài khoản."""
    require_month(period)
    if areas.commune(area) is None:
        raise InputError(f"Không có xã mã {area[:10]}.", "Nhập mã xã 5 chữ số, ví dụ 01321.")
    if not reason.strip():
        raise InputError("Chưa nêu lý do.", "Mẫu có số đầy đủ: nêu lý do bằng --reason.")
    house = open_house(database_url)
    with new_path(output) as draft:
        with house.database.unit_of_work() as session:
            now, notice = moment_of(session), _notice(facts(session))
            # Written down before the numbers leave: a file that breaks off has been seen, too.
            record(session, now, "cli", "cli:register:template", f"area:{area}:{period}", reason)
        with house.database.snapshot() as session:
            rows = list(rows_of(session, house.keyring, area, period))
        write_list(draft, area, period, rows, notice=notice)
    value = {"area": area, "period": period, "rows": len(rows), "file": str(output)}
    answer(as_json, value, f"Đã ghi {len(rows)} dòng cho tháng {in_words(period)} vào {output}.")


def _notice(known: dict[str, str]) -> str:
    return h.SYNTHETIC_NOTICE if known.get("training") else ""


@click.command(name="mapping")
@click.option("--area", default="", help="Mã xã 5 chữ số; bỏ trống là mọi xã.")
@with_database
@with_json
def mapping(area: str, database_url: str | None, as_json: bool) -> None:
    """Các tên cột mà từng xã đã ghép với mẫu; ghép bằng --map khi nhập."""
    house = open_house(database_url)
    with house.database.view() as session:
        pairs = listed(session, area)
    lines = [f"{one['area_code']}  “{one['found']}” là cột “{one['heading']}”" for one in pairs]
    answer(as_json, {"mapping": pairs}, "\n".join(lines) or "Chưa xã nào dùng tên cột riêng.")
