"""`ansinh sandbox`: start, look at, switch and stop the sandbox bank. Made-up money only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.cli.options import answer, with_json
from app.errors import InputError
from bank_adapters.sandbox import launch
from bank_adapters.sandbox.payout import BEHAVIOURS
from bank_adapters.sandbox.payout.page import FAULTS

with_home = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/sandbox"),
    show_default=True,
    help="Thư mục của ngân hàng giả lập.",
)


@click.group()
def sandbox() -> None:
    """Ngân hàng giả lập để thử: SFTP, API qua HTTPS, sổ riêng. Không có tiền thật."""


@sandbox.command()
@with_home
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp cấu hình JSON; không có thì dùng cấu hình đã có trong thư mục.",
)
@with_json
def start(home: Path, config: Path | None, as_json: bool) -> None:
    """Chạy ngân hàng giả lập trên máy này; nó sống tiếp sau khi lệnh kết thúc."""
    source = config or launch.prepare(home.resolve())
    try:
        wanted = json.loads(source.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{source} không phải JSON ({error}).", "Sửa tệp rồi chạy lại.") from error
    told = _facts(launch.start(home, wanted))
    answer(as_json, told, "\n".join(f"{name}: {value}" for name, value in told.items()))


@sandbox.command()
@with_home
@with_json
def show(home: Path, as_json: bool) -> None:
    """Xem địa chỉ, sổ của ngân hàng chi qua API và các lỗi nó đã gây ra."""
    running = _living(home)
    books = running.control().payout_books()
    done = books["executed"]
    lines = [f"{name}: {value}" for name, value in _facts(running).items()]
    lines.append(
        f"Đã chi {done['count']} khoản; một mã tham chiếu nhiều nhất {done['references_max']} lần."
    )
    lines.append(f"Sổ không khớp: {', '.join(books['proof'])}." if books["proof"] else "Sổ khớp.")
    lines += [f"{FAULTS[name]}: {count} lần" for name, count in books["faults"].items()]
    answer(as_json, {**_facts(running), "books": books}, "\n".join(lines))


@sandbox.command()
@with_home
@click.argument("behaviour", type=click.Choice(BEHAVIOURS))
@click.argument("state", type=click.Choice(["on", "off"]))
def switch(home: Path, behaviour: str, state: str) -> None:
    """Bật hay tắt một cách cư xử xấu của ngân hàng chi qua API."""
    _living(home).control().payout("behaviours", {behaviour: state == "on"})
    click.echo(f"{behaviour}: {'đã bật' if state == 'on' else 'đã tắt'}.")


@sandbox.command()
@with_home
def stop(home: Path) -> None:
    """Dừng ngân hàng giả lập; sổ của nó ở lại trong thư mục."""
    _living(home).stop()
    click.echo("Ngân hàng giả lập đã dừng.")


def _living(home: Path) -> launch.Running:
    running = launch.find(home)
    if running is None:
        raise InputError(
            f"Không có ngân hàng giả lập nào chạy trong {home}.",
            f"Chạy: ansinh sandbox start --home {home}",
        )
    return running


def _facts(running: launch.Running) -> dict[str, Any]:
    """Where it is reached, and the files a client needs."""
    return {
        "page": running.control_url,
        "sftp": f"127.0.0.1:{running.sftp_port}",
        "host_key": running.host_key,
        "user": running.user,
        "client_key": str(running.client_key),
        "payout_url": running.payout_url,
        "payout_ca": str(running.payout_ca),
        "payout_sha256": running.payout_sha256,
        "payout_token": str(running.payout_token),
        "payout_secret": str(running.payout_secret),
        "pid": running.pid,
    }
