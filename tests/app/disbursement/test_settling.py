"""Providers' settlements, losses, unspent money: signed for with difference 0, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import DBAPIError

from app.disbursement.settling import accepting, losses
from app.disbursement.settling.accepting import Accepted, Draft, drafts, joint_digest
from app.disbursement.settling.losses import Loss, Repayment, Return
from app.disbursement.settling.overdue import overdue
from app.disbursement.settling.tables import loss_repayment, provider_settlement
from app.disbursement.settling.unpaid import unpaid
from app.disbursement.tables import instruction
from app.disbursement.year_end.dating import Dated, dated
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.statements import cash_proof
from app.statements.cash_lines import Place
from app.units.tables import contract
from bank_adapters.contract import LineKind, ReportKind
from ledger.errors import PeriodClosed
from ledger.journal import EntryDraft, post
from ledger.schema import metadata
from tests.app.disbursement.year_end_office import (
    AT_BANK,
    AT_POST,
    TWO,
    autumn_paid,
    balances,
    broken,
    signers,
)
from tests.factories import (
    OCTOBER,
    PENSION,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    listed,
    report,
)


def september_answered(house: House) -> None:
    """September's list was answered, and it is the day of the settlement."""
    autumn_paid(house)
    house.on("2026-09-19")


pytestmark = pytest.mark.stage(of=september_answered)
ONLY_POST = (contract.c.provider == POST,)


def shown(house: House, period: str = SEPTEMBER, provider: str = POST) -> Draft:
    with house.work() as session:
        found = drafts(session, period, house.clock.now(), (contract.c.provider == provider,))
    (one,) = found
    return one


def settle(
    house: House,
    names: Any = TWO,
    period: str = SEPTEMBER,
    digest: str = "",
    where: Any = ONLY_POST,
) -> Accepted:
    two = signers(house, names)
    with house.work() as session:
        now = house.clock.now()
        read = digest or joint_digest(one.digest for one in drafts(session, period, now, where))
        return accepting.accept(session, house.keyring, two, read, period, now, where)


def test_the_figures_of_a_settlement(house: House) -> None:
    """Two at the post: one signed for, one did not come; what came is spent or still there."""
    one = shown(house)
    figures = one.figures
    assert one.missing == ()
    assert (figures.listed_count, figures.listed) == (2, 1_000_000)
    assert (figures.cash_count, figures.cash, figures.vouchers) == (1, 500_000, 1)
    assert (figures.unpaid_count, figures.unpaid) == (1, 500_000)
    assert (figures.opening, figures.received) == (0, 1_000_000)
    assert (figures.cash_out, figures.unspent, figures.difference) == (500_000, 500_000, 0)


@pytest.mark.parametrize(("day", "months", "step"), [
    ("2026-09-19", 1, "đưa vào danh sách tháng sau"),
    ("2026-11-20", 3, "không lĩnh 3 tháng: xem xét đề nghị tạm dừng"),
])  # fmt: skip
def test_what_is_carried_over_grows_old(house: House, day: str, months: int, step: str) -> None:
    house.on(day)
    with house.database.view() as session:
        (one,) = unpaid(session, house.clock.now(), ONLY_POST)
    assert (one.count, one.amount, one.method) == (1, 500_000, "cash")
    assert (one.months, one.next_step) == (months, step)


def test_two_accept_it_and_its_days_are_closed(house: House) -> None:
    assert len(settle(house).settlements) == 1
    row = house.rows(select(provider_settlement.c.until, provider_settlement.c.unspent))
    assert row == [(date(2026, 9, 19), 500_000)]
    assert broken(house) == {}
    with pytest.raises(NotFound, match="không còn quyết toán"):
        settle(house)
    # A loss told of late is dated on the first open day; the settlement says the same for ever.
    loss = Loss(AT_POST, "BB-01", date(2026, 9, 18), 100_000)
    two = signers(house)
    with house.work() as session:
        losses.lose(session, house.keyring, two, loss, house.clock.now())
    day = house.ask("select max(effective_on) from entry where kind = 'provider_loss'")
    assert str(day) == "2026-09-20"
    with house.work() as session:  # a slip of that week that comes only now
        late = dated(session, PENSION, 2026, date(2026, 9, 15), AT_POST)
    assert late == Dated(date(2026, 9, 20), 2026)
    assert broken(house) == {}


def test_a_settlement_needs_two_finance_officers(house: House) -> None:
    for names in (("finance.one",), ("finance.one", "finance.one")):
        with pytest.raises(Refused, match="hai người"):
            settle(house, names)
    with pytest.raises(Forbidden):
        settle(house, ("finance.one", "auditor"))
    assert house.count(provider_settlement) == 0


