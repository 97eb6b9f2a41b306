"""What goes wrong in the scripted days, and by what the house must find it the same day.

A fault of money is a movement that the bank should not have booked; it carries the names of what
must find it when a file first tells it. A fault of a statement is done to the sheet of a day.
Each gives False where there is nothing that day on which it could be planted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tests.flows.days_bank import Movement
from tests.flows.days_pen import CAMT, Sheet

if TYPE_CHECKING:
    from tests.flows.days_run import DayRun

MISSING, QUARANTINE, REPEATED = "no statement of the day", "quarantine", "repeated file"
GAP, AGAIN, OVERLAP = "chain: gap", "chain: had before", "chain: overlap"
CREDIT, DEBIT, FEE = "suspense credit_unknown", "suspense debit_unknown", "suspense fee"
CLAIM = "suspense double"
HOLD_ALL, HOLD_ONE = "hold provider", "hold instruction"
DOUBLE, LATE, DIFFERENCE = "case duplicate", "case late_settlement", "books and statement differ"

OfMoney = Callable[["DayRun", str, date], bool]
OfStatement = Callable[["DayRun", Sheet], bool]


# ---------------------------------------------------------------------- money
def stray_credit(run: DayRun, account: str, day: date) -> bool:
    """Somebody's money by mistake."""
    run.strange(account, day, run.dice.randint(1, 2_000) * 1_000, "credit", CREDIT,
                text="CHUYEN NHAM TIEN HANG")  # fmt: skip
    return True


def fee(run: DayRun, account: str, day: date) -> bool:
    """A fee on the benefit account, paid back two days later."""
    amount = run.dice.randint(1, 20) * 1_100
    run.strange(account, day, -amount, "fee", FEE, text="PHI DICH VU THANG")
    run.bank.plan(
        run.bank.after(day, 2),
        lambda on: run.bank.book(account, on, amount, "refund", text="HOAN PHI DICH VU"),
    )
    return True


def unknown_debit(run: DayRun, account: str, day: date) -> bool:
    """Money leaves that nobody ordered; it comes back in two days without a word."""
    amount = run.dice.randint(1, 300) * 1_000
    run.strange(account, day, -amount, "payment", DEBIT, HOLD_ALL, text="GHI NO THEO YEU CAU")
    run.bank.plan(
        run.bank.after(day, 2),
        lambda on: run.strange(account, on, amount, "credit", CREDIT, text="DIEU CHINH"),
    )
    return True


def _paid(run: DayRun, account: str, day: date) -> Movement | None:
    """A payment of an earlier day that the house knows and that has not come back."""
    back = {one.reference for one in run.bank.returned}
    found = [
        one for one in run.bank.movements[account]
        if one.kind == "payment" and one.reference and one.day < day
        and one.number in run.bank.told and one.reference not in back
        and one.reference not in run.spoilt
    ]  # fmt: skip
    return run.dice.choice(found) if found else None


def executed_twice(run: DayRun, account: str, day: date) -> bool:
    """The same payment is booked again."""
    paid = _paid(run, account, day)
    if paid is not None:
        run.strange(account, day, paid.amount, "payment", DOUBLE, HOLD_ALL, CLAIM,
                    reference=paid.reference)  # fmt: skip
    return paid is not None


def larger_than_sent(run: DayRun, account: str, day: date) -> bool:
    """A debit with a reference of ours and another amount."""
    paid = _paid(run, account, day)
    if paid is not None:
        run.strange(account, day, paid.amount - 7_000, "payment", HOLD_ALL, DEBIT,
                    reference=paid.reference)  # fmt: skip
    return paid is not None


def returned_twice(run: DayRun, account: str, day: date) -> bool:
    """A return that came and is in the books comes once more."""
    found = [one for one in run.bank.returned
             if one.account == account and one.day < day and one.number in run.bank.told
             and one.reference not in run.spoilt]  # fmt: skip
    if found:
        one = run.dice.choice(found)
        run.strange(account, day, one.amount, "return", CREDIT, reference=one.reference,
                    reason="AC04")  # fmt: skip
    return bool(found)


def debited_after_refusal(run: DayRun, account: str, day: date) -> bool:
    """A payment that was refused is debited all the same, and given back the day after."""
    found = [one for one in run.refused if one[0] == account and one[1] not in run.spoilt]
    if not found:
        return False
    _, reference, amount = run.dice.choice(found)
    run.strange(account, day, -amount, "payment", LATE, HOLD_ONE, DEBIT, reference=reference)
    run.bank.plan(
        run.bank.after(day, 1),
        lambda on: run.strange(account, on, amount, "return", CREDIT, reference=reference,
                               reason="AC04"),
    )  # fmt: skip
    return True


OF_MONEY: Mapping[str, OfMoney] = {
    one.__name__: one
    for one in (stray_credit, fee, unknown_debit, executed_twice, larger_than_sent,
                returned_twice, debited_after_refusal)
}  # fmt: skip


