"""Our adapters and the sandbox's own code meet: two implementations of the same formats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bank_adapters.contract import (
    BankAdapter,
    BankReport,
    Debtor,
    LineKind,
    Method,
    OutboundBatch,
    PaymentInstruction,
    ReportKind,
)
from bank_adapters.errors import InDoubt
from bank_adapters.filelist.adapter import ADAPTER as FILELIST
from bank_adapters.iso20022.adapter import ADAPTER as ISO20022
from bank_adapters.postoffice.adapter import ADAPTER as POSTOFFICE
from bank_adapters.sandbox import launch
from bank_adapters.transports.sftp import SftpTarget, open_sftp
from tests.bank_adapters.sandbox.samples import Sandbox, at

Opener = Callable[..., Sandbox]


def batch(items: list[PaymentInstruction]) -> OutboundBatch:
    return OutboundBatch(
        message_id="L20261000001",
        created_at=at("2026-10-05 08:45"),
        requested_on=date(2026, 10, 5),
        debtor=Debtor(name="UBND xã Một", account="0111222333", bic="AAAAVNVX"),
        purpose="SSBE",
        count=len(items),
        total=sum(item.amount for item in items),
        instructions=items,
    )


def instruction(number: int, account: str = "", place: str = "") -> PaymentInstruction:
    return PaymentInstruction(
        reference=f"AS{number:014d}",
        amount=500_000 + number,
        payee_name="Hoàng Thị Đào",
        method=Method.ACCOUNT if account else Method.CASH,
        account=account,
        bank_bin="970405" if account else "",
        place=place,
        remark="Trợ cấp tháng 10",
    )


def read_all(adapter: BankAdapter, paths: list[Path]) -> list[tuple[BankReport, list[object]]]:
    found: list[tuple[BankReport, list[object]]] = []
    for path in paths:
        with path.open("rb") as source:
            for report in adapter.read(path.name, source):
                found.append((report, list(report.lines)))
    return found


def test_the_payment_order_is_understood_and_so_are_its_answers(tmp_path: Path) -> None:
    items = [instruction(n, account) for n, account in enumerate(("001234", "009001", "009006"))]
    order = tmp_path / ISO20022.file_name(batch(items))
    with order.open("wb") as out:
        ISO20022.write(batch(items), out)
    running = launch.start(tmp_path / "bank", {"cut_after_rename": ["0111222333"]})
    control = running.control()
    try:
        holder = {"provider": "banka", "number": "0111222333", "name": "UBND xã Một"}
        control.accounts([holder])
        moment = at("2026-10-05 08:30").isoformat()
        money = {"provider": "banka", "account": "0111222333", "amount": 9_000_000}
        control.credits([{**money, "reference": "KB1", "remittance": "CAP", "at": moment}])
        target = SftpTarget(
            "127.0.0.1", running.sftp_port, running.user, running.client_key, running.host_key
        )
        courier = open_sftp(target)
        with pytest.raises(InDoubt):
            courier.put(order.name, order)
        courier.close()
        control.advance(at("2026-10-05 09:00"))
        control.advance(at("2026-10-08 18:00"))
        courier = open_sftp(target)
        fetched = []
        for remote in courier.waiting():
            fetched.append(tmp_path / remote.name)
            courier.fetch(remote.name, fetched[-1])
            courier.done(remote.name)
        assert courier.waiting() == []
        courier.close()
    finally:
        control.close()
        running.stop()
    reports = read_all(ISO20022, fetched)
    kinds = [report.kind for report, _ in reports]
    assert kinds.count(ReportKind.STATUS) == 0  # the answer was lost
    statements = [(one, lines) for one, lines in reports if one.kind is ReportKind.STATEMENT]
    assert [(one.sequence, one.opening, one.closing) for one, _ in statements] == [
        ("1", 0, 9_000_000 - 1_000_002),
        ("2", 9_000_000 - 1_000_002, 9_000_000 - 500_000),
    ]
    advised = [line for one, lines in reports if one.kind is ReportKind.ADVICE for line in lines]
    stated = [line for _, lines in statements for line in lines]
    assert advised == stated
    returned = stated[-1]
    assert returned.reference == items[2].reference  # type: ignore[attr-defined]
    assert (returned.is_return, returned.reason) == (True, "AC06")  # type: ignore[attr-defined]


@pytest.mark.parametrize(("provider", "adapter"), [("bankb", FILELIST), ("postoffice", POSTOFFICE)])
def test_a_list_is_understood_and_so_is_its_answer(
    sandbox: Opener, provider: str, adapter: BankAdapter
) -> None:
    items = [instruction(1, "001234"), instruction(2, "009004")]
    if Method.CASH in adapter.capabilities.methods:
        items += [instruction(3, "", "Xóm Một"), instruction(4, "", "Xóm Hai [vắng]")]
    bank = sandbox(uncollected_per_mille=0)
    bank.fund(provider, "0111222333", 9_000_000, "2026-10-05 08:30", "KB1")
    with (bank.places.inbox(provider) / adapter.file_name(batch(items))).open("wb") as out:
        adapter.write(batch(items), out)
    bank.live("2026-10-05 09:00", "2026-10-19 10:00")
    ((report, lines),) = read_all(adapter, bank.out(provider, ".xlsx"))
    unpaid = items[1].amount + (items[3].amount if len(items) > 2 else 0)
    assert (report.kind, report.account) == (ReportKind.SETTLEMENT, "0111222333")
    assert (report.opening, report.closing) == (batch(items).total, unpaid)
    found = {line.reference: (line.kind, line.reason) for line in lines}  # type: ignore[attr-defined]
    assert found[items[0].reference] == (LineKind.PAID, "")
    assert found[items[1].reference] == (LineKind.UNPAID, "AC04")
    if len(items) > 2:
        assert found[items[2].reference] == (LineKind.PAID_CASH, "")
        assert found[items[3].reference] == (LineKind.UNPAID, "UPAY")
