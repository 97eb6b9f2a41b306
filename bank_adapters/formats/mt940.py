"""MT940 statements, read into the same values as camt.053.

Marks are C, D, RC (a credit taken back: money out) and RD (a debit taken back: money in).
Oddities seen at banks are borne: lower-case marks, amounts with a dot, cp1252 bytes, CR only,
impossible dates (kept as missing), an entry without a type. Source: SWIFT MT940 fields 20, 25,
28C, 60, 61, 86, 62.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.camt import Statement
from bank_adapters.formats.camt_entry import BOOKED, Detail, Entry
from bank_adapters.formats.values import clean_id

MAX_BYTES = 20_000_000  # about 130,000 entries, held while their balance is looked for
_TAG = re.compile(r":([0-9]{2}[A-Z]?):")
_BALANCE = re.compile(r"([CD])([0-9]{6}|0)([A-Z]{3})([0-9]+[,.]?[0-9]*)", re.IGNORECASE)
_ENTRY = re.compile(
    r"([0-9]{6})([0-9]{4}|\s{4})?(RC|RD|C|D)([A-Z])?([0-9]+[,.]?[0-9]*)(?:([NFS][A-Z0-9]{3}))?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_END_TO_END = re.compile(r"(?:EREF\+|/EREF/|/ROC/)\s*([^?/+]{1,35})")
_POINTERS = frozenset({"EREF", "PREF", "MREF", "KREF"})  # "look into field 86"
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
Field = tuple[str, str]


def text_of(source: BinaryIO) -> str:
    """The whole file as text: UTF-8, else cp1252; raises Unreadable when it is too large."""
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unreadable(f"tệp MT940 lớn hơn {MAX_BYTES // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _fields(text: str) -> Iterator[Field]:
    """(tag, content) of every field; continuation lines stay in the content."""
    tag = ""
    lines: list[str] = []
    for raw in re.split(r"\r\n|\n|\r", text):
        line = raw.rpartition("{4:")[2].rstrip()
        found = _TAG.match(line)
        if found or line in ("-", "-}"):
            if tag:
                yield tag, "\n".join(lines)
            tag, lines = (found[1], [line[found.end() :]]) if found else ("", [])
        elif tag:
            lines.append(line)
    if tag:
        yield tag, "\n".join(lines)


def messages(text: str) -> Iterator[list[Field]]:
    """The fields of each message, which starts with field 20."""
    message: list[Field] = []
    for field in _fields(text):
        if field[0] == "20" and message:
            yield message
            message = []
        message.append(field)
    if message:
        yield message


def amount_of(text: str, currency: str, where: str) -> int:
    """Minor units of an amount with a comma (or a dot)."""
    return to_minor(text.replace(",", "."), currency, where)


def _balance(content: str, where: str) -> tuple[int, str, date | None]:
    """(signed minor units, currency, day) of a field 60 or 62."""
    found = _BALANCE.match(content.strip())
    if not found:
        raise Unreadable(f"{where}: “{content[:40]}” không phải số dư")
    currency = found[3].upper()
    signed = _SIGNS[found[1].upper()] * amount_of(found[4], currency, where)
    return signed, currency, day_of(found[2])


def day_of(text: str) -> date | None:
    """The day of a yymmdd; None for one that does not exist."""
    try:
        year = int(text[:2])
        return date(year + (1900 if year > 79 else 2000), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None


def _booking_day(entry: str | None, value: date | None) -> date | None:
    """The MMDD of an entry in the year that brings it nearest to the value date."""
    if value is None or not entry or not entry.strip():
        return value
    days = []
    for year in (value.year - 1, value.year, value.year + 1):
        try:
            days.append(date(year, int(entry[:2]), int(entry[2:])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs((day - value).days)) if days else None


def _entry(content: str, about: str, currency: str, ordinal: int) -> Entry:
    """Field 61 with the field 86 that follows it."""
    found = _ENTRY.match(content)
    where = f":61: thứ {ordinal}"
    if not found:
        raise Unreadable(f"{where}: “{content[:40]}” không đúng dạng")
    mark = found[3].upper()
    amount = _SIGNS[mark] * amount_of(found[5], currency, where)
    is_return = (found[6] or "").upper() == "NRTI" or mark in ("RC", "RD")
    detail = _detail(found[7], about, amount, currency, is_return=is_return)
    value = day_of(found[1])
    return Entry(
        amount=amount,
        currency=currency,
        status=BOOKED,
        booking_date=_booking_day(found[2], value),
        value_date=value,
        reversal=mark in ("RC", "RD"),
        bank_reference=detail.bank_reference,
        entry_reference="",
        is_return=is_return,
        additional="",
        batch_message_id="",
        batch_payment_information_id="",
        ordinal=ordinal,
        details=(detail,),
    )


def _detail(references: str, about: str, amount: int, currency: str, *, is_return: bool) -> Detail:
    """What the references of field 61, and the field 86 behind it, say of the payment."""
    first, _, supplement = references.partition("\n")
    customer, _, bank = first.partition("//")
    customer = "" if customer.strip().upper() in _POINTERS else customer
    told = _END_TO_END.search(about.replace("\n", ""))
    return Detail(
        amount=amount,
        currency=currency,
        end_to_end_id=clean_id(told[1] if told else customer),
        instruction_id="",
        payment_information_id="",
        message_id="",
        transaction_id="",
        bank_reference=clean_id(bank),
        return_reason="",
        return_text="",
        is_proprietary=False,
        is_return=is_return,
        remittance=" ".join(f"{supplement} {about}".split()),
    )


def entries_of(message: list[Field], currency: str) -> list[Entry]:
    """Every field 61 with the field 86 behind it."""
    entries: list[Entry] = []
    for place, (tag, content) in enumerate(message):
        if tag == "61":
            following = message[place + 1] if place + 1 < len(message) else ("", "")
            about = following[1] if following[0] == "86" else ""
            entries.append(_entry(content, about, currency, len(entries) + 1))
    return entries


def values_of(message: list[Field]) -> dict[str, str]:
    """The first content of each tag."""
    values: dict[str, str] = {}
    for tag, content in message:
        values.setdefault(tag, content.strip())
    return values


def number_of(values: dict[str, str]) -> tuple[str, str]:
    """(statement number, page) of field 28C or 28."""
    number, _, page = values.get("28C", values.get("28", "")).replace("\n", "").partition("/")
    return number.strip(), page.strip()


def page_of(text: str) -> int | None:
    """A page number of at most five digits, None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def tell_undated(statement: Statement, entries: list[Entry]) -> None:
    """Note entries whose day does not exist."""
    undated = sum(1 for entry in entries if entry.value_date is None)
    if undated:
        statement.notes.append(f"{statement.report_id}: {undated} dòng có ngày không tồn tại")


