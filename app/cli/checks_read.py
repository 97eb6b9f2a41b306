"""`ansinh checks`, what it tells: shares, what to mend, deaths told, names, fields saved."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from app.audit.trail import record
from app.checks.contracts import CONTRACTS
from app.checks.deaths import decide
from app.checks.saved import fields_saved
from app.checks.tables import CONFIRMED, REFUTED
from app.checks.told import Share, queue, requests, shares, waiting_deaths
from app.cli.options import answer, open_house, with_database, with_json
from app.cli.signing import keyring_of, signed, signer, with_officer
from app.clock import TIME_ZONE, SystemClock
from app.demo.register_people import known_people
from app.demo.register_server import StandIn
from app.demo.registers import Registers
from app.errors import Refused
from app.months import in_words, require_month
from app.names import compare
from app.units.lookup import facts
from ledger.money import format_number

SHOWN = 50
_WORDS = {"exact": "đúng tên", "close": "gần đúng", "different": "khác tên"}


@click.command()
@click.option("--source", type=click.Choice(list(CONTRACTS)), default="population")
@click.option("--area", default="", help="Mã xã; bỏ trống là mọi xã.")
@with_database
@with_json
def status(source: str, area: str, database_url: str | None, as_json: bool) -> None:
    """Tỷ lệ khớp của từng xã, kèm tử số và mẫu số; các yêu cầu gần đây."""
    house = open_house(database_url)
    with house.database.view() as session:
        found, sent = shares(session, source, area), requests(session, 10)
    total = Share("", *(sum(getattr(one, name) for one in found) for name in _COUNTS))
    asked = [{"request": row.code, "area": row.area_code, "state": row.state, "people": row.people,
              "answered": row.answered, "fault": row.fault} for row in sent]  # fmt: skip
    value = {"source": source, "communes": [asdict(one) for one in found], "requests": asked}
    lines = [f"{CONTRACTS[source].title}: khớp / số người đang hưởng"]
    lines += [f"{one.area_code}  {_share(one)}" for one in found]
    lines.append(f"Cộng   {_share(total)}")
    lines += [f"{one['request']}  {one['state']}  {one['answered']}/{one['people']}  {one['fault']}"
              for one in asked]  # fmt: skip
    answer(as_json, value, "\n".join(line.rstrip() for line in lines))


_COUNTS = ("people", "told", "good")


def _share(one: Share) -> str:
    """'99,8 % (499 / 500), đã tra 500'; nothing is rounded up to 100."""
    tenths = one.good * 1000 // one.people if one.people else 0
    percent = f"{tenths // 10},{tenths % 10} %"
    good, people = format_number(one.good), format_number(one.people)
    return f"{percent} ({good} / {people}), đã tra {format_number(one.told)}"


@click.command(name="queue")
@click.option("--area", default="", help="Mã xã; bỏ trống là mọi xã.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, show_default=True)
@click.option("--reveal", default="", help="Lý do cần xem giá trị ở sổ gốc; được ghi vào nhật ký.")
@with_database
@with_json
def queue_command(
    area: str, limit: int, reveal: str, database_url: str | None, as_json: bool
) -> None:
    """Những chỗ khác nhau cần sửa, từng người; số căn cước được che."""
    house = open_house(database_url)
    if reveal:
        with house.database.unit_of_work() as session:
            record(session, SystemClock().now(), "cli", "cli:checks:reveal", f"area:{area}", reveal)
    with house.database.view() as session:
        found = list(queue(session, area, limit, keyring_of(house) if reveal else None))
    told = "\n".join(
        f"{one.area_code}  AS-{one.person_id:06}  {one.name}  {one.citizen}  "
        f"{CONTRACTS[one.source].results[one.result]}. {one.details} {one.told} {one.what_to_do}"
        for one in found
    )
    answer(as_json, {"queue": [asdict(one) for one in found]}, told or "Không có chỗ nào cần sửa.")


@click.command()
@click.option("--area", default="", help="Mã xã; bỏ trống là mọi xã.")
@with_database
@with_json
def deaths(area: str, database_url: str | None, as_json: bool) -> None:
    """Tin báo tử đang chờ xác nhận; tiền của các tháng sau tháng mất đã được giữ."""
    house = open_house(database_url)
    with house.database.view() as session:
        rows = waiting_deaths(session, area)
    values = [
        {"notice": row.id, "person": row.person_id, "name": row.name, "area": row.area_code,
         "died_on": row.died_on, "last_period": row.last_period, "source": row.source}
        for row in rows
    ]  # fmt: skip
    told = "\n".join(
        f"{one['notice']}  {one['area']}  AS-{one['person']:06}  {one['name']}: "
        f"chi đến hết kỳ {in_words(str(one['last_period']))} ({one['source']})"
        for one in values
    )
    answer(as_json, {"deaths": values}, told or "Không có tin báo tử nào chờ xác nhận.")


@click.command()
@click.argument("notice", type=int)
@click.option("--confirm/--refute", "confirmed", required=True, default=None)
@click.option("--evidence", required=True, help="Số trích lục khai tử, hoặc vì sao bác.")
@with_officer
@with_database
@with_json
def death(
    notice: int,
    confirmed: bool,
    evidence: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Xác nhận hoặc bác một tin báo tử; một cán bộ ký bằng mã."""
    verdict, now = CONFIRMED if confirmed else REFUTED, SystemClock().now()
    stopped = signed(
        database_url,
        lambda session, keyring: decide(
            session, keyring, signer(session, officer, code), notice, verdict, evidence, now
        ),
    )
    told = f"Đã xác nhận, dừng {stopped} dòng hưởng." if confirmed else "Đã bác tin báo tử."
    answer(as_json, {"notice": notice, "verdict": verdict, "stopped": stopped}, told)


