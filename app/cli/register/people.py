"""Finding and showing people on the command line; numbers are masked."""

from __future__ import annotations

import re
from dataclasses import asdict

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.access.scope import scope_of
from app.beneficiaries.by_name import Wanted
from app.beneficiaries.search import Page, search
from app.cli.options import answer, open_house, with_database, with_json
from app.cli.signing import keyring_of
from app.cli.tables import fitted
from app.clock import SystemClock
from app.months import day_in_words


@click.command(name="search")
@click.argument("words")
@click.option("--area", default="", help="Chỉ tìm trong xã này (mã xã).")
@click.option("--born", default="", help="Năm sinh, ví dụ 1950.")
@click.option("--officer", default="", help="Tên đăng nhập: chỉ tìm trong địa bàn của cán bộ.")
@click.option("--after", default="", help="Dấu trang ở cuối trang trước.")
@with_database
@with_json
def search_command(
    words: str,
    area: str,
    born: str,
    officer: str,
    after: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Tìm người: tên (có dấu hay không), số căn cước, tài khoản, điện thoại, 3-6 số cuối."""
    if born and not re.fullmatch(r"\d{4}", born):
        raise click.BadParameter("năm sinh có bốn chữ số, ví dụ 1950", param_hint="--born")
    house = open_house(database_url)
    with house.database.view() as session:
        areas = scope_of(session, officer, SystemClock().now()).areas if officer else None
        if area:
            areas = frozenset((area,)) if areas is None or area in areas else frozenset()
        wanted = Wanted(None if areas is None else sorted(areas), born)
        page = search(session, keyring_of(house), words, wanted, after)
    value = {"people": [asdict(one) for one in page.people], "next": page.next}
    answer(as_json, value, _listed(page))


def _listed(page: Page) -> str:
    if not page.people:
        return "Không có ai khớp. Thử bớt chữ, hoặc tìm bằng 3-6 số cuối."
    table = Table("mã", "họ và tên", "sinh", "xã", "tổ, xóm", "căn cước", "tài khoản",
                  box=SIMPLE_HEAD)  # fmt: skip
    for one in page.people:
        merged = f" (đã gộp vào AS-{one.merged_into:06})" if one.merged_into else ""
        died = " †" if one.died_on else ""
        who, born = f"{one.name}{died}{merged}", day_in_words(one.birth)
        table.add_row(f"AS-{one.person_id:06}", who, born, one.area_code, one.hamlet,
                      one.citizen, one.account)  # fmt: skip
    more = f"Còn nữa: --after {page.next}" if page.next else f"{len(page.people)} người."
    return f"{fitted(table, (0, 2, 3, 5, 6))}\n{more}"
