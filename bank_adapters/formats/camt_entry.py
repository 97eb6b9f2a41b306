"""One Ntry of a camt message and its TxDtls, in any version.

The sign is CdtDbtInd alone; RvslInd is reported and never applied.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bank_adapters.errors import Unreadable
from bank_adapters.formats.amounts import to_minor
from bank_adapters.formats.pain002 import reason_code
from bank_adapters.formats.values import clean_id, day
from bank_adapters.formats.xmlstream import Node

BOOKED = "BOOK"


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


def sign_of(node: Node, where: str) -> int:
    """1 for CRDT, -1 for DBIT; raises Unreadable for anything else."""
    mark = node.value("CdtDbtInd").upper()
    if mark not in ("CRDT", "DBIT"):
        raise Unreadable(f"{where}: CdtDbtInd là “{mark[:10]}”, phải là CRDT hoặc DBIT")
    return 1 if mark == "CRDT" else -1


def _texts(node: Node, *names: str) -> str:
    """The texts at the given children, joined, in file order."""
    found = [child.text for child in node.children if child.name in names and child.text]
    return " ".join(found)


def _party(node: Node | None, *names: str) -> str:
    """The name of the first party there is (.02 `Cdtr/Nm`, .08 `Cdtr/Pty/Nm`)."""
    for name in names:
        for path in ((name, "Nm"), (name, "Pty", "Nm")):
            if node is not None and (found := node.value(*path)):
                return found
    return ""


def _is_return(node: Node) -> bool:
    """True for a bank transaction code of a returned payment (sub-family RRTN)."""
    code = node.value("BkTxCd", "Domn", "Fmly", "SubFmlyCd")
    return code == "RRTN"


def _detail_amount(node: Node, where: str) -> tuple[int | None, str]:
    """(minor units, currency) of a TxDtls: Amt from .04 on, AmtDtls/TxAmt/Amt before."""
    amount = node.find("Amt") or node.find("AmtDtls", "TxAmt", "Amt")
    if amount is None or not amount.text:
        return None, ""
    return to_minor(amount.text, amount.currency, where), amount.currency


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


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A TxDtls before its Ntry is known: its own sign (0: the entry's) and both parties."""

    detail: Detail
    own_sign: int
    debtor: str
    creditor: str

    def signed(self, entry_sign: int) -> Detail:
        """The detail with its amount signed and named after the other side."""
        sign = self.own_sign or entry_sign
        names = (self.debtor, self.creditor) if sign > 0 else (self.creditor, self.debtor)
        amount = self.detail.amount
        signed = None if amount is None else sign * amount
        return replace(self.detail, amount=signed, name=names[0] or names[1])


def read_detail(node: Node) -> Unsigned:
    """One TxDtls, from a tree that need not live on."""
    refs = node.find("Refs") or node
    amount, currency = _detail_amount(node, "TxDtls")
    returned, parties = node.find("RtrInf"), node.find("RltdPties")
    code, own, text = reason_code(returned) if returned else ("", False, "")
    detail = Detail(
        amount=amount,
        currency=currency,
        end_to_end_id=clean_id(refs.value("EndToEndId")),
        instruction_id=clean_id(refs.value("InstrId")),
        payment_information_id=clean_id(refs.value("PmtInfId")),
        message_id=clean_id(refs.value("MsgId")),
        transaction_id=clean_id(refs.value("TxId")) or clean_id(refs.value("UETR")),
        bank_reference=clean_id(refs.value("AcctSvcrRef")),
        return_reason=code,
        return_text=text,
        is_proprietary=own,
        is_return=returned is not None or _is_return(node),
        remittance=_remittance(node.find("RmtInf")) or _texts(node, "AddtlTxInf"),
        uetr=clean_id(refs.value("UETR")).lower(),
        charge=_charge(node.find("Chrgs"), currency),
    )
    return Unsigned(
        detail,
        sign_of(node, "TxDtls") if node.value("CdtDbtInd") else 0,
        debtor=_party(parties, "Dbtr", "UltmtDbtr"),
        creditor=_party(parties, "Cdtr", "UltmtCdtr"),
    )


def _remittance(node: Node | None) -> str:
    """Free text, else the creditor's structured reference."""
    if node is None:
        return ""
    structured = [part.value("CdtrRefInf", "Ref") for part in node.all("Strd")]
    return _texts(node, "Ustrd") or " ".join(text for text in structured if text)


def _date_of(node: Node, name: str) -> date | None:
    return day(node.value(name, "Dt") or node.value(name, "DtTm"))


def _status(node: Node) -> str:
    """Sts as text (.02) or as a choice (.08)."""
    return (node.value("Sts", "Cd") or node.value("Sts", "Prtry") or node.value("Sts")).upper()


def read_entry(node: Node, details: list[Unsigned], ordinal: int) -> Entry:
    """One Ntry with its details already read."""
    where = f"Ntry thứ {ordinal}"
    amount = node.find("Amt")
    if amount is None:
        raise Unreadable(f"{where}: thiếu Amt")
    sign = sign_of(node, where)
    batch = node.find("NtryDtls", "Btch")
    return Entry(
        amount=sign * to_minor(amount.text, amount.currency, where),
        currency=amount.currency,
        status=_status(node),
        booking_date=_date_of(node, "BookgDt"),
        value_date=_date_of(node, "ValDt"),
        reversal=node.value("RvslInd") in ("true", "1"),
        bank_reference=clean_id(node.value("AcctSvcrRef")),
        entry_reference=clean_id(node.value("NtryRef")),
        is_return=_is_return(node),
        additional=_texts(node, "AddtlNtryInf"),
        batch_message_id=clean_id(batch.value("MsgId")) if batch else "",
        batch_payment_information_id=clean_id(batch.value("PmtInfId")) if batch else "",
        ordinal=ordinal,
        details=tuple(detail.signed(sign) for detail in details),
    )


def details_fit(entry: Entry) -> bool:
    """True when every detail has an amount in the entry's currency and they add up to it."""
    amounts = [detail.amount for detail in entry.details]
    if any(detail.currency != entry.currency for detail in entry.details):
        return False
    return sum(amount or 0 for amount in amounts) == entry.amount
