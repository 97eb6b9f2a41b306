"""`ansinh demo`: a province's month on synthetic people, end to end."""

from __future__ import annotations

import json
import sys
from os import environ
from pathlib import Path

import click

from app.cli.demo.result import Outcome, conclude, screen
from app.cli.demo.run import Demo, Order
from app.cli.options import with_json
from app.cli.progress import ConsoleProgress
from app.demo.population import SCENARIOS
from app.errors import InputError

DEFAULT_SCENARIO = "cao-bang-2026-10"


@click.command()
@click.option("--scenario", type=click.Choice(sorted(SCENARIOS)), default=DEFAULT_SCENARIO)
@click.option("--people", type=click.IntRange(1, 600_000), default=5_000, show_default=True)
@click.option("--months", type=click.IntRange(1, 24), default=1, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--database", "database_url", help="Mặc định: tệp SQLite trong thư mục kết quả.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
)
@click.option("--documents/--no-documents", default=True, help="In PDF, XLSX, CSV ở cuối.")
@with_json
def demo(
    scenario: str,
    people: int,
    months: int,
    seed: int,
    database_url: str | None,
    out: Path,
    documents: bool,
    as_json: bool,
) -> None:
    """Chạy trọn một tháng chi trả trên dữ liệu giả lập; chạy lại thì làm tiếp chỗ dở."""
    refuse_real_configuration()
    url = database_url or f"sqlite:///{out / 'ansinh.db'}"
    order = Order(scenario, people, months, seed, url, out)
    demo_run = Demo(order, ConsoleProgress())
    try:
        demo_run.run()
        outcome: Outcome = conclude(demo_run, documents=documents)
    finally:
        demo_run.close()
    if as_json:
        click.echo(json.dumps(outcome.result, ensure_ascii=False, indent=1))
    else:
        click.echo(screen(outcome))
    sys.exit(0 if outcome.ok else 1)


def refuse_real_configuration() -> None:
    """A demo may not run where a real bank or gateway is configured."""
    named = [name for name in environ if name.startswith(("ANSINH_BANK_", "ANSINH_GATEWAY_"))]
    if named:
        raise InputError(
            f"Máy này có cấu hình thật: {', '.join(sorted(named))}.",
            "Bản chạy thử không dùng ngân hàng hay cổng tin nhắn thật; bỏ các biến đó đi.",
        )