def statement_of(message: list[Field]) -> Statement:
    """One message; raises Unreadable when it has no opening balance or cannot be read.

    Without a closing balance, which every MT940 has, the end of the file is missing: a fault.
    """
    values = values_of(message)
    opening_tag = next((tag for tag in ("60F", "60M") if tag in values), "")
    closing_tag = next((tag for tag in ("62F", "62M") if tag in values), "")
    if not opening_tag:
        raise Unreadable("MT940: thiếu số dư đầu :60F:, không phải sổ phụ")
    opening, currency, _ = _balance(values[opening_tag], f":{opening_tag}:")
    closing = _balance(values[closing_tag], f":{closing_tag}:") if closing_tag else None
    number, page = number_of(values)
    entries = entries_of(message, currency)
    middle = "60M" in values or "62M" in values
    statement = Statement(
        kind="MT940",
        version="",
        report_id=values.get("20", ""),
        account=values.get("25", "").split("\n")[0],
        currency=currency,
        sequence=number,
        page=page_of(page) if middle else None,
        last_page="62F" in values if middle else None,
        created_at=None,
        opening=opening,
        closing=closing[0] if closing else None,
        entries=iter(entries),
        booked=sum(entry.amount for entry in entries),
        to_day=closing[2] if closing else None,
    )
    tell_undated(statement, entries)
    if not closing_tag:
        statement.faults.append(
            f"{statement.report_id}: thiếu số dư cuối :62F:, tệp có thể đã bị cắt"
        )
    return statement
