"""The request to cancel: valid by the official schema, or not written at all."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bank_adapters.errors import Refused
from bank_adapters.formats.camt056 import NAMESPACE, REASONS, Recall, Recalled, write
from bank_adapters.references import reference, uetr_of

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / "camt.056.001.11.xsd"))
HANOI = timezone(timedelta(hours=7))
CASE = Recall(
    case_id="TH-2026-0001",
    created_at=datetime(2026, 10, 9, 9, 30, tzinfo=HANOI),
    asked_by="UBND xã Mẫu - dữ liệu giả lập",
    bank_bic="VBAAVNVX",
    message_id="ASMAU0000000000000000000000000001",
    message_kind="pain.001.001.09",
    sent_at=datetime(2026, 10, 6, 8, 0, tzinfo=HANOI),
    requested_on=date(2026, 10, 6),
    reason="DUPL",
    payments=tuple(Recalled(reference(number, 1), 500_000 + number) for number in range(1, 4)),
    text="Chi hai lần cho một người",
)


def written(case: Recall) -> bytes:
    out = io.BytesIO()
    write(case, out)
    return out.getvalue()


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("has_uetr", [False, True])
def test_valid_by_the_official_schema(reason: str, has_uetr: bool) -> None:
    tree = etree.fromstring(written(replace(CASE, reason=reason, has_uetr=has_uetr)))
    assert SCHEMA.validate(tree), SCHEMA.error_log


def test_many_payments_are_valid_with_vietnamese_names_around_them() -> None:
    many = tuple(Recalled(reference(number, 1), number) for number in range(1, 2_001))
    case = replace(CASE, asked_by="Ủy ban nhân dân xã Đồng Hỷ", text="Đã chi cho người đã mất")
    tree = etree.fromstring(written(replace(case, payments=many)))
    assert SCHEMA.validate(tree), SCHEMA.error_log
    assert tree.findtext(".//{*}CtrlData/{*}NbOfTxs") == "2000"


def test_it_names_the_payments_by_what_they_were_sent_under() -> None:
    tree = etree.fromstring(written(replace(CASE, has_uetr=True, text="")))
    space = {"c": NAMESPACE}
    ids: Any = tree.xpath("//c:TxInf/c:OrgnlEndToEndId/text()", namespaces=space)
    uetrs: Any = tree.xpath("//c:TxInf/c:OrgnlUETR/text()", namespaces=space)
    assert ids == [item.reference for item in CASE.payments]
    assert uetrs == [uetr_of(item.reference) for item in CASE.payments]
    assert tree.findtext(".//{*}CtrlData/{*}CtrlSum") == "1500006"
    assert tree.findtext(".//{*}Assgnr/{*}Pty/{*}Nm") == "UBND XA MAU - DU LIEU GIA LAP"
    assert written(CASE) == written(CASE)


FIRST = CASE.payments[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"case_id": "a/b"},
        {"case_id": "A" * 36},
        {"message_id": "<x>"},
        {"message_kind": "pacs.008.001.08"},
        {"bank_bic": "VBAA"},
        {"created_at": datetime(2026, 10, 9)},  # noqa: DTZ001 - the point of it
        {"reason": "ZZZZ"},
        {"asked_by": " "},
        {"text": "a" * 106},
        {"payments": ()},
        {"payments": (FIRST, FIRST)},
        {"payments": (replace(FIRST, amount=0),)},
        {"payments": (replace(FIRST, reference="short"),)},
        {"currency": "vnd"},
    ],
    ids=str,
)
def test_what_the_bank_could_not_take_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        written(replace(CASE, **changes))
