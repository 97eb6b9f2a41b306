"""Two closed months of two communes with everything that lies beside a database: files sent and
received, a send journal, signed anchors. The bank speaks of both communes in one file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from app.clock import TIME_ZONE
from app.disbursement import collection
from app.disbursement.tables import instruction
from app.dossier.pack import Made, Order, write_pack
from app.jobs.month_end import close_month
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from app.payroll.tables import payroll
from bank_adapters.contract import BankReport, LineKind, ReportKind
from bank_adapters.discovery import load
from bank_adapters.transports.folder import FolderTarget, open_folder
from reconciliation import intake, lines
from tests.factories import (
    BANK,
    COMMUNE,
    LIST_BANK,
    OCTOBER,
    OTHER_COMMUNE,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)

OURS, THEIRS = (1, 2, 3), 11
CASH = 3


def close_both_months(house: House) -> House:
    """September and October, both closed; 2's money of October came back and is owed again."""
    approve_both(house, SEPTEMBER)
    send_on(house, SEPTEMBER, "2026-09-10")
    _answers(house, SEPTEMBER, "2026-09-12")
    house.on("2026-09-22")
    approve_both(house, OCTOBER)
    house.on("2026-09-30", "19:00")
    close_month(house.runtime, SEPTEMBER)
    send_on(house, OCTOBER, "2026-10-12")
    _answers(house, OCTOBER, "2026-10-14")
    house.on("2026-10-31", "19:00")
    close_month(house.runtime, OCTOBER)
    return house


def approve_both(house: House, period: str) -> None:
    """A month's lists of both communes, approved."""
    house.register(period, row(1), row(2), in_cash(CASH))
    house.register(period, row(THEIRS), commune=OTHER_COMMUNE)
    house.list_month(period)
    for unit in (COMMUNE, OTHER_COMMUNE):
        ids = _drafts(house, unit)
        house.submit(ids, f"maker.{unit}")
        house.approve("check", ids, f"checker.{unit}")
        house.approve("approve", ids, f"approver.{unit}")


def send_on(house: House, period: str, day: str) -> None:
    """The Treasury's money comes, and both communes' files leave the house, sealed."""
    house.on(day)
    house.fund(period)
    house.release(house.build(period))
    assert send_batches(runtime_of(house)) == "3 sent"


def _drafts(house: House, unit: str) -> list[int]:
    query = select(payroll.c.id).where(payroll.c.state == "draft", payroll.c.unit_code == unit)
    return [one[0] for one in house.rows(query.order_by(payroll.c.id))]


def runtime_of(house: House) -> Runtime:
    """A runtime whose couriers carry into folders under the house's own."""
    named = {BANK: "iso20022", LIST_BANK: "filelist", POST: "postoffice"}
    for provider in named:
        for name in ("in", "out"):
            (house.home / provider / name).mkdir(parents=True, exist_ok=True)
    loaded = load(named.values())
    return replace(
        house.runtime,
        adapters={provider: loaded[name] for provider, name in named.items()},
        couriers={
            provider: lambda folder=house.home / provider: open_folder(
                FolderTarget(folder, now=house.clock.now)
            )
            for provider in named
        },
    )


def _answers(house: House, period: str, day: str) -> None:
    """The bank's statement of both communes in one file, the post office's list in another."""
    mine = [house.reference(number, period) for number in OURS]
    other = house.reference(THEIRS, period)
    debits = [booked(one, -amount_of(house, one), day) for one in (*mine[:2], other)]
    back = 0
    if period == OCTOBER:
        back = amount_of(house, mine[1])
        debits.insert(2, booked(mine[1], back, day, reason="AC04", is_return=True))
    own, theirs = debits[:-1], debits[-1:]
    arrives(
        house,
        BANK,
        _statement(house.account(BANK), own, back),
        _statement(house.account(BANK, OTHER_COMMUNE), theirs, 0),
    )
    signed = listed(LineKind.PAID_CASH, mine[2], amount_of(house, mine[2]), day, voucher="BD0042")
    arrives(house, POST, report(ReportKind.SETTLEMENT, house.account(POST), signed))


def _statement(account: str, found: list, closing: int) -> BankReport:  # type: ignore[type-arg]
    opening = closing - sum(one.amount for one in found)
    return report(ReportKind.STATEMENT, account, *found, opening=opening, closing=closing)


def amount_of(house: House, reference: str) -> int:
    """The đồng of an instruction."""
    query = select(instruction.c.amount).where(instruction.c.reference == reference)
    return int(house.ask(query))


def arrives(house: House, provider: str, *reports: BankReport) -> None:
    """A provider's file comes in: its bytes are kept under their hash, then it is applied."""
    now = house.later()
    content = f"{provider} at {now.astimezone(TIME_ZONE).isoformat()}\n".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    arriving = house.home / "arriving"
    arriving.write_bytes(content)
    intake.keep(house.home / "inbound", arriving, sha256)
    with house.work() as session:
        name = f"{provider} {now:%m%d}/../số liệu.xml"
        intake.receive(session, provider, name, sha256, len(content), now)
        (file_id, *_) = intake.waiting(session, "received")[-1]
        assert not lines.read_reports(session, file_id, provider, iter(reports), now.date())
    with house.work() as session:
        collection.process(session, file_id, house.later())


def order(house: House, output: Path, period: str = OCTOBER, unit: str = COMMUNE) -> Order:
    """What `ansinh audit-pack` would order."""
    return Order(
        unit=unit,
        period=period,
        output=output,
        home=house.home,
        anchors=house.runtime.anchors,
        now=house.clock.now(),
        versions={"product": "test"},
        synthetic=True,
    )


def packed(house: House, output: Path, period: str = OCTOBER, unit: str = COMMUNE) -> Made:
    """A pack of the house."""
    with house.database.snapshot() as session:
        return write_pack(session, order(house, output, period, unit))
