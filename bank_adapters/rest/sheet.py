"""The sealed document of a REST provider: JSON lines, one head, one line a payment, one foot.

In bulk its very bytes are the request. Where payments go one by one, `request_of` makes the
request of each from the head and its line; the same payment always gives the same bytes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, BinaryIO

from bank_adapters.contract import FileHead, Method, OutboundBatch, PaymentInstruction
from bank_adapters.errors import Refused
from bank_adapters.formats.amounts import MAX_AMOUNT
from bank_adapters.formats.list_text import as_listed
from bank_adapters.rest.profile import PAYMENT_FIELDS, RestProfile

LONGEST_TEXT = 200
_ACCOUNT = re.compile("[A-Za-z0-9]{4,34}")
_BANK = re.compile("[A-Z0-9]{3,35}")
_REFERENCE = re.compile("[A-Z0-9]{16}")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_REQUEST = (
    "reference", "message_id", "amount", "currency", "payee_name", "account", "bank_bin",
    "remark", "requested_on", "debtor_account",
)  # fmt: skip


def json_line(told: Mapping[str, Any]) -> bytes:
    """An object as one line of JSON, always the same for the same values."""
    return _ENCODER.encode(told).encode() + b"\n"


def write(batch: OutboundBatch, out: BinaryIO, profile: RestProfile) -> None:
    """Write the batch; raises Refused and leaves `out` worthless when it cannot."""
    if batch.currency != "VND" or not 0 < batch.count <= profile.max_lines:
        raise Refused(f"Chỉ nhận đồng Việt Nam và 1-{profile.max_lines} lệnh một lô")
    out.write(json_line(_head(batch, profile)))
    names = [profile.fields[name] for name in PAYMENT_FIELDS]
    count = total = 0
    for count, item in enumerate(batch.instructions, 1):
        told = as_listed(item, profile.letters)
        _check(told, count)
        total += told.amount
        values = (getattr(told, name) for name in PAYMENT_FIELDS)
        out.write(json_line({"kind": "payment", **dict(zip(names, values, strict=True))}))
    if (count, total) != (batch.count, batch.total):
        raise Refused(
            f"Lô {batch.message_id} ghi {batch.count} lệnh, tổng {batch.total}; "
            f"các lệnh thật ra có {count}, tổng {total}"
        )
    out.write(json_line({"kind": "foot", "count": count, "total": total}))


def _head(batch: OutboundBatch, profile: RestProfile) -> dict[str, Any]:
    name = unicodedata.normalize("NFC", batch.debtor.name)
    _text(name, "tên đơn vị chi")
    if not (name and _ACCOUNT.fullmatch(batch.debtor.account)):
        raise Refused("lô thiếu tên hoặc số tài khoản của đơn vị chi")
    named = profile.fields
    return {
        "kind": "head",
        named["message_id"]: batch.message_id,
        named["debtor_account"]: batch.debtor.account,
        named["debtor_name"]: name,
        named["requested_on"]: batch.requested_on.isoformat(),
        named["currency"]: batch.currency,
        "count": batch.count,
        "total": batch.total,
    }


def _check(item: PaymentInstruction, number: int) -> None:
    """Refuse a payment that cannot be carried, naming its place in the batch."""
    where = f"lệnh thứ {number} ({item.reference})"
    if item.method is not Method.ACCOUNT:
        raise Refused(f"{where}: đơn vị này không chi tiền mặt")
    if not _REFERENCE.fullmatch(item.reference):
        raise Refused(f"{where}: mã tham chiếu không đúng dạng")
    if not (type(item.amount) is int and 0 < item.amount <= MAX_AMOUNT):
        raise Refused(f"{where}: số tiền {item.amount!r} phải là số nguyên dương")
    if not (_ACCOUNT.fullmatch(item.account) and _BANK.fullmatch(item.bank_bin)):
        raise Refused(f"{where}: số tài khoản hoặc mã ngân hàng không đúng dạng")
    if not item.payee_name:
        raise Refused(f"{where}: thiếu họ tên")
    _text(item.payee_name, where)
    _text(item.remark, where)


def _text(text: str, where: str) -> None:
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise Refused(f"{where}: họ tên hoặc nội dung quá dài hoặc có ký tự ẩn")


def request_of(item: PaymentInstruction, head: FileHead, profile: RestProfile) -> bytes:
    """The body of the one request that asks for a payment."""
    known: dict[str, Any] = {
        **{name: getattr(item, name) for name in PAYMENT_FIELDS},
        "message_id": head.message_id,
        "currency": head.currency,
        "requested_on": head.requested_on.isoformat(),
        "debtor_account": head.debtor_account,
    }
    return json_line({profile.fields[name]: known[name] for name in _REQUEST})[:-1]
