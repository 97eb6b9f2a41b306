"""`ansinh doubles`: one person twice, shared accounts, ghosts: find, look, decide."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.orm import Session

from app.benefits.forecast import last_list
from app.cli.cashless.common import with_area
from app.cli.keeping import require_keys
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.service import runtime_of
from app.cli.signing import signed, signers, with_officers
from app.clock import TIME_ZONE, SystemClock, local_date
from app.disbursement.merged import WHY, Unpaid, unpaid_after_merge
from app.doubles.deciding import Decision, decide
from app.doubles.queue import CaseLine, PersonLine, Whole, case_of, counts, open_cases
from app.doubles.rules import RULES, VERDICTS
from app.errors import InputError
from app.jobs.payrolls import find_doubles
from app.months import day_in_words, in_words, require_month
from app.privacy import Keyring
from ledger.money import format_vnd

_PERSON = re.compile(r"(?:person:|AS-0*)?(\d{1,18})")
SHOWN = 100


@click.group()
def doubles() -> None:
    """Một người hai hồ sơ, chung tài khoản, hồ sơ ma: tìm, xem, quyết định."""


@doubles.command(name="find")
@click.option("--period", default="", help="Kỳ cần soát; bỏ trống là danh sách mới nhất.")
@with_database
@with_json
def find_command(period: str, database_url: str | None, as_json: bool) -> None:
    """Soát mọi người trong danh sách; chạy lại không thêm gì. Việc hằng tháng tự chạy lệnh này."""
    house = open_house(database_url)
    require_keys(house)
    with house.database.view() as session:
        period = require_month(period) if period else last_list(session)
    found = find_doubles(runtime_of(house), period, "cli")
    counts = f"{found.cases} nghi vấn, {found.new} mới, {found.gone} không còn căn cứ"
    says = f"Kỳ {in_words(period)}: {counts}."
    answer(as_json, {"period": period, **asdict(found)}, says)


@doubles.command(name="list")
@click.option("--rule", default="", help="Chỉ một quy tắc, ví dụ one_account.")
@with_area
@with_database
@with_json
def list_command(rule: str, area: str, database_url: str | None, as_json: bool) -> None:
    """Nghi vấn đang chờ quyết định, theo xã, cũ trước."""
    house = open_house(database_url)
    with house.database.view() as session:
        lines = open_cases(session, rule, area)
    if as_json:
        answer(True, {"cases": [asdict(one) for one in lines], "rules": counts(lines)}, "")
        return
    told = [_told(one) for one in lines[:SHOWN]]
    told += [f"… và {len(lines) - SHOWN} nghi vấn khác: lọc bằng --area, --rule hoặc --json."
             for _ in lines[SHOWN : SHOWN + 1]]  # fmt: skip
    told += [f"{RULES[code].code}: {count}" for code, count in sorted(counts(lines).items())]
    click.echo("\n".join(told) or "Không có nghi vấn nào đang chờ.")


def _told(one: CaseLine) -> str:
    found = f"{one.found_at.astimezone(TIME_ZONE):%d/%m/%Y}"
    held = f" Giữ lại {one.held} người." if one.held else ""
    return f"{one.area_code}  số {one.case}  {found}  [{one.rule}]  {one.says}{held}"


@doubles.command(name="owed")
@with_area
@with_database
@with_json
def owed_command(area: str, database_url: str | None, as_json: bool) -> None:
    """Khoản của hồ sơ đã gộp còn chưa trả, và vì sao. Không khoản nào tự mất."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = unpaid_after_merge(session, local_date(moment_of(session)), area)
    total = sum(one.amount for one in found)
    value = {"unpaid": [asdict(one) for one in found], "count": len(found), "total": total}
    told = [_unpaid(one) for one in found[:SHOWN]]
    told += [f"… và {len(found) - SHOWN} khoản khác: lọc bằng --area hoặc --json."
             for _ in found[SHOWN : SHOWN + 1]]  # fmt: skip
    told.append(f"{len(found)} khoản chưa trả, {format_vnd(total)}.")
    answer(as_json, value, "\n".join(told))


