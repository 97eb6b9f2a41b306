"""What stands in the addresses of pages: a row of the province for each, where it has one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

_OF_COMMUNE = """select {column} from payroll where lines > 0
 and unit_code <> 'SNV04' order by case state when 'checked' then 0 else 1 end, lines desc, id
 limit 1"""
_ROWS = {
    "unit": _OF_COMMUNE.format(column="unit_code"),
    "payroll_id": _OF_COMMUNE.format(column="id"),
    "programme": _OF_COMMUNE.format(column="programme"),
    "batch_id": "select id from batch where payroll_id in (select id from payroll where unit_code"
    " = :unit) order by lines desc, id desc limit 1",
    "person_id": "select person_id from payroll_line where payroll_id = :payroll_id"
    " order by id limit 1",
    "line_id": "select max(bank_line_id) from suspense_item",
    "contract_id": "select c.id from contract c join bank_line b on b.provider = c.provider and"
    " b.account = c.account where b.id = :line_id",
    "entry_id": "select max(id) from entry",
    "case_id": "select max(id) from bank_case",
    "request_id": "select max(id) from funding_request",
    "event_id": "select max(e.id) from life_event e join person p on p.id = e.person_id"
    " where p.area_code = :unit",
    "decision_id": "select max(id) from recovery_decision",
}
_WORDS: Mapping[str, object] = {
    "provider": "banka", "which": "id", "field": "hamlet", "version": 1,
    "kind": "account_changed", "code": "AAAA", "digest": "0" * 64, "secret": "x",
}  # fmt: skip


def examples(session: Session) -> dict[str, object]:
    """Name in an address to a value; a name is left out where the province has no such row."""
    found: dict[str, object] = dict(_WORDS)
    for name, query in _ROWS.items():
        asks = text(query)
        if not asks.compile().params.keys() <= found.keys():
            continue
        value = session.execute(asks, found).scalar()
        if value is not None:
            found[name] = value
    return found
