"""Campaigns: days, and how many people of each commune shall be paid into an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.cashless.list_file import read_rows
from app.cashless.reason_list import refuse
from app.cashless.tables import account_campaign, account_target
from app.errors import Conflict, InputError, NotFound
from app.reference.areas import commune
from ledger.bulk import insert_one

AREA, TARGET = "Mã xã", "Chỉ tiêu"


def read_targets(path: Path) -> dict[str, int]:
    """Commune to target from a CSV or Excel file. Raises InputError with every faulty row."""
    found: dict[str, int] = {}
    faults = []
    for number, values in read_rows(path, (AREA, TARGET)):
        code, people = values[AREA], values[TARGET].replace(".", "")
        if commune(code) is None:
            faults.append(f"Dòng {number}: không có xã mã “{code[:10]}”.")
        elif code in found:
            faults.append(f"Dòng {number}: xã {code} ghi hai lần. Xóa một dòng.")
        elif not (people.isdecimal() and 0 < int(people) < 10_000_000):
            faults.append(f"Dòng {number}: chỉ tiêu phải là số người, ví dụ 1.250.")
        else:
            found[code] = int(people)
    refuse(path, faults)
    return found


def begin(
    session: Session,
    name: str,
    starts_on: date,
    ends_on: date,
    targets: Mapping[str, int],
    actor: str,
    now: datetime,
) -> int:
    """Record a campaign with its targets; gives its id. Raises InputError, Conflict."""
    if not name.strip():
        raise InputError("Chiến dịch chưa có tên.", "Ghi tên, ví dụ “Cao điểm tháng 12”.")
    if ends_on < starts_on:
        raise InputError("Ngày kết thúc trước ngày bắt đầu.", "Sửa --to.")
    if not targets:
        raise InputError("Chiến dịch chưa có chỉ tiêu của xã nào.", "Ghi chỉ tiêu trong --targets.")
    known = select(account_campaign.c.id).where(account_campaign.c.name == name)
    if session.scalar(known) is not None:
        raise Conflict(
            f"Đã có chiến dịch “{name}”.", "Đặt tên khác; chiến dịch cũ được giữ nguyên."
        )
    number = insert_one(
        session, account_campaign, name=name, starts_on=starts_on, ends_on=ends_on,
        recorded_at=now, recorded_by=actor,
    )  # fmt: skip
    session.execute(
        insert(account_target),
        [{"campaign_id": number, "area_code": code, "people": people}
         for code, people in sorted(targets.items())],
    )  # fmt: skip
    record(session, now, actor, "accounts:campaign:begin", f"account_campaign:{number}", name)
    return number


def campaign_named(session: Session, name: str) -> Row[Any]:
    """A campaign by its name. Raises NotFound."""
    row = session.execute(
        select(account_campaign).where(account_campaign.c.name == name)
    ).one_or_none()
    if row is None:
        raise NotFound(f"Không có chiến dịch “{name}”.", "Tạo bằng: ansinh accounts campaign.")
    return row


def targets_of(session: Session, campaign_id: int) -> dict[str, int]:
    """Commune to target."""
    rows = session.execute(
        select(account_target).where(account_target.c.campaign_id == campaign_id)
    )
    return {row.area_code: row.people for row in rows}
