"""The stage of the frauds: a copy of the demo on which the next month has begun.

What a fraud needs is there, made by the same jobs and acts as every day.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from app.channels.opening import open_channels
from app.cli.frauds.month import Month, begin_month
from app.cli.options import House
from app.clock import TIME_ZONE, FixedClock, SteppedClock
from app.config import Settings
from app.db import Database
from app.errors import Refused
from app.jobs.runtime import Runtime
from app.keeping import sqlite
from app.months import shift
from app.privacy import open_keyring
from app.reference.calendar import roll_forward
from app.units.lookup import facts
from ledger.periods import days_of

DATABASE = "ansinh.db"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the staged copy lies, its time, and the month that has begun on it."""

    folder: Path
    now: datetime
    month: Month


def prepare(house: House, folder: Path) -> Stage:
    """Copy the house into `folder` and begin the next month there. Raises Refused."""
    if not house.database.is_sqlite:
        raise Refused(
            "Chỉ thử gian lận trên bản sao của tệp SQLite, không thử trên PostgreSQL.",
            "Chạy `ansinh demo` rồi `ansinh cheat --database sqlite:///var/demo/ansinh.db`.",
        )
    with house.database.view() as session:
        told = facts(session)
    if told.get("training") != "1" or "clock" not in told:
        raise Refused(
            "Chỉ thử gian lận trên cơ sở dữ liệu tập huấn đã chạy xong tháng.",
            "Chạy `ansinh demo` cho xong rồi thử lại.",
        )
    copy_house(house, folder)
    period = shift(told["period"], 1)
    runtime = open_runtime(folder, _morning(told["clock"], period))
    try:
        month = begin_month(runtime, period)
        return Stage(folder, runtime.clock.now(), month)
    finally:
        runtime.database.close()


def copy_house(house: House, folder: Path) -> None:
    """A consistent copy of the database by SQLite's own backup; keys, anchors, received files."""
    folder.mkdir(parents=True, exist_ok=True)
    target = open_file(folder)
    try:
        sqlite.copy(house.database, target)
    finally:
        target.close()
    for name in ("keys", "inbound"):
        if (house.home / name).exists():
            shutil.copytree(house.home / name, folder / name)
    for path in (house.anchors.path, house.anchors.public_path):
        if path.exists():
            shutil.copy(path, folder)


def open_file(folder: Path) -> Database:
    """The copied file as an intruder opens it: no guard, but the rules that lie in the file."""
    return Database(f"sqlite:///{folder / DATABASE}", owner=True)


def open_runtime(folder: Path, now: datetime) -> Runtime:
    """The copied house at a moment, with its adapters and without any way out."""
    database = Database(f"sqlite:///{folder / DATABASE}")
    with database.view() as session:
        adapters, _ = open_channels(session, Settings(), FixedClock(now))
    return Runtime(
        database=database,
        clock=SteppedClock(now),
        keyring=open_keyring(folder / "keys"),
        home=folder,
        worker="cheat",
        adapters=adapters,
    )


def _morning(clock: str, period: str) -> datetime:
    """The first working morning after the demo's last moment."""
    ended = datetime.fromisoformat(clock)
    day = max(days_of(period)[0], (ended + timedelta(days=1)).date())
    return datetime.combine(roll_forward(day), time(8), TIME_ZONE)
