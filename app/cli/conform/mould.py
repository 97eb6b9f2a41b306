"""The house of the kit with a released batch, made once; every play works on a copy of it."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from app.channels.promises import NEVER_PROVEN, Dedupe, promising
from app.cli.conform import month
from app.cli.conform.bank import Bank
from app.cli.conform.rest_bank import Requesting, RestBank, RestWire
from app.cli.conform.scene import Scene
from app.cli.conform.setting import PROVIDER, set_up
from app.cli.conform.wire import FolderWire, Wire
from app.clock import SteppedClock
from app.db import Database
from app.disbursement.funding import receive_slips, waiting
from app.errors import Refused
from app.jobs import collecting
from app.jobs.runtime import Runtime
from app.keeping import sqlite
from app.migrations.upgrade import upgrade
from app.privacy import open_keyring
from bank_adapters.answering.facts import Answerer
from bank_adapters.contract import BankAdapter, ReportKind
from bank_adapters.sandbox.payout.certificate import certificate

_DATABASE = "ansinh.db"


def pen_of(adapter: BankAdapter) -> Answerer:
    """How the adapter's bank answers. Raises Refused for an adapter that brings no answerer."""
    make = getattr(adapter, "answerer", None)
    pen = make() if callable(make) else None
    if not isinstance(pen, Answerer):
        raise Refused(
            f"Bộ kết nối “{adapter.name}” chưa có answerer nên chưa thử được với sổ sách.",
            "Thêm hàm answerer() theo docs/banks/new-bank.md.",
        )
    return pen


def _require_proof(adapter: BankAdapter, pen: Answerer) -> None:
    """Raises Refused where the bank debits our account and shows no movement on it."""
    if not adapter.capabilities.holds_advance and ReportKind.STATEMENT not in pen.kinds:
        raise Refused(
            f"Bộ kết nối “{adapter.name}” khai ngân hàng trừ tài khoản của đơn vị mà không đọc được"
            " sổ phụ: không có gì chứng minh đã chi.",
            'Giao tiền trước thì khai holds_advance=True, settles="list"; không thì dùng họ iso.',
        )


class Mould:
    """A house in `folder`, made with an adapter up to the release of one batch.

    Raises whatever the adapter raises on the way, Refused where it did not read the bank's credit
    or could read none.
    """

    def __init__(self, adapter: BankAdapter, folder: Path) -> None:
        pen = pen_of(adapter)
        _require_proof(adapter, pen)
        self.adapter = adapter
        self._home, self._stage = folder / "mould", folder / "stage"
        self._keys = folder
        # One engine for all plays: what it compiled for the first serves the others.
        self._database = _open(self._stage)
        self._clock = SteppedClock(month.BEGINS)
        kind = RestBank if isinstance(adapter, Requesting) else Bank
        self._bank = kind(adapter, pen, self._home / "bank", self._clock)
        owner = _open(self._home, owner=True)
        with closing(owner):
            upgrade(owner.engine)
            with owner.signed_work() as session:
                set_up(session, open_keyring(self._home / "keys"), adapter, month.PERIOD)
        wire = self._wire(self._bank, adapter, self._clock)
        told = promising(adapter, NEVER_PROVEN)
        runtime = _runtime(_open(self._home), self._home, self._clock, wire, told)
        with closing(runtime.database), closing(wire):
            month.list_and_approve(runtime, adapter.capabilities.methods)
            self._fund(runtime)
            month.build_and_release(runtime)

    def _fund(self, runtime: Runtime) -> None:
        """By the Treasury's slip, or by a credit on the bank's statement, read by the adapter."""
        with runtime.database.unit_of_work() as session:
            receive_slips(session, month.PERIOD, runtime.clock.now())
            asked = waiting(session, month.PERIOD)
        if asked:
            self._clock.advance(timedelta(days=1))
            self._bank.fund(asked[0].amount, asked[0].reference)
            self._bank.hand_out(self._bank.statement())
            collecting.collect_and_apply(runtime)
        with runtime.database.view() as session:
            if waiting(session, month.PERIOD):
                raise Refused("Không đọc được tiền Kho bạc báo có trên sao kê.", "Xem read.")

    def copy(self, adapter: BankAdapter, dedupe: Dedupe) -> Scene:
        """A house for one play, in which this adapter writes and reads from now on.

        All stand in one place, one after another: close a scene before the next is made.
        """
        home = self._stage
        shutil.copytree(self._home, home, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
        source, target = _open(self._home, owner=True), _open(home, owner=True)
        with closing(source), closing(target):
            sqlite.copy(source, target)
        clock = SteppedClock(self._clock.now())
        bank = self._bank.at_a_new_place(home / "bank", clock, dedupe.scope)
        wire = self._wire(bank, adapter, clock)
        runtime = _runtime(self._database, home, clock, wire, promising(adapter, dedupe))
        return Scene(runtime, bank, wire)

    def _wire(self, bank: Bank, adapter: BankAdapter, clock: SteppedClock) -> Wire:
        """The way from this adapter to the bank."""
        if isinstance(bank, RestBank) and isinstance(adapter, Requesting):
            return RestWire(bank, adapter, clock, certificate(self._keys))
        return FolderWire(bank.root, clock)


def _open(home: Path, *, owner: bool = False) -> Database:
    return Database(f"sqlite:///{home / _DATABASE}", owner=owner)


def _runtime(
    database: Database, home: Path, clock: SteppedClock, wire: Wire, adapter: BankAdapter
) -> Runtime:
    return Runtime(
        database=database,
        clock=clock,
        keyring=open_keyring(home / "keys"),
        home=home,
        worker="conform",
        adapters={PROVIDER: adapter},
        couriers={PROVIDER: wire.open},
    )