@click.command()
@click.argument("ours")
@click.argument("theirs")
@with_json
def names(ours: str, theirs: str, as_json: bool) -> None:
    """So hai tên: đúng tên, gần đúng hay khác tên, và vì sao."""
    found = compare(ours, theirs)
    value = {"result": found.result, "reason": found.reason, "says": found.says}
    answer(as_json, value, f"{_WORDS[found.result]}: {found.says}")


@click.command()
@click.option("--period", required=True, help="Kỳ chi trả, ví dụ 2026-10.")
@with_database
@with_json
def saved(period: str, database_url: str | None, as_json: bool) -> None:
    """Số trường không phải hỏi lại người dân, vì nguồn khác đã xác nhận."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = fields_saved(session, require_month(period))
    each = ", ".join(f"{name} {format_number(number)}" for name, number in found.by_field.items())
    told = (
        f"Kỳ {in_words(period)}: {format_number(found.saved)} / {format_number(found.possible)}"
        f" trường ({each}).\nTử số: {found.numerator}.\nMẫu số: {found.denominator}."
        f"\nĐịnh nghĩa {found.version}."
    )
    answer(as_json, asdict(found), told)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 là cổng trống bất kỳ.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--secret-file", type=click.Path(dir_okay=False, exists=True, path_type=Path), required=True
)
@with_database
def standin(port: int, seed: int, secret_file: Path, database_url: str | None) -> None:
    """Máy đóng vai năm nguồn, chỉ để tập huấn; nghe trên chính máy này."""
    house, clock = open_house(database_url), SystemClock()
    registers = Registers(seed, clock.now().astimezone(TIME_ZONE).date())
    with house.database.view() as session:
        if facts(session).get("training") != "1":
            raise Refused("Chỉ chạy trên bản tập huấn.", "Dùng cơ sở dữ liệu của `ansinh demo`.")
        registers.learn(known_people(session, keyring_of(house)))
    secret = secret_file.read_text(encoding="utf-8").strip()
    with StandIn(registers, secret, clock, port) as server:
        urls = ",".join(f"{source}={server.url(source)}" for source in CONTRACTS)
        click.echo(f"ANSINH_CHECK_URLS={urls}\n(Ctrl+C để dừng)")
        server.serve_forever()
