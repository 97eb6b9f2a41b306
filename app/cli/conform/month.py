"""The month of the kit's house: thirty made-up people, from their register to a released batch.

Every step is the room's own act or job, as on every day; the same for every run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from itertools import cycle, islice
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.beneficiaries.register import apply_workbook
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.cli.conform.setting import FINANCE, PROGRAMME, unit
from app.cli.frauds.acting import tick
from app.clock import TIME_ZONE
from app.demo.facts import with_facts
from app.demo.kinds import KINDS
from app.demo.people import Maker
from app.demo.places import places
from app.demo.population import register_row
from app.demo.province import training_signer
from app.disbursement.batches import release
from app.jobs import month_end, payrolls, sending
from app.jobs.runtime import Runtime
from app.payroll.approvals import approve, submit
from app.payroll.flags_decided import mark_seen
from app.payroll.seen import shown
from app.reference.banks import TEST_BANK_A
from bank_adapters.contract import Method

PEOPLE = 30
PERIOD = "2026-10"
BEGINS = datetime(2026, 9, 21, 8, 0, tzinfo=TIME_ZONE)
DUE = date(2026, 10, 12)
"""A Monday: the 10th, when money is due, is a Saturday."""
_BUILT = datetime(2026, 10, 9, 9, 0, tzinfo=TIME_ZONE)
_GROUPS = ("C6a", "C6b", "C6c", "C6d", "C5a2")
_FIRST_ROW = 6


def list_and_approve(runtime: Runtime, methods: frozenset[Method]) -> None:
    """Register the people and take their list through the acts of three officers."""
    with runtime.database.signed_work() as session:
        book = WorkbookResult("giả-lập.xlsx", unit(), PERIOD, "0" * 64,
                              _rows(methods), is_synthetic=True)  # fmt: skip
        apply_workbook(session, runtime.keyring, book, "maker", tick(runtime))
    payrolls.open_payrolls(runtime, PERIOD)
    _act(runtime, "maker", lambda session, who, now: submit(
        session, runtime.keyring, who.officer_id, who.code, [1], now,
        seen=shown(session, [1]).code))  # fmt: skip
    _act(runtime, "checker", lambda session, who, now: mark_seen(
        session, who.officer_id, [1], now))  # fmt: skip
    for step, username in (("check", "checker"), ("approve", "approver")):
        _act(runtime, username, lambda session, who, now, step=step: approve(  # type: ignore[misc]
            session, runtime.keyring, who.officer_id, who.code, step, [1], now,
            seen=shown(session, [1]).code))  # fmt: skip
    month_end.request_funding(runtime, PERIOD)


def build_and_release(runtime: Runtime) -> None:
    """The money has come: one batch for the first banking day of payment, released by two."""
    clock: Any = runtime.clock
    clock.move_to(_BUILT)
    sending.build_batches(runtime, PERIOD, DUE)
    now = tick(runtime)
    with runtime.database.signed_work() as session:
        two = [training_signer(session, name, now) for name in FINANCE]
        release(session, runtime.keyring, [(one.officer_id, one.code) for one in two], [1], now)


def at(day: date, clock: str) -> datetime:
    """A moment of the kit's time, e.g. (DUE, '08:30')."""
    return datetime.combine(day, time.fromisoformat(clock), TIME_ZONE)


def _rows(methods: frozenset[Method]) -> list[RegisterRow]:
    """Adults of several groups, so of several amounts; every method in turn."""
    today = BEGINS.date()
    maker = Maker(Random("ansinh bank conform"), today, with_second=False)  # noqa: S311
    kinds = [one for one in KINDS if one.group in _GROUPS and one.ages[0] >= 18]
    turns = islice(zip(cycle(kinds), cycle(sorted(methods)), strict=False), PEOPLE)
    made = [
        maker.make(places()[0], PROGRAMME, TEST_BANK_A if method is Method.ACCOUNT else "", kind)
        for kind, method in turns
    ]
    return [
        with_facts(register_row(number, person, 0), person, today)
        for number, person in enumerate(made, _FIRST_ROW)
    ]


def _act(runtime: Runtime, username: str, act: Callable[[Session, Any, datetime], object]) -> None:
    now = tick(runtime)
    with runtime.database.signed_work() as session:
        act(session, training_signer(session, username, now), now)