def test_other_figures_than_those_read_are_not_signed(house: House) -> None:
    with pytest.raises(Conflict, match="Mã nội dung"):
        settle(house, digest="0" * 64)


def october_at_the_post(house: House) -> list[str]:
    """October is handed over: 3, and 4 with September carried on; gives the open references."""
    house.register(OCTOBER, in_cash(3), in_cash(4))
    house.on("2026-10-12")
    house.paid_out(OCTOBER)
    house.on("2026-10-19")
    left = select(instruction.c.reference).where(
        instruction.c.state == "ready", instruction.c.method == "cash"
    )
    return [str(one[0]) for one in house.rows(left.order_by(instruction.c.id))]


def answered(house: House, *lines: tuple[str, str]) -> None:
    """The post says of each payment with which voucher it was handed out, '' for none."""
    amount = select(instruction.c.amount)
    told = [
        listed(LineKind.PAID_CASH, one, house.ask(amount.where(instruction.c.reference == one)),
               "2026-10-13", voucher=voucher)
        for one, voucher in lines
    ]  # fmt: skip
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), *told))


def test_what_is_missing_is_said(house: House) -> None:
    """October's list has left, and nobody has answered: not settled, and why."""
    found = october_at_the_post(house)
    said = "; ".join(shown(house, OCTOBER).missing)
    assert f"{len(found)} khoản chưa có trong danh sách đã chi hay chưa chi" in said
    assert "đang chuyển" in said
    with pytest.raises(Refused, match="chưa có trong danh sách"):
        settle(house, period=OCTOBER)
    with house.work() as session:
        late = [(one.provider, one.period) for one in overdue(session, house.clock.now())]
    assert (POST, OCTOBER) in late


def test_cash_without_a_voucher_is_not_settled(house: House) -> None:
    found = october_at_the_post(house)
    answered(house, (found[0], ""), *((one, f"BD{one}") for one in found[1:]))
    assert shown(house, OCTOBER).missing == ("1 khoản tiền mặt chưa có số chứng từ ký nhận",)
    with pytest.raises(Refused, match="chứng từ"):
        settle(house, period=OCTOBER)


def test_the_next_settlement_begins_with_what_the_last_one_left(house: House) -> None:
    """4 did not come in September; what is unspent is kept against October's list."""
    settle(house)
    found = october_at_the_post(house)
    answered(house, *((one, f"BD{one}") for one in found))
    figures = shown(house, OCTOBER).figures
    assert (figures.opening, figures.since) == (500_000, date(2026, 9, 20))
    assert (figures.difference, figures.unspent) == (0, 0)
    settle(house, period=OCTOBER)
    assert broken(house) == {}


def test_a_loss_is_claimed_in_full_and_made_good(house: House) -> None:
    """Nobody's payable falls: who was not paid stands in the unpaid list."""
    owed = balances(house, AT_POST, "payable")
    loss = Loss(AT_POST, "BB-01", date(2026, 9, 14), 300_000)
    two = signers(house)
    with house.work() as session:
        done = losses.lose(session, house.keyring, two, loss, house.clock.now())
        assert not losses.lose(session, house.keyring, [], loss, house.clock.now()).is_new
    assert balances(house, AT_POST, "advance", "claim") == (-200_000, -300_000)
    assert balances(house, AT_POST, "payable") == owed
    for amount, document in ((100_000, "NT-1"), (200_000, "NT-2")):
        two = signers(house)
        paper = Repayment(done.number, document, date(2026, 9, 15), amount)
        with house.work() as session:
            losses.make_good(session, house.keyring, two, paper, house.clock.now())
    assert balances(house, AT_POST, "advance", "claim") == (-500_000, 0)
    two = signers(house)
    more = Repayment(done.number, "NT-3", date(2026, 9, 15), 1)
    with pytest.raises(Refused, match="còn phải bồi hoàn 0"), house.work() as session:
        losses.make_good(session, house.keyring, two, more, house.clock.now())
    figures = shown(house).figures
    assert (figures.lost, figures.made_good, figures.difference) == (300_000, 300_000, 0)
    with house.work() as session:
        place = Place(POST, PENSION, holds_advance=True)
        assert list(cash_proof.compute(session, place, SEPTEMBER).faults()) == []
    assert broken(house) == {}


