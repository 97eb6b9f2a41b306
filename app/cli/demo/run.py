"""A month (or several) from registers to closed books, on the demo's own clock.

Every step is a job or an officer's act behind the fence of slots, so a run that was broken
off anywhere goes on where it stood, and a finished run does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from time import perf_counter, process_time

from app.channels.opening import open_channels
from app.cli.demo import bank as treasury
from app.cli.demo import finance, officers
from app.cli.demo.bank import SandboxBank, quiet_config
from app.cli.demo.input import Misbehaving, Wanted, bank_faults, make_once
from app.cli.demo.settlement import settle_providers
from app.cli.demo.timeline import Step, days, steps
from app.clock import TIME_ZONE, SteppedClock
from app.config import Settings
from app.db import Database
from app.demo import province
from app.demo.population import SCENARIOS, Population, population
from app.errors import Refused
from app.jobs import accounts, collecting, month_end, payrolls, resending, sending
from app.jobs.fence import run_slot
from app.jobs.runtime import Progress, Runtime, silent
from app.migrations.upgrade import upgrade
from app.months import shift
from app.privacy import open_keyring
from app.schedule.slots import Slot
from app.units.lookup import facts

UNCOLLECTED_PER_MILLE = 15
WORKBOOKS, BANKS_WORK = "make workbooks", "the bank's work"
"""Steps that are watched, and are no part of what An Sinh does in a month."""

Watch = Callable[[str, str], AbstractContextManager[object]]
"""Called with (period, step), '' for no period: what it gives is entered around the step."""


def _unwatched(period: str, step: str) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: scenario, size, months, seed, and where."""

    scenario: str
    people: int
    months: int
    seed: int
    database_url: str
    out: Path


