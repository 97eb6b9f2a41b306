"""MT942, the movements of the day so far, and the door to both SWIFT statements.

An MT942 has no balances; fields 90D and 90C state number and sum of the debits and credits,
which is what can be checked. The marks are those of MT940. Source: SWIFT MT942 fields 13D,
34F, 61, 86, 90D, 90C.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from bank_adapters.errors import Unreadable
from bank_adapters.formats import mt940
from bank_adapters.formats.camt import Statement
from bank_adapters.formats.camt_entry import Entry

_ONLY_HERE = frozenset({"34F", "13", "13D", "90D", "90C"})
_FLOOR = re.compile(r"([A-Z]{3})[CD]?[0-9]+[,.]?[0-9]*", re.IGNORECASE)
_SUM = re.compile(r"([0-9]{1,7})([A-Z]{3})([0-9]+[,.]?[0-9]*)", re.IGNORECASE)


def read(source: BinaryIO) -> Iterator[Statement]:
    """The statements and interim reports of a file, MT940 or MT942; raises Unreadable."""
    for message in mt940.messages(mt940.text_of(source)):
        tags = {tag for tag, _ in message}
        if tags & _ONLY_HERE and not tags & {"60F", "60M"}:
            yield interim_of(message)
        else:
            yield mt940.statement_of(message)


def _currency(values: dict[str, str]) -> str:
    """The account's currency as the floor limit or a sum states it."""
    for tag, shape in (("34F", _FLOOR), ("90D", _SUM), ("90C", _SUM)):
        if found := shape.match(values.get(tag, "")):
            return (found[1] if tag == "34F" else found[2]).upper()
    raise Unreadable("MT942: thiếu :34F:, :90D: và :90C:, không biết loại tiền")


def interim_of(message: list[mt940.Field]) -> Statement:
    """One MT942; its entries count as booked. Raises Unreadable."""
    values = mt940.values_of(message)
    currency = _currency(values)
    number, page = mt940.number_of(values)
    entries = mt940.entries_of(message, currency)
    statement = Statement(
        kind="MT942",
        version="",
        report_id=values.get("20", ""),
        account=values.get("25", "").split("\n")[0],
        currency=currency,
        sequence=number,
        page=mt940.page_of(page),
        last_page=None,
        created_at=None,
        opening=None,
        closing=None,
        entries=iter(entries),
        booked=sum(entry.amount for entry in entries),
        to_day=mt940.day_of(values.get("13D", values.get("13", ""))[:6]),
    )
    mt940.tell_undated(statement, entries)
    for tag, side in (("90D", -1), ("90C", 1)):
        _check(statement, values.get(tag, ""), tag, [e for e in entries if e.amount * side > 0])
    return statement


def _check(statement: Statement, stated: str, tag: str, entries: list[Entry]) -> None:
    """A fault when number or sum of one side is not what field 90 states."""
    found = _SUM.match(stated)
    if not found:
        return
    total = mt940.amount_of(found[3], found[2].upper(), f":{tag}:")
    held = (len(entries), sum(abs(entry.amount) for entry in entries))
    if held != (int(found[1]), total):
        statement.faults.append(
            f"{statement.report_id}: không cân, :{tag}: ghi {int(found[1])} dòng {total}, "
            f"các dòng cộng lại {held[0]} dòng {held[1]}"
        )
