"""One Ntry of a camt message and its TxDtls, in any version.

The sign is CdtDbtInd alone; RvslInd is reported and never applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.layouts import Layouts, Wanted
from bank_adapters.formats.pain002 import reason_code
from bank_adapters.formats.values import clean_id, day
from bank_adapters.formats.xmlstream import Node

BOOKED = "BOOK"


@dataclass(slots=True)  # frozen ones take three times as long to make
class Detail:
    """One TxDtls. `amount` is signed minor units, None where the file states none.

    `charge` is what the bank took for itself, in minor units of the same currency, 0 or above.
    """

    amount: int | None
    currency: str
    end_to_end_id: str
    instruction_id: str
    payment_information_id: str
    message_id: str
    transaction_id: str
    bank_reference: str
    return_reason: str
    return_text: str
    is_proprietary: bool
    is_return: bool
    remittance: str
    name: str = ""
    uetr: str = ""
    charge: int = 0


@dataclass(slots=True)
class Entry:
    """One Ntry. `amount` is signed minor units, above 0 when our account was credited."""

    amount: int
    currency: str
    status: str
    booking_date: date | None
    value_date: date | None
    reversal: bool
    bank_reference: str
    entry_reference: str
    is_return: bool
    additional: str
    batch_message_id: str
    batch_payment_information_id: str
    ordinal: int
    details: tuple[Detail, ...]
    batch_count: int = 0


def sign_of(mark: str, where: str) -> int:
    """1 for CRDT, -1 for DBIT; raises Unreadable for anything else."""
    mark = mark.upper()
    if mark not in ("CRDT", "DBIT"):
        raise Unreadable(f"{where}: CdtDbtInd là “{mark[:10]}”, phải là CRDT hoặc DBIT")
    return 1 if mark == "CRDT" else -1


def _party(node: Node, name: str) -> tuple[Node | None, ...]:
    """Where the name of a party may stand, best first (.02 `Cdtr/Nm`, .08 `Cdtr/Pty/Nm`)."""
    places = ((name, "Nm"), (name, "Pty", "Nm"), (f"Ultmt{name}", "Nm"))
    return tuple(node.find("RltdPties", *path) for path in (*places, (f"Ultmt{name}", "Pty", "Nm")))


def _charge(node: Node | None, currency: str) -> int:
    """The charges stated under a Chrgs: their total, else their records, else its own amount."""
    if node is None:
        return 0
    total = node.find("TtlChrgsAndTaxAmt")
    found = [total] if total else [one.find("Amt") for one in node.all("Rcrd")]
    amounts = found or [node.find("Amt")]
    return sum(
        to_minor(one.text, one.currency, "Chrgs")
        for one in amounts
        if one is not None and one.currency == currency
    )


class Unsigned(NamedTuple):
    """A TxDtls before its Ntry is known: its own sign (0: the entry's) and both parties."""

    detail: Detail
    own_sign: int
    debtor: str
    creditor: str

    def signed(self, entry_sign: int) -> Detail:
        """The detail with its amount signed and named after the other side."""
        sign, detail = self.own_sign or entry_sign, self.detail
        names = (self.debtor, self.creditor) if sign > 0 else (self.creditor, self.debtor)
        detail.name = names[0] or names[1]
        if detail.amount is not None:
            detail.amount *= sign
        return detail


def _of_detail(node: Node) -> Wanted:
    """What is read of a TxDtls; Amt from .04 on, AmtDtls/TxAmt/Amt before."""
    refs, remittance = node.find("Refs") or node, node.find("RmtInf")
    return Wanted(
        texts=(
            refs.find("EndToEndId"),
            refs.find("InstrId"),
            refs.find("PmtInfId"),
            refs.find("MsgId"),
            refs.find("TxId"),
            refs.find("UETR"),
            refs.find("AcctSvcrRef"),
            node.find("CdtDbtInd"),
            node.find("BkTxCd", "Domn", "Fmly", "SubFmlyCd"),
            *_party(node, "Dbtr"),
            *_party(node, "Cdtr"),
        ),
        joined=(
            remittance.all("Ustrd") if remittance else (),
            _structured(remittance) if remittance else (),
            node.all("AddtlTxInf"),
        ),
        parts=(
            node.find("Amt") or node.find("AmtDtls", "TxAmt", "Amt"),
            node.find("RtrInf"),
            node.find("Chrgs"),
        ),
    )


def _structured(remittance: Node) -> tuple[Node, ...]:
    """The creditor's structured references."""
    found = (part.find("CdtrRefInf", "Ref") for part in remittance.all("Strd"))
    return tuple(one for one in found if one is not None)


def _of_entry(node: Node) -> Wanted:
    """What is read of a Ntry; Sts is a text (.02) or a choice (.08)."""
    return Wanted(
        texts=(
            node.find("CdtDbtInd"),
            node.find("Sts", "Cd"),
            node.find("Sts", "Prtry"),
            node.find("Sts"),
            node.find("BookgDt", "Dt"),
            node.find("BookgDt", "DtTm"),
            node.find("ValDt", "Dt"),
            node.find("ValDt", "DtTm"),
            node.find("RvslInd"),
            node.find("AcctSvcrRef"),
            node.find("NtryRef"),
            node.find("BkTxCd", "Domn", "Fmly", "SubFmlyCd"),
            node.find("NtryDtls", "Btch", "MsgId"),
            node.find("NtryDtls", "Btch", "PmtInfId"),
            node.find("NtryDtls", "Btch", "NbOfTxs"),
        ),
        joined=(node.all("AddtlNtryInf"),),
        parts=(node.find("Amt"),),
    )


def _amount(element: etree._Element) -> tuple[str, str]:
    """(text, currency) of an Amt; both empty when it has children instead."""
    if len(element):
        return "", ""
    return (element.text or "").strip(), element.get("Ccy") or ""


class EntryReader:
    """Reads the entries of one file."""

    def __init__(self) -> None:
        self._details, self._entries = Layouts(_of_detail), Layouts(_of_entry)

    def detail(self, element: etree._Element) -> Unsigned:
        """One TxDtls; its element need not live on."""
        texts, (free, structured, additional), parts = self._details.read(element)
        end_to_end, instruction, block, message, transaction, uetr, bank, mark, family = texts[:9]
        amount, currency = _detail_amount(parts[0])
        returned = None if parts[1] is None else Node(parts[1])
        code, own, text = reason_code(returned) if returned else ("", False, "")
        detail = Detail(
            amount,
            currency,
            clean_id(end_to_end),
            clean_id(instruction),
            clean_id(block),
            clean_id(message),
            clean_id(transaction) or clean_id(uetr),
            clean_id(bank),
            code,
            text,
            own,
            returned is not None or family == _RETURNED,
            free or structured or additional,
            "",
            clean_id(uetr).lower(),
            0 if parts[2] is None else _charge(Node(parts[2]), currency),
        )
        own_sign = sign_of(mark, "TxDtls") if mark else 0
        return Unsigned(detail, own_sign, _first(texts[9:13]), _first(texts[13:17]))

    def entry(self, element: etree._Element, details: list[Unsigned], ordinal: int) -> Entry:
        """One Ntry with its details already read."""
        texts, joined, parts = self._entries.read(element)
        mark, status, own_status, bare_status, booked, booked_at, value, value_at = texts[:8]
        reversal, bank, reference, family, message, block, count = texts[8:]
        where = f"Ntry thứ {ordinal}"
        if parts[0] is None:
            raise Unreadable(f"{where}: thiếu Amt")
        sign = sign_of(mark, where)
        text, currency = _amount(parts[0])
        return Entry(
            sign * to_minor(text, currency, where),
            currency,
            (status or own_status or bare_status).upper(),
            day(booked or booked_at),
            day(value or value_at),
            reversal in ("true", "1"),
            clean_id(bank),
            clean_id(reference),
            family == _RETURNED,
            joined[0],
            clean_id(message),
            clean_id(block),
            ordinal,
            tuple([detail.signed(sign) for detail in details]),
            _count(count),
        )


_COUNT_DIGITS = 9
_RETURNED = "RRTN"  # the sub-family of returned payments


def _count(text: str) -> int:
    """A number of payments of at most nine digits, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _COUNT_DIGITS else 0


def _first(texts: list[str]) -> str:
    """The first text there is."""
    return next(filter(None, texts), "")


def _detail_amount(element: etree._Element | None) -> tuple[int | None, str]:
    """(minor units, currency) of a payment, None where it states no amount."""
    text, currency = ("", "") if element is None else _amount(element)
    return (to_minor(text, currency, "TxDtls"), currency) if text else (None, "")


def details_fit(entry: Entry) -> bool:
    """True when every detail has an amount in the entry's currency and they add up to it."""
    amounts = [detail.amount for detail in entry.details]
    if any(detail.currency != entry.currency for detail in entry.details):
        return False
    return sum(amount or 0 for amount in amounts) == entry.amount
