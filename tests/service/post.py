"""A post office as a model: it holds an advance, hands out cash, and answers with the Excel lists
of the sandbox, one list for each file that it was given."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import xlsxwriter

from bank_adapters.contract import BankAdapter, FileHead
from bank_adapters.sandbox.answer_sheet import HEADINGS, LABELS, PAID, UNPAID
from tests.service.bank import Order, Tray


@dataclass
class Post:
    """What it was given, by message; `vouchers` counts the papers that people signed."""

    account: str
    tray: Tray = field(default_factory=Tray)
    orders: dict[str, Order] = field(default_factory=dict)
    heads: dict[str, FileHead] = field(default_factory=dict)
    vouchers: int = 0

    def take(self, adapter: BankAdapter, content: bytes) -> None:
        """A list has come."""
        head, items = adapter.strict_reader().read(io.BytesIO(content))
        self.heads[head.message_id] = head
        for one in items:
            order = Order(one.reference, one.amount, head.message_id)
            self.orders.setdefault(one.reference, order)

    def answers(self, message_id: str, is_paid: Mapping[str, bool], day: str) -> bytes:
        """The list of what it paid and of what it did not, for these payments of a file."""
        for reference, paid in is_paid.items():
            if paid and not self.orders[reference].paid:
                self.orders[reference].paid = self.orders[reference].amount
        return self.lists(message_id, is_paid, day)

    def lists(self, message_id: str, is_paid: Mapping[str, bool], day: str) -> bytes:
        """The same as it says it, whether it did so or not."""
        out, head = io.BytesIO(), self.heads[message_id]
        unpaid = sum(self.orders[one].amount for one, paid in is_paid.items() if not paid)
        values = (message_id, head.debtor_account, day, head.count, head.total, "UBND", unpaid)
        book = xlsxwriter.Workbook(out)
        for name, wanted in ((PAID, True), (UNPAID, False)):
            sheet = book.add_worksheet(name)
            for row, (label, value) in enumerate(zip(LABELS, values, strict=True)):
                sheet.write_row(row, 0, (label, value))
            sheet.write_row(len(LABELS), 0, HEADINGS)
            lines = [one for one, paid in is_paid.items() if paid == wanted]
            for number, one in enumerate(lines, start=1):
                self.vouchers += 1
                paper = f"PCB{self.vouchers:09d}" if wanted else ""
                reason = "" if wanted else "UPAY"
                cells = (number, one, "NGUOI", self.orders[one].amount, "Tiền mặt", name, reason)
                sheet.write_row(len(LABELS) + number, 0, (*cells, day if wanted else "", paper))
        book.close()
        return out.getvalue()