# ---------------------------------------------------------------------- statements
def gap(run: DayRun, sheet: Sheet) -> bool:
    """It does not come today, but one to three days later."""
    run.withhold(sheet, run.dice.randint(1, 3))
    return True


def repeated(run: DayRun, sheet: Sheet) -> bool:
    """The same file once more under another name."""
    run.sends(sheet)
    run.send(sheet.render())
    run.expected[REPEATED] += 1
    return True


def had_before(run: DayRun, sheet: Sheet) -> bool:
    """The same statement in other bytes."""
    run.sends(sheet)
    run.send(replace(sheet, copy=1).render())
    run.expected[AGAIN] += 1
    return True


def overlap(run: DayRun, sheet: Sheet) -> bool:
    """After it, one over two days, without a number."""
    before = run.bank.days[run.bank.days.index(sheet.to_day) - 1]
    if sheet.form != CAMT or run.is_waiting(sheet.account) or before == sheet.to_day:
        return False
    run.sends(sheet)
    both = (*run.bank.of(sheet.account, before), *sheet.movements)
    opening = sheet.opening - sum(one.amount for one in run.bank.of(sheet.account, before))
    wide = replace(sheet, number=0, from_day=before, opening=opening, movements=both)
    run.send(wide.render())
    run.expected[OVERLAP] += 1
    return True


def _kept_apart(run: DayRun, sheet: Sheet, content: bytes, *, is_read: bool = True) -> bool:
    """The bad file comes; the good one in the hour after, or on the next day.

    One that can be read says something false: nobody is paid until people have asked the bank.
    """
    run.send(content)
    run.expected += Counter({QUARANTINE: 1, HOLD_ALL: int(is_read)})
    if run.dice.random() < 0.5:
        run.collect()
        run.sends(sheet)
    else:
        run.withhold(sheet, 1)
    return True


def torn(run: DayRun, sheet: Sheet) -> bool:
    """One amount is written over."""
    if not sheet.movements:
        return False
    at = run.dice.randrange(len(sheet.movements))
    amount = sheet.movements[at].amount + run.dice.choice((-1, 1, 90_000, -100_000))
    return bool(amount) and _kept_apart(run, sheet, sheet.with_other_amount(at, amount).render())


def line_left_out(run: DayRun, sheet: Sheet) -> bool:
    """One movement is missing."""
    if not sheet.movements:
        return False
    at = run.dice.randrange(len(sheet.movements))
    fewer = replace(sheet, movements=sheet.movements[:at] + sheet.movements[at + 1 :])
    return _kept_apart(run, sheet, fewer.render())


def shifted(run: DayRun, sheet: Sheet) -> bool:
    """Both balances are higher than they were: it adds up and does not join."""
    if not run.has_come(sheet.account, sheet.year, sheet.number - 1):
        return False
    return _kept_apart(run, sheet, sheet.shifted(1_000_000).render())


def two_versions(run: DayRun, sheet: Sheet) -> bool:
    """After the good one, another one of the same number with other balances."""
    run.sends(sheet)
    run.send(replace(sheet.shifted(50_000), copy=1).render())
    run.expected += Counter({QUARANTINE: 1, HOLD_ALL: 1})
    return True


def cut_off(run: DayRun, sheet: Sheet) -> bool:
    """The file ends in the middle."""
    content = sheet.render()
    return _kept_apart(run, sheet, content[: len(content) * 3 // 5], is_read=sheet.form != CAMT)


def dollars(run: DayRun, sheet: Sheet) -> bool:
    """It is in another currency."""
    return _kept_apart(run, sheet, replace(sheet, currency="USD").render())


def of_others(run: DayRun, sheet: Sheet) -> bool:
    """With it comes a statement of an account that is not ours."""
    run.sends(sheet)
    money = Movement(900_000 + len(run.bank.told), "", sheet.to_day, 40_000, "credit")
    account = f"70999{money.number}"
    other = replace(sheet, account=account, opening=0, movements=(money,), closing=40_000)
    run.send(other.render())
    run.expected[HOLD_ALL] += 1
    return True


OF_STATEMENTS: Mapping[str, OfStatement] = {
    one.__name__: one
    for one in (gap, repeated, had_before, overlap, torn, line_left_out, shifted, two_versions,
                cut_off, dollars, of_others)
}  # fmt: skip
KINDS = (*OF_MONEY, *OF_STATEMENTS)


def doctored(run: DayRun, sheet: Sheet) -> bool:
    """The last day's: an amount that was advised is another one here, and all of it adds up. Only
    what the books hold besides says that it is wrong."""
    at = next((n for n, one in enumerate(sheet.movements) if one.is_advised), None)
    if at is None:
        return False
    changed = sheet.with_other_amount(at, sheet.movements[at].amount + 100_000).made_to_add_up()
    run.tell(sheet.movements)
    run.send(changed.render())
    run.forged[sheet.account] += changed.movements[at].amount
    run.expected.update([CREDIT, DIFFERENCE])
    return True
