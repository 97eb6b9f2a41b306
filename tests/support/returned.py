"""A commune's pensions are paid; some come back, accounts are put right, they are paid again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from random import Random

from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.errors import Refused
from app.jobs.payrolls import open_follow_ups
from app.payroll.tables import REPEATED_CAUSES
from app.reference.banks import TEST_BANK_A
from app.schedule.calendar import calendar_of
from bank_adapters.contract import ReportKind
from tests.factories import BANK, COMMUNE, House, booked, report

_WAITING = (
    "select id from payroll where state in ('submitted', 'checked') and programme = 'pension'"
    f" and unit_code = '{COMMUNE}' order by id"
)
# Whose money it is is who stays of two rows of one person.
_UNANSWERED = (
    "select i.reference, i.amount, coalesce(p.merged_into_id, p.id)"
    " from instruction i join batch b on b.id = i.batch_id"
    " join obligation o on o.id = i.obligation_id join person p on p.id = o.person_id"
    " join contract c on c.id = b.contract_id"
    f" where i.state = 'ready' and b.state = 'sent' and c.provider = '{BANK}' order by i.reference"
)


def pay_and_return(house: House, period: str, dice: Random) -> None:
    """What is submitted of a commune's pensions is approved, sent and booked; about half of it
    comes back and is listed anew, on follow-up payrolls of the month, once the account is right.

    On the 23rd, when approvals are open at every hour; on the next day of banks it is sent.
    """
    house.on(f"{house.clock.now():%Y-%m}-23")
    for (number,) in house.rows(_WAITING):
        for step in ("check", "approve"):
            with suppress(Refused):  # somebody on it was told dead since, or checked it before
                house.approve(step, [number], "checker.all" if step == "check" else "")
    with house.database.view() as session:
        banks_open = calendar_of(session).roll_forward(house.clock.now().date())
    house.on(f"{banks_open:%Y-%m-%d}", "10:00")
    for month in sorted({one for (one,) in house.rows("select period from payroll")}):
        house.fund(month)
        batches = house.build(month)
        if batches:
            house.release(batches)
        for one in batches:
            house.send(one)
    _answer(house, dice)
    open_follow_ups(house.runtime, period)


def _answer(house: House, dice: Random) -> None:
    """The bank books every debit, and about half of the credits come back."""
    rows = house.rows(_UNANSWERED)
    if not rows:
        return
    day = f"{house.clock.now():%Y-%m-%d}"
    back = [one for one in rows if dice.random() < 0.5]
    lines = [booked(reference, -amount, day) for reference, amount, _ in rows]
    lines += [booked(reference, amount, day, is_return=True) for reference, amount, _ in back]
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    for person_id in sorted({one[2] for one in back}):
        put_right(house, person_id)


def put_right(house: House, person_id: int) -> None:
    """A new account, by two who release nothing of it."""
    digits = house.clock.now().strftime("%y%m%d%H%M")
    new = NewAccount(TEST_BANK_A, f"{digits}{person_id:04}", "NONG THI NGUOI")
    two, now = (house.officer("admin.one"), house.officer("admin.two")), house.later()
    with house.work() as session:
        repair_destination(session, house.keyring, person_id, new, "giấy ngân hàng", *two, now)


def paid_once(house: House) -> Sequence[tuple[int, ...]]:
    """Obligations that are paid more than once, or listed anew without having come back: (number,
    lines anew, attempts that came to nothing, live attempts); there must be none."""
    repeated = ", ".join(f"'{one}'" for one in REPEATED_CAUSES)
    return house.rows(f"""
        select id, anew, dead, live from (
          select o.id,
            (select count(*) from payroll_line l where l.obligation_id = o.id
              and l.undone = 0 and l.cause in ({repeated})) as anew,
            (select count(*) from instruction i where i.obligation_id = o.id
              and i.state in ('returned', 'rejected', 'not_received', 'recalled')) as dead,
            (select count(*) from instruction i where i.obligation_id = o.id
              and i.state in ('ready', 'accepted', 'settled')) as live
          from obligation o) found
        where anew > dead or live > 1""")
