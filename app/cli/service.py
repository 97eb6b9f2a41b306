"""`ansinh serve` and `ansinh doctor`: the running service."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from secrets import token_hex
from threading import Event, Thread

import click

from app import schema
from app.cli.options import House, answer, moment_of, open_house, with_database, with_json
from app.cli.words import proof_figures, proof_name
from app.clock import TIME_ZONE, SystemClock
from app.db import check_durable, check_login
from app.errors import AnSinhError, SettingsError
from app.jobs.asked import run_all
from app.jobs.channels import channels_of
from app.jobs.runtime import Runtime
from app.schedule.runs import SILENT_AFTER, last_seen, waiting_for_people
from app.units.lookup import facts, is_training
from app.web.server import serve as serve_pages
from bank_adapters.discovery import load


@click.command()
@with_database
@click.option("--port", type=click.IntRange(1, 65535))
def serve(database_url: str | None, port: int | None) -> None:
    """Mở các trang của tháng trên máy này (127.0.0.1:8000)."""
    house = open_house(database_url)
    with house.database.view() as session:
        training = facts(session).get("training") == "1"
    refuse_unfit(house, training)
    settings = replace(house.settings, training=training, port=port or house.settings.port)
    if training:
        # A class has one machine and one process; elsewhere `ansinh jobs work` runs beside.
        Thread(target=run_all, args=(runtime_of(house), Event()), daemon=True).start()
    click.echo(f"An Sinh: http://{settings.host}:{settings.port} (Ctrl+C để dừng)")
    serve_pages(settings)


def refuse_unfit(house: House, training: bool) -> None:
    """A real service keeps what it acknowledged, and cannot lift its own rules."""
    if not (training or house.settings.training):
        check_durable(house.database)
        check_login(house.database)


def runtime_of(house: House) -> Runtime:
    """What jobs are handed, for this installation and the clock of this machine.

    Each process is a worker of its own name: what another left is taken over when its lease ends.
    Providers are reached by the channels that two officers confirmed.
    """
    clock = SystemClock()
    return Runtime(
        database=house.database,
        clock=clock,
        keyring=house.keyring,
        home=house.home,
        worker=f"{house.settings.worker or 'scheduler'}-{token_hex(4)}",
        connect=channels_of(house.database, replace(house.settings, home=house.home), clock),
        anchor_folder=house.settings.anchor,
        seal_key=house.settings.seal_key,
        settings=house.settings,
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the installation."""

    name: str
    ok: bool
    detail: str


@click.command()
@with_database
@with_json
def doctor(database_url: str | None, as_json: bool) -> None:
    """Kiểm tra toàn bộ cài đặt: cấu hình, cơ sở dữ liệu, khoá, luật, sổ sách."""
    checks = _checks(database_url)
    ok = all(one.ok for one in checks)
    rows = [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in checks]
    text = "\n".join(f"  {'tốt' if c.ok else 'HỎNG'}  {c.name}: {c.detail}" for c in checks)
    answer(as_json, {"ok": ok, "checks": rows}, text)
    sys.exit(0 if ok else 1)


def _checks(database_url: str | None) -> list[Check]:
    try:
        house = open_house(database_url)
        checks = [Check("cấu hình và cơ sở dữ liệu", True, house.database.url.render_as_string())]
        check_durable(house.database)
        checks.append(Check("ghi xuống đĩa an toàn", True, house.database.url.get_backend_name()))
    except AnSinhError as error:
        return [Check("cấu hình và cơ sở dữ liệu", False, str(error))]
    parts = (_login(house), _keys(house), _rules(house), *_adapters(house), *_proofs(house))
    parts += (_scheduler(house), _stuck(house))
    return [*checks, *parts]


def _login(house: House) -> Check:
    """The service cannot lift its own rules; on a training database it may."""
    with house.database.view() as session:
        training = is_training(session, house.settings)
    try:
        check_login(house.database)
    except SettingsError as error:
        return Check("quyền của dịch vụ", training, error.faults[0])
    return Check("quyền của dịch vụ", True, "chỉ những quyền cần có")


def _keys(house: House) -> Check:
    path = house.home / "keys" / "field.key"
    if not path.exists():
        given = bool(house.settings.field_key)
        return Check("khoá mã hoá", given, "theo cấu hình" if given else f"thiếu {path}")
    mode = path.stat().st_mode & 0o777
    return Check("khoá mã hoá", mode == 0o600, f"{path}, quyền {mode:o}")


def _rules(house: House) -> Check:
    """Every trigger that a fresh database would have is there."""
    with house.database.engine.connect() as connection:
        missing = schema.missing_rules(connection)
    return Check("luật trong cơ sở dữ liệu", not missing, ", ".join(missing[:5]) or "đủ")


def _scheduler(house: House) -> Check:
    """Some scheduler was seen a moment ago; one that never was is not missed yet."""
    with house.database.view() as session:
        seen, now = last_seen(session), moment_of(session)
    if seen is None:
        return Check("bộ hẹn giờ", True, "chưa chạy lần nào: ansinh jobs run")
    said = f"thấy lần cuối {seen.astimezone(TIME_ZONE):%H:%M:%S %d/%m/%Y}"
    return Check("bộ hẹn giờ", now - seen < SILENT_AFTER, said)


def _stuck(house: House) -> Check:
    """No slot of a job waits for a person to let it go on."""
    with house.database.view() as session:
        rows = waiting_for_people(session)
    shown = "; ".join(f"{row.job} {row.slot}: {row.error}" for row in rows[:3])
    return Check("việc theo giờ", not rows, shown or "không việc nào chờ người cho chạy tiếp")


def _adapters(house: House) -> list[Check]:
    return [
        Check(f"bộ kết nối {name}", True, ", ".join(sorted(adapter.capabilities.methods)))
        for name, adapter in load(house.settings.adapters).items()
    ]


def _proofs(house: House) -> list[Check]:
    return [Check(proof_name(one), one.ok, proof_figures(one.figures)) for one in house.prove()]