REFUSED = [
    (Loss(AT_POST, "BB-9", date(2026, 9, 14), 500_001), "chưa dùng"),
    (Loss(AT_BANK, "BB-9", date(2026, 9, 14), 1), "không giữ tiền tạm ứng"),
    (Loss(AT_POST, " ", date(2026, 9, 14), 1), "Thiếu số giấy"),
    (Loss(AT_POST, "BB-9", date(2026, 9, 20), 1), "phía trước"),
]


def test_a_loss_that_cannot_be(house: House) -> None:
    for loss, why in REFUSED:
        two = signers(house)
        with pytest.raises((Refused, InputError), match=why), house.work() as session:
            losses.lose(session, house.keyring, two, loss, house.clock.now())


def test_unspent_money_goes_back_by_a_slip(house: House) -> None:
    back = Return(AT_POST, "KB-77", date(2026, 9, 19), 400_000)
    two = signers(house)
    with house.work() as session:
        losses.give_back(session, house.keyring, two, back, house.clock.now())
    assert balances(house, AT_POST, "advance", "treasury") == (-100_000, 0)
    figures = shown(house).figures
    assert (figures.returned, figures.unspent, figures.difference) == (400_000, 100_000, 0)
    with house.work() as session:
        place = Place(POST, PENSION, holds_advance=True)
        assert list(cash_proof.compute(session, place, SEPTEMBER).faults()) == []
    other = Return(AT_POST, "KB-77", date(2026, 9, 19), 1)
    with pytest.raises(Conflict, match="KB-77"), house.work() as session:
        losses.give_back(session, house.keyring, [], other, house.clock.now())
    assert broken(house) == {}


def refused(house: House, table: Table, row: dict[str, Any], why: str) -> None:
    """The database refuses a row that its owner adds."""
    with pytest.raises(DBAPIError, match=why), house.owner.engine.begin() as connection:
        connection.execute(insert(table).values(row))


def row_of(house: House, **changes: Any) -> dict[str, Any]:
    """A settlement as a forger would write it, with the act of another one."""
    columns = [one for one in provider_settlement.columns if one.name != "id"]
    with house.database.view() as session:
        known = session.execute(select(*columns)).one()._mapping
    return {**known, **changes}


NEXT = {"period": OCTOBER, "since": date(2026, 9, 20), "until": date(2026, 9, 20)}
FORGED: list[tuple[dict[str, Any], str]] = [
    ({**NEXT, "opening": 500_000, "received": 500_000}, "two officers confirm it"),
    ({**NEXT, "since": date(2026, 9, 19)}, "begins with what|two officers confirm it"),
    (NEXT, "begins with what|two officers confirm it"),
    ({"provider": "x", "unspent": 1}, "money"),
    ({"provider": "x", "vouchers": 0}, "vouchers"),
    ({"provider": "x", "unpaid": 0}, "list"),
    ({"provider": "x", "suspense": 500_001}, "unspent"),
]


def test_the_database_refuses_a_forged_settlement(house: House) -> None:
    settle(house)
    for changes, why in FORGED:
        refused(house, provider_settlement, row_of(house, **changes), why)


def test_the_database_keeps_what_is_closed(house: House) -> None:
    """No entry moves the advance on a closed day, and nobody closes a day of his own."""
    settle(house)
    loss = Loss(AT_POST, "BB-01", date(2026, 9, 19), 100_000)
    two = signers(house)
    with house.work() as session:
        done = losses.lose(session, house.keyring, two, loss, house.clock.now())
    for wrong in ("update provider_settlement set unspent = 0", "delete from closed_day"):
        with pytest.raises(DBAPIError, match="append-only"):
            house.tamper(wrong)
    day = {"account_id": 1, "day": date(2026, 9, 25), "closed_at": house.clock.now()}
    refused(house, metadata.tables["closed_day"], day, "nothing stands behind it")
    paid = {"loss_id": done.number, "document": "x", "received_on": date(2026, 9, 19),
            "amount": 100_000, "joint_id": 1, "entry_id": 1,
            "recorded_at": house.clock.now()}  # fmt: skip
    refused(house, loss_repayment, {**paid, "amount": 100_001}, "more than was lost|two officers")
    refused(house, loss_repayment, paid, "two officers confirm it")


def test_an_entry_on_a_closed_day_is_refused(house: House) -> None:
    settle(house)
    draft = EntryDraft("x", "provider_loss", AT_POST, date(2026, 9, 19), house.clock.now(), "x")
    with pytest.raises(PeriodClosed, match="day closed"), house.work() as session:
        post(session, draft, 1, debit_item=1)
