"""The sandbox institution as the demo meets it: couriers, the Treasury's money, its clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import select

from app.clock import TIME_ZONE
from app.demo.accounts import fault_of
from app.demo.population import Population
from app.demo.province import BANK, LIST_BANK, POST, account_of, payer
from app.disbursement.funding import receive_slips, waiting
from app.jobs.runtime import Runtime
from app.reference.banks import TEST_BANK_A, TEST_BANK_B
from app.reference.calendar import add_banking_days, is_banking_day
from app.units.tables import contract
from bank_adapters.contract import OpenCourier
from bank_adapters.sandbox.launch import Control, Running, start
from bank_adapters.transports import names
from bank_adapters.transports.folder import FolderTarget, open_folder
from bank_adapters.transports.sftp import SftpTarget, open_sftp

STRAY_AMOUNT = 1_250_000
FEE_AMOUNT = 11_000


class SandboxBank:
    """Starts the institution when it is needed and lets it live up to a moment."""

    def __init__(self, home: Path, config: Mapping[str, Any]) -> None:
        self._home = home
        self._config = dict(config)
        self._running: Running | None = None
        self._control: Control | None = None
        self._lock = RLock()  # several couriers ask for it at once

    @property
    def running(self) -> Running:
        """The living process; started, or found again after a crash of ours."""
        with self._lock:
            if self._running is None or not self._running.alive():
                self._running = start(self._home, self._config)
                self._control = self._running.control()
            return self._running

    @property
    def control(self) -> Control:
        """Its control port."""
        assert self.running is not None
        assert self._control is not None
        return self._control

    def use(self, config: Mapping[str, Any]) -> None:
        """Go on with another configuration; the institution restarts on the same book."""
        if dict(config) != self._config:
            self._config = dict(config)
            self._running = None

    def advance(self, now: datetime) -> None:
        """Let the institution live up to `now`."""
        self.control.advance(now)

    def couriers(self, now: names.Now) -> dict[str, OpenCourier]:
        """How to reach each provider; `now` is the clock that a last moment is held against."""
        return {
            BANK: partial(self._sftp, now),
            LIST_BANK: partial(self._folder, LIST_BANK, now),
            POST: partial(self._folder, POST, now),
        }

    def _sftp(self, now: names.Now) -> Any:
        bank = self.running
        return open_sftp(
            SftpTarget(
                host="127.0.0.1",
                port=bank.sftp_port,
                username=bank.user,
                private_key_path=bank.client_key,
                host_key=bank.host_key,
                now=now,
            )
        )

    def _folder(self, provider: str, now: names.Now) -> Any:
        return open_folder(FolderTarget(self.running.exchange(provider), now=now))

    def stop(self) -> None:
        """End the institution's process."""
        if self._running is not None and self._running.alive():
            self._running.stop()


def open_accounts(runtime: Runtime, bank: SandboxBank) -> str:
    """The units' accounts at their providers."""
    with runtime.database.view() as session:
        rows = session.execute(
            select(contract.c.provider, contract.c.account, contract.c.number)
        ).all()
    bank.control.accounts(
        [{"provider": r.provider, "number": r.account, "name": r.number} for r in rows]
    )
    return f"{len(rows)} accounts"


def treasury_pays(runtime: Runtime, bank: SandboxBank, period: str) -> str:
    """The Treasury pays every waiting request; slips of advances are recorded here."""
    now = runtime.clock.now()
    with runtime.database.view() as session:
        rows = waiting(session, period)
    bank.control.credits([_credit(row, period, now) for row in rows])
    bank.advance(now)
    with runtime.database.unit_of_work() as session:
        receive_slips(session, period, now)
    return f"{len(rows)} requests paid"


def _credit(row: Any, period: str, now: datetime) -> dict[str, Any]:
    return {
        "provider": row.provider,
        "account": row.account,
        "amount": row.amount,
        "reference": row.reference,
        "remittance": f"{row.reference} CAP KINH PHI THANG {period}",
        "at": now.isoformat(),
        "name": "KHO BAC NHA NUOC (GIA LAP)",
    }


def quiet_config(periods: Iterable[str], uncollected: int) -> dict[str, Any]:
    """A bank without faults of its own, on the calendar of the months to come."""
    return {"holidays": _holidays(periods), "uncollected_per_mille": uncollected}


def faulty_config(
    population: Population, period: str, due: datetime, periods: Iterable[str], uncollected: int
) -> dict[str, Any]:
    """The main month's faults: a lost answer, answers twice, a stray credit, a wrong fee.

    They are laid on accounts that are really used this month, found in the registers.
    """
    used = sorted(_used_accounts(population, period))
    failing = sorted(_failing_accounts(population, period))
    at_bank = [number for provider, number in used if provider == BANK]
    at_list = [number for provider, number in used if provider == LIST_BANK]
    sound = [number for number in at_bank if number not in failing] or at_bank
    fee_on = failing[0] if failing else at_bank[0]
    day = due.date()
    config = quiet_config(periods, uncollected)
    config["cut_after_rename"] = sound[:1]
    config["answer_twice"] = at_bank[1:2] + at_list[:1]
    config["stray_credits"] = [
        {
            "account": at_bank[-1],
            "amount": STRAY_AMOUNT,
            "name": "CONG TY TNHH GIA LAP",
            "remittance": "CHUYEN NHAM TIEN HANG",
            "at": _at(add_banking_days(day, 2), 10),
        }
    ]
    config["wrong_fees"] = [
        {
            "account": fee_on,
            "amount": FEE_AMOUNT,
            "text": "PHI DICH VU THANG",
            "at": _at(add_banking_days(day, 1), 11),
            "refund_at": _at(add_banking_days(day, 2), 11),
        }
    ]
    return config


def _at(day: Any, hour: int) -> str:
    return datetime(day.year, day.month, day.day, hour, 5, tzinfo=TIME_ZONE).isoformat()


def _used_accounts(population: Population, period: str) -> set[tuple[str, str]]:
    found = set()
    banks = {TEST_BANK_A: BANK, TEST_BANK_B: LIST_BANK}
    for commune, rows in population.month(period):
        for row in rows:
            provider = banks.get(row.bank_bin)
            if provider and row.event not in ("death", "move_out"):
                unit = payer(row.programme, commune)
                found.add((provider, account_of(unit, row.programme, provider)))
    return found


def _failing_accounts(population: Population, period: str) -> set[str]:
    """Accounts of units with a payment that bank A will reject: there money stays behind."""
    return {
        account_of(payer(row.programme, commune), row.programme, BANK)
        for commune, rows in population.month(period)
        for row in rows
        if row.bank_bin == TEST_BANK_A and fault_of(row.account) in ("9001", "9004", "9005")
    }


def _holidays(periods: Iterable[str]) -> list[str]:
    """Weekdays on which banks are closed, around the months of the demo."""
    years = sorted({int(period[:4]) for period in periods})
    day = datetime(years[0], 1, 1, tzinfo=TIME_ZONE).date()
    found = []
    while day.year <= years[-1] + 1:
        if day.weekday() < 5 and not is_banking_day(day):
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found
