"""Everything held about a person, as the data law gives him a right to: JSON and a workbook.

The ground is a duty by law, not consent. Numbers are masked: the person knows his own, and the
file passes through other hands.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.tables import officer
from app.audit.retention import class_of
from app.audit.views import views
from app.beneficiaries.erasing import kept_until
from app.clock import local_date
from app.errors import InputError
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.statements.person_file import person_file
from app.statements.person_statement import person_months

BASIS = {
    "assistance": "Nghị định 20/2021/NĐ-CP và Nghị định 76/2024/NĐ-CP (trợ giúp xã hội)",
    "pension": "Luật Bảo hiểm xã hội 41/2024/QH15 và Nghị định 176/2025/NĐ-CP"
    " (trợ cấp hưu trí xã hội)",
    "merit": "Pháp lệnh 02/2020/UBTVQH14 (ưu đãi người có công)",
}
DUTY = "Nhiệm vụ theo luật định, không dựa trên sự đồng ý (Luật 91/2025/QH15)"


def person_export(session: Session, person_id: int, now: datetime) -> dict[str, Any]:
    """The file of a person with months, ground, who looked (by role) and how long it is kept."""
    file = person_file(session, person_id)
    programmes = sorted({one["programme"] for one in file["enrolments"]})
    until = kept_until(session, person_id)
    return {
        **file,
        "months": [
            {"period": month.period, **asdict(line)}
            for month in person_months(session, person_id)
            for line in month.lines
        ],
        "legal_basis": [DUTY, *(BASIS[one] for one in programmes)],
        "purpose": "Lập danh sách, chi trả, đối soát và quyết toán trợ cấp",
        "viewed_by": _viewed(session, person_id),
        "kept_until": until.isoformat() if until else "",
        "kept_by": class_of("person").source,
        "made_on": local_date(now).isoformat(),
    }


def _viewed(session: Session, person_id: int) -> list[dict[str, Any]]:
    """How often each role looked, by kind of look; officers are not named, only what they were
    granted so far."""
    held = select(officer.c.username, role_grant.c.role).join(
        role_grant, role_grant.c.officer_id == officer.c.id
    )
    roles: dict[str, list[str]] = {}
    for row in session.execute(held.distinct()):
        roles.setdefault(row.username, []).append(row.role)
    counted = Counter(
        ("+".join(sorted(roles.get(one.actor, ["service"]))), one.action.rpartition(":")[2])
        for one in views(session, person_id=person_id)
    )
    return [{"role": role, "act": act, "times": n} for (role, act), n in sorted(counted.items())]


def write_export(folder: Path, told: dict[str, Any], now: datetime) -> list[Path]:
    """Write `AS-000001.json` and `.xlsx`; gives their paths. Raises InputError if one is there."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{told['person']}.{kind}" for kind in ("json", "xlsx")]
    for path in paths:
        if path.exists():
            raise InputError(f"Đã có tệp {path}.", "Chọn thư mục khác; tệp cũ không bị ghi đè.")
    paths[0].write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    with paths[1].open("wb") as out:
        title = f"Dữ liệu cá nhân của {told['person']}"
        book = open_workbook(out, title, now, streaming=False)
        columns = [SheetColumn("Mục", 40), SheetColumn("Giá trị", 90)]
        sheet = SheetWriter(book, "Dữ liệu", columns, title=title, note=DUTY)
        for name, value in _flat(told):
            sheet.row([name, value])
        book.close()
    return paths


_WORDS = {
    "person": "Mã", "area_code": "Mã xã", "identity": "Nhân thân", "household": "Hộ gia đình",
    "disability": "Khuyết tật", "enrolments": "Chế độ", "payee": "Người nhận thay",
    "destinations": "Nơi nhận tiền", "sources": "Nguồn", "history": "Thay đổi", "months": "Tháng",
    "legal_basis": "Căn cứ pháp lý", "purpose": "Mục đích", "viewed_by": "Ai đã xem",
    "kept_until": "Giữ đến trước ngày", "kept_by": "Theo", "made_on": "Ngày lập",
    "name": "họ và tên", "birth": "ngày sinh", "birth_precision": "độ chính xác ngày sinh",
    "sex": "giới", "ethnicity": "dân tộc", "area": "xã", "hamlet": "tổ, xóm",
    "citizen_id": "căn cước", "phone": "điện thoại", "phone_owner": "chủ điện thoại",
    "vneid_level": "mức định danh điện tử",
    "still_cash": "lý do còn nhận tiền mặt", "died_on": "ngày chết", "erased_at": "ngày xoá",
    "programme": "chương trình", "group": "nhóm", "start": "từ tháng", "stop": "đến tháng",
    "stop_cause": "lý do dừng", "decision": "quyết định", "decided_on": "ngày quyết định",
    "signer": "người ký", "signer_title": "chức vụ", "document": "giấy tờ", "kind": "loại",
    "bank": "ngân hàng", "account": "tài khoản", "holder": "chủ tài khoản", "since": "từ ngày",
    "verified": "kiểm tra", "verified_on": "ngày kiểm tra", "source": "nguồn", "on": "ngày",
    "reference": "căn cứ", "at": "lúc", "field": "mục", "old": "cũ", "new": "mới",
    "by": "người sửa",
    "period": "kỳ", "regular": "tháng này", "arrears": "truy lĩnh", "reason": "lý do",
    "arrears_basis": "căn cứ truy lĩnh", "method": "cách nhận", "status": "tình trạng",
    "role": "vai trò", "act": "việc", "times": "số lần", "number": "số", "is_head": "là chủ hộ",
    "poverty": "hộ nghèo", "from": "từ", "level": "mức", "degree": "mức độ",
    "certificate": "giấy xác nhận", "certified_on": "ngày xác nhận", "relation": "quan hệ",
    "signed_on": "ngày ký", "valid_until": "hạn", "obligation_id": "số khoản",
}  # fmt: skip


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its path in words, e.g. ('Chế độ 1, nhóm', '…'); empty ones are left out."""
    if isinstance(value, dict):
        for key, one in value.items():
            word = _WORDS.get(str(key), str(key))
            yield from _flat(one, f"{name}, {word}" if name else word)
    elif isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from _flat(one, f"{name} {number}")
    elif value not in (None, ""):
        yield name, str(value)