class Demo:
    """One run of the demo."""

    def __init__(
        self, order: Order, progress: Progress = silent, watch: Watch = _unwatched
    ) -> None:
        self.began = perf_counter()
        self.order = order
        self.watch = watch
        self.out = order.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.scenario = SCENARIOS[order.scenario]
        self.periods = self.scenario.periods(order.months)
        self.main_period = self.periods[-1]
        self.clock = SteppedClock(datetime.combine(_start(self.periods[0]), time(6), TIME_ZONE))
        self.costs: dict[str, tuple[float, float]] = {}
        self.bank = SandboxBank(self.out / "bank", self._quiet())
        self.runtime = Runtime(
            database=Database(order.database_url),
            clock=self.clock,
            keyring=open_keyring(self.out / "keys"),
            home=self.out,
            worker="demo",
            progress=progress,
        )

    def run(self) -> None:
        """Set up what is missing, then every step of every month in time order."""
        self._timed("", "set up", self._set_up)
        with self.runtime.database.view() as session:
            adapters, _ = open_channels(session, Settings(), self.clock)
        couriers = self.bank.couriers(self.clock.now)
        self.runtime = replace(self.runtime, adapters=adapters, couriers=couriers)
        for step in sorted(one for period in self.periods for one in steps(period)):
            self._step(step)
        self._timed("", "analyse", self._stamp)

    def close(self) -> None:
        """End the sandbox's process and let go of the database."""
        self.bank.stop()
        self.runtime.database.close()

    def _step(self, step: Step) -> None:
        self.clock.move_to(step.at)
        act = self._acts()[step.act]
        # Input is made outside the timed step: made-up registers are not the product's work.
        if step.act == "import":
            self._timed(step.period, WORKBOOKS, lambda: self._make_input(step.period))

        def work(_: Runtime) -> str:
            self._arm(step)
            return act(step)

        slot = Slot(step.at, step.slot, step.at.date())
        self._timed(
            step.period,
            step.act,
            lambda: run_slot(self.runtime, step.act, slot, work, at_once=True),
        )

    def _timed(self, period: str, name: str, work: Callable[[], object]) -> None:
        wall, cpu = perf_counter(), process_time()
        with self.watch(period, name):
            work()
        before = self.costs.get(name, (0.0, 0.0))
        self.costs[name] = (before[0] + perf_counter() - wall, before[1] + process_time() - cpu)

    def _acts(self) -> Mapping[str, Callable[[Step], str]]:
        run = self.runtime
        return {
            "import": lambda step: self._import(step.period),
            "open_payrolls": lambda step: payrolls.open_payrolls(run, step.period),
            "submit": lambda step: officers.submit_all(run, step.period),
            "check": lambda step: officers.check_all(run, step.period),
            "approve": lambda step: officers.approve_all(run, step.period),
            "request_funding": lambda step: month_end.request_funding(run, step.period),
            "treasury": lambda step: treasury.treasury_pays(run, self.bank, step.period),
            "build": lambda step: sending.build_batches(run, step.period, days(step.period).due),
            "build_follow_up": lambda step: sending.build_batches(
                run, step.period, days(step.period).followed
            ),
            "release": lambda step: officers.release_all(run),
            "send": lambda step: sending.send_batches(run),
            "resend": self._resend,
            "collect": self._collect,
            "repair": lambda step: officers.repair_accounts(run),
            "follow_up": lambda step: payrolls.open_follow_ups(run, step.period),
            "follow_accounts": lambda step: accounts.follow_accounts(run),
            "check_settlement": lambda step: settle_providers(run, step.period),
            "seal_chain": lambda step: month_end.seal_chain(run),
            "proofs": lambda step: month_end.nightly_proofs(run),
            "close_days": lambda step: finance.close_days(run, self.clock),
            "settle": lambda step: finance.settle(run, step.period),
            "close": lambda step: finance.close(run, step.period),
        }

    def _set_up(self) -> None:
        with closing(self._as_owner()) as database:
            upgrade(database.engine)
            with database.signed_work() as session:
                known = facts(session)
                if not known:
                    people = self.order.people
                    told = {**self._identity(), "training": "1", "home": str(self.out.resolve())}
                    province.set_up(session, self.runtime.keyring, told, people, self._programmes())
        wanted = self._identity()
        other = {key: known[key] for key in wanted if known and known.get(key) != wanted[key]}
        if other:
            raise Refused(
                f"Cơ sở dữ liệu này thuộc lần chạy khác: {other}.",
                "Chọn thư mục khác bằng --out, hoặc xoá thư mục cũ.",
            )
        treasury.open_accounts(self.runtime, self.bank)

    def _identity(self) -> dict[str, str]:
        """What a database must agree with to be continued by this run."""
        order = self.order
        return {
            "scenario": order.scenario,
            "people": str(order.people),
            "seed": str(order.seed),
        }

    def _programmes(self) -> list[str]:
        if self.scenario.is_calibrated:
            return ["assistance", "merit"]
        return ["pension", "assistance", "merit"]

    @cached_property
    def population(self) -> Population:
        """The made-up people."""
        return population(self.order.scenario, self.order.people, self.order.seed)

    def _make_input(self, period: str) -> None:
        bank = self._misbehaving() if period == self.main_period else None
        order, folder = self.order, self._input(period)
        wanted = Wanted(order.scenario, order.people, order.seed, period, folder, bank)
        make_once(wanted, lambda: self.population)

    def _misbehaving(self) -> Misbehaving:
        due = datetime.combine(days(self.main_period).due, time(8, 30), TIME_ZONE)
        return Misbehaving(due, tuple(self.periods), self._uncollected())

    def _input(self, period: str) -> Path:
        return self.out / "input" / period

    def _import(self, period: str) -> str:
        paths = sorted(self._input(period).glob("*.xlsx"))
        errors = payrolls.import_registers(self.runtime, paths, period, "maker")
        if errors:
            raise Refused(
                f"{len(errors)} lỗi trong sổ: {errors[0].message}", "Sửa tệp rồi nhập lại."
            )
        return f"{len(paths)} workbooks"

    def _collect(self, step: Step) -> str:
        with self.watch(step.period, BANKS_WORK):  # the institution's, and no part of ours
            self.bank.advance(self.clock.now())
        return collecting.collect_and_apply(self.runtime)

    def _resend(self, step: Step) -> str:
        """Evidence first: what the bank has for us may already settle a doubt."""
        self._collect(step)
        return resending.resend_in_doubt(self.runtime)

    def _arm(self, step: Step) -> None:
        """From the day the main month's batches are built the bank misbehaves as configured."""
        if step.at.date() >= days(self.main_period).built:
            self.bank.use(bank_faults(self._input(self.main_period)))

    def _quiet(self) -> dict[str, object]:
        return quiet_config(self.periods, self._uncollected())

    def _uncollected(self) -> int:
        return 0 if self.scenario.is_calibrated else UNCOLLECTED_PER_MILLE

    def _stamp(self) -> None:
        """Tell readers of this database which month it is about and what time it is there."""
        with closing(self._as_owner()) as database, database.unit_of_work() as session:
            province.stamp(session, self.main_period, self.clock.now())

    def _as_owner(self) -> Database:
        """The database for what no application may do: make tables, say what it is for."""
        return Database(self.order.database_url, owner=True)


def _start(period: str) -> date:
    return date.fromisoformat(f"{shift(period, -1)}-01")