def _unpaid(one: Unpaid) -> str:
    who = f"AS-{one.lost:06} (đã gộp vào AS-{one.kept:06})"
    owed = f"{one.programme}, kỳ {in_words(one.period)}, {format_vnd(one.amount)}"
    return f"{one.area}  {who}  {owed}: {WHY[one.why]}."


@doubles.command(name="show")
@click.argument("case", type=int)
@with_database
@with_json
def show_command(case: int, database_url: str | None, as_json: bool) -> None:
    """Những người trong một nghi vấn, đặt cạnh nhau, và vì sao bị nghi."""
    house = open_house(database_url)
    with house.database.view() as session:
        whole = case_of(session, case)
    answer(as_json, asdict(whole), _side_by_side(whole))


def _side_by_side(whole: Whole) -> str:
    lines = [_told(whole.line), f"Trạng thái: {_STATES.get(whole.state, whole.state)}"]
    if whole.reason:
        lines.append(f"Lý do: {whole.reason} ({', '.join(whole.decided_by)})")
    rows = [(label, [_cell(one, label) for one in whole.people]) for label in _LABELS]
    for label, cells in rows:
        if any(cells):
            differ = "≠" if len(set(cells)) > 1 else " "
            lines.append(f"{differ} {label:<12} " + "  |  ".join(cells))
    return "\n".join(lines)


_STATES = {"open": "đang chờ quyết định", "gone": "không còn căn cứ"}
_LABELS = ("hồ sơ", "họ tên", "ngày sinh", "giới tính", "định danh", "xã, thôn", "điện thoại",
           "tài khoản", "người nhận", "giữ lại", "gộp vào", "hưởng")  # fmt: skip


def _cell(one: PersonLine, label: str) -> str:
    values: dict[str, str] = {
        "hồ sơ": f"AS-{one.person:06}",
        "họ tên": one.name,
        "ngày sinh": day_in_words(one.birth),
        "giới tính": {"M": "nam", "F": "nữ"}.get(one.sex, one.sex),
        "định danh": f"*********{one.citizen_tail}",
        "xã, thôn": f"{one.area_code}, {one.hamlet}",
        "điện thoại": f"****{one.phone_tail}" if one.phone_tail else "",
        "tài khoản": f"****{one.account_tail}" if one.account_tail else "",
        "người nhận": one.payee,
        "giữ lại": "có" if one.is_held else "",
        "gộp vào": f"AS-{one.merged_into:06}" if one.merged_into else "",
        "hưởng": "; ".join(one.benefits),
    }
    return values[label]


@doubles.command(name="decide")
@click.argument("case", type=int)
@click.option("--as", "verdict", required=True, type=click.Choice(list(VERDICTS)))
@click.option("--reason", required=True, help="Vì sao, cho người đọc sau.")
@click.option("--until", default="", help="Cho phép đến hết kỳ này, ví dụ 2027-06.")
@click.option("--keep", default="", help="Khi gộp: hồ sơ còn lại, ví dụ AS-000012.")
@click.option("--again", is_flag=True, help="Hai cán bộ khác xét lại quyết định trước.")
@with_officers
@with_database
@with_json
def decide_command(
    case: int,
    verdict: str,
    reason: str,
    until: str,
    keep: str,
    again: bool,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Kết thúc một nghi vấn. Nghi vấn đang giữ người, gộp hồ sơ và cho phép cần hai cán bộ."""
    decision = Decision(verdict, reason, until, _number(keep) if keep else None, again)
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        who = signers(session, officers, codes)
        return decide(session, keyring, case, decision, who, now)

    number = signed(database_url, work)
    value: dict[str, Any] = {"case": case, "decision": number, "verdict": verdict}
    answer(as_json, value, f"Đã ghi quyết định {number} cho nghi vấn {case}: {VERDICTS[verdict]}")


def _number(told: str) -> int:
    named = _PERSON.fullmatch(told.strip())
    if named is None:
        raise InputError(f"“{told[:40]}” không phải số hồ sơ.", "Ví dụ: 12 hoặc AS-000012.")
    return int(named[1])
