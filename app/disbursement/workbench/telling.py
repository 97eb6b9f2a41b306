"""A proposal in words, for who is to confirm it: what the digest covers, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from app.disbursement.line_rules import SAYS as MEANINGS
from app.disbursement.workbench.proposing import MATCH, RULE, RULE_END, UNMATCH
from app.text import mask_account
from ledger.money import format_number, format_vnd
from reconciliation import matching

KINDS = {MATCH: "ghép", UNMATCH: "bỏ ghép", RULE: "thêm quy tắc", RULE_END: "bỏ quy tắc"}
_PARTS: Mapping[str, str] = {
    matching.SETTLED: "lệnh chi {word} đã ghi nợ",
    matching.LATE: "lệnh chi {word} đã khép là không đi, nay đã ghi nợ",
    matching.RETURNED: "tiền của lệnh chi {word} quay về",
    matching.LUMP: "ghi nợ cả lô một lần, {word}",
    matching.FUNDING: "tiền Kho bạc chuyển theo giấy {word}",
    matching.FEE_BACK: "trả lại khoản phải đòi, {word}",
    matching.SENT_BACK: "tiền vào chưa rõ nguồn đã trả lại, {word}",
    matching.FEE_MONTH: "phí tháng theo hợp đồng",
    matching.FEE_BATCH: "phí của lô theo hợp đồng, {word}",
    "treasury-slip": "tiền nộp trả Kho bạc, {word}",
    "recovery-receipt": "tiền dân nộp lại, {word}",
}


def told(row: Row[Any]) -> list[str]:
    """A proposal by its lines: what is asked, on what, why."""
    about = f" dòng {row.bank_line_id}, {format_vnd(row.amount)}" if row.bank_line_id else ""
    said = json.loads(row.content)
    late = ", bút toán điều chỉnh sau khi khóa kỳ" if said.get("corrects") else ""
    head = f"Đề nghị {row.id}: {KINDS[row.kind]}{about}{late} ({row.reason})"
    return [head, *_content(row.kind, said)]


def _content(kind: str, said: Mapping[str, Any]) -> list[str]:
    if kind == RULE:
        return [f"  {rule_told(said)}"]
    if kind == RULE_END:
        return [f"  quy tắc số {said['rule']}, thôi dùng từ {_day(said['ended_on'])}"]
    return [f"  {format_vnd(one['amount'])}: {_part(one)}" for one in said["parts"]]


def _part(one: Mapping[str, Any]) -> str:
    return _PARTS[one["verdict"]].format(word=one["word"])


def rule_told(rule: Mapping[str, Any]) -> str:
    """A rule in one sentence; account numbers are masked."""
    account = mask_account(rule["account"]) if rule["account"] else "mọi tài khoản"
    way = "tiền vào" if rule["direction"] == "in" else "tiền ra"
    amounts = f"{format_number(rule['least'])} đến {format_number(rule['most'])} đồng"
    return (
        f"{rule['provider']} {account}, {way} {amounts}, có chữ “{rule['words']}”:"
        f" {MEANINGS[rule['means']]}, từ {_day(rule['valid_from'])}"
    )


def _day(told: str | date) -> str:
    return f"{date.fromisoformat(told) if isinstance(told, str) else told:%d/%m/%Y}"
