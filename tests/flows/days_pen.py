"""What the bank of the scripted days writes: pain.002, camt.054, camt.053, MT940.

One account has its statements as camt.053, the other as MT940; advices are camt.054 for both. The
sandbox's pen writes the entries, so that nothing of the house's reading is used in writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from io import BytesIO

from app.clock import TIME_ZONE
from bank_adapters.answering.facts import Fact, Message, Word
from bank_adapters.answering.iso import IsoAnswerer
from bank_adapters.contract import ReportKind
from bank_adapters.sandbox.account_report import balance_xml, entry_xml
from bank_adapters.sandbox.xml_out import Writer, tag
from tests.flows.days_bank import Movement, Order

CAMT, MT940 = "camt.053", "MT940"
_SWIFT = {"payment": "NTRF", "return": "NRTI", "credit": "NTRF", "refund": "NTRF", "fee": "NCHG"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One statement: whose, its number in the year, the days from and to, balances, movements.

    `copy` tells apart files that say the same; `currency` is that of every amount.
    """

    account: str
    number: int
    from_day: date
    to_day: date
    opening: int
    movements: tuple[Movement, ...]
    form: str
    closing: int
    copy: int = 0
    currency: str = "VND"

    @property
    def year(self) -> int:
        """Numbers begin anew every year."""
        return self.to_day.year

    def shifted(self, by: int) -> Sheet:
        """Both balances moved by the same amount: it adds up, and joins nothing."""
        return replace(self, opening=self.opening + by, closing=self.closing + by)

    def with_other_amount(self, at: int, amount: int) -> Sheet:
        """One amount written over; the balances stay."""
        changed = list(self.movements)
        changed[at] = replace(changed[at], amount=amount)
        return replace(self, movements=tuple(changed))

    def made_to_add_up(self) -> Sheet:
        """The closing balance follows the movements that are on it now."""
        return replace(self, closing=self.opening + sum(one.amount for one in self.movements))

    def render(self) -> bytes:
        """The bytes of the file."""
        return _camt(self) if self.form == CAMT else _mt940(self)


def advice(number: int, account: str, day: date, movements: Sequence[Movement]) -> bytes:
    """A camt.054 of single movements."""
    out = BytesIO()
    writer = Writer(out, "camt.054.001.08")
    writer.put(f"<BkToCstmrDbtCdtNtfctn>{_head(f'N{number:06}', day)}<Ntfctn>")
    writer.put(f"{tag('Id', f'N{number:06}')}{_account(account, 'VND')}")
    for one in movements:
        writer.put(_entry(one))
    writer.put("</Ntfctn></BkToCstmrDbtCdtNtfctn>\n")
    writer.end()
    return out.getvalue()


def status(number: int, order: Order, day: date) -> bytes:
    """A pain.002: what was refused, and that the rest was taken."""
    facts = tuple(
        Fact(Word.REJECTED if one.reference in order.refused else Word.ACCEPTED, one.amount, day,
             "", payment=one, reason="AC04" if one.reference in order.refused else "")
        for one in order.payments
    )  # fmt: skip
    group = ("PART" if order.refused else "ACTC", "")
    at = datetime.combine(day, time(10), TIME_ZONE)
    message = Message(
        ReportKind.STATUS, number, at, order.head.debtor_account, order.head, facts, group=group
    )
    return IsoAnswerer().write(message)[1]


def _camt(sheet: Sheet) -> bytes:
    out = BytesIO()
    writer = Writer(out, "camt.053.001.08")
    name = f"S-{sheet.account}-{sheet.year}-{sheet.number:04}"
    writer.put(f"<BkToCstmrStmt>{_head(f'{name}-{sheet.copy}', sheet.to_day)}<Stmt>")
    writer.put(tag("Id", name))
    writer.put(f"<ElctrncSeqNb>{sheet.number}</ElctrncSeqNb>" if sheet.number else "")
    writer.put(f"<FrToDt><FrDtTm>{sheet.from_day}T00:00:00+07:00</FrDtTm>"
               f"<ToDtTm>{sheet.to_day}T23:59:59+07:00</ToDtTm></FrToDt>")  # fmt: skip
    writer.put(_account(sheet.account, sheet.currency))
    writer.put(balance_xml("OPBD", sheet.opening, str(sheet.from_day)))
    writer.put(balance_xml("CLBD", sheet.closing, str(sheet.to_day)))
    for one in sheet.movements:
        writer.put(_entry(one))
    writer.put("</Stmt></BkToCstmrStmt>\n")
    writer.end()
    return out.getvalue().replace(b'Ccy="VND"', f'Ccy="{sheet.currency}"'.encode())


def _head(name: str, day: date) -> str:
    return f"<GrpHdr>{tag('MsgId', name, 35)}{tag('CreDtTm', f'{day}T18:00:00+07:00')}</GrpHdr>"


def _account(account: str, currency: str) -> str:
    return f"<Acct><Id><Othr>{tag('Id', account)}</Othr></Id><Ccy>{currency}</Ccy></Acct>"


def _entry(one: Movement) -> str:
    return entry_xml(
        {
            "id": one.number, "booking_date": str(one.day), "kind": one.kind,
            "amount": one.amount, "message_id": "", "payment_information_id": "",
            "instruction_id": "", "reference": one.reference, "name": "", "payee_account": "",
            "remittance": one.text, "reason": one.reason,
        },
        one.key,
    )  # fmt: skip


def _mt940(sheet: Sheet) -> bytes:
    lines = [
        f":20:S{sheet.account[-8:]}{sheet.year % 100}{sheet.number:03}",
        f":25:{sheet.account}",
        f":28C:{sheet.number}",
        f":60F:{_swift_balance(sheet.opening, sheet.from_day, sheet.currency)}",
    ]
    for one in sheet.movements:
        side = "D" if one.amount < 0 else "C"
        lines.append(
            f":61:{one.day:%y%m%d}{one.day:%m%d}{side}{abs(one.amount)},{_SWIFT[one.kind]}"
            f"{one.reference or 'NONREF'}//{one.key}"
        )
        lines.append(f":86:{one.text or one.reason or one.kind}")
    lines.append(f":62F:{_swift_balance(sheet.closing, sheet.to_day, sheet.currency)}")
    # Field 86 of the whole message: words of the bank, so that a copy has other bytes.
    lines.append(f":86:BAN SO {sheet.copy}")
    return "\r\n".join([*lines, "-", ""]).encode()


def _swift_balance(amount: int, day: date, currency: str) -> str:
    return f"{'D' if amount < 0 else 'C'}{day:%y%m%d}{currency}{abs(amount)},"
